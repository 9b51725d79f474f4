"""Which rule every attribute gets: the first of what is asked for, if it can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from blender_core.common.attribute_paths import is_within
from blender_core.common.provider import engine
from blender_core.common.wording import preview
from blender_core.errors import PlanError, raise_all
from blender_core.plan.assignment import Assignment, Choice, Tier
from blender_core.plan.claims import DEFAULT_RULE, base_choices
from blender_core.plan.selection import AS_THEY_ARE
from blender_core.plugins.rule import ENGINE_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.common.provider import Provider
    from blender_core.errors import BlenderError
    from blender_core.plan.claims import Claims
    from blender_core.plugins.registry import Registry
    from blender_core.plugins.rule import Rule
    from blender_core.schema.attributes import Attribute

__all__ = ["IGNORED", "PROTECTED", "decided", "protector_of"]

PROTECTED: Final = ("meta.wcs", "meta.wcsinfo", "meta.model_type")
"""What stays the product's own unless asked for: where it points, and what it is."""

IGNORED: Final = Choice("keep", Tier.CALLER, "the caller", "ignored by the caller")
"""What attributes get that the caller wants to have left alone."""


def protector_of(path: str) -> str | None:
    """Return the protected path for whose sake the product's own value stays; None if none."""
    if not path.startswith(PROTECTED):
        return None
    return next((protected for protected in PROTECTED if is_within(path, protected)), None)


def decided(
    attributes: Iterable[Attribute], claims: Claims, registry: Registry, ignore: tuple[str, ...]
) -> list[Assignment]:
    """Give each attribute its rule."""
    own = engine()
    assignments: list[Assignment] = []
    unknown: dict[str, list[str]] = {}
    faults: list[BlenderError] = []
    for attribute in attributes:
        try:
            choice, *others = _choices(attribute, claims, ignore)
            recorded, column = claims.recorded(attribute)
        except PlanError as fault:
            faults.append(fault)
            continue
        rule, provider = None, own
        name: object = choice.name  # a schema may have anything there
        if not isinstance(name, str):
            faults.append(_not_a_rule(attribute, choice))
            continue
        if choice.name not in ENGINE_RULES:
            if choice.name not in registry:
                unknown.setdefault(choice.name, []).append(_who(attribute, choice))
                continue
            rule, provider = registry[choice.name]
            try:
                _require_arguments(attribute, choice, rule, provider)
            except PlanError as fault:
                faults.append(fault)
                continue
        assignments.append(
            Assignment(attribute, choice, rule, provider, tuple(others), recorded, column)
        )
    if unknown:
        faults.append(registry.unknown(unknown, DEFAULT_RULE))
    raise_all("attributes cannot get the rules that they ask for", faults)
    return assignments


def _choices(attribute: Attribute, claims: Claims, ignore: tuple[str, ...]) -> list[Choice]:
    """Return all that is asked for an attribute, what it gets first."""
    protected_by = protector_of(attribute.path)
    choices = claims.choices(attribute, protected_by) + base_choices(attribute, protected_by)
    if attribute.path.startswith(ignore) and not claims.names_it(attribute):
        choices.insert(0, IGNORED)
    return choices


def _who(attribute: Attribute, choice: Choice) -> str:
    if choice.tier <= Tier.SCHEMA:
        return attribute.label
    return f"{attribute.label} in an override by {choice.source}"


def _not_a_rule(attribute: Attribute, choice: Choice) -> PlanError:
    msg = (
        f"{attribute.label} has the blend_rule {preview(choice.name)} in the schema, where the "
        "name of a rule is asked for"
    )
    return PlanError(msg, attribute=attribute.path)


def _require_arguments(
    attribute: Attribute, choice: Choice, rule: Rule, provider: Provider
) -> None:
    """Refuse companions and parameters that are not the rule's, and a lack of companions."""
    if choice.selection is AS_THEY_ARE and not rule.companions:
        return
    given = {name for name, _ in choice.selection.companions}
    lacking = [name for name in rule.companions if name not in given]
    beyond = sorted(given.difference(rule.companions))
    beyond += [name for name, _ in choice.selection.parameters if name not in rule.parameters]
    problem = ""
    if lacking and choice.tier <= Tier.SCHEMA:
        problem = f"which needs {' and '.join(lacking)}, and a schema cannot say which those are"
    elif lacking:
        example = f'companions={{"{lacking[0]}": "EFFEXPTM"}}'
        instead = f", and not {' and '.join(map(repr, beyond))}" if beyond else ""
        problem = f"which needs {' and '.join(lacking)}{instead}: say {example}"
    elif beyond:
        known = [*rule.companions, *rule.parameters]
        takes = f"takes {', '.join(known)}" if known else "takes nothing beside the values"
        problem = f"which {takes}, and not {' and '.join(map(repr, beyond))}"
    if problem:
        msg = f"{_who(attribute, choice)} asks for the rule {rule.name!r} of {provider}, {problem}"
        raise PlanError(msg, attribute=attribute.path)
