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

__all__ = ["NoProduct", "Product"]


class Product(Source):
    """What gets the blended metadata, whatever its kind: a source that can be updated and saved.

    Products of plugins have this class as a base, or `FitsProduct`, which does all of it for plain
    FITS files. As a `Source`, a product says what it is (`what`, `model_type`, `schema`) and has
    the values that it has now (`read`).

    Attributes
    ----------
    path : Path or None
        The file that the product is, or was written to last; None if it is none.
    endings : tuple of str
        How the names of files end that the product can be written to.

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
        """The file that the product was read from, which it may replace; None if there is none."""
        return None

    @property
    def tree(self) -> Mapping[str, Any]:
        """The product's tree, in which groups are mappings. A plugin's need not have one."""
        return {}

    @property
    def model(self) -> Any:
        """What the caller gets as the result's product: unless it is otherwise, this object.

        Of a file, what it gives is opened when it is asked for, and not before.
        """
        return self

    def read(self, layout: Layout) -> list[Any]:
        return [plain(value) for value in collect(self.tree, layout)]

    def hdrtab(self) -> Any:
        return self.table("hdrtab")

    def table(self, name: str) -> Any:  # noqa: ARG002
        """Return a table that a blend has put into the product.

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
        """Return how many rows a table has that a blend has put into the product.

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
        """Tell whether the product can have a value of an attribute.

        Where it cannot, it keeps what it has, and the outcome says so. That is for what not all
        products of a kind have, such as an extension.

        Parameters
        ----------
        attribute : Attribute
            One of the plan's.

        Returns
        -------
        has_place : bool
            Unless a product has it otherwise, there is a place for all of them.
        """
        return True

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, ProductTable], plan: BlendPlan
    ) -> None:
        """Give the product its values and its tables. Files stay as they are.

        Parameters
        ----------
        changes : mapping of str to object
            The values, by dotted path; ``DROP`` where the product is to have none.
        tables : mapping of str to ProductTable
            The tables, by name. One without columns is to be removed, if it is there. Others stay.
        plan : BlendPlan
            What was blended, and which attributes these are: ``plan[path].attribute`` has the
            keyword, the HDU and the title.

        Raises
        ------
        InputError, OutputError
            If the product cannot have them. It stays as it was.
        """
        msg = f"{type(self).__name__} has no update"
        raise NotImplementedError(msg)

    def restored(self) -> contextlib.AbstractContextManager[None]:
        """Leave the product as it was before if what is done within fails.

        Returns
        -------
        context : context manager
            Of a product that changes nothing until it is saved, as most files, one that does
            nothing.
        """
        return contextlib.nullcontext()

    def save(self, target: Target) -> None:
        """Write the updated product to ``target.file``, and nowhere else.

        That is a draft, which the engine puts in the place of the file ``target.output`` when it
        is whole, and has been looked at. What is written there is compressed if the name says so.

        Parameters
        ----------
        target : Target
            Where the product goes: ``file`` to write to, and ``output``, the file that it will be.

        Raises
        ------
        OutputError
            If it cannot be written. The file that is there stays as it was.
        """
        msg = f"{type(self).__name__} has no save"
        raise NotImplementedError(msg)

    def check(self, draft: Path, target: Target) -> None:
        """Require that what has been written is what was meant, before it replaces anything.

        Parameters
        ----------
        draft : Path
            What has been written, under a name of its own.
        target : Target
            Where it goes.
        """

    def saved(self, target: Target, status: os.stat_result | None) -> None:
        """Take note of that the product is in its place.

        Parameters
        ----------
        target : Target
            Where it is.
        status : os.stat_result or None
            What the file was like when it was written.
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
