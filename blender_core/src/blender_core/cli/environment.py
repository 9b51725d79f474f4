"""What the environment has a say in, told to who may not know of it."""

from __future__ import annotations

import sys

from blender_core.cli.console import printable
from blender_core.common.environment import BLOCK, RECORD_RULES, RULES, blocked_plugins, rules_files
from blender_core.tables.hdrrules import record_rules

__all__ = ["print_environment"]


def print_environment() -> None:
    """Say on standard error what environment variables ask of every blend."""
    lines = [f"{RULES} adds the rules file {path}" for path in rules_files()]
    lines += [f"{BLOCK} leaves out the plugin {name}" for name in blocked_plugins()]
    recorded = record_rules()
    if recorded is not None:
        what = "with" if recorded else "without"
        lines.append(f"{RECORD_RULES} makes products {what} the table HDRRULES")
    for line in lines:
        sys.stderr.write(printable(f"Note: {line}") + "\n")
