"""What commands print for people, on terminals of any width and where none is."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from blender_core.cli.formatting import truncate
from blender_core.cli.streams import beneath
from blender_core.common.wording import visible, visible_lines
from blender_core.display.text import text_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from rich.console import ConsoleOptions, RenderableType
    from rich.containers import Lines
    from rich.segment import Segment

_GAP: Final = 2
_WORDS: Final = re.compile(r"(\s+)")
# Of names, not of numbers and times.
_FOLDS: Final = re.compile("(?<=[A-Za-z])[._,/]")
_USUAL_WIDTH: Final = 80
_SIZES: Final = ("COLUMNS", "LINES")
_SIZE: Final = re.compile("[0-9]{1,4}")
_STYLES: Final = {"keyword": "bold", "rule": "bold cyan", "row": "dim", "said": "dim", "why": "dim"}
"""Of columns, by their heads."""
_LONGEST: Final = 48
"""How many characters of a cell are shown where there are many columns."""


def _environment() -> dict[str, str]:
    """Return the environment without sizes that are none; rich 14 fails at "²"."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _SIZES or _SIZE.fullmatch(value)
    }


class Output(Console):
    """Standard output or error: colours on terminals only, and no text taken for markup.

    Of texts, what is invisible is shown: before they are laid out where they come as a ``str``,
    and otherwise at the latest when they are printed.
    """

    def __init__(self, *, stderr: bool = False, folds: bool = False) -> None:
        super().__init__(
            file=beneath(sys.stderr if stderr else sys.stdout),
            highlight=False,
            markup=False,
            emoji=False,
            _environ=_environment(),
        )
        if not self.width:  # COLUMNS=0 is what some programs say who do not know it
            self.width = _USUAL_WIDTH
        self.folds = folds or self.is_terminal
        """Whether lines are folded to the width, as they are on terminals."""

    def on_broken_pipe(self) -> None:
        """Leave it to the command what to do when nobody reads any more."""
        raise  # noqa: PLE0704  # it is called where the error is caught

    def render_str(self, text: str, **settings: Any) -> Text:
        """Return a text as rich lays it out."""
        return super().render_str(visible_lines(text), **settings)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Give what is printed, piece by piece; those of control are this program's own."""
        for segment in super().render(renderable, options):
            text = segment.text if segment.control else visible_lines(segment.text)
            yield segment if text == segment.text else segment._replace(text=text)

    def text(self, text: str, style: str = "", *, indent: int = 0) -> None:
        """Print a line, which is whole where none is folded."""
        line = visible(text)
        if self.folds and line:
            self.print(Padding(Text(line, style), (0, 0, 0, indent), expand=False))
        else:
            sys.stdout.write(f"{' ' * indent}{line}".rstrip() + "\n")

    def lines(self, text: str, style: str = "", *, indent: int = 0) -> None:
        """Print a text of several lines."""
        for line in text.split("\n"):
            self.text(line, style, indent=indent)

    def facts(self, facts: Mapping[str, str]) -> None:
        """Print facts as lines that begin with their names."""
        width = max(map(len, facts), default=0)
        if not self.folds:
            for name, fact in facts.items():
                self.text(f"{name.ljust(width)}  {fact}", indent=2)
            return
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", min_width=width)
        grid.add_column(overflow="fold")
        for name, fact in facts.items():
            grid.add_row(name, Text(visible(fact)))
        self.print(Padding(grid, (0, 0, 0, 2), expand=False))

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        folded: Collection[int] = (),
        grouped_by: int | None = None,
        two_names_from: int = 0,
        widths: Sequence[int] = (),
        is_continued: bool = False,
    ) -> None:
        """Print a table: folded to a terminal's width, and in whole lines where there is none."""
        head, *cells = ([visible(cell) for cell in row] for row in (head, *rows))
        if self.is_terminal and self.width < two_names_from:
            cells = [[row[0] or row[1], *row[2:]] for row in cells]
            head = [head[0], *head[2:]]
            folded = {0, *(i - 1 for i in folded if i > 1)}
        if not self.is_terminal:
            sys.stdout.write(f"{text_table(head, cells)}\n")
            return
        columns = [i for i in range(len(head)) if i != grouped_by]
        folded = folded or columns[-1:]
        widths = widths or [max(map(len, column)) for column in zip(head, *cells, strict=True)]
        groups: dict[str, list[list[str]]] = {}
        for row in cells:
            groups.setdefault("" if grouped_by is None else row[grouped_by], []).append(row)
        for heading, members in groups.items():
            table = Table(
                box=None,
                padding=(0, 2, 0, 0),
                pad_edge=False,
                show_header=not (heading or is_continued),
            )
            for i in columns:
                fold = i in folded
                # The same in all groups, for the eye.
                width = None if fold else widths[i]
                table.add_column(
                    Text(head[i], "bold"),
                    style=_STYLES.get(head[i], ""),
                    overflow="fold",
                    min_width=width,
                    no_wrap=not fold,
                )
            for row in members:
                table.add_row(*(_Cell(row[i]) for i in columns))
            if heading:
                self.text(heading, "bold green")
            self.print(Padding(table, (0, 0, 0, 2)) if heading else table)

    def blocks(
        self,
        head: Sequence[str],
        columns: Callable[[], Iterable[Sequence[Sequence[str]]]],
        right: Collection[int] = (),
    ) -> None:
        """Print a table that may be wide and long, of whose columns some rows come at a time.

        They are asked for repeatedly. On a terminal, as many columns at a time as have room;
        ``right`` are those of numbers.
        """
        head = [visible(cell) for cell in head]
        widths = [*map(len, head)]
        for block in columns():
            lengths = (max(map(len, _visible_cells(cells))) for cells in block)
            widths = list(map(max, widths, lengths))
        if not self.is_terminal:
            gap = " " * _GAP
            fields = (f"%{'' if i in right else '-'}{width}s" for i, width in enumerate(widths))
            form = gap.join(fields)
            names = gap.join(map(str.ljust, head, widths)).rstrip()
            sys.stdout.write(f"{names}\n")
            for block in columns():
                rows = zip(*map(_visible_cells, block), strict=True)
                sys.stdout.write("".join([f"{(form % row).rstrip()}\n" for row in rows]))
            return
        shown = [min(width, _LONGEST) for width in widths]
        stacked: list[list[int]] = []
        room = 0
        for i in range(1, len(head)):
            if not stacked or shown[i] + _GAP > room:
                stacked.append([0])
                room = self.width - shown[0]
            stacked[-1].append(i)
            room -= shown[i] + _GAP
        for number, some in enumerate(stacked):
            if number:
                self.text("")
            for place, block in enumerate(columns()):
                cells = [
                    [
                        truncate(cell.rjust(widths[i]) if i in right else cell, _LONGEST)
                        for cell in _visible_cells(block[i])
                    ]
                    for i in some
                ]
                self.table(
                    [head[i] for i in some],
                    [*zip(*cells, strict=True)],
                    widths=[shown[i] for i in some],
                    is_continued=place > 0,
                )


def _visible_cells(cells: Sequence[str]) -> Sequence[str]:
    # Of very many, a look at all of them together is quick.
    return cells if "".join(cells).isprintable() else [visible(cell) for cell in cells]


class _Cell(Text):
    """A text that is folded after the dots and underscores of long names, where it has some."""

    def wrap(self, console: Console, width: int, *settings: Any, **more: Any) -> Lines:
        """Return its lines, each of which has room."""
        words = (_folded(word, width) for word in _WORDS.split(self.plain))
        folded = Text("".join(words), self.style)
        return folded.wrap(console, width, *settings, **more)


def _folded(word: str, width: int) -> str:
    """Return a word on lines of no more than a width, if it has places to fold it at."""
    lines = []
    while len(word) > width:
        place = max((match.end() for match in _FOLDS.finditer(word, 0, width)), default=0)
        if place <= width // 3:  # lines that are nearly empty are no better
            break
        lines.append(word[:place])
        word = word[place:]
    return "\n".join([*lines, word])
