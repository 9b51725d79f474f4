"""Accumulate inputs, and blend them into a product."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Final, Literal

from blender_core.blending.accumulator import Accumulator
from blender_core.blending.result import BlendResult
from blender_core.common.wording import strings
from blender_core.errors import NoInputsError
from blender_core.evaluation.evaluation import evaluate
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.inputs.association import ProductChoice
from blender_core.plan.override_sources import OverrideSources
from blender_core.plan.planner import Planner
from blender_core.plugins.manager import Plugins
from blender_core.plugins.registry import Registry
from blender_core.products.earlier_blend import RememberedBlends, recorded_blend
from blender_core.products.later_values import find_later_values
from blender_core.products.open_product import open_product
from blender_core.products.product import changes_of
from blender_core.tables import hdrrules
from blender_core.tables.hdrtab import typed_columns
from blender_core.tables.product_table import ProductTable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Mapping
    from concurrent.futures import Executor

    from blender_core.evaluation.evaluation import Evaluation
    from blender_core.formats.remote.settings import Remote
    from blender_core.plan.plan import BlendPlan
    from blender_core.plugins.override import Override
    from blender_core.products.base import Product

_LOGGER: Final = logging.getLogger(__name__)
_FEW: Final = 5
"""How many of the inputs that were left out an error tells of."""


class ModelBlender:
    """Blend the metadata of several inputs into that of one product.

    `accumulate` adds an input, a datamodel or its file. Only its metadata are kept, not the input
    itself. `finalize_model` blends them into a product. Then more inputs can be added, and a
    product finalized again.

    Parameters
    ----------
    blend_ignore_attrs : collection of str, optional
        Attributes whose paths begin with one of these keep the product's own value, such as
        ``["meta.filename"]``. HDRTAB has them all the same.
    overrides : mapping of str to str, or iterable of Override, optional
        Attributes and the names of their rules, or overrides. They take precedence over all others.
    rules : path-like or iterable of path-like, optional
        Rules files. They take precedence over plugins.
    mixed : bool, optional
        Whether inputs may be of several classes. The product then gets the attributes of all
        classes. If two classes have different rules for an attribute, an override has to choose
        one.
    record_rules : bool, optional
        Whether the product gets the table HDRRULES, with the rule and the value of each attribute.
        The default is set by the environment variable ``MODEL_BLENDER_RECORD_RULES``. Without it,
        the product gets the table if an override had an effect, or if a rule replaces another one
        of the same name.
    block : collection of str, optional
        Installed plugins to leave out, by their names or by those of their distributions.
    plugins : Plugins, optional
        The plugins to use, instead of looking for those that are installed.
    on_bad_input : {"raise", "skip"}, optional
        What to do if an input cannot be read or is of another class than the first one: raise an
        error, or blend the others. ``BlendResult.skipped`` lists the inputs that were left out.
    expand : bool, optional
        Whether inputs that have an HDRTAB are replaced by the exposures in this table, as if all
        exposures were blended at once.
    later : {"keep", "replace"}, optional
        What to do with values that were set after an earlier blend, if the product has an HDRTAB:
        keep them, unless there is an override for the attribute; or replace them by the blended
        values.
    asn_product : str, optional
        The name of the product whose members are the inputs, if an association has several
        products.
    remote : Remote, optional
        How inputs are fetched by URL.

    Raises
    ------
    PluginError
        If an installed plugin cannot be used.
    RuleConflictError
        If two plugins have a rule of the same name, and neither declares that it replaces the
        other.
    RulesFileError
        If a rules file cannot be used.
    TypeError, ValueError
        If an argument has a wrong type or value.

    References
    ----------
    ``jwst.model_blender.ModelBlender``, for which this class can stand in.

    Examples
    --------
    >>> from blender_core import ModelBlender
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> blender = ModelBlender(blend_ignore_attrs=["meta.filename"])
    >>> for start in (59000.5, 59000.1):
    ...     model = ImageModel()
    ...     model.meta.exposure.start_time = start
    ...     blender.accumulate(model)
    >>> product = ImageModel()
    >>> result = blender.finalize_model(product)
    >>> product.meta.exposure.start_time
    59000.1
    """

    def __init__(
        self,
        blend_ignore_attrs: Collection[str] | None = None,
        *,
        overrides: Mapping[str, str] | Iterable[Override] = (),
        rules: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        mixed: bool = False,
        record_rules: bool | None = None,
        block: Collection[str] = (),
        plugins: Plugins | None = None,
        on_bad_input: Literal["raise", "skip"] = "raise",
        expand: bool = False,
        later: Literal["keep", "replace"] = "keep",
        asn_product: str | None = None,
        remote: Remote | None = None,
    ) -> None:
        ignore = strings(blend_ignore_attrs or (), "blend_ignore_attrs", "paths")
        if plugins is None:
            plugins = Plugins.discover(block)
        if on_bad_input not in ("raise", "skip"):
            msg = f"on_bad_input is 'raise' or 'skip', not {on_bad_input!r}"
            raise ValueError(msg)
        if later not in ("keep", "replace"):
            msg = f"later is 'keep' or 'replace', not {later!r}"
            raise ValueError(msg)
        self._record_rules = hdrrules.record_rules() if record_rules is None else record_rules
        self._keeps_later = later == "keep"
        self._plugins = plugins
        self._registry = Registry(plugins.rules())
        self._planner = Planner(
            self._registry, OverrideSources(plugins, rules, overrides), ignore, mixed
        )
        self._remembered = RememberedBlends()
        files = RemoteFiles(remote)
        self._inputs = Accumulator(
            self._planner,
            plugins,
            mixed,
            skips=on_bad_input == "skip",
            expand=expand,
            choice=ProductChoice(asn_product),
            remote=files,
        )

    def __repr__(self) -> str:
        columns = self._inputs.columns
        return f"<ModelBlender with {columns.labels.count(len(columns))}>"

    def accumulate(self, model: Any) -> None:
        """Add an input, or several.

        Parameters
        ----------
        model : datamodel, path-like, URL, HDUList, association or library
            A datamodel; the name or URL of a FITS or ASDF file, of which only headers and tree are
            read; a pattern for names, ``"*_cal.fits"``; ``"@list.txt"``, for a file with one name
            on each line; an open HDUList; an association or its file, for its science members; or a
            library such as ``jwst.datamodels.ModelLibrary``, whose science members are borrowed one
            at a time. An open library stays open. The input is neither changed nor kept.

        Raises
        ------
        NotADatamodelError
            If it is something else.
        InputError
            If a file cannot be read.
        MixedModelTypesError
            If it is not of the class of the first input.
        BlendErrorGroup
            If there are several such faults. Unless bad inputs are skipped, no member of the
            association or library is added then.
        UnknownRuleError, OverrideConflictError, PlanError
            If the plan for the first input cannot be made: its schema or an override names a rule
            that no installed plugin has, or overrides disagree. An override may name an attribute
            that only later inputs have. If none has it, `finalize_model` raises the error.
        """
        self.accumulate_all([model])

    def accumulate_all(
        self,
        models: Iterable[Any],
        progress: Callable[[int], None] | None = None,
        executor: Executor | None = None,
    ) -> None:
        """Add inputs, and report all bad ones together.

        Parameters
        ----------
        models : iterable
            Inputs as `accumulate` takes them.
        progress : callable, optional
            Called after each input, with the number of inputs so far.
        executor : concurrent.futures.Executor, optional
            Reads inputs that are given by file names in other processes: a ``ProcessPoolExecutor``,
            or the executor of Dask, for other machines. The result is the same as without it, to
            the bit. It is not shut down.

        Raises
        ------
        ExecutorError
            If the executor fails. Then none of the inputs is added.
        PluginError
            If its workers have other plugins or versions than this process, or if a plugin that is
            not installed cannot be sent to them.
        BlenderError
            As for `accumulate`.
        """
        self._inputs.add_all(models, progress, executor)

    def plans(self) -> dict[str, BlendPlan]:
        """Return the plans of the accumulated inputs, before anything is blended.

        Returns
        -------
        plans : dict of str to BlendPlan
            The plans, by a description of their inputs. There is only one, unless inputs are of
            several classes, or an override applies to some of them only. All plans have to agree
            for a blend.

        Raises
        ------
        NoInputsError
            If nothing was accumulated.
        BlenderError
            As for `accumulate`, if the plan for other inputs than the first cannot be made.
        """
        accumulated = self._require_inputs()
        return self._planner.plans(list(accumulated.kinds.values()), accumulated.columns)

    def finalize_model(self, model: Any) -> BlendResult:
        """Blend the accumulated inputs into a product, which also gets the table of their values.

        Parameters
        ----------
        model : stdatamodels.DataModel, path-like or None
            The product: a datamodel, whose metadata and ``hdrtab`` are changed in place, or the
            name of its FITS or ASDF file, which is not changed until the result is saved. After an
            error, it is unchanged. With None, there is only the result, and values are checked
            against the schema of the inputs.

        Returns
        -------
        result : BlendResult
            The values, the table, and how each value came about.

        Raises
        ------
        NoInputsError
            If nothing was accumulated.
        NotADatamodelError, InputError
            If the product is not a datamodel, or is a file that cannot be read; or if it has a
            value where a blended attribute needs a group.
        OverrideConflictError, UnknownAttributeError
            If the plans of different inputs disagree, or an override means an attribute that none
            of them has.
        RuleError
            If a rule cannot compute a value from the values of the inputs.
        InvalidValueError
            If the product's schema forbids a value, and its validation is strict.
        TableError
            If an input's value cannot be kept in a FITS table.
        BlendErrorGroup
            If there are several such faults.
        """
        begin = time.perf_counter()
        accumulated = self._require_inputs()
        product = open_product(model, self._plugins)
        plan = self._planner.plan(list(accumulated.kinds.values()), accumulated.columns)
        inputs, once = self._planner.asked(plan, accumulated.columns)
        labels = accumulated.columns.labels
        evaluations = evaluate(plan.values(), inputs, once, labels)
        if self._keeps_later:
            earlier = self._remembered.of(product) or recorded_blend(
                product, plan, self._registry, inputs, once
            )
            if earlier is not None:
                find_later_values(evaluations, product, earlier)
        changes = changes_of(product, evaluations.values())
        columns = typed_columns(plan, inputs, labels)
        hdrtab = ProductTable("hdrtab", columns)
        result = BlendResult(
            product,
            plan,
            inputs,
            evaluations,
            hdrtab,
            accumulated.skipped,
            accumulated.files,
            labels,
        )
        if self._records_rules(product, evaluations.values()):
            names = {column.attribute.path: column.name for column in columns}
            rules = hdrrules.record_columns(result.outcomes.values(), names)
            result.hdrrules = ProductTable("hdrrules", rules)
        product.update(changes, {"hdrtab": hdrtab, "hdrrules": result.hdrrules}, plan)
        self._remembered.add(product, evaluations)
        seconds = time.perf_counter() - begin
        count = labels.count(len(accumulated.columns))
        into = product.path or result.product_type or "no product"
        _LOGGER.info("blended %s into %s in %.3g s", count, into, seconds)
        return result

    def _records_rules(self, product: Product, evaluations: Iterable[Evaluation]) -> bool:
        if self._record_rules is not None:
            return self._record_rules
        if product.records_rules:
            return True
        may_depart = self._planner.has_overrides or self._registry.has_replacements
        return may_depart and hdrrules.departs_from_schema(evaluations)

    def _require_inputs(self) -> Accumulator:
        if not self._inputs.columns:
            skipped = self._inputs.skipped
            lines = ["nothing to blend: no input was accumulated"]
            if skipped:
                lines += [f"Left out: {len(skipped)}", *(f"- {fault}" for fault in skipped[:_FEW])]
            if len(skipped) > _FEW:
                lines.append(f"and {len(skipped) - _FEW} more")
            raise NoInputsError("\n".join(lines))
        return self._inputs
