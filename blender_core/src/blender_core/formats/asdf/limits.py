"""Refuse trees that are small as a text, and without end, or almost, for who goes through them.

In YAML, an alias stands for what is elsewhere in the text. Datamodels are written with a few, where
two things share a third, so to follow them all costs next to nothing. But aliases of what has
aliases itself add up, and one of what it lies within never ends.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

_MOST_REPEATED: Final = 2_000_000
"""Hundreds of slits may share a WCS of many steps, which has some thousand values."""
_DEEPEST: Final = 240
"""Asdf and datamodels cannot open what is deeper: Python limits how deep calls are."""


class UnboundedTreeError(ValueError):
    """A tree is not what anybody can go through. The message says why."""


def require_bounded(root: Any, most: int = _MOST_REPEATED) -> None:
    """Refuse a tree that contains itself, is far larger than any text, or is very deep.

    ``most`` is how many values its aliases may stand for.
    """
    _Sizes(most).add(root, 0)


class _Sizes:
    """How large the nodes are that have been seen so far."""

    def __init__(self, most: int) -> None:
        self._most = most
        # None for a node that is not at its end yet.
        self._sizes: dict[int, tuple[int, int] | None] = {}
        self._repeated = 0

    def add(self, node: Any, depth: int) -> tuple[int, int]:
        """Return how many nodes there are, aliases written out, and how many levels."""
        if id(node) in self._sizes:
            size = self._again(node)
        elif node.id == "scalar":
            size = self._sizes[id(node)] = 1, 0
        else:
            # Here as well as below, as this goes down by itself.
            _require_flat(depth)
            self._sizes[id(node)] = None
            below = node.value if node.id == "sequence" else chain.from_iterable(node.value)
            number, levels = 1, 0
            for child in below:
                its_number, its_levels = self.add(child, depth + 1)
                number += its_number
                levels = max(levels, its_levels)
            size = self._sizes[id(node)] = number, levels + 1
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
            msg = f"its aliases stand for more than {self._most:,} values"
            raise UnboundedTreeError(msg)
        return size


def _require_flat(levels: int) -> None:
    if levels > _DEEPEST:
        msg = f"it has more than {_DEEPEST} levels"
        raise UnboundedTreeError(msg)
