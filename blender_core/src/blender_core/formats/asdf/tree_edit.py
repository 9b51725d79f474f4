"""Change some values in the text of an ASDF tree.

The text is read into YAML's nodes, which keep how a value is written, and from these written anew,
as asdf writes trees. So what asdf wrote comes out to the byte, but for what is changed. In trees
that others wrote, lines may be broken elsewhere, and comments are lost; no value is another.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.values import DROP
from blender_core.formats.asdf.limits import UnboundedTreeError, require_bounded
from blender_core.formats.files.byte_ranges import PatchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DIRECTIVE: Final = re.compile(r"^(?=%YAML |%TAG |---)", re.MULTILINE)
_TAG: Final = re.compile(r"^%TAG (\S+) (\S+)", re.MULTILINE)
_MERGE: Final = "tag:yaml.org,2002:merge"
_NULL: Final = "tag:yaml.org,2002:null"


def changed(text: str, changes: Mapping[str, Any]) -> str:
    """Return the text of a tree with some values changed: dotted path → value, or `DROP`.

    Values are plain, or tagged as by `asdf.tagged`.
    """
    root = _composed(text)
    edit = _Edit(root)
    for path, value in changes.items():
        parents = path.split(".")[:-1]
        for group in (".".join(parents[: i + 1]) for i in range(len(parents))):
            if group in changes:
                msg = f"it is to lose {group} and to get {path}"
                raise PatchError(msg)
        edit.put(path, value)
    new = _serialized(root, text)
    if not _same(_composed(new), root, {}):
        msg = "its text is of an unusual form"
        raise PatchError(msg)
    return new


def node_at(root: Any, path: str) -> Any:
    """Return the node at a dotted path; None if there is none."""
    node = root
    for name in path.split("."):
        if node is None or node.id != "mapping":
            return None
        node = next((value for key, value in node.value if key.value == name), None)
    return node


def alone(text: str, name: str, node: Any) -> str:
    """Return the text of a tree that has nothing but one of the nodes at its top."""
    import yaml

    root = _composed(text)
    root.value = [(yaml.ScalarNode("tag:yaml.org,2002:str", name), node)]
    return _serialized(root, text)


def _composed(text: str) -> Any:
    """Return the nodes of a document."""
    import yaml
    from asdf.yamlutil import AsdfLoader

    try:
        root = AsdfLoader(text).get_single_node()
        if root is not None:
            require_bounded(root)
    except (yaml.YAMLError, RecursionError) as error:
        msg = f"it is not YAML: {' '.join(str(error).split())}"
        raise PatchError(msg) from error
    except UnboundedTreeError as error:
        raise PatchError(str(error)) from error
    if not isinstance(root, yaml.MappingNode):
        msg = "it is not a mapping"
        raise PatchError(msg)
    return root


def _serialized(root: Any, old: str) -> str:
    """Return nodes as a text, with what an old text has before them."""
    import yaml

    directive = _DIRECTIVE.search(old)
    head = old[: directive.start()] if directive else ""
    new: bytes = yaml.serialize(
        root,
        Dumper=_dumper_class(),
        explicit_start=True,
        explicit_end=True,
        version=(1, 1),
        tags=dict(_TAG.findall(old.partition("\n---")[0])),
        allow_unicode=True,
        encoding="utf-8",
    )
    return head + new.decode()


class _Edit:
    """Changes of nodes, none of which is one that the tree has at several places."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._shared = _shared(root)

    def put(self, path: str, value: Any) -> None:
        """Give a group another value, or remove one; make groups that are not there yet."""
        *parents, name = path.split(".")
        group = self._root
        self._require_own(group)
        for parent in parents:
            entry = _entry(group, parent)
            if entry is None or entry[1].tag == _NULL:
                if value is DROP:
                    return
                below = _node_of({})
                _set(group, entry, parent, below)
            else:
                below = entry[1]
            if below.id != "mapping":
                msg = f"it has a value at {parent}, where a group should be"
                raise PatchError(msg)
            self._require_own(below)
            group = below
        entry = _entry(group, name)
        if entry is not None:
            self._require_own(entry[1], deep=True)
        if value is not DROP:
            _set(group, entry, name, _node_of(value))
        elif entry is not None:
            group.value.remove(entry)

    def _require_own(self, node: Any, *, deep: bool = False) -> None:
        waiting = [node]
        while waiting:
            node = waiting.pop()
            if id(node) in self._shared:
                msg = "it refers from one place to what is to be changed in another"
                raise PatchError(msg)
            if deep:
                waiting.extend(_children(node))


def _entry(group: Any, name: str) -> tuple[Any, Any] | None:
    """Return the key and the value of a group's entry."""
    if any(key.tag == _MERGE for key, _ in group.value):
        msg = "it refers from one place to what is to be changed in another"
        raise PatchError(msg)
    entries = [entry for entry in group.value if entry[0].value == name]
    if len(entries) > 1:
        msg = f"it has {name} twice in one group"
        raise PatchError(msg)
    return entries[0] if entries else None


def _set(group: Any, entry: tuple[Any, Any] | None, name: str, node: Any) -> None:
    """Replace an entry of a group, or append it."""
    if entry is None:
        group.value.append((_node_of(name), node))
    else:
        group.value[group.value.index(entry)] = (entry[0], node)


def _node_of(value: Any) -> Any:
    import yaml

    try:
        return _dumper_class()("", sort_keys=False).represent_data(value)
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        msg = f"it cannot have {value!r:.80}: {error}"
        raise PatchError(msg) from error


@functools.cache
def _dumper_class() -> Any:
    from asdf.yamlutil import AsdfDumper

    class Dumper(AsdfDumper):  # type: ignore[misc]
        def ignore_aliases(self, _data: Any) -> bool:
            return True

    def text(dumper: Any, data: str) -> Any:
        # In other quotes, a line break would be one.
        style = None if data.isprintable() else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    Dumper.add_representer(str, text)
    return Dumper


def _children(node: Any) -> Iterator[Any]:
    """Give the nodes directly below a node."""
    if node.id == "sequence":
        yield from node.value
    elif node.id == "mapping":
        for entry in node.value:
            yield from entry


def _shared(root: Any) -> set[int]:
    """Return the ids of nodes that a tree has at several places."""
    seen: set[int] = set()
    shared: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            shared.add(id(node))
            continue
        seen.add(id(node))
        waiting.extend(_children(node))
    return shared


def _same(node: Any, other: Any, known: dict[tuple[int, int], bool]) -> bool:
    """Tell whether two nodes have the same tags and values all the way down."""
    pair = (id(node), id(other))
    if pair not in known:
        below, of_other = list(_children(node)), list(_children(other))
        known[pair] = (
            node.tag == other.tag
            and node.id == other.id
            and len(below) == len(of_other)
            and (node.id != "scalar" or node.value == other.value)
            and all(_same(*pair, known) for pair in zip(below, of_other, strict=True))
        )
    return known[pair]
