"""How dates and times are written, and in which order the moments they stand for come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Instant: TypeAlias = tuple[int, int, str]
"""Minutes, seconds, and the digits of the fraction.

A leap second, the 60th of its minute, thus comes after the 59th and before the next minute. The
fraction stays text, which sorts as the digits do, so that it is exact however long it is.
"""

_SEARCHED: Final = 4096

_DATE = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_TIME = (
    r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d|60)(?:\.(?P<fraction>\d+))?)?"
)
_OFFSET = r"(?P<sign>[+-])(?P<ahead_hours>[01]\d|2[0-3]):(?P<ahead_minutes>[0-5]\d)"

# Fixed-width forms. Which days there are, leap days included, is spelled out in them.
_LEAP_YEAR = r"(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_PLAIN_DATE = (
    r"(?:(?!0000)\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    rf"|{_LEAP_YEAR}-02-29)"
)
_PLAIN_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing moments, and what messages call it.

    The pattern matches every text of the form, with the fields as named groups. The plain lines are
    those of valid texts which, if they are all of one length, sort as the moments do.
    """

    name: str
    pattern: re.Pattern[str]
    plain_lines: re.Pattern[str]

    def instant(self, text: str) -> Instant:
        """Return what the moment is compared by."""
        match = self.pattern.fullmatch(text.strip())
        if match is None:
            msg = f"{text!r} is not {self.name}"
            raise ValueError(msg)
        field = match.groupdict(default="0")
        minutes = 60 * int(field["hour"]) + int(field["minute"])
        if "year" in field:
            try:
                day = date(int(field["year"]), int(field["month"]), int(field["day"]))
            except ValueError as error:
                msg = f"{text!r} is not {self.name}: {error}"
                raise ValueError(msg) from error
            minutes += 24 * 60 * day.toordinal()
            ahead = 60 * int(field["ahead_hours"]) + int(field["ahead_minutes"])
            minutes -= -ahead if field["sign"] == "-" else ahead
        return minutes, int(field["second"]), field["fraction"].rstrip("0")

    def sorts_as_text(self, texts: Sequence[str]) -> bool:
        """Tell whether all texts are valid and sort as their moments do."""
        if len(set(map(len, texts))) != 1:
            return False
        # One search through many of them takes a tenth of the time of one search each. Of all of a
        # million, it would remember where each began.
        return all(
            self._are_plain(texts[start : start + _SEARCHED])
            for start in range(0, len(texts), _SEARCHED)
        )

    def _are_plain(self, texts: Sequence[str]) -> bool:
        lines = "\n".join(texts) + "\n"
        return (
            self.plain_lines.fullmatch(lines) is not None
            # A text that is itself several lines is not plain.
            and lines.count("\n") == len(texts)
        )


CALENDAR: Final = Form(
    "a date YYYY-MM-DD or a date-time YYYY-MM-DDThh:mm:ss[.fff]",
    re.compile(rf"{_DATE}(?:[T ]{_TIME}(?:Z|{_OFFSET})?)?", re.ASCII),
    re.compile(rf"(?:{_PLAIN_DATE}(?:T{_PLAIN_TIME})?\n)+", re.ASCII),
)
"""A day, or a moment of it in UTC unless an offset follows; a day alone is its beginning."""

CLOCK: Final = Form(
    "a time of day hh:mm:ss[.fff]",
    re.compile(rf"{_TIME}Z?", re.ASCII),
    re.compile(rf"(?:{_PLAIN_TIME}\n)+", re.ASCII),
)
"""A moment of a day that is not named."""
