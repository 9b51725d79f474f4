"""The trees that have been read so far, and what they tell of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.paths import is_within
from blender_core.readers.outline import WCS, outline
from blender_core.readers.tree_pattern import learn

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from blender_core.columns import Layout
    from blender_core.readers.asdf_text import AsdfText
    from blender_core.readers.outline import Outline
    from blender_core.readers.tree_pattern import TreePattern

__all__ = ["KnownTrees", "make_room"]

_MOST: Final = 16


class KnownTrees:
    r"""What is known of trees of which the same attributes are wanted.

    Parameters
    ----------
    layout : Layout
        Which attributes are wanted, and in which order.

    Examples
    --------
    >>> from blender_core.columns import Layout
    >>> from blender_core.readers.asdf_text import AsdfText
    >>> from blender_core.readers.known_trees import KnownTrees
    >>> from blender_core.schema import Attribute
    >>> known = KnownTrees(Layout([Attribute("meta.target.ra")]))
    >>> one, other = (AsdfText(b"--- !t\nmeta:\n  target: {ra: %d.5}\n" % ra) for ra in (1, 2))
    >>> known.values(one)
    >>> known.add(one, [1.5])
    >>> known.values(other)
    [2.5]
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._wanted = {path.partition(".")[0] for path in layout.paths}
        if any(is_within(path, WCS) for path in layout.paths):
            self._wanted.add(WCS)
        self._patterns: dict[Hashable, list[TreePattern]] = {}
        self._unlearnt: dict[Hashable, tuple[Outline, Sequence[Any]]] = {}

    def values(self, asdf: AsdfText) -> list[Any] | None:
        """Return the wanted values of a tree that is like one that is known.

        Parameters
        ----------
        asdf : AsdfText
            The text of the tree.

        Returns
        -------
        values : list, shape (n_attributes,), or None
            Plain values. None if the tree has to be parsed.
        """
        lines = self._outline(asdf)
        if lines is None:
            return None
        kind = lines.frame, len(lines.pieces)
        if kind in self._unlearnt:
            self._learn(kind, *self._unlearnt.pop(kind))
        for pattern in self._patterns.get(kind, ()):
            values = pattern.values(lines.pieces)
            if values is not None:
                return values
        return None

    def add(self, asdf: AsdfText, values: Sequence[Any]) -> None:
        """Keep a tree that has been parsed, until there is another of its kind.

        Parameters
        ----------
        asdf : AsdfText
            The text of the tree.
        values : sequence, shape (n_attributes,)
            Its wanted values.
        """
        lines = self._outline(asdf)
        if lines is not None:
            make_room(self._unlearnt, _MOST)
            kind = lines.frame, len(lines.pieces)
            self._unlearnt[kind] = lines, tuple(values)

    def _outline(self, asdf: AsdfText) -> Outline | None:
        try:
            return outline(asdf.text, self._wanted)
        except UnicodeDecodeError:
            return None

    def _learn(self, kind: Hashable, lines: Outline, values: Sequence[Any]) -> None:
        pattern = learn(lines, self._layout, values)
        if pattern is not None:
            make_room(self._patterns, _MOST)
            of_a_kind = self._patterns.setdefault(kind, [])
            of_a_kind.insert(0, pattern)
            del of_a_kind[_MOST:]


def make_room(known: dict[Any, Any], most: int) -> None:
    """Forget the first of many.

    Parameters
    ----------
    known : dict
        What is known. It is changed.
    most : int
        As many there may be with one more.
    """
    if len(known) >= most:
        del known[next(iter(known))]
