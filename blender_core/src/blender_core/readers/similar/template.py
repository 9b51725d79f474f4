"""The text of an ASDF tree that has been parsed, as a template for others.

Exposures of one mode have trees with the same keys in the same order. So it is enough to parse the
text of one, which is divided where scalars are: literal, scalar, literal, … Another text that fits
would be parsed into the same tree with its own scalars: what gives it its structure is in the
literals, the same to the byte. What belongs to a key that nobody wants (logs, the WCS) may be
anything that is certain to belong to that key.
"""

from __future__ import annotations

import re
from functools import cache, partial
from itertools import chain, compress
from operator import ne
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from blender_core.common.attribute_paths import is_within
from blender_core.common.cached import cached_property
from blender_core.formats.asdf.scalars import DOUBTFUL, scalar_value
from blender_core.formats.asdf.skeleton import CertainText
from blender_core.formats.asdf.tree_text import CHECKSUM
from blender_core.readers.similar.entry_pattern import EntryPattern, entries_of
from blender_core.readers.similar.pattern import MOST_KEPT, Passed, Slot, TextPattern
from blender_core.schema.attributes import unknown_attribute
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.readers.similar.pattern import Found
    from blender_core.schema.groups import Group

_WCS: Final = "meta.wcs"
"""The attribute that takes up most of the text of many trees."""
_NAME: Final = "tag:yaml.org,2002:str"
_NEXT_ENTRY: Final = re.compile(r"([}\]]*,)[ \n]+(?=\w)")
"""What follows a scalar within braces: there the line may be broken."""
_AFTER: Final = " ,]}\n"
"""What ends every scalar, as it is not part of any."""
_LONGEST_KEPT: Final = 1 << 10
"""Of entries that have been seen."""
_BETWEEN: Final = re.compile(r"\n(?! {4})")
_MOST_PASSED: Final = 100
"""Each may have aliases for many values. Together, they are to have no more than a tree may."""

_Content: TypeAlias = "CertainText | tuple[int | None, bool]"
"""What is passed over; or a scalar: the place of its value, and whether it is within braces."""


class UnusualTreeError(Exception):
    """A tree has nodes that depend on others: aliases, merged mappings, keys that are not texts.

    So the text of such a node does not tell its value.
    """


class TreeTemplate:
    """The text of a tree that has been parsed, divided where scalars are.

    `beyond` has what the layout's schema does not know, by dotted path: None where the tree has a
    null, in whose place others may have a value.

    Raises `UnusualTreeError` where the text alone does not tell the values.
    """

    def __init__(
        self, asdf: AsdfText, layout: Layout, values: Sequence[Any], beyond: Mapping[str, Any]
    ) -> None:
        self._text = text = asdf.text
        others = Layout(map(unknown_attribute, beyond))
        self.beyond = others.paths
        """The dotted paths of the values that follow those of the layout."""
        self._wanted = {CHECKSUM, *(path.partition(".")[0] for path in layout.paths)}
        # Where the schema does not know it, nobody knows what it has.
        self._wants_wcs = layout.known is not None and _WCS not in layout.known
        self._wants_wcs |= any(is_within(path, _WCS) for path in layout.paths)
        checksum = _entries(asdf.root).get(CHECKSUM)
        self.base = [*values]
        """The values of the tree, for all that are like it."""
        self.rest = (
            *(beyond[path] for path in others.paths),
            None if checksum is None else asdf.checksum,
        )
        """What follows them: what is beyond the layout, and the checksum."""
        self._places: dict[int, int] = {}
        wanted = (*_nodes(asdf.root, layout.root), *_nodes(asdf.root, others.root), checksum)
        for place, (node, value) in enumerate(zip(wanted, (*values, *self.rest), strict=True)):
            if node is not None and node.id == "scalar":
                self._places[id(node)] = place
            elif value is not None:
                raise UnusualTreeError
        # Where scalars and what is passed over begin and end, and their nodes or the keys' columns.
        self._ranges: list[tuple[int, int, Any, bool]] = []
        self._seen: set[int] = set()
        self._divide(asdf.root, (), in_braces=False)
        self._put_together(text)
        del self._text, self._ranges, self._places, self._seen

    def _put_together(self, text: str) -> None:
        ends = [*(start for start, *_ in self._ranges), len(text)]
        start = text[: ends[0]]
        pieces: list[tuple[str, _Content, str]] = []
        for (begin, end, part, in_braces), after in zip(self._ranges, ends[1:], strict=True):
            content: _Content = self._places.get(id(part)), in_braces
            if isinstance(part, int):
                try:
                    content = CertainText(text[begin:end], part)
                except ValueError as error:
                    raise UnusualTreeError from error
            pieces.append((text[begin:end], content, text[end:after]))
        passed = [content for _, content, _ in pieces if isinstance(content, CertainText)]
        anchors = [anchor for certain in passed for anchor in certain.anchors]
        if (
            not pieces
            or len(passed) > _MOST_PASSED
            or len({*anchors}) != len(anchors)
            or any("&" in literal for literal in (start, *(literal for *_, literal in pieces)))
        ):
            raise UnusualTreeError
        self._pieces = start, pieces
        self._entries = entries_of(text)
        self._numbers = range(len(self._entries))
        of_entries = _EntryPatterns(start, pieces)
        self._patterns, self._anchors = of_entries.patterns, of_entries.anchors
        self._found: list[dict[str, Found]] = [{} for _ in self._entries]

    @cached_property
    def _whole(self) -> TextPattern:
        """What texts are compared with whose entries are others."""
        start, pieces = self._pieces
        return TextPattern(start, [_part(*piece) for piece in pieces])

    def differences_in_text(self, text: str) -> dict[int, Any] | None:
        """Return the values that a tree has of its own, by place; None if its text does not fit."""
        values, anchors = self._whole.find(text) or (None, [])
        return values if _are_distinct(anchors) else None

    def differences(self, entries: list[str], *, thoroughly: bool) -> dict[int, Any] | None:
        """Return those of a tree that has the same entries, each like the one in its place."""
        if len(entries) != len(self._entries):
            return None
        differences: dict[int, Any] = {}
        anchors: dict[int, Sequence[str]] = {}
        for number in compress(self._numbers, map(ne, entries, self._entries)):
            entry, known = entries[number], self._found[number]
            found = known.get(entry)
            if found is None:
                pattern = self._patterns[number]
                found = None if pattern is None else pattern().find(entry, thoroughly=thoroughly)
                if found is None:
                    return None
                if len(known) < MOST_KEPT and len(entry) <= _LONGEST_KEPT:
                    known[entry] = found
            values, own_anchors = found
            differences.update(values)
            if own_anchors or self._anchors[number]:
                anchors[number] = own_anchors
        if anchors:
            of_all = [anchors.get(number, own) for number, own in enumerate(self._anchors)]
            if not _are_distinct([*chain.from_iterable(of_all)]):
                return None
        return differences

    def _divide(self, node: Any, keys: tuple[str, ...], *, in_braces: bool) -> None:
        """Find the scalars below a node, and the keys to be passed over."""
        if id(node) in self._seen:
            raise UnusualTreeError  # an alias, which is the very node that it stands for
        self._seen.add(id(node))
        if node.id == "scalar":
            start, end = node.start_mark.index, node.end_mark.index
            if (
                scalar_value(self._text[start:end]) is not DOUBTFUL
                # Not at the beginning of a line, where three dots are more than a text.
                and self._text[start - 1] in " ["
                and self._text[end] in _AFTER
            ):
                self._ranges.append((start, end, node, in_braces))
            return
        in_braces = in_braces or bool(node.flow_style)
        if node.id == "sequence":
            for item in node.value:
                self._divide(item, (*keys, ""), in_braces=in_braces)
            return
        for key, value in node.value:
            if key.id != "scalar" or key.tag != _NAME:
                raise UnusualTreeError
            path = (*keys, key.value)
            if in_braces or self._is_wanted(path):
                self._divide(value, path, in_braces=in_braces)
            else:
                self._pass_over(key)
                self._mark(value)

    def _is_wanted(self, keys: tuple[str, ...]) -> bool:
        if len(keys) == 1:
            return keys[0] in self._wanted
        return self._wants_wcs or keys != ("meta", "wcs")

    def _pass_over(self, key: Any) -> None:
        """Take for a key's own the rest of its line, and all lines below that are indented more."""
        start, column = key.end_mark.index, key.start_mark.column
        lines = re.compile(
            rf"[^\n]*+(?:\n(?: {{{column + 1}}}| {{{column}}}-(?=[ \n])|(?=\n))[^\n]*+)*+"
        )
        end = lines.match(self._text, start).end()  # type: ignore[union-attr]  # it can be empty
        before = self._text[: key.start_mark.index].rpartition("\n")[2]
        if before != " " * column or not self._text.startswith("\n", end):
            raise UnusualTreeError
        self._ranges.append((start, end, column, False))

    def _mark(self, node: Any) -> None:
        """See to it that an alias for a node that is passed over, or for one in it, is found."""
        waiting = [node]
        while waiting:
            node = waiting.pop()
            if id(node) not in self._seen:
                self._seen.add(id(node))
                if node.id == "sequence":
                    waiting.extend(node.value)
                elif node.id == "mapping":
                    waiting.extend(child for entry in node.value for child in entry)


def _are_distinct(anchors: Sequence[str]) -> bool:
    # One that is there twice means either node, depending on where it is asked for.
    return len({*anchors}) == len(anchors)


def _entry_pattern(
    start: str, contents: Iterable[tuple[str, _Content]], literals: Iterable[str]
) -> EntryPattern:
    parts = [_part(*content, literal) for content, literal in zip(contents, literals, strict=True)]
    return EntryPattern(start, parts)


def _part(known: str, content: _Content, literal: str) -> Slot | Passed:
    if isinstance(content, CertainText):
        return Passed(known, literal, content)
    place, in_braces = content
    entry = _NEXT_ENTRY.match(literal) if in_braces else None
    ending, rest = (entry[1], literal[entry.end() :]) if entry else ("", literal)
    known = (known + literal)[: -len(rest)]
    return Slot(known, ending, rest, in_braces, place)


class _EntryPatterns:
    """The patterns of a tree's entries, None of one that has to be as it is, and their anchors.

    What goes on from one entry to the next has to be as it is, too; its anchors come last.
    """

    def __init__(self, start: str, pieces: Iterable[tuple[str, _Content, str]]) -> None:
        # Most entries are the same in all trees: their patterns are not made.
        self.patterns: list[Callable[[], EntryPattern] | None] = []
        self.anchors: list[list[str]] = []
        self._texts = [""]
        self._contents: list[tuple[str, _Content]] = []
        kept: list[str] = []
        self._add(start)
        for known, content, literal in pieces:
            if _BETWEEN.search(known):
                self._add(known)
                kept += content.anchors if isinstance(content, CertainText) else ()
            else:
                self._contents.append((known, content))
                self._texts.append("")
            self._add(literal)
        self._end()
        self.anchors.append(kept)

    def _add(self, literal: str) -> None:
        first, *others = _BETWEEN.split(literal)
        self._texts[-1] += first
        for other in others:
            self._end()
            self._texts = [other]

    def _end(self) -> None:
        self._texts[-1] += "\n"
        start, *literals = self._texts
        contents = self._contents
        made = cache(partial(_entry_pattern, start, contents, literals))
        self.patterns.append(made if contents else None)
        passed = [content for _, content in contents if isinstance(content, CertainText)]
        self.anchors.append([anchor for certain in passed for anchor in certain.anchors])
        self._contents = []


def _entries(node: Any) -> dict[str, Any]:
    """Return the entries of a group: name → node."""
    if node is None or node.id != "mapping":
        return {}
    return {key.value: value for key, value in node.value if key.id == "scalar"}


def _nodes(node: Any, group: Group) -> Iterator[Any]:
    """Give the nodes of the wanted values."""
    below = _entries(node)
    yield from map(below.get, group.names)
    for name, inner in group.groups:
        yield from _nodes(below.get(name), inner)
