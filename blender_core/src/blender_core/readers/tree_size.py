"""Refuse trees that are small as a text, and without end, or almost, for who goes through them.

In YAML, an alias stands for what is elsewhere in the text. Datamodels are written with a few, where
two things share a third, so to follow them all costs next to nothing. But aliases of what has
aliases itself add up, and one of what it lies within never ends.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

__all__ = ["UnboundedTreeError", "require_bounded"]

_MOST_REPEATED: Final = 100_000
_MOST_TIMES: Final = 50
"""Hundreds of slits may share a WCS that takes 30 times the text of what each has for itself."""
_DEEPEST: Final = 200
"""Asdf and datamodels cannot open what is much deeper: Python limits how deep calls are."""
_OF_A_GROUP: Final = 3


class UnboundedTreeError(ValueError):
    """A tree is not what anybody can go through. The message says why."""


def require_bounded(root: Any, length: int) -> None:
    """Refuse a tree that contains itself, is far larger than its text, or is very deep.

    Parameters
    ----------
    root : yaml.Node
        Its root.
    length : int
        Length of its text.

    Raises
    ------
    UnboundedTreeError
        If it is such a tree.

    Examples
    --------
    >>> import yaml
    >>> from blender_core.readers.tree_size import require_bounded
    >>> require_bounded(yaml.compose("{a: &x [1, 2], b: *x}"), 21)
    >>> require_bounded(yaml.compose("{a: &x [1, *x]}"), 15)
    Traceback (most recent call last):
        ...
    blender_core.readers.tree_size.UnboundedTreeError: what begins in its line 1 contains itself
    """
    _Sizes(_MOST_REPEATED + _MOST_TIMES * length).add(root, 0)


class _Sizes:
    """How large the nodes are that have been seen so far."""

    def __init__(self, most: int) -> None:
        # None for a node that is not at its end yet.
        self._sizes: dict[int, tuple[int, int] | None] = {}
        self._repeated, self._most = 0, most

    def add(self, node: Any, depth: int) -> tuple[int, int]:
        """Return about how long a node is, aliases written out, and how many levels it has."""
        if id(node) in self._sizes:
            size = self._again(node)
        elif node.id == "scalar":
            size = self._sizes[id(node)] = len(node.value) + 1, 0
        else:
            # Here as well as below, as this goes down by itself.
            _require_flat(depth)
            self._sizes[id(node)] = None
            below = node.value if node.id == "sequence" else chain.from_iterable(node.value)
            length, levels = _OF_A_GROUP, 0
            for one in below:
                its_length, its_levels = self.add(one, depth + 1)
                length += its_length
                levels = max(levels, its_levels)
            size = self._sizes[id(node)] = length, levels + 1
        _require_flat(depth + size[1])
        return size

    def _again(self, node: Any) -> tuple[int, int]:
        """Return the size of a node that an alias stands for."""
        size = self._sizes[id(node)]
        if size is None:
            msg = f"what begins in its line {node.start_mark.line + 1} contains itself"
            raise UnboundedTreeError(msg)
        self._repeated += size[0]
        if self._repeated > self._most:
            msg = f"its aliases stand for more than {self._most:,} characters"
            raise UnboundedTreeError(msg)
        return size


def _require_flat(levels: int) -> None:
    if levels > _DEEPEST:
        msg = f"it has more than {_DEEPEST} levels"
        raise UnboundedTreeError(msg)
