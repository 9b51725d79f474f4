"""A product on disk, with the records of its blend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.advice import Advice
from blender_core.common.attribute_paths import is_within
from blender_core.common.cached import cached_property
from blender_core.common.wording import named
from blender_core.display.view import View
from blender_core.display.viewed import Viewed
from blender_core.errors import BlenderError, TableError, UnknownInputError, about_input, warn
from blender_core.evaluation.shown import tables_of
from blender_core.formats.files.source_file import SourceFile
from blender_core.inputs.opener import Opener
from blender_core.inputs.row_labels import BY_NUMBER, BY_ROW
from blender_core.plugins.manager import Plugins
from blender_core.plugins.registry import Registry
from blender_core.plugins.source import attributes_of, name_of
from blender_core.products.earlier_blend import RecordedBlend
from blender_core.products.explained import Explained
from blender_core.products.open_product import product_of_plugin
from blender_core.products.plugin_product import PluginProduct
from blender_core.products.recorded_outcomes import RecordedOutcomes
from blender_core.schema.by_attribute import ByAttribute
from blender_core.schema.layout import Layout
from blender_core.tables.hdrrules import RecordedRules, recorded_rules
from blender_core.tables.hdrtab import to_table, typed_column
from blender_core.tables.recorded_inputs import Hdrtab, recorded_inputs

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from astropy.table import Table

    from blender_core.evaluation.outcomes import Outcomes
    from blender_core.plugins.registry import ProvidedRule

_WCS: Final = "meta.wcs"
"""An object, for which the pixels' part of the file would have to be read."""


class ProductFile(Explained, Viewed):
    """A product on disk, with the records of its blend.

    In `values`, `inputs`, `outcomes` and `table`, an attribute is found by its dotted path or its
    FITS keyword. Its values are in its headers and its tree; what every input said is in HDRTAB,
    and which rules made the values in HDRRULES, if it has that. Products of jwst tell as much, but
    for the rules.

    Parameters
    ----------
    path : path-like
        The product, a FITS or ASDF file of a datamodel, or of what a plugin has products for. Its
        pixels are not read.
    plugins : Plugins, optional
        Whose rules the schema means, instead of those of the installed plugins. They tell which
        values are those of the blend, where the product does not. And they have the product, if it
        is no datamodel's.

    Attributes
    ----------
    path : Path
        The file.
    model_type : str
        Name of the product's class of datamodels.
    attributes : dict of str to Attribute
        The attributes in the product's schema, and the other attributes that the product has below
        ``meta``, by dotted path.
    values : dict of str to object
        The values of the product, by dotted path, in the order of the attributes. Its WCS is left
        out.
    inputs : dict of str to sequence, shape (n_inputs,)
        What the inputs said, by dotted path, in the order of HDRTAB; None where an input said
        nothing. The values are made of the table's cells when they are asked
        for. A column of which it is not known whose it is goes by its own name.
    columns : list of RecordedColumn
        The same, with the names of the columns.
    n_inputs : int
        The number of rows of HDRTAB; 0 if there is none.
    labels : RowLabels
        The names of the rows in messages.
    has_rules : bool
        Whether the product records its rules. If it was only amended, it records those of the
        amended values.

    Raises
    ------
    InputError
        If the file does not exist, is not a product, has damaged tables, or is replaced while it is
        read.

    Warns
    -----
    BlendWarning
        If the product's headers have values that its schema forbids; they are left out.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from blender_core import ProductFile, blendmodels
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> inputs = [ImageModel(), ImageModel()]
    >>> for model, seconds in zip(inputs, [107.5, 214.5]):
    ...     model.meta.exposure.exposure_time = seconds
    >>> with TemporaryDirectory() as folder:
    ...     output = Path(folder, "product.fits")
    ...     _ = blendmodels(ImageModel(), inputs, record_rules=True, output=output)
    ...     product = ProductFile(output)
    >>> product.values["meta.exposure.exposure_time"], product.n_inputs
    (322.0, 2)
    >>> list(product.inputs["meta.exposure.exposure_time"])
    [107.5, 214.5]
    >>> product.outcomes["meta.exposure.exposure_time"].rule
    'sum'
    """

    def __init__(self, path: str | os.PathLike[str], *, plugins: Plugins | None = None) -> None:
        self.path = Path(path)
        self._plugins = plugins
        # Values and tables are read one after the other, and are to be of one file.
        file = SourceFile(self.path) if self.path.is_file() else None
        with about_input(named("the product", self.path)):
            try:
                self._read()
            finally:
                if file is not None:
                    file.require_unchanged()

    def _read(self) -> None:
        source: Any
        try:
            source = Opener().open(self.path, "the product")
        except UnknownInputError as refusal:
            if self._plugins is None:
                self._plugins = Plugins.discover()
            source = product_of_plugin(self.path, refusal, self._plugins)
        self._what = source.what
        self.labels = BY_ROW if isinstance(source, PluginProduct) else BY_NUMBER
        self.model_type = name_of(source.model_type)
        self.attributes = attributes_of(source)
        self._schema = source.schema
        layout = Layout(
            attribute for path, attribute in self.attributes.items() if not is_within(path, _WCS)
        )
        values = dict(zip(layout.paths, source.read(layout), strict=True))
        keywords = {path: attribute.keyword for path, attribute in self.attributes.items()}
        self.values = ByAttribute(
            {path: values[path] for path in self.attributes if values.get(path) is not None},
            keywords,
            f"{source.what} has no value of it",
        )
        hdrtab, hdrrules = source.table("hdrtab"), source.table("hdrrules")
        self._rules = RecordedRules({}, {})
        # A product that has them from every blend was blended by another blender then.
        self._is_of_another = hdrrules is None and getattr(source, "records_rules", False)
        if hdrrules is not None:
            self._rules = recorded_rules(hdrrules, source.what)
        self.n_inputs, self.columns = 0, []
        if hdrtab is not None:
            table = Hdrtab(hdrtab, source.what)
            self.n_inputs = len(table)
            self._rules.require_inputs(self.n_inputs, source.what)
            self.columns = recorded_inputs(table, self.attributes, self._rules.columns)
        self.inputs = ByAttribute(
            {column.attribute.path: column.values for column in self.columns},
            keywords,
            f"the HDRTAB of {source.what} has no column of it",
        )

    def __repr__(self) -> str:
        return f"<ProductFile {self.path}: {self.model_type} of {self.n_inputs_in_words}>"

    __str__ = __repr__

    @property
    def n_inputs_in_words(self) -> str:
        """How many inputs there are, or rows, if a plugin's inputs may be several rows each."""
        return self.labels.count(self.n_inputs)

    def _view(self) -> View:
        facts = [
            ("product", f"{self.model_type} in {self.path}"),
            ("inputs", str(self.n_inputs)),
            ("rules", "recorded in HDRRULES" if self.has_rules else "not recorded"),
        ]
        return View(self.path.name, facts, tables_of(self.outcomes.values()))

    @cached_property
    def table(self) -> Table:
        """HDRTAB as an `astropy.table.Table`: masked where an input has no value.

        It is like `BlendResult.table`. But a file does not distinguish NaN and the empty text from
        missing values: these are masked, too.
        """
        try:
            typed = [
                typed_column(column.name, column.attribute, column.values)
                for column in self.columns
            ]
        except TableError as error:
            msg = f"the HDRTAB of {self._what} makes no table: {error}"
            raise TableError(
                msg,
                attribute=error.attribute,
                keyword=error.keyword,
                column=error.column,
                input=error.input,
            ) from error
        return to_table([column for column in typed if column is not None])

    @cached_property
    def outcomes(self) -> Outcomes:
        """The outcome of each attribute, by dotted path, as far as the product records it.

        Values that were set after the blend are found by HDRRULES or, without this table, by a
        comparison with the values that the rules of the schema give for HDRTAB. For attributes that
        HDRRULES does not have, the rule is None, and the status is unknown; but if HDRRULES records
        a blend, the product had its value before.

        Warns
        -----
        BlendWarning
            If the installed plugins cannot be used, so that values that were set later are not
            found.
        """
        rules = self._rules if self.has_rules else None
        blend = RecordedBlend(self.columns, rules, self.attributes, self._find_rule, self._schema)
        return RecordedOutcomes(
            blend,
            self._rules,
            self.attributes,
            self.values,
            self.inputs,
            self.labels,
            is_of_another=self._is_of_another,
        )

    @property
    def _own_values(self) -> Mapping[str, Any]:
        return self.values

    @property
    def has_rules(self) -> bool:
        """Whether the product records its rules.

        If it was only amended, it records those of the amended values.
        """
        return bool(self._rules.outcomes)

    def _find_rule(self, name: str) -> ProvidedRule | None:
        return self._registry.get(name)

    @cached_property
    def _registry(self) -> Registry:
        """The rules of the plugins, which are only looked for where HDRRULES does not tell."""
        try:
            plugins = Plugins.discover() if self._plugins is None else self._plugins
            return Registry(plugins.rules())
        except BlenderError as error:
            without = "what was set after the blend is not known without the rules: "
            warn(Advice(without, error.advice))
            return Registry([])
