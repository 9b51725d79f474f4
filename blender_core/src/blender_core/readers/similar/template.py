"""The text of an ASDF tree that has been parsed, as a template for others.

Exposures of one mode have trees with the same keys in the same order. So it is enough to parse the
text of one, which is divided where scalars are: literal, scalar, literal, … Another text that fits
would be parsed into the same tree with its own scalars: what gives it its structure is in the
literals, the same to the byte. What belongs to a key that nobody wants (logs, the WCS) may be
anything that is certain to belong to that key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.common.attribute_paths import is_within
from blender_core.formats.asdf.scalars import DOUBTFUL, scalar_value
from blender_core.formats.asdf.skeleton import CertainText
from blender_core.formats.asdf.tree_text import CHECKSUM
from blender_core.schema.attributes import unknown_attribute
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blender_core.formats.asdf.tree_text import AsdfText
    from blender_core.schema.groups import Group

__all__ = ["TreeTemplate", "UnusualTreeError"]

_WCS: Final = "meta.wcs"
"""The attribute that takes up most of the text of many trees."""
_NAME: Final = "tag:yaml.org,2002:str"
_NEXT_ENTRY: Final = re.compile(r"([}\]]*,)[ \n]+(?=\w)")
"""What follows a scalar within braces: there the line may be broken."""
_AFTER: Final = " ,]}\n"
"""What ends every scalar, as it is not part of any."""
_MOST_PASSED: Final = 100
"""Each may have aliases for many values. Together, they are to have no more than a tree may."""


class UnusualTreeError(Exception):
    """A tree has nodes that depend on others: aliases, merged mappings, keys that are not texts.

    So the text of such a node does not tell its value.
    """


class _Slot(NamedTuple):
    """A scalar of a template, with the text that has to follow it."""

    known: str
    """The scalar and what follows it, as the parsed text has them."""
    ending: str
    """Braces and a comma after the scalar, after which the line may be broken; or nothing."""
    rest: str
    """What has to follow then."""
    in_braces: bool
    """Whether line breaks within the scalar mean nothing but a blank."""
    place: int | None
    """Where in the values its value goes, if it is wanted."""
    anchors: frozenset[str] = frozenset()


class _Passed(NamedTuple):
    """What belongs to a key nobody wants, with the text that has to follow it."""

    known: str
    """What belongs to it and what follows, as the parsed text has them."""
    rest: str
    """What has to follow."""
    certain: CertainText
    """What belongs to it, as a template by itself."""

    @property
    def anchors(self) -> frozenset[str]:
        """Anchors in it, as the parsed text has them."""
        return self.certain.anchors


class _Stretch(NamedTuple):
    """A part of a template up to where texts differ. Each tree is held against hundreds of them."""

    same: str
    """What they all have so far."""
    size: int
    """How long that is."""
    anchors: list[str]
    """Anchors in it."""
    rest: str | None
    """What has to follow what differs; None at the end, where nothing does."""
    rest_size: int
    ending: str
    """As of a slot, as are the next ones."""
    in_braces: bool
    place: int | None
    passed: _Passed | None
    """What differs, unless it is a slot."""


def _stretch(same: str, anchors: list[str], differing: _Slot | _Passed | None) -> _Stretch:
    rest = None if differing is None else differing.rest
    slot = differing if isinstance(differing, _Slot) else _NO_SLOT
    passed = differing if isinstance(differing, _Passed) else None
    return _Stretch(
        same,
        len(same),
        anchors,
        rest,
        len(rest or ""),
        slot.ending,
        slot.in_braces,
        slot.place,
        passed,
    )


_NO_SLOT: Final = _Slot("", "", "", in_braces=False, place=None)


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
        self._values = (
            *values,
            *(beyond[path] for path in others.paths),
            None if checksum is None else asdf.checksum,
        )
        self._places: dict[int, int] = {}
        wanted = (*_nodes(asdf.root, layout.root), *_nodes(asdf.root, others.root), checksum)
        for place, (node, value) in enumerate(zip(wanted, self._values, strict=True)):
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
        self._start = text[: ends[0]]
        literals = [self._start]
        self._parts: list[_Slot | _Passed] = []
        for (start, end, part, in_braces), after in zip(self._ranges, ends[1:], strict=True):
            literal = text[end:after]
            literals.append(literal)
            known = text[start:after]
            if isinstance(part, int):
                try:
                    certain = CertainText(text[start:end], part)
                except ValueError as error:
                    raise UnusualTreeError from error
                self._parts.append(_Passed(known, literal, certain))
                continue
            entry = _NEXT_ENTRY.match(literal) if in_braces else None
            ending, rest = (entry[1], literal[entry.end() :]) if entry else ("", literal)
            place = self._places.get(id(part))
            self._parts.append(_Slot(known, ending, rest, in_braces, place))
        n_passed = sum(isinstance(slot, _Passed) for slot in self._parts)
        if n_passed > _MOST_PASSED or any("&" in literal for literal in literals):
            raise UnusualTreeError
        self._differing: frozenset[int] = frozenset()
        self._stretches = self._divided(self._differing)

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

    def values(self, text: str) -> list[Any] | None:
        """Return the wanted values of a tree, and its checksum; None if its text does not fit."""
        values = self._fitting(text, self._stretches)
        if values is None and (new := self._differing_in(text) - self._differing):
            differing = self._differing | new
            stretches = self._divided(differing)
            values = self._fitting(text, stretches)
            if values is not None:
                self._differing, self._stretches = differing, stretches
        return values

    def _divided(self, differing: frozenset[int]) -> list[_Stretch]:
        """Put together what does not differ."""
        stretches = []
        start, same = 0, self._start
        for end in (*sorted(differing), len(self._parts)):
            parts = self._parts[start:end]
            same += "".join([part.known for part in parts])
            anchors = [anchor for part in parts for anchor in part.anchors]
            part = self._parts[end] if end in differing else None
            stretches.append(_stretch(same, anchors, part))
            start, same = end + 1, ""
        return stretches

    def _differing_in(self, text: str) -> frozenset[int]:
        """Return the parts that differ in a text; none if it has another structure."""
        differing = []
        at = len(self._start)
        for number, part in enumerate(self._parts):
            if text.startswith(part.known, at):
                at += len(part.known)
                continue
            end = text.find(part.rest, at)
            if end < 0:
                return frozenset()
            at = end + len(part.rest)
            differing.append(number)
        return frozenset(differing) if at == len(text) else frozenset()

    def _fitting(self, text: str, stretches: list[_Stretch]) -> list[Any] | None:
        values = list(self._values)
        all_anchors: list[str] = []
        at = 0
        for same, size, anchors, rest, rest_size, ending, in_braces, place, passed in stretches:
            if not text.startswith(same, at):
                return None
            at += size
            if anchors:
                all_anchors += anchors
            if rest is None:
                break
            if passed is not None and text.startswith(passed.known, at):
                at += len(passed.known)
                all_anchors += passed.anchors
                continue
            end = text.find(rest, at)
            if end < 0:
                return None
            scalar = text[at:end]
            at = end + rest_size
            if passed is not None:
                found = passed.certain.anchors_in(scalar)
                if found is None:
                    return None
                all_anchors += found
                continue
            if ending:
                scalar = scalar.rstrip(" \n")
                if not scalar.endswith(ending):
                    return None
                scalar = scalar[: -len(ending)]
            value = scalar_value(scalar)
            if value is DOUBTFUL or (not in_braces and "\n" in scalar):
                return None
            if place is not None:
                values[place] = value
        # An anchor that is there twice means either node, depending on where it is asked for.
        is_whole = at == len(text) and len({*all_anchors}) == len(all_anchors)
        return values if is_whole else None


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
