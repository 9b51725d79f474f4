"""The plan of a blend: how it is made, compared and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from blender_core.common.wording import preview, strings
from blender_core.plan.assignments import Assignments
from blender_core.plan.check import check_plan
from blender_core.plan.claims import Claims
from blender_core.plan.conditions import UnknownCondition, unknown_conditions, warn_of_conditions
from blender_core.plan.diff import PlanDiff
from blender_core.plan.findings import Findings
from blender_core.plan.input_and_product import attributes_and_context, schema_of_product
from blender_core.plan.override_sources import OverrideSources
from blender_core.plan.precedence import assign
from blender_core.plugins.manager import Plugins
from blender_core.plugins.registry import Registry
from blender_core.schema.attributes import read_attributes

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterable

    from blender_core.formats.remote.settings import Remote
    from blender_core.plan.assignment import SourcedOverride
    from blender_core.plugins.override import Override
    from blender_core.schema.attributes import Attribute


class BlendPlan(Assignments):
    """Attribute → assignment, for every attribute of a schema, in the schema's order.

    A plan is made before any value is read, and does not change. Printed, it is a table.

    Attributes
    ----------
    columns : dict of str to str
        Dotted path of each recorded attribute → its column in HDRTAB.
    wanted : tuple of str
        Attributes that are read from every input.
    wanted_once : tuple of str
        Attributes that are read from the first input only, because no rule or column needs the
        others.
    idle : tuple of SourcedOverride
        The overrides of rules files and of the caller that do not apply, because no input meets
        their conditions.
    plugins : Plugins or None
        The plugins of the plan; None if they are not known, or if the plan is that of a blend.
    unknown_conditions : tuple of UnknownCondition
        Conditions of overrides that no input can meet, according to the schema.

    Examples
    --------
    >>> from blender_core import BlendPlan
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> plan = BlendPlan.for_model(ImageModel, overrides={"EXPSTART": "max"})
    >>> plan["meta.exposure.start_time"].name, plan["meta.target.ra"].name
    ('max', 'first')
    >>> [choice.name for choice in plan["meta.exposure.start_time"].won_over]
    ['min', 'first']
    >>> plan.columns["meta.exposure.start_time"]
    'EXPSTART'
    """

    idle: tuple[SourcedOverride, ...] = ()
    unknown_conditions: tuple[UnknownCondition, ...] = ()
    plugins: Plugins | None = None

    def __getstate__(self) -> dict[str, Any]:
        # Plugins are modules, and stay where they are.
        return {name: value for name, value in vars(self).items() if name != "plugins"}

    @classmethod
    def for_model(
        cls,
        model: Any,
        *,
        telescope: str | None = None,
        instrument: str | None = None,
        exp_type: str | None = None,
        detector: str | None = None,
        ignore: Collection[str] = (),
        overrides: Mapping[str, str] | Iterable[Override] = (),
        rules: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        block: Collection[str] = (),
        plugins: Plugins | None = None,
        remote: Remote | None = None,
    ) -> BlendPlan:
        """Make the plan for a datamodel, for the file of one, or for a class of datamodels.

        Parameters
        ----------
        model : stdatamodels.DataModel, path-like, astropy.io.fits.HDUList, type or object
            The first input, as `ModelBlender.accumulate` takes it, or its class.
        telescope, instrument, exp_type, detector : str, optional
            Properties of the inputs, for the conditions of overrides. By default, those of the
            first input.
        ignore : collection of str, optional
            Attributes whose paths begin with one of these keep the product's own value.
        overrides : mapping of str to str, or iterable of Override, optional
            Attributes and the names of their rules, or overrides.
        rules : path-like or iterable of path-like, optional
            Rules files.
        block : collection of str, optional
            Plugins to leave out.
        plugins : Plugins, optional
            The plugins to use, instead of looking for those that are installed.
        remote : Remote, optional
            How an input is fetched by URL.

        Returns
        -------
        plan : BlendPlan
            The plan that a blend of such inputs has.

        Raises
        ------
        TypeError
            If `telescope`, `instrument`, `exp_type` or `detector` is not a str.
        BlenderError
            As for `for_attributes`, and if a plugin, a rules file or the input cannot be used.

        Warns
        -----
        BlendWarning
            As for `for_attributes`, and if an override has a condition that no input can meet.
        """
        ignore = strings(ignore, "ignore", "paths")
        plugins = Plugins.discover(block) if plugins is None else plugins
        attributes, context = attributes_and_context(model, plugins, remote)
        conditions: dict[str, object] = {
            "telescope": telescope,
            "instrument": instrument,
            "exp_type": exp_type,
            "detector": detector,
        }
        for name, value in conditions.items():
            if not isinstance(value, str | None):
                msg = f"{name} is a str, not {preview(value)}"
                raise TypeError(msg)
        context = context.updated(conditions)
        sources = OverrideSources(plugins, rules, overrides)
        unknown = unknown_conditions([(context, attributes, sources.all_for(context))])
        warn_of_conditions(unknown)
        plan = cls.for_attributes(
            attributes.values(),
            Registry(plugins.rules()),
            overrides=sources.holding(context),
            ignore=ignore,
        )
        plan.plugins = plugins
        plan.idle = sources.idle(context)
        plan.unknown_conditions = unknown
        return plan

    @classmethod
    def for_attributes(
        cls,
        attributes: Iterable[Attribute],
        registry: Registry,
        *,
        overrides: Iterable[SourcedOverride] = (),
        ignore: Collection[str] = (),
        some_of_several: bool = False,
        told: set[str] | None = None,
    ) -> BlendPlan:
        """Give each attribute its rule.

        Parameters
        ----------
        attributes : iterable of Attribute
            The attributes of the schema, in its order.
        registry : Registry
            The rules.
        overrides : iterable of SourcedOverride, optional
            The overrides that apply to the inputs, in any order.
        ignore : collection of str, optional
            Attributes whose paths begin with one of these keep the product's own value, unless
            the caller overrides them by name.
        some_of_several : bool, optional
            Whether there are other inputs, so that an override may name an attribute that only
            these have.
        told : set of str, optional
            Warnings that were issued already, and are not repeated.

        Returns
        -------
        plan : BlendPlan
            The plan.

        Raises
        ------
        UnknownRuleError
            If the registry does not have a rule.
        UnknownAttributeError
            If an override names an attribute that does not exist.
        OverrideConflictError
            If overrides of one rank disagree.
        PlanError
            If a rule lacks a companion, such as the weights of a mean, or gets an unknown
            parameter, if a ``blend_rule`` in the schema is malformed, or if overrides give one
            column to several attributes.
        BlendErrorGroup
            If there are several such faults.

        Warns
        -----
        BlendWarning
            If two attributes have the same column; they get different ones.
        """
        attributes = list(attributes)
        claims = Claims(attributes, overrides, some_of_several)
        assignments = assign(claims.index.attributes, claims, registry, tuple(ignore))
        return cls(assignments, claims.unmatched, claims.matched, told)

    def diff(self, other: BlendPlan) -> PlanDiff:
        """Compare the plan with another one.

        Parameters
        ----------
        other : BlendPlan
            The other plan, for example that with one more plugin.

        Returns
        -------
        diff : PlanDiff
            The attributes with different rules, settings, providers or columns; printed as a table.

        Examples
        --------
        >>> from blender_core import BlendPlan
        >>> from stdatamodels.jwst.datamodels import ImageModel
        >>> plan = BlendPlan.for_model(ImageModel)
        >>> print(plan.diff(BlendPlan.for_model(ImageModel, overrides={"EXPSTART": "max"})))
        attribute                 here  there
        meta.exposure.start_time  min   max by the caller
        """
        return PlanDiff.between(self, other)

    def check(self, product: Any = None, *, plugins: Plugins | None = None) -> Findings:
        """Find rules whose values the schema does not allow, before anything is blended.

        This compares the schema with `Rule.gives` and `Rule.constants` of each rule. If a rule, a
        companion or an attribute of ``order_by`` does not exist, this is an error when the plan is
        made.

        Parameters
        ----------
        product : stdatamodels.DataModel, path-like, type, mapping or object, optional
            The product, its file, its class or its schema, if its schema is not that of the
            inputs.
        plugins : Plugins, optional
            The plugins that may take the product, instead of those that the plan is made with.

        Returns
        -------
        findings : Findings
            The findings in the order of the plan; printed as a table.

        Raises
        ------
        InputError
            If the product is something else, or its file cannot be read.

        Examples
        --------
        >>> from blender_core import BlendPlan
        >>> from stdatamodels.jwst.datamodels import ImageModel
        >>> plan = BlendPlan.for_model(ImageModel, overrides={"NGROUPS": "mean"})
        >>> [each.problem for each in plan.check() if each.keyword == "NGROUPS"]
        ['its rule may give a fraction where an integer is asked for']
        """
        if product is None:
            return Findings(check_plan(self, self.columns))
        if not isinstance(product, Mapping):
            plugins = self.plugins if plugins is None else plugins
            product = schema_of_product(product, plugins)
        return Findings(check_plan(self, self.columns, read_attributes(product)))
