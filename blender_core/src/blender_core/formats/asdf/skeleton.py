"""What can be told of a part of a YAML text without parsing it: that it is whole, and nothing else.

All scalars of a few certain forms are replaced by one character, and lists of them by a list of
that. What is left has the structure of the text, and of many other texts. It is parsed: once, and
not for each text. Whatever is certain ends where it seems to, within braces or not, and asdf can
make something of it; anything else stays where it is, and is parsed.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Final

from blender_core.formats.asdf.limits import require_bounded

_ANY: Final = "\xa4"
"""What stands for scalars. To YAML, it is a text of one letter."""
_MOST_REPEATED: Final = 20_000
"""How many values aliases in one part may stand for: far less than in a whole tree."""

# A quoted text may go on in the next line.
_FOLD: Final = r"\n++\ ++"
_QUOTED: Final = (
    rf"(?:'(?:[ -&(-~]++|''|{_FOLD})*+'"
    rf'|"(?:[ !#-\[\]-~]++|\\(?:[0abtnvfre"\\\ ]|x[0-9A-Fa-f]{{2}}|\n\ ++)|{_FOLD})*+")'
)
# Asdf makes a date of what looks like one, and an error of one that is in no calendar.
_NUMBER_OR_TIME: Final = (
    r"(?:-?(?:0|[1-9][0-9]{0,17}|[0-9]+\.[0-9]*(?:e[-+][0-9]+)?)"
    r"|[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"(?:[T\ ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?)?)"
)
# How a text without quotes begins: with a letter, or with a digit where a blank and a letter that
# is not one of a date follow. So it is no number and no date, nor an error of one.
_BEGINNING: Final = r"(?:[A-Za-z_(/]|[0-9](?=[0-9T:.,+Z-]*+\ [0-9T:.,+Z\ -]*+[A-SU-Ya-su-y(<]))"
_BEGINNING_IN_BRACES: Final = _BEGINNING.replace(",", "")  # a comma ends it there
_PLAIN: Final = r"!\"$-+\--9;->@-Z\\^-z|~"
"""What it may have anywhere: what has no meaning of its own in YAML."""
_IN_BRACES: Final = (
    rf"(?:{_QUOTED}|{_NUMBER_OR_TIME}(?=[,\]}}])"
    rf"|{_BEGINNING_IN_BRACES}(?:[\ {_PLAIN}]++|\n\ ++(?=[{_PLAIN}]))*+)"
)
_LINE: Final = (
    rf"(?:{_QUOTED}|{_NUMBER_OR_TIME}(?=\n|\Z)"
    rf"|{_BEGINNING}(?:[\ -\"$-9;-~]++|:(?=[!-~])|(?<=[!-~])\#)*+(?<![,\]}}]))"
)
"""A value in a line of its own, which is not within braces: so it may have some."""
_ITEM: Final = (
    rf"(?:{_QUOTED}|{_NUMBER_OR_TIME}(?=\n|\Z)"
    # It goes on in lines with a larger indent.
    rf"|{_BEGINNING}(?:[\ -\"$-9;-~]++|:(?=[!-~])|(?<=[!-~])\#|\n\1\ ++(?=[!-\"$-~]))*+)"
)
# Each way begins with a character of its own: so it is soon found where one may begin. The empty
# group marks what stays as it is.
_CERTAIN: Final = re.compile(
    rf"\n(?:(\ *+)-\ )(){_ITEM}(?:\n\1-\ {_ITEM})*+(?=\n|\Z)"
    rf"|\[(){_IN_BRACES}(?:,(?:\ |\n\ ++){_IN_BRACES})*+(?=\])"
    + "".join(
        rf"|{char}\ ()(?:{_LINE}(?=\n|\Z)|{_IN_BRACES}(?=[,\]}}]))" for char in (":", ",", "-")
    )
)
_LINES: Final = re.compile(r"[^\n]*+(?:\n(?:\ [^\n]*+|-\ [^\n]*+|(?=\n)))*+")
_ANCHOR: Final = re.compile(r"&([^\s,\[\]{}]+)")


class CertainText:
    """All that follows a key, from its colon on, as a template for others like it.

    It stays certain where something of it that is replaced by one character is another that would
    be replaced as well: each by itself, as what follows it in its line is the same.

    Raises `ValueError` if it is not certain.
    """

    def __init__(self, text: str, column: int) -> None:
        anchors = anchors_within(text, column)
        if anchors is None:
            msg = "it is not certain"
            raise ValueError(msg)
        self.anchors = anchors
        self._column = column
        matches = list(_CERTAIN.finditer(text))
        ends = [*(match.start() for match in matches), len(text)]
        self._start = text[: ends[0]]
        self._parts = [
            (text[match.start() : end], _kept(match), text[match.end() : end])
            for match, end in zip(matches, ends[1:], strict=True)
        ]

    def anchors_in(self, text: str) -> frozenset[str] | None:
        """Return the anchors of another text; None if it is not certain."""
        return self.anchors if self._is_like(text) else anchors_within(text, self._column)

    def _is_like(self, text: str) -> bool:
        if not text.startswith(self._start):
            return False
        at = len(self._start)
        for known, kept, following in self._parts:
            if text.startswith(known, at):
                at += len(known)
                continue
            match = _CERTAIN.match(text, at)
            if match is None or _kept(match) != kept or not text.startswith(following, match.end()):
                return False
            at = match.end() + len(following)
        return at == len(text)


def anchors_within(text: str, column: int) -> frozenset[str] | None:
    """Return the anchors in all that follows a key, from its colon on; None if it is not certain.

    It is certain that it is the key's value, and nothing that YAML or asdf would refuse. The key
    stands at the beginning of its line, after so many blanks.
    """
    if not text.isascii() or not text.startswith(":"):
        return None
    return _anchors(_CERTAIN.sub(_replaced, text), column)


def _replaced(match: re.Match[str]) -> str:
    return f"{_kept(match)}{_ANY}"


def _kept(match: re.Match[str]) -> str:
    end = match.start(match.lastindex) - match.start()  # type: ignore[arg-type]  # each has one
    return match[0][:end]


@functools.lru_cache(maxsize=64)
def _anchors(skeleton: str, column: int) -> frozenset[str] | None:
    from asdf.yamlutil import AsdfLoader

    if not _LINES.fullmatch(skeleton):
        return None
    indent = " " * column
    # The next key shows where the value ends.
    text = f"{indent}a{skeleton}\n{indent}b: 0\n"
    if column:
        text = f"a:\n{text}"
    try:
        root = AsdfLoader(text).get_single_node()
        require_bounded(root, _MOST_REPEATED)
        AsdfLoader("").construct_document(root)
    except Exception:  # noqa: BLE001  # of whatever kind: the text is not certain
        return None
    group = root.value[0][1] if column else root
    if len(root.value) != (1 if column else 2) or len(group.value) != 2:
        return None
    places = {match.start() for match in re.finditer(_ANY, text)}
    if places != _places(root, text):
        return None
    return frozenset(_ANCHOR.findall(skeleton))


def _places(root: Any, text: str) -> set[int]:
    """Return where values are that consist of nothing but the character for scalars."""
    places, seen = set(), set()
    waiting = [(root, False)]
    while waiting:
        node, in_braces = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.id == "scalar":
            start, end = node.start_mark.index, node.end_mark.index
            # What is alone in its line may have braces, so it must not be within some.
            if text[start:end] == _ANY and not (in_braces and text[end] == "\n"):
                places.add(start)
            continue
        in_braces = in_braces or bool(node.flow_style)
        values = node.value if node.id == "sequence" else [value for _, value in node.value]
        waiting.extend((value, in_braces) for value in values)
    return places
