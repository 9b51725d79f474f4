"""What a blend asks of a product, whatever its kind."""

# ruff: noqa: D102  # the base classes say what its methods do

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import plain
from blender_core.errors import OutputError
from blender_core.formats.files.target import PRODUCT_ENDINGS
from blender_core.plugins.source import Source
from blender_core.schema.tree import collect

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from blender_core.formats.files.target import Target
    from blender_core.plan.plan import BlendPlan
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout
    from blender_core.tables.product_table import ProductTable


class Product(Source):
    """A product of any kind: a source that can be updated and saved.

    Products of plugins derive from this class, or from `FitsProduct`, which does everything for
    plain FITS files. Like a `Source`, a product has a name (`what`), a kind (`model_type`), a
    `schema`, and its present values (`read`).

    Attributes
    ----------
    path : Path or None
        The file of the product, or the file to which it was written last; None if there is none.
    endings : tuple of str
        The endings of file names to which the product can be written.

    Examples
    --------
    A product in a format of its own, of which the values are kept, and not the tables:

    >>> import json
    >>> from pathlib import Path
    >>> from blender_core import DROP, Product
    >>> class Notes(Product):
    ...     model_type = "notes"
    ...     endings = (".json",)
    ...     schema = {"properties": {"meta": {"properties": {
    ...         "exptime": {"type": "number", "fits_keyword": "EXPTIME", "blend_rule": "sum"}}}}}
    ...     def __init__(self, path, what):
    ...         self.path, self.what = Path(path), what
    ...         self.notes = json.loads(self.path.read_text())
    ...     @property
    ...     def origin(self):
    ...         return self.path
    ...     def read(self, layout):
    ...         return [self.notes.get(attribute.keyword) for attribute in layout.attributes]
    ...     def update(self, changes, tables, plan):
    ...         for path, value in changes.items():
    ...             self.notes[plan[path].attribute.keyword] = None if value is DROP else value
    ...     def save(self, target):
    ...         target.file.write(json.dumps(self.notes).encode())
    """

    path: Path | None = None
    endings: tuple[str, ...] = PRODUCT_ENDINGS
    records_rules: bool = False
    """Whether it gets HDRRULES from every blend of which nobody says otherwise.

    So an HDRTAB without it is another blender's, which tells nothing of what was set later.
    """
    validator: Any = None
    """A datamodel with the product's validation settings; None for the usual ones."""

    @property
    def origin(self) -> Path | None:
        """The file from which the product was read; None if there is none."""
        return None

    @property
    def tree(self) -> Mapping[str, Any]:
        """The tree of the product, if it has one; groups are mappings."""
        return {}

    @property
    def model(self) -> Any:
        """The object that the caller gets as ``result.product``; by default, this object.

        A file is only opened when this is used.
        """
        return self

    def read(self, layout: Layout) -> list[Any]:
        return [plain(value) for value in collect(self.tree, layout)]

    def hdrtab(self) -> Any:
        return self.table("hdrtab")

    def table(self, name: str) -> Any:  # noqa: ARG002
        """Return a table that a blend has written into the product.

        Parameters
        ----------
        name : str
            ``hdrtab`` or ``hdrrules``.

        Returns
        -------
        table : array-like or None
            Its rows, with named columns; None if the product has no such table.
        """
        return None

    def n_rows(self, name: str) -> int:
        """Return the number of rows of a table that a blend has written into the product.

        Parameters
        ----------
        name : str
            ``hdrtab`` or ``hdrrules``.

        Returns
        -------
        n_rows : int
            0 if there is no such table.
        """
        table = self.table(name)
        return 0 if table is None else len(table)

    def has_place_for(self, attribute: Attribute) -> bool:  # noqa: ARG002
        """Return whether the product can have a value of an attribute.

        If it cannot, it keeps its value, and the outcome says so. This is for attributes that some
        products of a kind do not have, for example because an extension is missing.

        Parameters
        ----------
        attribute : Attribute
            An attribute of the plan.

        Returns
        -------
        has_place : bool
            By default, True.
        """
        return True

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, ProductTable], plan: BlendPlan
    ) -> None:
        """Set the values and tables of the product. Files are not changed yet.

        Parameters
        ----------
        changes : mapping of str to object
            The values, by dotted path; ``DROP`` for attributes to remove.
        tables : mapping of str to ProductTable
            The tables, by name. If a table has no columns, it is removed from the product. Other
            tables stay.
        plan : BlendPlan
            The plan of the blend: ``plan[path].attribute`` has the keyword, the HDU and the title
            of an attribute.

        Raises
        ------
        InputError, OutputError
            If they cannot be set. Then the product is not changed.
        """
        msg = f"{type(self).__name__} has no update"
        raise NotImplementedError(msg)

    def restored(self) -> contextlib.AbstractContextManager[None]:
        """Return a context manager that restores the product if its block fails.

        Returns
        -------
        context : context manager
            It does nothing for products that are not changed before they are saved, such as files.
        """
        return contextlib.nullcontext()

    def save(self, target: Target) -> None:
        """Write the updated product to ``target.file``, and to no other file.

        This is a draft. The engine checks it, and then replaces the file ``target.output`` with it.
        It is compressed if the name says so.

        Parameters
        ----------
        target : Target
            The place of the product: ``file`` to write to, and ``output``, the file that is
            replaced.

        Raises
        ------
        OutputError
            If it cannot be written. An existing file is not changed.
        """
        msg = f"{type(self).__name__} has no save"
        raise NotImplementedError(msg)

    def check(self, draft: Path, target: Target) -> None:
        """Check that the draft has the values that it should have, before it replaces a file.

        Parameters
        ----------
        draft : Path
            The file that was written, under a temporary name.
        target : Target
            Where it goes.
        """

    def saved(self, target: Target, status: os.stat_result | None) -> None:
        """Take note that the product has been written to its final place.

        Parameters
        ----------
        target : Target
            Where it is.
        status : os.stat_result or None
            The status of the file when it was written.
        """


class NoProduct(Product):
    """What stands where a product could, when the result is all that is wanted.

    The schema of the inputs says what values are allowed, as they would be in a datamodel that has
    the usual settings.
    """

    what = "no product"
    model_type = ""

    def __repr__(self) -> str:
        return "no product"

    @property
    def schema(self) -> Mapping[str, Any]:
        return {}

    @property
    def model(self) -> Any:
        return None

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, ProductTable], plan: BlendPlan
    ) -> None:
        pass

    def save(self, target: Target) -> None:
        msg = (
            f"nothing can be written to {target.output}: the blend has no product. The result has "
            "the values and the table, and hdus() gives the latter for a file of your own."
        )
        raise OutputError(msg, path=target.output)
