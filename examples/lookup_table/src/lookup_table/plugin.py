"""What this distribution offers to ``blender_core``: rules, and a reader of lookup tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core import BlendErrorGroup, RulesFileError, hookimpl
from lookup_table.rules import RULES
from lookup_table.table import overrides_of_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from blender_core import Override, Rule

__all__ = ["blender_rules", "blender_rules_file"]


@hookimpl
def blender_rules() -> Iterable[Rule]:
    """Offer the rules that the standard ones lack."""
    return RULES


@hookimpl
def blender_rules_file(path: Path, text: str) -> Iterable[Override] | None:
    """Read a lookup table, whose name ends as those of CIAO do."""
    if not path.name.endswith("_lookup.txt"):
        return None
    overrides: dict[str, Override] = {}
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            found = list(overrides_of_line(line))
        except ValueError as error:
            faults.append(RulesFileError(str(error), line=number))
        else:
            # Of two lines for one keyword the later counts.
            overrides.update((one.attribute, one) for one in found)
    if faults:
        msg = "it is no lookup table"
        raise BlendErrorGroup(msg, faults)
    return overrides.values()
