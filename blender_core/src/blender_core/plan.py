"""Every attribute's assignment: which rule it gets, from whom, and why."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from blender_core.arguments import texts
from blender_core.errors import PlanError, raise_all, warn
from blender_core.paths import is_within
from blender_core.plugins import Plugins
from blender_core.provider import Provider
from blender_core.registry import Registry
from blender_core.rules import ENGINE_RULES, Rule
from blender_core.schema import Attribute, read_attributes
from blender_core.values import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from blender_core.errors import BlenderError

__all__ = ["DEFAULT_RULE", "PROTECTED", "Assignment", "BlendPlan", "Tier"]

DEFAULT_RULE: Final = "first"
"""The rule of attributes for which nobody asks for one."""

PROTECTED: Final = ("meta.wcs", "meta.wcsinfo", "meta.model_type")
"""What stays the product's own unless asked for: where it points, and what it is."""


class Tier(enum.IntEnum):
    """Who assigned a rule. A higher tier wins over a lower one."""

    DEFAULT = 0
    SCHEMA = 1
    PLUGIN = 2
    RULES_FILE = 3
    CALLER = 4


@dataclass(frozen=True, slots=True)
class Assignment:
    """An attribute, and the rule that it gets.

    Parameters
    ----------
    attribute : Attribute
        The attribute, as the schema describes it.
    name : str
        The rule's name as it was asked for, or ``keep`` or ``drop``.
    rule : Rule or None
        The rule; None for ``keep`` and ``drop``, which are the engine's own.
    provider : Provider
        Whose rule it is.
    tier : Tier
        Who asked for it.
    reason : str
        Why, in words.
    """

    attribute: Attribute
    name: str
    rule: Rule | None
    provider: Provider
    tier: Tier
    reason: str


class BlendPlan(Mapping[str, Assignment]):
    """Attribute → assignment, for every attribute of a schema, in the schema's order.

    A plan is made before any value is read, and does not change.

    Parameters
    ----------
    assignments : iterable of Assignment
        One for each attribute.
    columns : mapping of str to str
        Dotted path of each recorded attribute → its column in HDRTAB.

    Examples
    --------
    >>> from blender_core import BlendPlan
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> plan = BlendPlan.for_model(ImageModel)
    >>> plan["meta.exposure.start_time"].name, plan["meta.target.ra"].name
    ('min', 'first')
    >>> plan.columns["meta.exposure.start_time"]
    'EXPSTART'
    """

    def __init__(self, assignments: Iterable[Assignment], columns: Mapping[str, str]) -> None:
        self._assignments = {one.attribute.path: one for one in assignments}
        self.columns = dict(columns)
        self.wanted = tuple(
            path for path, one in self._assignments.items() if self._wants_all(path, one)
        )
        """Attributes that are read from every input."""
        wanted = set(self.wanted)
        self.wanted_once = tuple(
            path
            for path, one in self._assignments.items()
            if one.rule is not None and path not in wanted
        )
        """Attributes that are read from the first input only: nothing records the others'."""

    def __getitem__(self, path: str) -> Assignment:
        return self._assignments[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._assignments)

    def __len__(self) -> int:
        return len(self._assignments)

    @classmethod
    def for_model(
        cls, model: Any, *, ignore: Collection[str] = (), block: Collection[str] = ()
    ) -> BlendPlan:
        """Make the plan for a datamodel, or for a class of datamodels.

        Parameters
        ----------
        model : stdatamodels.DataModel or type
            The first input, or its class.
        ignore : collection of str, optional
            Attributes whose paths begin with one of these keep the product's own value.
        block : collection of str, optional
            Plugins to leave out.

        Returns
        -------
        plan : BlendPlan
            The plan that a blend of such inputs has.

        Raises
        ------
        UnknownRuleError
            If the schema asks for rules that no installed plugin offers.
        """
        ignore = texts(ignore, "ignore", "paths")
        schema = (model() if isinstance(model, type) else model).schema
        registry = Registry(Plugins.discover(block).rules())
        return cls.for_attributes(read_attributes(schema).values(), registry, ignore=ignore)

    @classmethod
    def for_attributes(
        cls,
        attributes: Iterable[Attribute],
        registry: Registry,
        *,
        ignore: Collection[str] = (),
        protect: Collection[str] = PROTECTED,
    ) -> BlendPlan:
        """Give each attribute its rule.

        Parameters
        ----------
        attributes : iterable of Attribute
            What the schema has, in its order.
        registry : Registry
            The rules that are there.
        ignore : collection of str, optional
            Attributes whose paths begin with one of these keep the product's own value.
        protect : collection of str, optional
            Paths that keep the product's own value, with all below them.

        Returns
        -------
        plan : BlendPlan
            The plan.

        Raises
        ------
        UnknownRuleError
            If rules are asked for that the registry does not have.
        PlanError
            If a rule needs what the schema cannot tell, such as the weights of a mean, or if the
            schema has something else than a name where it asks for a rule.

        Warns
        -----
        BlendWarning
            If two attributes have the same column; they get different ones.
        """
        engine = _engine()
        assignments: list[Assignment] = []
        unknown: dict[str, list[str]] = {}
        faults: list[BlenderError] = []
        attributes = list(attributes)
        for attribute in attributes:
            name, tier, reason = _asked_for(attribute, tuple(ignore), protect)
            if not isinstance(name, str):
                faults.append(_not_a_rule(attribute, name))
            elif name in ENGINE_RULES:
                assignments.append(Assignment(attribute, name, None, engine, tier, reason))
            elif name not in registry:
                unknown.setdefault(name, []).append(attribute.label)
            else:
                rule, provider = registry[name]
                if rule.companions:
                    faults.append(_lacks_companions(attribute, rule, provider))
                assignments.append(Assignment(attribute, name, rule, provider, tier, reason))
        if unknown:
            faults.append(registry.unknown(unknown, DEFAULT_RULE))
        raise_all("attributes cannot get the rules that they ask for", faults)
        return cls(assignments, _columns(attributes))

    def _wants_all(self, path: str, assignment: Assignment) -> bool:
        if path in self.columns:
            return True
        if assignment.rule is None:
            return False
        return assignment.tier > Tier.DEFAULT or assignment.attribute.keyword is not None


def _asked_for(
    attribute: Attribute, ignore: tuple[str, ...], protect: Collection[str]
) -> tuple[Any, Tier, str]:
    if attribute.path.startswith(ignore):
        return "keep", Tier.CALLER, "ignored by the caller"
    for ancestor in protect:
        if is_within(attribute.path, ancestor):
            return "keep", Tier.DEFAULT, f"{ancestor} is protected"
    if attribute.rule is not None:
        return attribute.rule, Tier.SCHEMA, "blend_rule of the schema"
    if attribute.type == "array":
        return "keep", Tier.DEFAULT, "a list without a rule"
    if not attribute.known:
        return DEFAULT_RULE, Tier.DEFAULT, "not in the schema"
    return DEFAULT_RULE, Tier.DEFAULT, "no blend_rule in the schema"


def _not_a_rule(attribute: Attribute, name: object) -> PlanError:
    msg = (
        f"{attribute.label} has the blend_rule {shown(name)} in the schema, where the name of a "
        "rule is asked for"
    )
    return PlanError(msg, attribute=attribute.path)


def _lacks_companions(attribute: Attribute, rule: Rule, provider: Provider) -> PlanError:
    names = " and ".join(rule.companions)
    msg = (
        f"{attribute.label} asks for the rule {rule.name!r} of {provider}, which needs {names}, "
        "and a schema cannot say which attributes these are"
    )
    return PlanError(msg, attribute=attribute.path)


def _columns(attributes: Iterable[Attribute]) -> dict[str, str]:
    """Name the columns of HDRTAB; the FITS standard compares their names without case."""
    columns: dict[str, str] = {}
    taken: dict[str, Attribute] = {}
    asked_for = [(one, one.keyword or one.path) for one in attributes if one.recorded]
    reserved = {name.casefold() for _, name in asked_for}
    for attribute, wanted in asked_for:
        name, number = wanted, 1
        # A name that nobody has yet may still be what another attribute asks for.
        while name.casefold() in taken or (number > 1 and name.casefold() in reserved):
            number += 1
            name = f"{wanted}_{number}"
        if name != wanted:
            msg = (
                f"column {wanted!r} of HDRTAB is asked for by both "
                f"{taken[wanted.casefold()].path} and {attribute.path}: "
                f"the latter is kept in {name!r}"
            )
            warn(msg)
        taken[name.casefold()] = attribute
        columns[attribute.path] = name
    return columns


def _engine() -> Provider:
    try:
        return Provider("blender-core", version("blender-core"), "engine")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return Provider("blender-core", "unknown", "engine")
