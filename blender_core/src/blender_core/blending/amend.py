"""Amend a product: decide anew what overrides ask for, from the product's own table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from blender_core.blending.amendment import Amendment, AmendResult
from blender_core.blending.expand import exposures_of
from blender_core.common.plain_values import plain
from blender_core.errors import AmendError, ExpansionError, NotADatamodelError
from blender_core.evaluation.evaluate import evaluate
from blender_core.evaluation.outcome import OF_A_FILE, Status
from blender_core.evaluation.outcomes import outcome_of
from blender_core.formats.files.target import Target
from blender_core.inputs.columns import Columns
from blender_core.inputs.opener import Opener
from blender_core.plan.assignment import Tier
from blender_core.plan.override_sources import OverrideSources
from blender_core.plan.planner import Planner
from blender_core.plugins.manager import Plugins
from blender_core.plugins.registry import Registry
from blender_core.products.open_product import open_product
from blender_core.products.product import vet
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect
from blender_core.tables.hdrrules import RecordedRules, record_columns, recorded_rules
from blender_core.tables.hdrtab_cells import Hdrtab

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from blender_core.evaluation.outcome import Outcome
    from blender_core.plan.assignment import Assignment
    from blender_core.plan.plan import BlendPlan
    from blender_core.plan.planner import Kind
    from blender_core.plugins.override import Override
    from blender_core.plugins.source import Source
    from blender_core.products.base import Product
    from blender_core.products.product import Vetted

__all__ = ["amend"]


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
    """Decide anew what overrides ask for, from the table HDRTAB of a product that was blended.

    The inputs are not needed. Nothing is changed but the attributes for which an override above
    the schema asks for a rule, be it of an installed plugin, a rules file or the caller; and
    HDRRULES, which tells of each how it came about and what the product had before.

    Parameters
    ----------
    product : stdatamodels.DataModel or path-like
        The product: a datamodel, which is changed in place, or the name of its FITS or ASDF file,
        which is changed only if it is the output, too. If anything is wrong, it stays as it was.
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
        What was decided anew; printed, a table.

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
    opened = open_product(product)
    if opened.validator is None:
        msg = "there is no product to amend"
        raise NotADatamodelError(msg)
    target = None
    if output is not None:
        target = Target.find(output, overwrite=overwrite, product=opened.origin)
    source = Opener(plugins).open(product, "the product")
    amended = _Amended(opened, source, Registry(plugins.rules()), sources) if sources else None
    result = AmendResult(opened, () if amended is None else amended.amendments)
    with opened.restored():
        if amended is not None and amended.assignments:
            opened.update(amended.vetted, {"hdrrules": amended.rules()})
        if target is not None:
            opened.save(target)
    return result


class _Amended:
    """What overrides make of a product's table.

    Parameters
    ----------
    product : Product
        The product. It is not changed.
    source : Source
        The same, to be read.
    registry : Registry
        The rules that are there.
    sources : OverrideSources
        The overrides.
    """

    def __init__(
        self, product: Product, source: Source, registry: Registry, sources: OverrideSources
    ) -> None:
        self._what = source.what
        hdrrules = product.table("hdrrules")
        self._recorded = RecordedRules({}, {})
        if hdrrules is not None:
            self._recorded = recorded_rules(hdrrules, source.what)
        table = _table(product, source.what)
        self._columns: dict[str, str] = {}
        plan, self._inputs = self._read(source, table, registry, sources)
        own = Layout(one.attribute for one in plan.values() if _is_overridden(one))
        tree = map(plain, collect(product.tree, own))
        self._before = dict(zip(own.paths, tree, strict=True))
        self.assignments = self._decided(plan, sources)
        blended = evaluate(self.assignments, self._inputs, {})
        self.vetted: Vetted = vet(product.validator, product.tree, blended, plan)

    def _read(
        self, source: Source, table: Hdrtab, registry: Registry, sources: OverrideSources
    ) -> tuple[BlendPlan, Mapping[str, Sequence[Any]]]:
        """Return the plan for the exposures in the table, and what they said."""
        exposures = exposures_of(source, table, self._recorded.columns)
        mixed = len({exposure.model_type for exposure in exposures}) > 1
        planner = Planner(registry, sources, (), mixed)
        kinds: dict[type | str, Kind] = {}
        values = Columns()
        for exposure in exposures:
            if exposure.model_type not in kinds:
                kind = kinds[exposure.model_type] = planner.kind(exposure)
                self._columns |= exposure.product.columns(kind.layout)
            layout = kinds[exposure.model_type].layout
            values.append(layout, exposure.read(layout))
        return planner.plan(list(kinds.values()), values), values.by_attribute()

    def _decided(self, plan: BlendPlan, sources: OverrideSources) -> list[Assignment]:
        """Return what is to be decided anew, as far as the table tells what that needs."""
        decided: list[Assignment] = []
        lacking: dict[str, str] = {}
        for path, assignment in plan.items():
            if not _is_overridden(assignment):
                continue
            if assignment.rule is not None and path not in self._columns:
                # No input had what is recorded and has no column: nothing to make a value of.
                is_asked_for = sources.names(assignment.attribute)
                if not (is_asked_for or self._has_unrecorded(assignment)):
                    continue
                purpose = f"its rule is {assignment.choice.label}, as {assignment.source} asks"
                lacking[path] = f"{assignment.attribute.label}: {purpose}"
            for needed in assignment.selection.needs:
                if needed not in self._columns:
                    label = plan[needed].attribute.label
                    purpose = f"{assignment.attribute.label} is blended with its help"
                    lacking.setdefault(needed, f"{label}: {purpose}, as {assignment.source} asks")
            decided.append(assignment)
        if lacking:
            listing = "\n".join(f"- {lacking[path]}" for path in sorted(lacking))
            msg = (
                f"{self._what} cannot be amended, because its HDRTAB has no column that tells what "
                f"its inputs had of\n{listing}\nLeave the overrides that need them out, or blend "
                "the inputs themselves."
            )
            raise AmendError(msg, attributes=lacking)
        return decided

    def _has_unrecorded(self, assignment: Assignment) -> bool:
        attribute = assignment.attribute
        return not attribute.recorded and self._before.get(attribute.path) is not None

    @property
    def amendments(self) -> list[Amendment]:
        """What is decided anew, with what the product has of it, and will have."""
        return [
            Amendment(
                attribute=assignment.attribute.path,
                keyword=assignment.attribute.keyword,
                before=self._before.get(assignment.attribute.path),
                after=self._after(assignment.attribute.path),
                rule=assignment.name,
                settings=str(assignment.selection),
                asked_by=assignment.source,
                provider=assignment.provider,
                reason=assignment.reason,
            )
            for assignment in self.assignments
        ]

    def _after(self, path: str) -> Any:
        if path in self.vetted.dropped or path in self.vetted.refused:
            return None
        return self.vetted.values.get(path, self._before.get(path))

    def rules(self) -> list[Any]:
        """Return the columns of the new HDRRULES: what the old one has of all else stays."""
        outcomes: dict[str, Outcome] = dict(self._recorded.outcomes)
        columns = dict(self._recorded.columns)
        for assignment in self.assignments:
            path = assignment.attribute.path
            value = self.vetted.values.get(path)
            outcome = outcome_of(assignment, Status.AMENDED, value, self._inputs, {})
            outcomes[path] = replace(outcome, replaced=self._before.get(path))
            if path in self._columns:
                columns[path] = self._columns[path]
        return record_columns(outcomes.values(), columns)


def _is_overridden(assignment: Assignment) -> bool:
    is_own = assignment.attribute.path in OF_A_FILE or assignment.name == "keep"
    return assignment.tier > Tier.SCHEMA and not is_own


def _table(product: Product, what: str) -> Hdrtab:
    table = product.table("hdrtab")
    if table is None:
        msg = (
            f"{what} cannot be amended, because it has no table HDRTAB that tells what its inputs "
            "had: blend the inputs themselves"
        )
        raise AmendError(msg)
    try:
        return Hdrtab(table, what)
    except ExpansionError as error:
        msg = f"{what} cannot be amended: {error}. Blend the inputs themselves"
        raise AmendError(msg) from error
