"""What the readers of one blend have learnt, and need not find out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.readers.known_trees import KnownTrees

if TYPE_CHECKING:
    from blender_core.columns import Layout

__all__ = ["Learnt"]


class Learnt:
    """What the readers of one blend share.

    Examples
    --------
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> from blender_core.readers.learnt import Learnt
    >>> learnt = Learnt()
    >>> learnt.blank(ImageModel) is learnt.blank(ImageModel)
    True
    """

    def __init__(self) -> None:
        self._blanks: dict[type, Any] = {}
        self._trees: dict[Layout, KnownTrees] = {}

    def blank(self, model_type: type) -> Any:
        """Return an empty datamodel: it has the schema, and the validation settings.

        Parameters
        ----------
        model_type : type
            The class of the datamodel.

        Returns
        -------
        model : stdatamodels.DataModel
            The same one for each call; it is not to be changed.
        """
        if model_type not in self._blanks:
            self._blanks[model_type] = model_type()
        return self._blanks[model_type]

    def trees(self, layout: Layout) -> KnownTrees:
        """Return what is known of trees.

        Parameters
        ----------
        layout : Layout
            Which attributes are wanted of them.

        Returns
        -------
        trees : KnownTrees
            The same one for each call.
        """
        if layout not in self._trees:
            self._trees[layout] = KnownTrees(layout)
        return self._trees[layout]
