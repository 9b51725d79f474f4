"""The commands ``rules`` and ``plugins``: what is installed."""

# Typer reads the annotations, so their names have to be there when the program runs.
from typing import TYPE_CHECKING, Annotated, Any, Final

from blender_core.cli.errors import CommandError, reported
from blender_core.cli.formatting import print_json, provider_object
from blender_core.cli.options import AsJson, Block, Debug, argument
from blender_core.common.wording import pluralize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.cli.console import Output
    from blender_core.cli.plugin_overrides import Offer
    from blender_core.common.provider import Provider
    from blender_core.plugins.registry import ProvidedRule, Registry
    from blender_core.plugins.rule import Rule

__all__ = ["plugins", "rules"]

_MISSING: Final = {
    "skip": "it sees the values that are there",
    "keep": "it sees that an input has none",
    "require": "all inputs have to have a value, or none",
    "propagate": "where an input has none, the product keeps its own",
    "drop": "where an input has none, the product has none",
}
"""What a rule sees where an input lacks the value."""


RuleName = Annotated[
    str | None, argument("RULE", "Show all of one rule: its name, or a plugin's, as std:mean.")
]


def rules(
    name: RuleName = None, as_json: AsJson = False, block: Block = None, debug: Debug = False
) -> None:
    """Show the rules that are installed, and who offers them."""
    with reported(debug, as_json):
        from blender_core.cli.captured_warnings import Notes
        from blender_core.plugins.manager import Plugins
        from blender_core.plugins.registry import Registry

        notes = Notes()
        with notes.about(""):
            offered = sorted(
                Plugins.discover(block or []).rules(), key=lambda each: (each[1], each[0].name)
            )
        registry = Registry(offered)
        notes.print()
        if name is not None:
            offered = [_rule_named(name, registry)]
        if as_json:
            print_json([_rule_object(rule, provider, registry) for rule, provider in offered])
        elif name is None:
            _print_rules(offered, registry)
        else:
            _print_rule(*offered[0], registry)


def _rule_named(name: str, registry: "Registry") -> "ProvidedRule":
    from blender_core.plugins.rule import ENGINE_RULES

    if name in ENGINE_RULES:
        msg = f"{name} is no plugin's rule, but the engine's own: {ENGINE_RULES[name]}"
        raise CommandError(msg)
    if name not in registry:
        close = registry.close(name)
        hint = f"did you mean {' or '.join(close)}?" if close else "see model-blender rules"
        msg = f"no installed plugin offers a rule {name!r}: {hint}"
        raise CommandError(msg)
    return registry[name]


def _print_rule(rule: "Rule", provider: "Provider", registry: "Registry") -> None:
    from blender_core.cli.console import Output
    from blender_core.plugins.parameters import parameters_of

    facts = {
        "gives": rule.gives.value,
        "constants": ", ".join(map(repr, rule.constants)),
        "companions": ", ".join(rule.companions),
        "parameters": ", ".join(map(str, parameters_of(rule.blend, rule.parameters).values())),
        "missing": f"{rule.missing.value}: {_MISSING[rule.missing.value]}",
        "deprecated": rule.deprecated,
        "provider": str(provider),
        "superseded": "" if registry[rule.name].provider == provider else "by another's rule",
    }
    output = Output()
    output.text(rule.name, "bold cyan")
    output.text(rule.summary, indent=2)
    output.facts({name: fact for name, fact in facts.items() if fact})


def _print_rules(offered: "Iterable[tuple[Rule, Provider]]", registry: "Registry") -> None:
    from blender_core.cli.console import Output
    from blender_core.common.provider import engine
    from blender_core.plugins.rule import ENGINE_RULES

    rows = []
    for rule, provider in offered:
        if registry[rule.name].provider == provider:
            rows.append((rule.name, rule.summary, str(provider)))
        else:
            name = f"{provider.plugin}:{rule.name}"
            rows.append((name, f"{rule.summary} (Superseded.)", str(provider)))
    rows += ((name, summary, str(engine())) for name, summary in ENGINE_RULES.items())
    head = ("rule", "what it does", "provider")
    Output().table(head, rows, styles=("bold cyan",), folded=(1,), grouped_by=2)


def _rule_object(rule: "Rule", provider: "Provider", registry: "Registry") -> dict[str, Any]:
    from blender_core.plugins.parameters import parameters_of

    return {
        "name": rule.name,
        "summary": rule.summary,
        "gives": rule.gives.name.lower(),
        "constants": rule.constants,
        "companions": rule.companions,
        "parameters": [
            {"name": each.name, "types": each.type_label or None, "signature": str(each)}
            for each in parameters_of(rule.blend, rule.parameters).values()
        ],
        "missing": rule.missing.value,
        "provider": provider_object(provider),
        "superseded": registry[rule.name].provider != provider,
    }


def plugins(as_json: AsJson = False, block: Block = None, debug: Debug = False) -> None:
    """Show the plugins that are installed, and what they override."""
    with reported(debug, as_json):
        _show_plugins(block or [], as_json=as_json)


def _show_plugins(block: list[str], *, as_json: bool) -> None:
    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.console import Output
    from blender_core.cli.plan_options import print_environment
    from blender_core.cli.plugin_overrides import (
        find_offers,
        usable_plugins,
        warn_of_misspelt_groups,
    )
    from blender_core.common.environment import BLOCK
    from blender_core.errors import raise_all

    notes = Notes()
    with notes.about(""):
        usable, faults = usable_plugins(block)
        warn_of_misspelt_groups()
    print_environment()
    notes.print()
    rules_of: dict[Provider, list[str]] = {provider: [] for provider in usable}
    for rule, provider in usable.rules():
        rules_of[provider].append(rule.name)
    offers_of: dict[Provider, list[Offer]] = {provider: [] for provider in usable}
    for offer in find_offers(usable):
        offers_of[offer.provider].append(offer)
    if as_json:
        print_json(
            [
                {
                    **provider_object(provider),
                    "rules": rules_of.get(provider, []),
                    "reads": provider in rules_of and provider in usable.readers,
                    "reads_rules_files": (
                        provider in rules_of and provider in usable.rules_file_readers
                    ),
                    "has_products": (
                        provider in rules_of and provider in usable.takers_of_products
                    ),
                    "overrides": [_offer_object(each) for each in offers_of.get(provider, [])],
                    "left_out_by": None if provider in rules_of else BLOCK,
                }
                for provider in (*usable, *usable.left_out)
            ]
        )
    else:
        output = Output()
        for provider, names in rules_of.items():
            contents = [pluralize(len(names), "rule")] if names else []
            if offers := offers_of[provider]:
                contents.append(pluralize(len(offers), "override"))
            if provider in usable.readers:
                contents.append("a reader for inputs of another kind")
            if provider in usable.rules_file_readers:
                contents.append("a reader for rules files of another format")
            if provider in usable.takers_of_products:
                contents.append("products of another kind")
            _print_plugin(output, provider, contents, offers)
        for provider in usable.left_out:
            output.text(str(provider), "dim")
            output.text(f"left out by {BLOCK}", indent=2)
        if not rules_of and not usable.left_out:
            output.text("No plugin is installed. The standard rules are one: blender-rules-std.")
    raise_all("installed plugins cannot be used", faults)


def _offer_object(offer: "Offer") -> dict[str, Any]:
    from blender_core.cli.plugin_overrides import request_text

    return {
        "attribute": offer.override.attribute,
        "asks_for": request_text(offer.override),
        "condition": offer.condition,
        "reason": offer.override.reason,
    }


def _print_plugin(
    output: "Output", provider: "Provider", contents: list[str], offers: "list[Offer]"
) -> None:
    output.text(str(provider), "bold green")
    output.text(", ".join(contents), indent=2)
    if not offers:
        return
    rows = [tuple(_offer_object(offer).values()) for offer in offers]
    rows = [(attribute, text, when or "all inputs", why) for attribute, text, when, why in rows]
    if not output.is_terminal:
        output.table(("attribute", "override", "for", "reason"), rows)
        return
    attributes: dict[tuple[str, ...], list[str]] = {}
    for attribute, *request in rows:
        attributes.setdefault(tuple(request), []).append(attribute)
    for (text, condition, reason), names in attributes.items():
        output.text(text, "bold cyan", indent=2)
        output.text(f"for {condition}: {reason}", "dim", indent=4)
        output.text(", ".join(names), indent=4)
