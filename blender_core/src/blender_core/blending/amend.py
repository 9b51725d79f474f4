"""Amend a product: decide anew what overrides ask for, from the product's own table."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from blender_core.blending.amendment import Amendment, AmendResult
from blender_core.blending.expand import Exposures, RecordedProduct
from blender_core.blending.recorded_columns import RecordedColumns
from blender_core.errors import AmendError, ExpansionError, NotADatamodelError
from blender_core.evaluation.evaluation import evaluate
from blender_core.evaluation.outcome import OF_A_FILE, Status
from blender_core.inputs.opener import Opener
from blender_core.plan.assignment import Tier
from blender_core.plan.override_sources import OverrideSources
from blender_core.plan.planner import Planner
from blender_core.plugins.manager import Plugins
from blender_core.plugins.registry import Registry
from blender_core.products.base import NoProduct
from blender_core.products.file_product import FileProduct
from blender_core.products.open_product import open_product
from blender_core.products.plugin_product import PluginProduct
from blender_core.products.product import changes_of
from blender_core.products.saving import save, target_of
from blender_core.schema.layout import Layout
from blender_core.tables.hdrrules import RecordedRules, record_columns, recorded_rules
from blender_core.tables.product_table import ProductTable
from blender_core.tables.recorded_inputs import Hdrtab

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from blender_core.blending.expand import Exposure
    from blender_core.evaluation.evaluation import Evaluation
    from blender_core.plan.assignment import Assignment
    from blender_core.plan.plan import BlendPlan
    from blender_core.plugins.override import Override
    from blender_core.products.base import Product
    from blender_core.readers.reader import Reader
    from blender_core.tables.hdrtab import TypedColumn

_LOGGER: Final = logging.getLogger(__name__)


def amend(
    product: Any,
    *,
    overrides: Mapping[str, str] | Iterable[Override] = (),
    rules: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    block: Collection[str] = (),
    plugins: Plugins | None = None,
    output: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> AmendResult:
    """Apply overrides to a blended product, with the values in its table HDRTAB.

    The inputs are not needed. Only attributes for which an installed plugin, a rules file or the
    caller has an override are changed, and HDRRULES, which records the rule and the former value of
    each.

    Parameters
    ----------
    product : stdatamodels.DataModel or path-like
        The product: a datamodel, which is changed in place, or the name of its FITS or ASDF file,
        which is changed only if it is also the output. After an error, it is unchanged.
    overrides, rules, block, plugins
        As for `ModelBlender`.
    output : path-like, optional
        The file that the product is written to. It may be the product's own. Without it, nothing
        is written.
    overwrite : bool, optional
        Whether `output` may replace another file.

    Returns
    -------
    result : AmendResult
        The amended attributes; printed as a table.

    Raises
    ------
    AmendError
        If the product has no HDRTAB, or it has no rows, or lacks columns that the rules need. All
        are named in one error.
    NotADatamodelError, InputError
        If the product is not a datamodel, or is a file that cannot be read.
    OutputError
        If the product cannot be written.
    BlenderError
        As for `ModelBlender`: plugins, rules files and overrides that cannot be used, rules that
        cannot make a value, values that the schema forbids.

    Examples
    --------
    >>> from blender_core import amend, blendmodels
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> inputs = [ImageModel(), ImageModel()]
    >>> for model, seconds in zip(inputs, [107.5, 214.5]):
    ...     model.meta.exposure.exposure_time = seconds
    >>> product = ImageModel()
    >>> result = blendmodels(product, inputs)
    >>> for amendment in amend(product, overrides={"EFFEXPTM": "max"}).changes:
    ...     print(amendment.keyword, amendment.before, amendment.after)
    EFFEXPTM 322.0 214.5
    """
    plugins = Plugins.discover(block) if plugins is None else plugins
    sources = OverrideSources(plugins, rules, overrides)
    opened = open_product(product, plugins)
    if isinstance(opened, NoProduct):
        msg = "there is no product to amend"
        raise NotADatamodelError(msg)
    target = None
    if output is not None:
        target = target_of(opened, output, overwrite=overwrite)
    source: Reader
    if isinstance(opened, PluginProduct):
        source = opened
    else:  # read as an input is
        given = opened.path if isinstance(opened, FileProduct) else opened.model
        source = Opener().open(given, "the product")
    amender = _Amender(opened, source, Registry(plugins.rules()), sources) if sources else None
    result = AmendResult(opened, () if amender is None else amender.amendments())
    with opened.restored():
        if result.amendments and amender is not None:
            hdrrules = ProductTable("hdrrules", amender.rules())
            opened.update(amender.changes, {hdrrules.name: hdrrules}, amender.plan)
        if target is not None:
            save(opened, target)
    _LOGGER.info("amended %r", result)
    return result


class _Amender:
    """What overrides make of a product's table. The product is not changed."""

    def __init__(
        self, product: Product, source: Reader, registry: Registry, sources: OverrideSources
    ) -> None:
        self._label = source.what
        hdrrules = product.table("hdrrules")
        self._recorded = RecordedRules({}, {})
        if hdrrules is not None:
            self._recorded = recorded_rules(hdrrules, self._label)
        table = _table(product, self._label)
        self._columns: dict[str, str] = {}
        self.plan, inputs = self._read(source, table, registry, sources)
        overridden = [each for each in self.plan.values() if _is_overridden(each)]
        layout = Layout(assignment.attribute for assignment in overridden)
        self._before = dict(zip(layout.paths, product.read(layout), strict=True))
        assignments = self._decidable(overridden, self.plan, sources)
        self._evaluations = list(evaluate(assignments, inputs, {}).values())
        self.changes = changes_of(product, self._evaluations)

    def _read(
        self, source: Reader, table: Hdrtab, registry: Registry, sources: OverrideSources
    ) -> tuple[BlendPlan, Mapping[str, Sequence[Any]]]:
        """Return the plan for the exposures in the table, and what they had."""
        product = RecordedProduct(source, table, self._recorded.columns)
        exposures = Exposures(product)
        firsts: dict[type | str, Exposure] = {}
        rows: dict[Any, int] = {}
        for row, name in enumerate(product.model_types):
            if name not in rows:
                rows[name] = row
                firsts.setdefault(exposures[row].model_type, exposures[row])
        planner = Planner(registry, sources, (), len(firsts) > 1)
        kinds = {each.model_type: planner.kind(each, each.beyond) for each in firsts.values()}
        for kind in kinds.values():
            self._columns |= product.columns(kind.layout)
        columns = RecordedColumns(product, kinds)
        return planner.plan(list(kinds.values()), columns), columns.by_attribute()

    def _decidable(
        self, overridden: Iterable[Assignment], plan: BlendPlan, sources: OverrideSources
    ) -> list[Assignment]:
        """Return what is to be decided anew; refuse that of which the table has too little."""
        decidable: list[Assignment] = []
        lacking: dict[str, str] = {}
        for assignment in overridden:
            attribute = assignment.attribute
            path = attribute.path
            if assignment.rule is not None and assignment.values_of not in self._columns:
                # No input had what is recorded and has no column: nothing to make a value of.
                is_unrecorded = not attribute.recorded and self._before.get(path) is not None
                if not (sources.names(attribute) or is_unrecorded):
                    continue
                purpose = f"its rule is {assignment.choice.label}, as {assignment.source} asks"
                lacking[path] = f"{attribute.label}: {purpose}"
            for needed in assignment.selection.needs:
                if needed not in self._columns:
                    label = plan[needed].attribute.label
                    purpose = f"{attribute.label} is blended with its help"
                    lacking.setdefault(needed, f"{label}: {purpose}, as {assignment.source} asks")
            decidable.append(assignment)
        if lacking:
            listing = "\n".join(f"- {lacking[path]}" for path in sorted(lacking))
            msg = (
                f"{self._label} cannot be amended, because its HDRTAB has no column that tells "
                f"what its inputs had of\n{listing}\nLeave the overrides that need them out, or "
                "blend the inputs themselves."
            )
            raise AmendError(msg, attributes=lacking)
        return decidable

    def amendments(self) -> list[Amendment]:
        """Return what is decided anew, with what the product has of it, and will have."""
        return [self._amendment(evaluation) for evaluation in self._evaluations]

    def _amendment(self, evaluation: Evaluation) -> Amendment:
        assignment = evaluation.assignment
        before = self._before.get(assignment.attribute.path)
        after = {Status.SET: evaluation.value, Status.KEPT: before}
        return Amendment(
            attribute=assignment.attribute.path,
            keyword=assignment.attribute.keyword,
            before=before,
            after=after.get(evaluation.status),
            rule=assignment.name,
            settings=str(assignment.selection),
            asked_by=assignment.source,
            provider=assignment.provider,
            reason=assignment.reason,
        )

    def rules(self) -> list[TypedColumn]:
        """Return the columns of the new HDRRULES: what the old one has of all else stays."""
        outcomes, columns = dict(self._recorded.outcomes), dict(self._recorded.columns)
        for evaluation in self._evaluations:
            outcome = evaluation.outcome
            path = outcome.attribute
            if evaluation.status is Status.REFUSED:
                outcome = replace(outcome, value=None, from_input=None)
            before = self._before.get(path)
            outcomes[path] = replace(outcome, status=Status.AMENDED, replaced=before)
            if path in self._columns:
                columns[path] = self._columns[path]
        return record_columns(outcomes.values(), columns)


def _is_overridden(assignment: Assignment) -> bool:
    is_own = assignment.attribute.path in OF_A_FILE or assignment.name == "keep"
    return assignment.tier > Tier.SCHEMA and not is_own


def _table(product: Product, label: str) -> Hdrtab:
    table = product.table("hdrtab")
    if table is None:
        msg = (
            f"{label} cannot be amended, because it has no table HDRTAB that tells what its inputs "
            "had: blend the inputs themselves"
        )
        raise AmendError(msg)
    try:
        return Hdrtab(table, label)
    except ExpansionError as error:
        msg = f"{label} cannot be amended: {error}. Blend the inputs themselves"
        raise AmendError(msg) from error
