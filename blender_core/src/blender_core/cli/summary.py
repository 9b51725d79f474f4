"""What the inputs of a blend are, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from blender_core.common.values import distinct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.blending.result import BlendResult

__all__ = ["facts_of", "grid_of"]

_MANY: Final = 8


def facts_of(result: BlendResult) -> dict[str, str]:
    """Return what a person asks first about the inputs of a blend."""
    facts = {
        "instrument": _listed(result, "meta.instrument.name"),
        "detectors": _listed(result, "meta.instrument.detector"),
        "filters": _listed(result, "meta.instrument.filter"),
    }
    begin, end = (result.values.get(f"meta.observation.date_{one}") for one in ("beg", "end"))
    if begin and end:
        facts["time"] = f"{begin} to {end} UTC"
    return {name: fact for name, fact in facts.items() if fact}


def grid_of(facts: Mapping[str, str]) -> Padding:
    """Return facts as lines that begin with their names."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", min_width=10)
    grid.add_column(overflow="fold")
    for name, fact in facts.items():
        grid.add_row(name, Text(fact))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _listed(result: BlendResult, attribute: str) -> str:
    given = result.inputs.get(attribute, ())
    different = distinct(value for value in given if value is not None)
    shown = ", ".join(map(str, different[:_MANY]))
    more = len(different) - _MANY
    return f"{shown} and {more} more" if more > 0 else shown
