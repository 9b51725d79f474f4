"""Values and names as commands print them, and JSON."""

from __future__ import annotations

import sys
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from blender_core.common.json_text import SCALARS, json_scalar
from blender_core.common.wording import preview, visible
from blender_core.inputs.column import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def truncate(text: str, longest: int) -> str:
    """Return the beginning of a text if it is long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def one_line(value: Any, longest: int = 40) -> str:
    """Return a value as it looks, or the beginning of it."""
    return truncate(visible(str(value)), longest)


def value_text(value: Any) -> str:
    """Return a value as a cell of a table has it."""
    return "none" if value is None else preview(value)


def list_some(names: Sequence[str], most: int) -> str:
    """Return names with commas between, and how many more there are than so many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def print_json(content: Any) -> None:
    """Print something as JSON, in ASCII, piece by piece: generators and columns may be long."""
    sys.stdout.writelines(_pieces(content, "\n"))
    sys.stdout.write("\n")


def _pieces(content: Any, newline: str) -> Iterator[str]:
    """Give the pieces of the JSON text, whose lines begin with what follows a line's end."""
    kind = type(content)
    if kind is dict:
        items = ((f"{json_scalar(str(key))}: ", value) for key, value in content.items())
        yield from _members(items, "{}", newline)
    elif kind in (list, tuple, GeneratorType) or isinstance(content, Column):
        yield from _members((("", value) for value in content), "[]", newline)
    else:
        # What a plugin says of itself may hold anything.
        yield json_scalar(content if kind in SCALARS else preview(content))


def _members(members: Iterable[tuple[str, Any]], brackets: str, newline: str) -> Iterator[str]:
    within = f"{newline}  "
    before = f"{brackets[0]}{within}"
    for name, value in members:
        if type(value) in SCALARS:
            yield f"{before}{name}{json_scalar(value)}"
        else:
            yield before + name
            yield from _pieces(value, within)
        before = f",{within}"
    yield brackets if before[0] != "," else f"{newline}{brackets[1]}"
