"""Which rule an attribute gets. It is decided by rank, and never by the order of loading.

Tiers rise from the engine's default over the schema, plugins and rules files to the caller: the
highest that asks for something wins. Within a tier, override A ranks above override B if A means
the attribute at least as narrowly and has all the conditions of B, and is narrower in one of both.
A condition on the detector counts as one on the instrument too, and that as one on the telescope.
Overrides above which no other ranks have to agree; if they do not, that is an error. Of overrides
of one author, those to which it gives precedence come before all this.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from blender_core.common.advice import Advice, Argument
from blender_core.common.attribute_paths import ITSELF
from blender_core.common.provider import engine
from blender_core.common.wording import preview
from blender_core.errors import OverrideConflictError, PlanError, raise_all
from blender_core.plan.assignment import AS_THEY_ARE, Assignment, Choice, Tier, without_asker
from blender_core.plan.claims import IGNORED
from blender_core.plan.schema_choices import DEFAULT_RULE, SchemaChoices, protector_of
from blender_core.plugins.parameters import parameters_of
from blender_core.plugins.rule import ENGINE_RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from blender_core.common.provider import Provider
    from blender_core.errors import BlenderError, UnknownRuleError
    from blender_core.plan.claims import Claim, Claims
    from blender_core.plugins.parameters import Parameter
    from blender_core.plugins.registry import Registry
    from blender_core.plugins.rule import Rule
    from blender_core.schema.attributes import Attribute


def assign(
    attributes: Iterable[Attribute], claims: Claims, registry: Registry, ignore: tuple[str, ...]
) -> list[Assignment]:
    """Give each attribute its rule; all that cannot be had is one error."""
    own = engine()
    schema = SchemaChoices(claims.index)
    assignments: list[Assignment] = []
    unknown: dict[str, list[str]] = {}
    asking: list[tuple[Attribute, Choice]] = []
    faults: list[BlenderError] = []
    for attribute in attributes:
        try:
            claims_on_it = claims.on(attribute)
            choice, *lost = _choices(attribute, schema, claims_on_it, ignore)
            recorded, column = _column(attribute, schema, claims_on_it)
            _require_name(attribute, choice)
            rule, provider = None, own
            if choice.name not in ENGINE_RULES:
                if choice.name not in registry:
                    unknown.setdefault(choice.name, []).append(_who(attribute, choice))
                    asking.append((attribute, choice))
                    continue
                rule, provider = registry[choice.name]
                _require_arguments(attribute, choice, rule, provider)
        except PlanError as fault:
            faults.append(fault)
            continue
        assignments.append(
            Assignment(attribute, choice, rule, provider, tuple(lost), recorded, column)
        )
    if unknown:
        faults.append(_unknown_rules(unknown, asking, registry))
    raise_all("attributes cannot get the rules that they ask for", faults)
    return assignments


def _unknown_rules(
    unknown: Mapping[str, Sequence[str]],
    asking: Sequence[tuple[Attribute, Choice]],
    registry: Registry,
) -> UnknownRuleError:
    (attribute, asker), *more = asking
    askers = {(choice.tier, choice.provider) for _, choice in asking}
    return registry.unknown(
        unknown,
        DEFAULT_RULE,
        without_asker(asker) if len(askers) == 1 else "",
        attribute=None if more else attribute.path,
        keyword=None if more else attribute.keyword,
        provider=asker.provider if len(askers) == 1 else None,
    )


def _choices(
    attribute: Attribute, schema: SchemaChoices, claims: Sequence[Claim], ignore: tuple[str, ...]
) -> list[Choice]:
    """Return all that is asked for an attribute, what it gets first."""
    choices = schema.of(attribute)
    if claims:
        protected_by = protector_of(attribute.path)
        effective = [each for each in claims if protected_by is None or each.lifts(protected_by)]
        ranking = _ranked(effective, lambda claim: claim.choice, attribute, "its rule")
        overriding = (claim.choice for claim in ranking if claim.choice is not None)
        choices = [*(schema.of_values(choice, attribute) for choice in overriding), *choices]
    if attribute.path.startswith(ignore) and not any(map(_is_callers_by_name, claims)):
        choices.insert(0, IGNORED)
    return choices


def _is_callers_by_name(claim: Claim) -> bool:
    """Tell whether the caller asks for a rule by the attribute's own path or keyword."""
    return claim.tier is Tier.CALLER and claim.choice is not None and claim.specificity == ITSELF


def _column(
    attribute: Attribute, schema: SchemaChoices, claims: Sequence[Claim]
) -> tuple[bool, str | None]:
    """Return whether an attribute is recorded in HDRTAB, and the column that somebody names."""
    if not attribute.recordable:
        return False, None
    column = schema.column(attribute) if attribute.recorded else None
    if not claims:
        return attribute.recorded, column
    of_records = _ranked(claims, lambda each: each.record, attribute, "whether it is recorded")
    recorded = bool(of_records[0].record) if of_records else attribute.recorded
    if of_records and recorded and attribute.type == "array":
        msg = (
            f"{of_records[0].sourced.source} asks to record {attribute.label} in HDRTAB, where a "
            "list has no place"
        )
        raise PlanError(
            Advice(msg, without_asker(of_records[0].sourced)),
            attribute=attribute.path,
            keyword=attribute.keyword,
            provider=of_records[0].sourced.provider,
        )
    of_names = _ranked(claims, lambda each: each.override.column, attribute, "its column")
    if of_names:
        column = of_names[0].override.column
    return recorded, column if recorded else None


def _ranked(
    claims: Iterable[Claim], wish: Callable[[Claim], Any], attribute: Attribute, subject: str
) -> list[Claim]:
    """Return the claims that wish for something, the winner first, the others from high to low."""
    claims = [claim for claim in claims if wish(claim) is not None]
    if not claims:
        return []
    top = max(claim.tier for claim in claims)
    peers = _without_yielding([claim for claim in claims if claim.tier is top])
    best = [each for each in peers if not any(_ranks_above(other, each) for other in peers)]
    winner = best[0]
    if not all(_agree(wish(each), wish(winner)) for each in best):
        raise _conflict(best, wish, attribute, subject)
    others = [claim for claim in claims if claim is not winner]
    others.sort(
        key=lambda each: (each.tier, each.specificity, len(each.override.when.scope)), reverse=True
    )
    return [winner, *others]


def _without_yielding(claims: Sequence[Claim]) -> list[Claim]:
    """Leave out the claims over which their own author gives precedence to others."""
    highest: dict[str, int] = {}
    for claim in claims:
        own = claim.override.precedence
        highest[claim.sourced.author] = max(own, highest.get(claim.sourced.author, own))
    return [each for each in claims if each.override.precedence == highest[each.sourced.author]]


def _ranks_above(claim: Claim, other: Claim) -> bool:
    """Tell whether a claim wins over another of its tier."""
    scope, other_scope = claim.override.when.scope, other.override.when.scope
    differ = (claim.specificity, scope) != (other.specificity, other_scope)
    return differ and claim.specificity >= other.specificity and scope >= other_scope


def _agree(wish: Any, other: Any) -> bool:
    if isinstance(wish, Choice):
        # Who asks and why does not matter.
        return (wish.name, wish.selection) == (other.name, other.selection)
    return bool(wish == other)


def _conflict(
    claims: list[Claim], wish: Callable[[Claim], Any], attribute: Attribute, subject: str
) -> OverrideConflictError:
    lines = []
    for claim in claims:
        wanted = wish(claim)
        wanted = wanted.label if isinstance(wanted, Choice) else wanted
        when = f" when {claim.override.when}" if claim.override.when.conditions else ""
        source = claim.sourced.source
        lines.append(f"  - {wanted} by {source}, for {claim.override.attribute!r}{when}")
    of_call = Argument("overrides")
    remedy = {
        Tier.PLUGIN: Advice("Settle it in a rules file, or with ", of_call, "."),
        Tier.RULES_FILE: Advice("Make one more specific, or settle it with ", of_call, "."),
        Tier.CALLER: Advice("Leave one of them out, or make it more specific."),
    }[claims[0].tier]
    listing = "\n".join(sorted(lines))
    problem = f"overrides of one rank disagree on {attribute.label}, {subject}:\n{listing}\n"
    sources = sorted({claim.sourced.source for claim in claims})
    return OverrideConflictError(
        Advice(problem, remedy),
        attribute=attribute.path,
        keyword=attribute.keyword,
        sources=sources,
        providers=sorted(
            {claim.sourced.provider for claim in claims if claim.sourced.provider is not None}
        ),
    )


def _wrong_parameter(choice: Choice, rule: Rule) -> tuple[Parameter, Any] | None:
    """Return the first parameter that has a value of another type than the rule's function says."""
    if not choice.selection.parameters:
        return None
    known = parameters_of(rule.blend, rule.parameters)
    given = ((known[name], value) for name, value in choice.selection.parameters)
    return next((each for each in given if not each[0].accepts(each[1])), None)


def _who(attribute: Attribute, choice: Choice) -> str:
    if choice.tier <= Tier.SCHEMA:
        return attribute.label
    return f"{attribute.label} in an override by {choice.source}"


def _require_name(attribute: Attribute, choice: Choice) -> None:
    name: object = choice.name  # a schema may have anything there
    if not isinstance(name, str):
        msg = (
            f"{attribute.label} has the blend_rule {preview(name)} in the schema, where the "
            "name of a rule is asked for"
        )
        raise PlanError(msg, attribute=attribute.path, keyword=attribute.keyword)


def _require_arguments(
    attribute: Attribute, choice: Choice, rule: Rule, provider: Provider
) -> None:
    """Refuse companions and parameters that are not the rule's, and a lack of companions."""
    if choice.selection is AS_THEY_ARE and not rule.companions:
        return
    companions = {name for name, _ in choice.selection.companions}
    lacking = [name for name in rule.companions if name not in companions]
    surplus = sorted(companions.difference(rule.companions))
    surplus += [name for name, _ in choice.selection.parameters if name not in rule.parameters]
    instead = f", and not {' and '.join(map(repr, surplus))}" if surplus else ""
    if lacking:
        example = f'companions={{"{lacking[0]}": "EFFEXPTM"}}'
        problem = f"needs {' and '.join(lacking)}{instead}: say {example}"
    elif surplus:
        known = ", ".join(
            [*rule.companions, *map(str, parameters_of(rule.blend, rule.parameters).values())]
        )
        problem = f"takes {known or 'nothing beside the values'}{instead}"
        close = difflib.get_close_matches(surplus[0], [*rule.companions, *rule.parameters], n=1)
        problem += f": did you mean {close[0]!r}?" if close else ""
    elif wrong := _wrong_parameter(choice, rule):
        parameter, value = wrong
        problem = f"takes {parameter}, and not {preview(value)}"
    else:
        return
    msg = (
        f"{_who(attribute, choice)} asks for the rule {rule.name!r} of {provider}, which {problem}"
    )
    raise PlanError(
        Advice(msg, without_asker(choice)),
        attribute=attribute.path,
        keyword=attribute.keyword,
        provider=choice.provider or provider,
    )
