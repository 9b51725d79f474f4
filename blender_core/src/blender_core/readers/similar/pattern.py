"""Texts of one pattern: literal, scalar, literal, …, where scalars may have other values."""

from __future__ import annotations

import re
from itertools import compress, repeat
from operator import is_, is_not
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from blender_core.formats.asdf.scalars import DOUBTFUL, scalar_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.formats.asdf.skeleton import CertainText

MOST_KEPT: Final = 64
"""Of texts in one place: what is unlike in each file is not worth more memory."""
_FEW: Final = 32
"""How many texts are worth less than a regular expression, which takes longer to make."""
_LONGEST: Final = 1 << 14
_UNKNOWN: Final = object()

Found: TypeAlias = tuple["dict[int, Any]", "list[str]"]
"""The wanted values of a text, by their places, and its anchors."""


class Slot(NamedTuple):
    """A scalar of a pattern, with the text that has to follow it."""

    known: str
    """The scalar with its ending, as the parsed text has them."""
    ending: str
    """Braces and a comma after the scalar, after which the line may be broken; or nothing."""
    rest: str
    """What has to follow then."""
    in_braces: bool
    """Whether line breaks within the scalar mean nothing but a blank."""
    place: int | None
    """Where in the values its value goes, if it is wanted."""


class Passed(NamedTuple):
    """What belongs to a key nobody wants, with the text that has to follow it."""

    known: str
    """What belongs to it, as the parsed text has it."""
    rest: str
    """What has to follow."""
    certain: CertainText
    """What belongs to it, as a template by itself."""


class TextPattern:
    """A text that has been parsed, divided where scalars are, as a pattern for others."""

    def __init__(self, start: str, parts: Sequence[Slot | Passed]) -> None:
        self._start = start
        self._parts = parts
        self._size = len(start) + sum(len(part.known) + len(part.rest) for part in parts)
        self._n_texts = 0
        self._expression: re.Pattern[str] | None = None
        own = [_meaning(part.known, part) for part in parts]
        self._known = [{part.known: value} for part, value in zip(parts, own, strict=True)]
        """What texts have had for each part, and what that means: a value, or anchors."""
        places = [part.place if isinstance(part, Slot) else None for part in parts]
        self._are_wanted = [place is not None for place in places]
        self._places = [place for place in places if place is not None]
        self._own = [*compress(own, self._are_wanted)]
        self._passed = [n for n, part in enumerate(parts) if isinstance(part, Passed)]

    def find(self, text: str) -> Found | None:
        """Return the wanted values and the anchors of a text; None if it does not fit.

        Values that are those of the parsed text need not be among them.
        """
        scalars = self._divided(text)
        if scalars is None:
            return None
        values = [*map(dict.get, self._known, scalars, repeat(_UNKNOWN))]
        for number in compress(range(len(values)), map(is_, values, repeat(_UNKNOWN))):
            value = values[number] = _meaning(scalars[number], self._parts[number])
            if value is DOUBTFUL:
                return None
            known = self._known[number]
            # What is passed over may be long.
            if len(known) < MOST_KEPT and not isinstance(self._parts[number], Passed):
                known[scalars[number]] = value
        wanted = [*compress(values, self._are_wanted)]
        others = [*map(is_not, wanted, self._own)]
        anchors = [anchor for number in self._passed for anchor in values[number]]
        return dict(compress(zip(self._places, wanted, strict=True), others)), anchors

    def _divided(self, text: str) -> Sequence[str] | None:
        """Return what a text has in place of the parts; None if something else is in between."""
        if self._expression is None:
            self._n_texts += 1
            if self._n_texts <= _FEW or self._size > _LONGEST:
                return self._divided_slowly(text)
            self._expression = self._as_expression()
        match = self._expression.fullmatch(text)
        return None if match is None else match.groups()

    def _divided_slowly(self, text: str) -> list[str] | None:
        if not text.startswith(self._start):
            return None
        scalars = []
        at = len(self._start)
        *others, last = self._parts
        for part in others:
            end = text.find(part.rest, at)
            if end < 0:
                return None
            scalars.append(text[at:end])
            at = end + len(part.rest)
        end = len(text) - len(last.rest)
        if end < at or not text.endswith(last.rest):
            return None
        return [*scalars, text[at:end]]

    def _as_expression(self) -> re.Pattern[str]:
        *others, last = (re.escape(part.rest) for part in self._parts)
        between = "".join(f"(?>(.*?){rest})" for rest in others)
        return re.compile(f"{re.escape(self._start)}{between}(.*){last}", re.DOTALL)


def _meaning(text: str, part: Slot | Passed) -> Any:
    """Return the value or the anchors of what is in the place of a part."""
    if isinstance(part, Passed):
        anchors = part.certain.anchors_in(text)
        return DOUBTFUL if anchors is None else anchors
    if part.ending:
        text = text.rstrip(" \n")
        if not text.endswith(part.ending):
            return DOUBTFUL
        text = text[: -len(part.ending)]
    return DOUBTFUL if "\n" in text and not part.in_braces else scalar_value(text)
