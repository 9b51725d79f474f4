"""Views as HTML. Everything that comes from elsewhere is escaped here."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Final

from blender_core.common.wording import shorten, visible
from blender_core.display.view import ViewTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.display.view import View

LARGEST: Final = 50_000
"""How many bytes a view may have: a notebook keeps each in its file."""

_MOST_ROWS: Final = 20
_FEW_ROWS: Final = 6
"""So many more are not worth to be folded."""
_LONGEST: Final = 120
_LONGEST_FACT: Final = 300
_LONGEST_WORD: Final = 40
_LONG_CELL: Final = '<td class="long">'
_KEPT_FREE: Final = 1200
"""How many bytes each table has at least, for its title, its head and its end."""

# Colours are those of the page around, which may be light or dark, and have no query to tell.
_STYLE: Final = (
    "<style>"
    ".model-blender{line-height:1.4}"
    ".model-blender table{border-collapse:collapse;margin:.3em 0 .6em;font-size:.92em}"
    ".model-blender tr{background:none!important}"
    ".model-blender :is(th,td){text-align:left!important;vertical-align:top;padding:.15em 1em "
    ".15em 0;border:0;border-bottom:1px solid rgb(128 128 128/.35);color:inherit;"
    "max-width:34em;white-space:normal}"
    ".model-blender .long{overflow-wrap:anywhere;min-width:10em}"
    ".model-blender :is(div,details){overflow-x:auto}"
    ".model-blender summary{cursor:pointer}"
    "</style>"
)


def to_html(view: View) -> str:
    """Return a view as a part of a page, without scripts."""
    parts = [f'{_STYLE}<div class="model-blender"><strong>{_shown(view.title, _LONGEST_FACT)}']
    parts.append("</strong>")
    if view.facts:
        facts = (
            f"<tr><th>{_shown(name)}{_LONG_CELL}{_shown(text, _LONGEST_FACT)}"
            for name, text in view.facts
        )
        parts.append(f"<div><table>{''.join(facts)}</table></div>")
    tables = [part for table in view.tables if table.rows for part in _parts(table)]
    end = "</div>"
    room = LARGEST - _size(*parts, end) - _KEPT_FREE * len(tables)
    for table in tables:
        text = _table(table, room + _KEPT_FREE)
        room += _KEPT_FREE - _size(text)
        parts.append(text)
    return "".join([*parts, end])


def _parts(table: ViewTable) -> list[ViewTable]:
    """Return a long table as its beginning and a folded rest."""
    n_rest = len(table.rows) - _MOST_ROWS
    if table.is_folded or n_rest < _FEW_ROWS:
        return [table]
    rest = ViewTable(table.head, table.rows[_MOST_ROWS:], f"{n_rest} more", is_folded=True)
    return [replace(table, rows=table.rows[:_MOST_ROWS]), rest]


def _table(table: ViewTable, room: int) -> str:
    """Return a table with as many rows as there is room for, and how many more there are."""
    title = _shown(table.title)
    begin, end = f"<div>{title}", "</div>"
    if table.is_folded:
        begin, end = f"<details><summary>{title}</summary>", "</details>"
    # Cells and rows end where the next one begins: that saves a third of the bytes.
    begin += f"<table><tr>{''.join(f'<th>{_shown(name)}' for name in table.head)}"
    end = f"</table>{end}"
    room -= _size(begin, end, _more(table, len(table.rows)))
    rows: list[str] = []
    for row in table.rows:
        text = _row(row)
        room -= _size(text)
        if room < 0:
            rows.append(_more(table, len(table.rows) - len(rows)))
            break
        rows.append(text)
    return "".join([begin, *rows, end])


def _more(table: ViewTable, number: int) -> str:
    return f'<tr><td colspan="{len(table.head)}">… and {number} more'


def _row(cells: Sequence[str]) -> str:
    return f"<tr>{''.join(map(_cell, cells))}"


def _cell(text: str) -> str:
    # Other words are not to be broken, or names are.
    is_long = len(text) > _LONGEST_WORD and max(map(len, text.split()), default=0) > _LONGEST_WORD
    return f"{_LONG_CELL if is_long else '<td>'}{_shown(text)}"


def _shown(text: str, longest: int = _LONGEST) -> str:
    """Return a text as it looks, and as it is: nothing in it is taken for HTML."""
    return escape(shorten(visible(shorten(text, longest)), longest))


def _size(*texts: str) -> int:
    return sum(len(text.encode()) for text in texts)
