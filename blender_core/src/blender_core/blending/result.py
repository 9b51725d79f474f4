"""What a blend came to: the values, the table, and how each value came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.blending.product_result import ProductResult
from blender_core.common.cached import cached_property
from blender_core.common.wording import pluralize
from blender_core.display.page import Page
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed
from blender_core.evaluation.outcome import OF_A_FILE, Status
from blender_core.evaluation.outcomes import Outcomes
from blender_core.evaluation.shown import tables_of
from blender_core.inputs.row_labels import BY_NUMBER
from blender_core.plugins.source import name_of
from blender_core.products.datamodel import DatamodelProduct
from blender_core.products.explained import Explained
from blender_core.products.later_values import OF_THE_PRODUCT, LaterValue, is_same
from blender_core.schema.attributes import Attribute
from blender_core.schema.by_attribute import ByAttribute
from blender_core.schema.layout import Layout
from blender_core.tables.product_table import ProductTable

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from astropy.io.fits import BinTableHDU
    from astropy.table import Table

    from blender_core.errors import BlenderError
    from blender_core.evaluation.evaluation import Evaluation
    from blender_core.inputs.row_labels import RowLabels
    from blender_core.plan.plan import BlendPlan
    from blender_core.products.base import Product


class BlendResult(ProductResult, Explained, Viewed):
    """The result of a blend. In a notebook, it is shown as tables.

    In `values`, `inputs`, `outcomes`, `plan` and `table`, attributes are found by their dotted
    paths or FITS keywords.

    Attributes
    ----------
    plan : BlendPlan
        The plan that was followed.
    inputs : dict of str to sequence, shape (n_inputs,)
        The values of the inputs, by dotted path.
    skipped : tuple of BlenderError
        The errors of the inputs that were left out.
    files : tuple of Path
        The files of the inputs, which the product must not replace.
    hdrtab, hdrrules : ProductTable
        The tables of the blend, as they are written to files. ``hdrrules`` is empty if the rules
        are not recorded.

    Examples
    --------
    >>> from blender_core import blendmodels
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> inputs = [ImageModel(), ImageModel()]
    >>> for model, detector in zip(inputs, ["NRCA1", "NRCA2"]):
    ...     model.meta.instrument.detector = detector
    >>> result = blendmodels(ImageModel(), inputs)
    >>> result.values["meta.instrument.detector"], result.values["DETECTOR"]
    ('MULTIPLE', 'MULTIPLE')
    >>> result.table["DETECTOR"].tolist()
    ['NRCA1', 'NRCA2']
    >>> result.outcomes["DETECTOR"].n_distinct
    2
    """

    def __init__(
        self,
        product: Product,
        plan: BlendPlan,
        inputs: Mapping[str, Sequence[Any]],
        evaluations: Mapping[str, Evaluation],
        hdrtab: ProductTable,
        skipped: Sequence[BlenderError] = (),
        files: Iterable[str | os.PathLike[str]] = (),
        labels: RowLabels = BY_NUMBER,
    ) -> None:
        super().__init__(product, files)
        self._labels = labels
        self.plan = plan
        self.inputs = ByAttribute(
            inputs, plan.keywords, "no input has it, or nothing asks for what all have"
        )
        self.skipped = tuple(skipped)
        self.hdrrules = ProductTable("hdrrules", ())
        self._evaluations = evaluations
        self.hdrtab = hdrtab

    def __repr__(self) -> str:
        inputs = self.n_inputs_in_words
        skipped = f", {len(self.skipped)} skipped" if self.skipped else ""
        return f"<BlendResult of {inputs}{skipped}: {len(self.values)} values, {self._product!r}>"

    __str__ = __repr__

    def _view(self) -> View:
        facts = [("product", f"{self.product_type} {self.product_name}".strip() or "none")]
        if self.later:
            facts.append(("set later", f"{pluralize(len(self.later), 'value')} of the product"))
        skipped = ViewTable(
            ("inputs that were left out",), [(str(fault),) for fault in self.skipped]
        )
        title = f"{pluralize(len(self.values), 'value')} of {self.n_inputs_in_words}"
        return View(title, facts, [skipped, *tables_of(self.outcomes.values())])

    @property
    def row_labels(self) -> tuple[str, ...]:
        """The name of each row of the table, as in messages: ``input 3 (c_flt.fits), row 2``."""
        return tuple(map(self._labels.name, range(self._n_rows)))

    @property
    def n_inputs(self) -> int:
        """The number of inputs, each of which may have several rows."""
        return self._labels.n_inputs(self._n_rows)

    @property
    def has_inputs_of_several_rows(self) -> bool:
        """Whether any input has several rows in the table."""
        return self._labels.are_of_several

    @property
    def n_inputs_in_words(self) -> str:
        """The number of inputs, and of rows if inputs have several rows, in words."""
        return self._labels.count(self._n_rows)

    @property
    def _n_rows(self) -> int:
        return max(map(len, self.inputs.values()), default=0)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The blended values of the product, by dotted path or keyword."""
        values = {path: evaluation.value for path, evaluation in self._with_status(Status.SET)}
        lacking = "the product has no blended value of it; its outcome tells why"
        return ByAttribute(values, self.plan.keywords, lacking)

    @cached_property
    def later_values(self) -> dict[str, LaterValue]:
        """The values that were set after an earlier blend, by dotted path.

        Each of them differs from the blended value. It is either kept or replaced.
        """
        return {
            path: LaterValue(evaluation.own, evaluation.blended, evaluation.stays)
            for path, evaluation in self._evaluations.items()
            if evaluation.is_later
        }

    @property
    def later(self) -> dict[str, Any]:
        """The values that were set after an earlier blend and are kept, by dotted path.

        None if the value was removed.
        """
        return {path: evaluation.own for path, evaluation in self._with_status(Status.LATER)}

    @property
    def changed(self) -> frozenset[str]:
        """Dotted paths of the attributes that the blend has set or removed."""
        changes = self._with_status(Status.SET, Status.DROPPED, Status.REFUSED)
        return frozenset(path for path, _ in changes)

    def _with_status(self, *statuses: Status) -> Iterable[tuple[str, Evaluation]]:
        return (
            (path, evaluation)
            for path, evaluation in self._evaluations.items()
            if evaluation.status in statuses
        )

    @property
    def set_since(self) -> dict[str, Any]:
        """The values that were changed in the product after this blend, by dotted path.

        None if the value was removed. Products that are files are not compared, nor are values
        about the file itself, such as its name.
        """
        if not isinstance(self._product, DatamodelProduct):
            return {}
        left = {**dict.fromkeys(self.changed), **self.later, **self.values}
        layout = Layout(Attribute(path) for path in left if path not in OF_THE_PRODUCT)
        now = zip(layout.paths, self._product.read(layout), strict=True)
        return {path: value for path, value in now if not is_same(value, left[path])}

    @property
    def product_name(self) -> str:
        """The name of the product's file; empty if it has none yet."""
        if self._product.path is not None:
            return self._product.path.name
        name = self._read(["meta.filename"]).get("meta.filename")
        # The first input's is what it has until it is saved.
        if not isinstance(name, str) or name in self.inputs.get("meta.filename", ()):
            return ""
        return name

    @property
    def of_its_file(self) -> dict[str, Any]:
        """The name and the date of the product's file, by dotted path, if it has a file."""
        return self._read(sorted(OF_A_FILE))

    @property
    def product_type(self) -> str:
        """The name of the product's class of datamodels; empty if there is no product."""
        return name_of(self._product.model_type)

    @property
    def _own_values(self) -> Mapping[str, Any]:
        return self.kept

    @cached_property
    def kept(self) -> dict[str, Any]:
        """The product's own values that were kept, by dotted path."""
        return self._read(path for path, _ in self._with_status(Status.KEPT))

    def _read(self, paths: Iterable[str]) -> dict[str, Any]:
        layout = Layout(map(Attribute, paths))
        own = zip(layout.paths, self._product.read(layout), strict=True)
        return {path: value for path, value in own if value is not None}

    @cached_property
    def table(self) -> Table:
        """HDRTAB as an `astropy.table.Table`: masked where an input has no value.

        A column is found by its name, or by the path or keyword of its attribute.
        """
        return self.hdrtab.to_table()

    def hdus(self) -> list[BinTableHDU]:
        """Return the tables of the blend as HDUs, for files that you write yourself.

        Returns
        -------
        hdus : list of astropy.io.fits.BinTableHDU
            HDRTAB, unless it has no columns; and HDRRULES, if the rules are recorded.

        Examples
        --------
        >>> from astropy.io import fits
        >>> from blender_core import blendmodels
        >>> from stdatamodels.jwst.datamodels import ImageModel
        >>> inputs = [ImageModel(), ImageModel()]
        >>> for model, number in zip(inputs, [4, 4]):
        ...     model.meta.exposure.ngroups = number
        >>> result = blendmodels(None, inputs, record_rules=True)
        >>> hdulist = fits.HDUList([fits.PrimaryHDU(), *result.hdus()])
        >>> [hdu.name for hdu in hdulist]
        ['PRIMARY', 'HDRTAB', 'HDRRULES']
        >>> hdulist["HDRTAB"].columns["NGROUPS"].null
        -9223372036854775808
        """
        return [table.to_hdu() for table in (self.hdrtab, self.hdrrules) if table]

    @cached_property
    def outcomes(self) -> Outcomes:
        """The outcome of each attribute, by dotted path, in the order of the plan."""
        return Outcomes(
            (evaluation.outcome for evaluation in self._evaluations.values()),
            self.inputs,
            self._labels,
        )

    def report(self, *, notes: Iterable[str] = ()) -> Page:
        """Return the report of the blend. A notebook shows it.

        Parameters
        ----------
        notes : iterable of str, optional
            Lines to show at the top, such as the warnings of the blend.

        Returns
        -------
        report : str
            The page as `blender_core.report.write_report` writes it.

        Raises
        ------
        OutputError
            If Jinja2 is not installed.

        Examples
        --------
        >>> from blender_core import blendmodels
        >>> from stdatamodels.jwst.datamodels import ImageModel
        >>> print(blendmodels(ImageModel(), [ImageModel()]).report()[:15])
        <!doctype html>
        """
        # The report is an edge: it knows results, which know of it nothing but this name.
        from blender_core.report import write_report

        return Page(write_report(self, notes=notes))
