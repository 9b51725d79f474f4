"""What there is to see of a thing, for notebooks and terminals to show in their ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blender_core.display.text import terminal_width, text_table

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ViewTable:
    """A table of a view. A folded one is behind its title, and opens when it is clicked on."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    is_folded: bool = False

    def __str__(self) -> str:
        # A text cannot be opened.
        body = ""
        if self.rows and not self.is_folded:
            body = text_table(self.head, self.rows, terminal_width())
        return "\n".join(filter(None, [self.title, body]))


@dataclass(frozen=True, slots=True)
class View:
    """What there is to see: a title, facts with their names, and tables; all of it plain text."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    tables: Sequence[ViewTable] = ()

    def __str__(self) -> str:
        width = max((len(name) for name, _ in self.facts), default=0)
        facts = [f"  {name:{width}}  {text}" for name, text in self.facts]
        first = "\n".join([self.title, *facts])
        return "\n\n".join([first, *(str(table) for table in self.tables if table.rows)])
