"""The command ``plugins``: what is installed."""

# Typer reads the annotations, so their names have to be there when the program runs.
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli import options
from blender_core.cli.formatting import print_json
from blender_core.common.wording import pluralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.cli.console import Output
    from blender_core.cli.plugin_overrides import Offer
    from blender_core.common.provider import Provider
    from blender_core.errors import BlenderError
    from blender_core.plugins.manager import Plugins

_IN_WORDS: Final = {
    "reads": "a reader for inputs of another kind",
    "reads_rules_files": "a reader for rules files of another format",
    "has_products": "products of another kind",
}
"""What plugins can do beside giving rules and overrides."""


def plugins(as_json: options.AsJson = False, block: options.Block = None) -> None:
    """Show the plugins that are installed, and what they override."""
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
        usable, faults = usable_plugins(block or ())
        warn_of_misspelt_groups()
    print_environment()
    notes.print()
    rules_of: dict[Provider, list[str]] = {provider: [] for provider in usable}
    for rule, provider in usable.rules():
        rules_of[provider].append(rule.name)
    offers_of: dict[Provider, list[Offer]] = {provider: [] for provider in usable}
    for offer in find_offers(usable):
        offers_of[offer.provider].append(offer)
    abilities = {
        "reads": usable.readers,
        "reads_rules_files": usable.rules_file_readers,
        "has_products": usable.takers_of_products,
    }
    if as_json:
        print_json(
            [
                {
                    **asdict(provider),
                    "rules": rules_of.get(provider, []),
                    **{name: provider in able for name, able in abilities.items()},
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
            contents += [_IN_WORDS[name] for name, able in abilities.items() if provider in able]
            _print_plugin(output, provider, contents, offers)
        for provider in usable.left_out:
            output.text(str(provider), "dim")
            output.text(f"left out by {BLOCK}", indent=2)
        if not rules_of and not usable.left_out:
            output.text("No plugin is installed. The standard rules are one: blender-rules-std.")
    raise_all("installed plugins cannot be used", [*faults, *_conflicts(usable)])


def _conflicts(plugins: "Plugins") -> "Sequence[BlenderError]":
    """Return what is wrong with the rules of several plugins together."""
    from blender_core.errors import BlenderError, BlendErrorGroup, RuleConflictError
    from blender_core.plugins.registry import Registry

    try:
        Registry(plugins.rules())
    except RuleConflictError as conflict:
        return [conflict]
    except BlendErrorGroup as conflicts:
        return [each for each in conflicts.exceptions if isinstance(each, BlenderError)]
    return ()


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
