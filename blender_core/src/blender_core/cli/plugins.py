"""The commands ``rules`` and ``plugins``: what is installed."""

# Typer reads the annotations, so their names have to be there when the program runs.
from typing import TYPE_CHECKING, Any

from blender_core.cli.errors import reported
from blender_core.cli.options import AsJson, Block, Debug

if TYPE_CHECKING:
    from blender_core.cli.console import Output
    from blender_core.cli.plugin_overrides import Offer
    from blender_core.common.provider import Provider
    from blender_core.plugins.rule import Rule

__all__ = ["plugins", "rules"]


def rules(as_json: AsJson = False, block: Block = None, debug: Debug = False) -> None:
    """Show the rules that are installed, and who offers them."""
    with reported(debug):
        _rules(block or [], as_json=as_json)


def plugins(as_json: AsJson = False, block: Block = None, debug: Debug = False) -> None:
    """Show the plugins that are installed, and what they override."""
    with reported(debug):
        _plugins(block or [], as_json=as_json)


def _rules(block: list[str], *, as_json: bool) -> None:
    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.console import Output
    from blender_core.cli.json_output import print_json, provider_object
    from blender_core.common.provider import engine
    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.registry import Registry
    from blender_core.plugins.rule import ENGINE_RULES

    notes = Notes()
    with notes.about(""):
        offers = sorted(Plugins.discover(block).rules(), key=lambda one: (one[1], one[0].name))
    registry = Registry(offers)
    notes.print()
    if as_json:
        print_json(
            [
                {
                    **_rule_object(rule),
                    "provider": provider_object(provider),
                    "superseded": registry[rule.name].provider != provider,
                }
                for rule, provider in offers
            ]
        )
        return
    rows = []
    for rule, provider in offers:
        if registry[rule.name].provider == provider:
            rows.append((rule.name, rule.summary, str(provider)))
        else:
            name = f"{provider.plugin}:{rule.name}"
            rows.append((name, f"{rule.summary} (Superseded.)", str(provider)))
    rows += ((name, summary, str(engine())) for name, summary in ENGINE_RULES.items())
    head = ("rule", "what it does", "provider")
    Output().table(head, rows, styles=("bold cyan",), folded=(1,), grouped_by=2)


def _rule_object(rule: "Rule") -> dict[str, Any]:
    return {
        "name": rule.name,
        "summary": rule.summary,
        "gives": rule.gives.name.lower(),
        "constants": rule.constants,
        "companions": rule.companions,
        "parameters": rule.parameters,
        "missing": rule.missing.value,
    }


def _plugins(block: list[str], *, as_json: bool) -> None:
    from blender_core.cli.captured_warnings import Notes
    from blender_core.cli.console import Output
    from blender_core.cli.environment import print_environment
    from blender_core.cli.json_output import print_json, provider_object
    from blender_core.cli.plugin_overrides import offers_of, usable_plugins
    from blender_core.common.environment import BLOCK
    from blender_core.errors import raise_all

    notes = Notes()
    with notes.about(""):
        usable, faults = usable_plugins(block)
    print_environment()
    notes.print()
    rules_of: dict[Provider, list[str]] = {provider: [] for provider in usable}
    for rule, provider in usable.rules():
        rules_of[provider].append(rule.name)
    overrides_of: dict[Provider, list[Offer]] = {provider: [] for provider in usable}
    for offer in offers_of(usable):
        overrides_of[offer.provider].append(offer)
    readers = usable.readers
    if as_json:
        print_json(
            [
                {
                    **provider_object(provider),
                    "rules": names,
                    "reads": provider in readers,
                    "overrides": [_override_object(one) for one in overrides_of[provider]],
                    "left_out_by": None,
                }
                for provider, names in rules_of.items()
            ]
            + [
                {
                    **provider_object(provider),
                    "rules": [],
                    "reads": False,
                    "overrides": [],
                    "left_out_by": BLOCK,
                }
                for provider in usable.left_out
            ]
        )
    else:
        output = Output()
        for provider, names in rules_of.items():
            _print_plugin(output, provider, names, overrides_of[provider], provider in readers)
        for provider in usable.left_out:
            output.say(str(provider), "dim")
            output.say(f"left out by {BLOCK}", indent=2)
        if not rules_of and not usable.left_out:
            output.say("No plugin is installed. The standard rules are one: blender-rules-std.")
    raise_all("installed plugins cannot be used", faults)


def _override_object(offer: "Offer") -> dict[str, Any]:
    return {
        "attribute": offer.override.attribute,
        "asks_for": offer.asks_for,
        "condition": offer.condition,
        "reason": offer.override.reason,
    }


def _print_plugin(
    output: "Output", provider: "Provider", rules: list[str], overrides: "list[Offer]", reads: bool
) -> None:
    from blender_core.common.wording import pluralize

    offered = [
        pluralize(len(one), noun) for one, noun in ((rules, "rule"), (overrides, "override")) if one
    ]
    if reads:
        offered.append("a reader for inputs of another kind")
    output.say(str(provider), "bold green")
    output.say(", ".join(offered), indent=2)
    if not overrides:
        return
    if not output.is_terminal:
        head = ("attribute", "override", "for", "reason")
        output.table(head, [(one.override.attribute, *_asked(one)) for one in overrides])
        return
    alike: dict[tuple[str, str, str], list[str]] = {}
    for one in overrides:
        alike.setdefault(_asked(one), []).append(one.override.attribute)
    for (asks_for, condition, reason), attributes in alike.items():
        output.say(asks_for, "bold cyan", indent=2)
        output.say(f"for {condition}: {reason}", "dim", indent=4)
        output.say(", ".join(attributes), indent=4)


def _asked(offer: "Offer") -> tuple[str, str, str]:
    return offer.asks_for, offer.condition or "all inputs", offer.override.reason
