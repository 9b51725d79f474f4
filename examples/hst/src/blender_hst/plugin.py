"""What this distribution offers to ``blender_core``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core import hookimpl
from blender_hst.moments import MOMENTS
from blender_hst.rules_lines import read_lines
from blender_hst.rules_overrides import overrides_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from blender_core import Override, Rule

__all__ = ["blender_rules", "blender_rules_file"]


@hookimpl
def blender_rules() -> Iterable[Rule]:
    """Offer the rules that keywords of HST want and the standard rules do not have."""
    return MOMENTS


@hookimpl
def blender_rules_file(path: Path, text: str) -> Iterable[Override] | None:
    """Read a ``.rules`` file."""
    if path.suffix.lower() != ".rules":
        return None
    return overrides_of(read_lines(path, text))
