"""How messages and tables show values, names and numbers, and what they call an input."""

from __future__ import annotations

import re
import reprlib
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.foreign import tried, type_name
from blender_core.common.urls import shown_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST: Final = 200
_MOST_LISTED: Final = 10


class InputLabel(str):
    """What messages call an input that has a name: ``input 3 (c_cal.fits)``.

    The name itself is as it is, and in the label in one line that looks as it is.
    """

    name: str


def named(label: str, name: object) -> str:
    """Return what an input is called that has a name beside its number."""
    shown = shown_url(str(name))  # which a path may be made of
    with_name = InputLabel(f"{label} ({visible(shown)})")
    with_name.name = shown
    return with_name


def of_row(label: str, row: int) -> str:
    """Return what one of the rows of an input is called, counted from 1."""
    of_one = InputLabel(f"{label}, row {row}")
    if isinstance(label, InputLabel):
        of_one.name = label.name
        return of_one
    return str(of_one)


class _Repr(reprlib.Repr):
    """Shows any object: its own repr may raise anything, and a class have any name."""

    def repr1(self, x: Any, level: int) -> str:
        # By its name, reprlib would take another's class for one of Python's own.
        show = super().repr1 if type(x) in _KNOWN else self.repr_instance
        return tried(lambda: str.__str__(show(x, level)), fallback=f"<{type_name(x)}>")


_KNOWN: Final = frozenset({str, int, list, tuple, dict, set, frozenset})
_repr = _Repr()
_repr.maxlevel = 3
_repr.maxstring = _repr.maxother = 80


def preview(value: Any) -> str:
    """Return a value as messages show it: short, in one line, and in any case."""
    return visible(shorten(_repr.repr(value)))


def full_repr(value: Any) -> str:
    """Return a value as it is written in Python, all of it; in any case."""
    return tried(lambda: str.__str__(repr(value)), fallback=f"<{type_name(value)}>")


def pluralize(number: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def join_words(names: Sequence[str]) -> str:
    """Return names as they stand in a sentence."""
    if len(names) > _MOST_LISTED:
        return f"{', '.join(names[:_MOST_LISTED])}, … ({len(names)} in all)"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def format_error(error: BaseException) -> str:
    """Return what an error of somebody else's code says, in any case.

    Its lines are further in than ours, for none to look like one of ours.
    """
    text = tried(lambda: str.__str__(str(error)), fallback="(its message cannot be had)")
    return shorten(text, 5 * _LONGEST).replace("\n", "\n  ")


def describe_error(error: BaseException) -> str:
    """Return what kind of error somebody else's code raised, and what it says."""
    return f"{type_name(error)}: {format_error(error)}"


def shorten(text: str, longest: int = _LONGEST) -> str:
    """Return a text without its middle if it is long."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"


def visible(text: str) -> str:
    r"""Return a text as it looks, with all that cannot be seen written as Python escapes it.

    That is what a terminal obeys, what ends a line, what turns the direction of writing round,
    what has no width, and what no encoding has. All other characters stay, and none is left out.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def visible_lines(text: str) -> str:
    """Return a text of several lines as it looks: line ends and tabs are its layout."""
    return re.sub(r"[^\n\t]+", lambda part: visible(part[0]), text)


def strings(values: Iterable[object], argument: str, content: str) -> tuple[str, ...]:
    """Return the strings that a caller passed for an argument that takes several."""
    if isinstance(values, str):
        msg = f"{argument} takes a collection of {content}, such as [{preview(values)}], not a str"
        raise TypeError(msg)
    collected = []
    for value in values:
        if not isinstance(value, str):
            msg = f"{argument} takes {content}, each a str, not {preview(value)}"
            raise TypeError(msg)
        collected.append(value)
    return tuple(collected)
