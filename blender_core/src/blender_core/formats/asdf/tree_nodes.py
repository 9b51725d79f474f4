"""YAML as nodes that know where in the text they stand, and values as YAML."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from blender_core.formats.files.byte_ranges import PatchError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["children", "composed", "dumped", "equal", "is_null", "shared"]

_NULLS: Final = ("", "~", "null", "Null", "NULL")


def composed(text: str) -> Any:
    """Return the nodes of a document."""
    import yaml

    # It does not find out of what type plain scalars are, which takes most of the time.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(text)
    try:
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        msg = f"it is not YAML: {' '.join(str(error).split())}"
        raise PatchError(msg) from error
    finally:
        loader.dispose()
    if not isinstance(root, yaml.MappingNode):
        msg = "it is not a mapping"
        raise PatchError(msg)
    return root


def dumped(value: Any) -> str:
    """Return a value as YAML on a single line, as it can stand anywhere."""
    import yaml

    try:
        text: str = yaml.dump(
            [value],
            Dumper=_dumper(),
            default_flow_style=True,
            width=1 << 30,
            allow_unicode=True,
            sort_keys=False,
        )
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        msg = f"it cannot have {value!r:.80}: {error}"
        raise PatchError(msg) from error
    return text.strip()[1:-1]


@functools.cache
def _dumper() -> Any:
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        def ignore_aliases(self, _data: Any) -> bool:
            return True

    def text(dumper: Any, data: str) -> Any:
        # In other quotes, a line break would be one.
        style = None if data.isprintable() else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    Dumper.add_representer(str, text)
    return Dumper


def children(node: Any) -> Iterator[Any]:
    """Give the nodes directly below a node."""
    if isinstance(node.value, list):
        for one in node.value:
            if isinstance(one, tuple):
                yield from one
            else:
                yield one


def shared(root: Any) -> set[int]:
    """Find the nodes that a tree has at several places."""
    seen: set[int] = set()
    ids: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            ids.add(id(node))
            continue
        seen.add(id(node))
        waiting.extend(children(node))
    return ids


def equal(one: Any, other: Any, known: dict[tuple[int, int], bool] | None = None) -> bool:
    """Tell whether two nodes have the same tags and values all the way down."""
    known = {} if known is None else known
    pair = (id(one), id(other))
    if pair not in known:
        known[pair] = True  # where it is within itself
        below, of_other = list(children(one)), list(children(other))
        known[pair] = (
            one.tag == other.tag
            and len(below) == len(of_other)
            and (isinstance(one.value, list) or _same_scalar(one, other))
            and all(equal(a, b, known) for a, b in zip(below, of_other, strict=True))
        )
    return known[pair]


def is_null(node: Any) -> bool:
    """Tell whether a node is null."""
    return node.id == "scalar" and not node.style and node.value in _NULLS


def _same_scalar(one: Any, other: Any) -> bool:
    # What is in quotes is a text, and what is not may be something else.
    return one.value == other.value and bool(one.style) == bool(other.style)
