"""Attributes of which one is the beginning, the middle or the end of what another is, too.

Schemas say it by their names, and those of different observatories do it alike: ``start_time`` and
``end_time``, ``date_beg`` and ``date_end``, ``barycentric_expstart`` and ``barycentric_expend``. So
there is no list of them, and the schema of a plugin needs no word of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from blender_core.common.datetimes import CALENDAR
from blender_core.common.wording import preview

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blender_core.schema.attributes import Attribute

Span: TypeAlias = tuple[int, int | None, int | None]
"""Where the values of a beginning, a middle and an end are, of which one may be lacking."""

_BEGIN: Final = re.compile(r"(?<![^\W_])(exp|t|)(start|begin|beg)(?![^\W_])", re.IGNORECASE)
_MID: Final = ("mid", "avg")
_END: Final = ("end", "stop")

_TIME: Final = re.compile(r"time|date|mjd|exp|utc|tdb", re.IGNORECASE)
_DAY: Final = len("YYYY-MM-DD")


def spans_among(attributes: Iterable[Attribute], places: Mapping[str, int]) -> tuple[Span, ...]:
    """Return where the moments are that have an order, of attributes and the values' places."""
    spans: list[Span] = []
    for attribute in attributes:
        parent, dot, name = attribute.path.rpartition(".")
        match = _BEGIN.search(name)
        if match is None or not _may_be_moment(attribute, name):
            continue
        before, after = name[: match.start(2)], name[match.end(2) :]
        is_upper = match[2].isupper()  # as keywords are
        mid, end = (
            next((places[path] for path in paths if path in places), None)
            for paths in (
                [
                    f"{parent}{dot}{before}{word.upper() if is_upper else word}{after}"
                    for word in words
                ]
                for words in (_MID, _END)
            )
        )
        if not (mid is None and end is None):
            spans.append((places[attribute.path], mid, end))
    return tuple(spans)


def _may_be_moment(attribute: Attribute, name: str) -> bool:
    """Tell whether an attribute is a moment or a count: positions may begin after they end."""
    if attribute.type in ("boolean", "array", "object"):
        return False
    is_of_time = attribute.type == "string" or attribute.unit in ("d", "s")
    # What is blended by a minimum is the lower one.
    return is_of_time or bool(_TIME.search(name)) or str(attribute.rule).startswith("min")


def disorder(spans: Iterable[Span], attributes: Sequence[Attribute], row: Sequence[Any]) -> str:
    """Return which values of an input are before what they should be after; empty if none."""
    suspects = []
    for span in spans:  # with each input: nearly all have nothing to tell, or are in order
        begin, mid, end = span
        first = row[begin]
        middle = None if mid is None else row[mid]
        last = None if end is None else row[end]
        if last is None:
            is_suspect = not (first is None or middle is None)
        elif middle is None:
            is_suspect = first is not None and not _are_plainly_in_order(first, last)
        else:
            is_suspect = not (
                _are_plainly_in_order(middle, last)
                and (first is None or _are_plainly_in_order(first, middle))
            )
        if is_suspect:
            suspects.append(span)
    if not suspects:
        return ""
    return ", ".join(
        f"{attributes[place].label} {preview(row[place])} is before "
        f"{attributes[other].label} {preview(row[other])}"
        for place, other in _disorder(suspects, row)
    )


def _disorder(spans: Iterable[Span], row: Sequence[Any]) -> Iterator[tuple[int, int]]:
    for begin, mid, end in spans:
        if end is not None and _is_before(row[end], row[begin]):
            yield end, begin
        elif mid is not None:
            if _is_before(row[mid], row[begin]):
                yield mid, begin
            elif end is not None and _is_before(row[end], row[mid]):
                yield end, mid


def _is_before(value: Any, other: Any) -> bool:
    if value is None or other is None:
        return False
    if isinstance(value, str) and isinstance(other, str):
        return _is_text_before(value, other)
    is_number = isinstance(value, (int, float)) and isinstance(other, (int, float))
    return is_number and bool(value < other)


def _are_plainly_in_order(value: Any, other: Any) -> bool:
    """Tell whether a moment is none after another, so far as that is soon told."""
    kind = type(value)
    if kind is not type(other):
        return False
    if kind is str:
        # Nearly all texts are of one form, without an offset, and come in the order of moments.
        return (
            value <= other
            and len(value) == len(other)
            and value[_DAY : _DAY + 1] == other[_DAY : _DAY + 1]
            and value[-6:-5] not in ("+", "-")
            and other[-6:-5] not in ("+", "-")
        )
    return (kind is float or kind is int) and value <= other


def _is_text_before(text: str, other: str) -> bool:
    if _are_plainly_in_order(other, text):
        return False
    if min(len(text.strip()), len(other.strip())) <= _DAY:  # a day is all of it
        text, other = text.strip()[:_DAY], other.strip()[:_DAY]
    try:
        return CALENDAR.instant(text) < CALENDAR.instant(other)
    except ValueError:
        return False
