"""Outcomes as the rows of tables that share one set of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from blender_core.evaluation.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.evaluation.outcome import Outcome

__all__ = ["Rows"]

_GAP: Final = 2
_INDENT: Final = 2
_LONGEST: Final = 60
_ROOT: Final = "meta."


class Rows:
    """Tables of outcomes, as wide as the widest of them needs and the console allows.

    Parameters
    ----------
    outcomes : sequence of Outcome
        All that will be shown, in whichever tables.
    width : int
        How many characters a line has.
    """

    def __init__(self, outcomes: Sequence[Outcome], width: int) -> None:
        columns = [*zip(*map(_cells, outcomes), strict=True)] or [()] * 4
        keyword, attribute, value, values = (max(map(len, one), default=1) for one in columns)
        # What does not fit is folded: first the values, then the attributes' paths.
        room = width - keyword - values - 3 * _GAP - _INDENT
        value = max(min(value, room - attribute), min(value, 23), 1)  # a date-time has 23
        attribute = max(min(attribute, room - value), 12)
        self._widths = (keyword, attribute, value, values)

    def table(self, outcomes: Sequence[Outcome]) -> Padding:
        """Return a table of some of the outcomes."""
        table = Table.grid(padding=(0, _GAP, 0, 0))
        for width, style in zip(self._widths, ("bold", "dim", "", "dim"), strict=True):
            # The last column's padding is cut off by its own width.
            table.add_column(width=width, style=style, overflow="fold")
        for one in outcomes:
            agreed = one.n_distinct == 1 and one.from_input is not None
            table.add_row(*map(Text, _cells(one)), style="dim" if agreed else None)
        return Padding(table, (0, 0, 0, _INDENT), expand=False)


def _cells(outcome: Outcome) -> tuple[str, str, str, str]:
    return (
        outcome.keyword or "",
        outcome.attribute.removeprefix(_ROOT),
        _value(outcome),
        f"{outcome.n_distinct} in {outcome.n_inputs}",
    )


def _value(outcome: Outcome) -> str:
    if outcome.status is Status.REFUSED:
        return f"none: {_short(outcome.value)} is not allowed"
    return "none" if outcome.status is Status.DROPPED else _short(outcome.value)


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
