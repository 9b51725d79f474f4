"""Values of ASDF trees whose texts differ from one that has been parsed in nothing but scalars.

Exposures of one mode have trees with the same keys in the same order. So it is enough to parse the
text of one, which becomes a template: literal, scalar, literal, … Another text that fits it would
be parsed into the same tree with its own scalars. What belongs to a key that nobody wants (logs,
the WCS) may be anything, if only it ends where the lines that belong to the key end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.common.attribute_paths import is_within
from blender_core.formats.asdf.scalars import DOUBTFUL, scalar_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.schema.layout import Group, Layout

__all__ = ["KnownTrees"]

_MOST: Final = 64
_WCS: Final = "meta.wcs"
"""The attribute that takes up most of the text of many trees."""
_MERGE: Final = "tag:yaml.org,2002:merge"
_OTHER_LINE_BREAKS: Final = "\x85\u2028\u2029\ufeff"
_NEXT_ENTRY: Final = re.compile(r"([}\]]*,)[ \n]+(?=\w)")
"""What follows a scalar within braces: there the line may be broken."""

# Whether all quotes are closed that are opened in some lines. It says no where it is not certain.
# A quote can open a text where a value can begin, and nowhere else: not after a letter, say. In
# comments, in blocks, and in plain text over several lines, it opens nothing.
_INERT: Final = r"(?<=[\w.)/=(+;])"
_QUOTED: Final = r"""(?:'(?:[^']++|'')*+'(?!')|"(?:[^"\\]++|\\[\s\S])*+")"""
_PLAIN: Final = r"(?:[^:\#\n]++|:(?=\S)|(?<=\S)\#)*+"
_QUOTES_CLOSED: Final = re.compile(
    rf"""(?:
      [^'"\#|>\[\n]++                           # no quote, no comment, no block
    | {_INERT}['"\#]
    | (?<=\S)[|>] | [|>](?=\ +[^\s\#])          # not the beginning of a block
    | (?<=:\ ){_QUOTED}                         # the value of a key
    | ''(?!') | ""(?!")
      # The same whether these quotes are such or letters of a plain text.
    | '(?:[^'"\n]++|{_INERT}(?:''|"))*+{_INERT}'(?!') | "[^'"\\\n]*+{_INERT}"(?!")
      # A list of texts in brackets.
    | (?<=:\ )\[(?:(?: {_QUOTED} | [\w(./][^][{{}}:\#,]*+ )(?:,[\ \n]++|(?=\])))*+\]
      # A list of texts with one indent: a plain one ends where the next item begins.
    | (?<=:)(?=\n(\ *+)-\ )(?:
        \n\1-\ (?: {_QUOTED}(?=\n|\Z) | [\w(./]{_PLAIN}(?:\n\1\ ++[^\s\#]{_PLAIN})*+ )
      )++
    | [\n\[]
    )*+""",
    re.VERBOSE,
)


class UnusualTreeError(Exception):
    """A tree has nodes that depend on others: aliases, merged mappings, keys that are not scalars.

    So the text of such a node does not tell its value.
    """


class _Slot(NamedTuple):
    """A scalar of a template, with the text that has to follow it."""

    known: str
    """The scalar and what follows it, as the parsed text has them. Most are the same in others."""
    ending: str
    """Braces and a comma after the scalar, after which the line may be broken; or nothing."""
    rest: str
    """What has to follow then."""
    in_braces: bool
    """Whether line breaks within the scalar mean nothing but a blank."""
    place: int | None
    """Where in the values its value goes, if it is wanted."""


class _Section(NamedTuple):
    """A part of a template between two keys that are passed over."""

    passed: re.Pattern[str] | None
    """The lines before it that belong to a key nobody wants."""
    start: str
    slots: list[_Slot]


class TreeTemplate:
    """The text of a tree that has been parsed, divided where scalars are.

    Raises `UnusualTreeError` where the text alone does not tell the values.
    """

    def __init__(self, asdf: AsdfText, layout: Layout, values: Sequence[Any]) -> None:
        self._text = text = asdf.text
        self._values = values
        self._wanted = {path.partition(".")[0] for path in layout.paths}
        self._wants_wcs = any(is_within(path, _WCS) for path in layout.paths)
        self._places = {}
        wanted = zip(_nodes(asdf.root, layout.root), values, strict=True)
        for place, (node, value) in enumerate(wanted):
            if node is not None and node.id == "scalar":
                self._places[id(node)] = place
            elif value is not None:
                raise UnusualTreeError
        # Where what is passed over and scalars begin and end, and the patterns or nodes of these.
        self._parts: list[tuple[int, int, Any, bool]] = []
        self._divide(asdf.root, (), in_braces=False)
        ends = [*(start for start, *_ in self._parts), len(text)]
        self._sections = [_Section(None, text[: ends[0]], [])]
        for (start, end, part, in_braces), after in zip(self._parts, ends[1:], strict=True):
            literal = text[end:after]
            if isinstance(part, re.Pattern):
                self._sections.append(_Section(part, literal, []))
                continue
            entry = _NEXT_ENTRY.match(literal) if in_braces else None
            ending, rest = (entry[1], literal[entry.end() :]) if entry else ("", literal)
            slot = _Slot(text[start:after], ending, rest, in_braces, self._places.get(id(part)))
            self._sections[-1].slots.append(slot)
        del self._text, self._parts, self._places

    def _divide(self, node: Any, keys: tuple[str, ...], *, in_braces: bool) -> None:
        """Find the scalars below a node, and the keys to be passed over."""
        if node.start_mark.index < (self._parts[-1][1] if self._parts else 0):
            raise UnusualTreeError  # an alias, which is the very node that it stands for
        if node.id == "scalar":
            start, end = node.start_mark.index, node.end_mark.index
            if scalar_value(self._text[start:end]) is not DOUBTFUL:
                self._parts.append((start, end, node, in_braces))
            return
        in_braces = in_braces or bool(node.flow_style)
        if node.id == "sequence":
            for item in node.value:
                self._divide(item, (*keys, ""), in_braces=in_braces)
            return
        for key, value in node.value:
            if key.id != "scalar" or key.tag == _MERGE:
                raise UnusualTreeError
            path = (*keys, key.value)
            if in_braces or self._is_wanted(path):
                self._divide(value, path, in_braces=in_braces)
            else:
                self._pass_over(key)

    def _is_wanted(self, keys: tuple[str, ...]) -> bool:
        if len(keys) == 1:
            return keys[0] in self._wanted
        return self._wants_wcs or keys != ("meta", "wcs")

    def _pass_over(self, key: Any) -> None:
        """Take for a key's own the rest of its line, and all lines below that are indented more."""
        start, indent = key.end_mark.index + 1, key.start_mark.column
        lines = re.compile(
            rf"[^\n]*+(?:\n(?: {{{indent + 1}}}| {{{indent}}}-(?=[ \n])|(?=\n))[^\n]*+)*+"
        )
        end = _end_of(lines, self._text, start)
        if self._text[start - 1] != ":" or end is None:
            raise UnusualTreeError
        self._parts.append((start, end, lines, False))

    def values(self, text: str) -> list[Any] | None:
        """Return the wanted values of a tree; None if its text does not fit."""
        values = list(self._values)
        at = 0
        for passed, start, slots in self._sections:
            if passed is not None:
                after = _end_of(passed, text, at)
                if after is None:
                    return None
                at = after
            if not text.startswith(start, at):
                return None
            at += len(start)
            for known, ending, rest, in_braces, place in slots:
                if text.startswith(known, at):
                    at += len(known)
                    continue
                end = text.find(rest, at)
                if end < 0:
                    return None
                scalar = text[at:end]
                if ending:
                    scalar = scalar.rstrip(" \n")
                    if not scalar.endswith(ending):
                        return None
                    scalar = scalar.removesuffix(ending)
                value = scalar_value(scalar)
                if value is DOUBTFUL or ("\n" in scalar and not in_braces):
                    return None
                if place is not None:
                    values[place] = value
                at = end + len(rest)
        return values if at == len(text) else None


def _end_of(passed: re.Pattern[str], text: str, start: int) -> int | None:
    """Return where lines end that are passed over; None if a text may go on after them."""
    end = passed.match(text, start).end()  # type: ignore[union-attr]  # it can be empty
    return end if _QUOTES_CLOSED.fullmatch(text, start, end) else None


def _nodes(node: Any, group: Group) -> Iterator[Any]:
    """Give the nodes of the wanted values."""
    below = {}
    if node is not None and node.id == "mapping":
        below = {key.value: value for key, value in node.value if key.id == "scalar"}
    yield from map(below.get, group.names)
    for name, inner in group.groups:
        yield from _nodes(below.get(name), inner)


class KnownTrees:
    """The trees that have been parsed of which the same attributes are wanted."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._templates: list[TreeTemplate] = []

    def values(self, asdf: AsdfText) -> list[Any] | None:
        """Return the wanted values of a tree that is like one that is known."""
        text = _text_of(asdf)
        if text is None:
            return None
        for template in self._templates:
            values = template.values(text)
            if values is not None:
                if template is not self._templates[0]:
                    # The next tree will most likely be like this one.
                    self._templates.remove(template)
                    self._templates.insert(0, template)
                return values
        return None

    def add(self, asdf: AsdfText, values: Sequence[Any]) -> None:
        """Learn from a tree that has been parsed."""
        if _text_of(asdf) is None:
            return
        try:
            template = TreeTemplate(asdf, self._layout, tuple(values))
        except UnusualTreeError:
            return
        self._templates = [template, *self._templates][:_MOST]


def _text_of(asdf: AsdfText) -> str | None:
    """Return the text of a tree, unless its lines are broken in unusual ways."""
    try:
        text = asdf.text
    except UnicodeDecodeError:
        return None
    if "\r" in text or (not text.isascii() and any(char in text for char in _OTHER_LINE_BREAKS)):
        return None
    return text
