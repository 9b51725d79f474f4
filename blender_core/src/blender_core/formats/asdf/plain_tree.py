"""An ASDF tree as plain content: without arrays, and without what anybody makes of its tags."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ARRAY: Final = "tag:stsci.edu:asdf/core/ndarray-"
_YAML: Final = "tag:yaml.org,2002:"
_KEPT: Final = ("null", "bool", "int", "float", "str", "seq", "map", "omap")
"""What stays what YAML makes of it. A moment, for one, stays the text that it is written as."""


def plain_tree(root: Any) -> Any:
    """Return what the nodes of a tree say: dicts, lists, texts, numbers, booleans, and None.

    None stands for an array, too. What has any other tag is what is written below it.
    """
    return None if root is None else _loader_class()(b"").construct_document(root)


def copied(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plain tree that shares nothing with another; what is in it twice still is."""
    seen: dict[int, Any] = {}
    return {key: _copied(value, seen) for key, value in tree.items()}


def _copied(value: Any, seen: dict[int, Any]) -> Any:
    if not isinstance(value, (dict, list)):
        return value
    if id(value) in seen:
        return seen[id(value)]
    if isinstance(value, dict):
        twin: Any = {key: _copied(below, seen) for key, below in value.items()}
    else:
        twin = [_copied(below, seen) for below in value]
    seen[id(value)] = twin
    return twin


@functools.cache
def _loader_class() -> Any:
    from asdf.yamlutil import AsdfLoader

    class PlainLoader(AsdfLoader):  # type: ignore[misc]
        yaml_constructors = {  # noqa: RUF012  # by PyYAML's own name
            f"{_YAML}{name}": AsdfLoader.yaml_constructors[f"{_YAML}{name}"] for name in _KEPT
        }
        yaml_multi_constructors = {_ARRAY: lambda *_: None}  # noqa: RUF012

    def content(loader: Any, node: Any) -> Any:
        if node.id == "mapping":
            return loader.construct_yaml_map(node)
        if node.id == "sequence":
            return loader.construct_yaml_seq(node)
        return loader.construct_scalar(node)

    PlainLoader.add_constructor(None, content)
    return PlainLoader
