"""A product that is an ASDF file of no datamodel."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.values import DROP
from blender_core.errors import InputError, OutputError
from blender_core.formats.asdf.array_edit import ArrayEdit
from blender_core.formats.asdf.blocks import (
    ExternalArrayError,
    require_no_files_beside,
)
from blender_core.formats.asdf.part import part_of
from blender_core.formats.asdf.tree_edit import changed, node_at
from blender_core.formats.asdf.tree_text import AsdfText, array_tag
from blender_core.formats.files.byte_ranges import PatchError, blocks_of
from blender_core.formats.files.source_file import SourceFile
from blender_core.formats.files.target import is_same_file
from blender_core.products.base import Product
from blender_core.products.written import require_bytes
from blender_core.readers.asdf import AsdfReader
from blender_core.readers.product_table import unreadable

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    from blender_core.formats.files.byte_ranges import Part
    from blender_core.formats.files.target import Target
    from blender_core.plan.plan import BlendPlan
    from blender_core.plugins.opened import Opened
    from blender_core.schema.layout import Layout
    from blender_core.tables.product_table import ProductTable


class AsdfProduct(Product):
    """The base class for products of plugins that are ASDF files.

    Blended values are written to the places of their attributes in the tree, which `place` gives.
    Missing places are created. The tables become the arrays ``hdrtab`` and ``hdrrules`` at the top
    of the tree. Everything else is copied: values with their tags, and arrays to the bit. Neither
    the schemas of the tags nor the libraries for them are needed. The file is not changed until it
    is saved.

    A plugin adds the kind of the product (`model_type`), its attributes (`schema`), and their
    places in the tree.

    Parameters
    ----------
    given : path-like
        The file.
    what : str
        The name of the product in messages, as the hook gets it.
    opened : Opened, optional
        What was read of the file, as the hook gets it, so that the file is not read again.

    Raises
    ------
    InputError
        If it is not a complete ASDF file.

    Examples
    --------
    >>> from blender_core import AsdfProduct, hookimpl
    >>> class Mosaic(AsdfProduct):
    ...     model_type = "mosaic"
    ...     schema = {"properties": {"meta": {"properties": {
    ...         "filter": {"type": "string", "blend_rule": "multi"}}}}}
    ...     def place(self, path):
    ...         return f"survey.{path}"  # of meta.filter: survey.meta.filter
    >>> @hookimpl
    ... def blender_product(given, what, opened):
    ...     is_ours = opened is not None and "survey" in (opened.tree or {})
    ...     return Mosaic(given, what, opened) if is_ours else None
    """

    endings = (".asdf",)

    def __init__(
        self,
        given: str | os.PathLike[str],
        what: str = "the product",
        opened: Opened | None = None,
    ) -> None:
        self.what = what
        self.path = Path(given)
        self._source = SourceFile(self.path, None if opened is None else opened.status)
        tree = self._read_tree() if opened is None else dict(opened.tree or {})
        self._content: dict[str, Any] | None = tree
        self._changes: Mapping[str, Any] = {}
        self._tables: Mapping[str, ProductTable] = {}
        self._plan: BlendPlan | None = None
        self._parts: list[Part] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}>"

    def place(self, path: str) -> str:
        """Return where the value of an attribute is in the tree, as a dotted path."""
        return path

    def nodes(
        self,
        changes: Mapping[str, Any],
        tables: Mapping[str, ProductTable],
        plan: BlendPlan,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return the values to be written into the tree, by dotted path.

        Parameters
        ----------
        changes, tables, plan
            As for `update`.

        Returns
        -------
        nodes : dict
            Plain values, those that `asdf.tagged` gives a tag, arrays, masked ones as well, and
            ``DROP``.
        """
        nodes = {self.place(path): value for path, value in changes.items()}
        for name, table in tables.items():
            nodes[name] = table.to_array() if table else DROP
        return nodes

    def own_nodes(self, target: Target) -> dict[str, Any]:  # noqa: ARG002
        """Return the values that describe the file itself, such as its name, by dotted path."""
        return {}

    @property
    def origin(self) -> Path | None:
        return self._source.path

    @property
    def tree(self) -> Mapping[str, Any]:
        """The tree of the file as it is, as plain content, without arrays."""
        if self._content is None:  # since the file was replaced
            self._source.require_unchanged()
            self._content = self._read_tree()
        return self._content

    def _read_tree(self) -> dict[str, Any]:
        return dict(AsdfReader(self._source.path, self.what).opened.tree or {})

    def read(self, layout: Layout) -> list[Any]:
        return [_below(self.tree, self.place(path)) for path in layout.paths]

    @kept_apart()
    def table(self, name: str) -> Any:
        if name not in self.tree:
            return None
        import asdf

        with self._source.unchanged():
            try:
                with self._source.opened() as source:
                    part = part_of(source, name)
                with asdf.open(part) as file:
                    return np.array(file[name])
            except InputError:
                raise
            except Exception as error:  # asdf has several
                raise unreadable(name, self.what, error) from error

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, ProductTable], plan: BlendPlan
    ) -> None:
        self._changes, self._tables, self._plan = dict(changes), dict(tables), plan

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        before = self._changes, self._tables, self._plan
        try:
            yield
        except BaseException:
            self._changes, self._tables, self._plan = before
            raise

    def save(self, target: Target) -> None:
        nodes: dict[str, Any] = {}
        if self._plan is not None:
            nodes = self.nodes(self._changes, self._tables, self._plan)
        nodes |= self.own_nodes(target)
        file = cast("BinaryIO", target.file)
        self._parts = None
        with self._source.unchanged():
            try:
                with self._source.opened() as source:
                    parts = self._edited(source, nodes, target)
                    file.writelines(self._source.reading(blocks_of(parts, source)))
            except (PatchError, ExternalArrayError) as error:
                msg = f"{self.what} cannot be written to {target.output}: {error}"
                raise OutputError(msg, path=target.output) from error
        self._parts = parts

    def _edited(self, source: BinaryIO, nodes: Mapping[str, Any], target: Target) -> list[Part]:
        """Return the file with other values in its tree, and the blocks that belong to it."""
        length = source.seek(0, 2)
        source.seek(0)
        text = AsdfText.read(source, length)
        if not is_same_file(self._source.path.parent, target.output.absolute().parent):
            require_no_files_beside(text.root)
        replaced = [node for path in nodes if (node := node_at(text.root, path)) is not None]
        arrays = ArrayEdit(source, len(text.raw), length, text.root, replaced, array_tag(text))
        new = changed(text.text, {path: arrays.put(value) for path, value in nodes.items()})
        return [new.encode(), *arrays.parts]

    def check(self, draft: Path, target: Target) -> None:
        if self._parts is not None:
            require_bytes(draft, self._parts)
            if not target.is_read_again:
                AsdfReader(draft, "the draft")

    def saved(self, target: Target, status: os.stat_result | None) -> None:
        self._parts = None
        self.path = target.output
        if target.is_product:
            self._source, self._content = SourceFile(target.output, status), None


def _below(tree: Any, path: str) -> Any:
    """Return what is at a place in a tree; None if nothing is."""
    for name in path.split("."):
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree
