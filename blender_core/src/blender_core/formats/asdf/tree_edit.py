"""Change some values in the text of a YAML tree, and leave the rest of the text as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blender_core.common.values import DROP
from blender_core.formats.asdf.tree_nodes import children, composed, dumped, equal, is_null, shared
from blender_core.formats.files.byte_ranges import PatchError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Yaml", "changed"]


@dataclass(frozen=True, slots=True)
class Yaml:
    """A value that is given as its text, on a single line."""

    text: str


def changed(text: str, changes: Mapping[str, Any]) -> str:
    r"""Return the text of a tree with some values changed."""
    root = composed(text)
    nested = _nested(changes)
    edit = _Edit(text, shared(root))
    edit.mapping(root, nested)
    new = edit.result()
    try:
        done = _says(composed(new), root, nested, {})
    except PatchError:
        done = False
    if not done:
        msg = "its text is of an unusual form"
        raise PatchError(msg)
    return new


def _nested(changes: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path, value in changes.items():
        *parents, name = path.split(".")
        group = nested
        for parent in parents:
            group = group.setdefault(parent, {})
            if not isinstance(group, dict):
                msg = f"it is to lose {parent} and to get {path}"
                raise PatchError(msg)
        group[name] = value if isinstance(value, Yaml) or value is DROP else Yaml(dumped(value))
    return nested


def _entries(nested: Mapping[str, Any]) -> list[str]:
    """Return the entries of a group that is not there yet; none for what would be empty."""
    entries = []
    for name, value in nested.items():
        if isinstance(value, dict):
            below = _entries(value)
            value = _group(below) if below else DROP
        if value is not DROP:
            entries.append(f"{dumped(name)}: {value.text}")
    return entries


def _group(entries: Sequence[str]) -> Yaml:
    return Yaml("{" + ", ".join(entries) + "}")


class _Edit:
    """The changes of a text, which are done all at once in the end."""

    def __init__(self, text: str, shared_nodes: set[int]) -> None:
        self._text = text
        self._shared = shared_nodes
        self._pieces: list[tuple[int, int, str]] = []

    def result(self) -> str:
        parts, done = [], 0
        for start, end, new in sorted(self._pieces):
            parts += [self._text[done:start], new]
            done = end
        return "".join([*parts, self._text[done:]])

    def mapping(self, node: Any, nested: Mapping[str, Any]) -> None:
        """Change entries of a mapping, remove some, and insert those that are not there."""
        self._require_own(node, deep=False)
        missing = dict(nested)
        kept = [True] * len(node.value)
        for i, (key, value) in enumerate(node.value):
            new = missing.pop(key.value, None) if isinstance(key.value, str) else None
            if isinstance(new, dict):
                if value.id == "mapping":
                    self.mapping(value, new)
                    continue
                if not is_null(value):
                    msg = f"it has a value at {key.value}, where a group should be"
                    raise PatchError(msg)
                entries = _entries(new)
                new = _group(entries) if entries else None
            if new is None:
                continue
            self._require_own(value, deep=True)
            if new is DROP:
                kept[i] = False
            elif value.start_mark.line > key.end_mark.line or not self._length(value):
                # A block may begin where nothing else can, and a null be nothing at all.
                self._pieces.append((key.end_mark.index, self._end(value), f": {new.text}"))
            else:
                self._pieces.append((value.start_mark.index, self._end(value), new.text))
        self._remove_and_insert(node, kept, _entries(missing))

    def _remove_and_insert(self, node: Any, kept: Sequence[bool], new: Sequence[str]) -> None:
        entries = node.value
        if not any(kept):
            self._replace_all(node, new)
            return
        for i, (key, _) in enumerate(entries):
            if kept[i]:
                continue
            if any(kept[i:]):
                self._pieces.append((key.start_mark.index, entries[i + 1][0].start_mark.index, ""))
            elif kept[i - 1]:
                last = entries[i - 1][1]
                self._require_own(last, deep=False)
                self._pieces.append((self._end(last), self._end(entries[-1][1]), ""))
        if new:
            first = entries[0][0].start_mark
            between = ", " if node.flow_style else "\n" + " " * first.column
            self._pieces.append((first.index, first.index, between.join([*new, ""])))

    def _replace_all(self, node: Any, new: Sequence[str]) -> None:
        """Replace all entries of a mapping, but not a tag that it may have."""
        entries, end = node.value, node.end_mark.index
        if entries and not node.flow_style:
            start, end = entries[0][0].start_mark.index, self._end(entries[-1][1])
        else:
            start = entries[0][0].start_mark.index if entries else end
            start = self._text.rindex("{", 0, start)
        self._pieces.append((start, end, _group(new).text))

    def _require_own(self, node: Any, *, deep: bool) -> None:
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if id(one) in self._shared:
                msg = "it refers from one place to what is to be changed in another"
                raise PatchError(msg)
            if deep:
                waiting.extend(children(one))

    def _end(self, node: Any) -> int:
        """Return where a value ends. The mark of a block is where the next one begins."""
        return node.start_mark.index + self._length(node)  # type: ignore[no-any-return]

    def _length(self, node: Any) -> int:
        return len(self._text[node.start_mark.index : node.end_mark.index].rstrip())


def _says(
    new: Any, old: Any, nested: Mapping[str, Any], known: dict[tuple[int, int], bool]
) -> bool:
    """Tell whether a mapping says what another does, but for what was to be changed."""
    now, before = _by_name(new), _by_name(old)
    if now is None or before is None or new.tag != old.tag:
        return False
    expected: dict[str, Any] = {}
    for name, change in nested.items():
        if isinstance(change, dict):
            if name in before and before[name].id == "mapping":
                if name not in now or not _says(now[name], before[name], change, known):
                    return False
                expected[name] = now[name]
                continue
            entries = _entries(change)
            if not entries and name in before:
                continue
            change = _group(entries) if entries else DROP
        expected[name] = None if change is DROP else _node_of(change)
    expected = {name: node for name, node in (before | expected).items() if node is not None}
    return now.keys() == expected.keys() and all(
        equal(now[name], node, known if node is before.get(name) else None)
        for name, node in expected.items()
    )


def _by_name(mapping: Any) -> dict[str, Any] | None:
    """Return the entries of a mapping by the texts of their keys; None if that does not work."""
    if mapping.id != "mapping" or not all(isinstance(key.value, str) for key, _ in mapping.value):
        return None
    entries = {key.value: value for key, value in mapping.value}
    return entries if len(entries) == len(mapping.value) else None


def _node_of(value: Yaml) -> Any:
    return composed(f"{{value: {value.text}}}").value[0][1]
