"""The trees that have been read so far, and what they tell of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import is_within
from blender_core.formats.asdf.tree_text import AsdfText
from blender_core.readers.similar.outline import WCS, outline
from blender_core.readers.similar.tree_template import learn

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from blender_core.readers.similar.outline import Outline
    from blender_core.readers.similar.tree_template import TreePattern
    from blender_core.schema.layout import Layout

__all__ = ["KnownTrees"]

_MOST: Final = 64


class KnownTrees:
    r"""What is known of trees of which the same attributes are wanted.

    Parameters
    ----------
    layout : Layout
        Which attributes are wanted, and in which order.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._wanted = {path.partition(".")[0] for path in layout.paths}
        if any(is_within(path, WCS) for path in layout.paths):
            self._wanted.add(WCS)
        self._unlearnt: dict[Hashable, tuple[AsdfText, Sequence[Any]]] = {}
        self._patterns: dict[Hashable, list[TreePattern]] = {}
        self._latest: dict[Hashable, TreePattern] = {}

    def values(self, asdf: AsdfText) -> list[Any] | None:
        """Return the wanted values of a tree that is like one that is known."""
        lines = self._outline(asdf)
        if lines is None:
            return None
        # To tell the kind takes longer than to try the one that is most likely.
        alike = lines.frame, len(lines.pieces)
        if alike in self._latest:
            values = self._latest[alike].values(lines.pieces)
            if values is not None:
                return values
        kind = lines.kind()
        if kind in self._unlearnt:
            self._learn(kind, *self._unlearnt.pop(kind))
        for pattern in self._patterns.get(kind, ()):
            values = pattern.values(lines.pieces)
            if values is not None:
                self._latest[alike] = pattern
                return values
        return None

    def add(self, asdf: AsdfText, values: Sequence[Any]) -> None:
        """Keep a tree that has been parsed, to learn from it if there is another of its kind."""
        lines = self._outline(asdf)
        if lines is None:
            return
        if len(self._unlearnt) >= _MOST:
            self._unlearnt.clear()
        # Without what it was parsed into, which takes up far more memory than the text.
        self._unlearnt[lines.kind()] = AsdfText(asdf.raw), tuple(values)

    def _learn(self, kind: Hashable, asdf: AsdfText, values: Sequence[Any]) -> None:
        lines = self._outline(asdf)
        pattern = lines and learn(lines, asdf.root, self._layout, values)
        if pattern is None:
            return
        if sum(map(len, self._patterns.values())) >= _MOST:
            self._patterns.clear()
            self._latest.clear()
        self._patterns.setdefault(kind, []).insert(0, pattern)

    def _outline(self, asdf: AsdfText) -> Outline | None:
        try:
            return outline(asdf.text, self._wanted)
        except UnicodeDecodeError:
            return None
