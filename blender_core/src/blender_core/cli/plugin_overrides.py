"""The plugins that are installed, and the overrides that they offer, whatever the inputs are."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blender_core.cli.errors import refuse
from blender_core.common.provider import normalized
from blender_core.common.wording import full_repr
from blender_core.errors import BlenderError, BlendErrorGroup, PluginError, warn
from blender_core.plan.assignment import Selection
from blender_core.plugins.hookspecs import NAME
from blender_core.plugins.installed import misspelt_groups
from blender_core.plugins.manager import Plugins
from blender_core.schema.model_class import model_classes
from blender_core.testing.override_trials import instruments_of_schema
from blender_core.testing.plugin_at_hand import providers_by_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blender_core.common.provider import Provider
    from blender_core.plugins.override import Override


@dataclass(frozen=True, slots=True)
class Offer:
    """An override that a plugin offers, and for which inputs, in words; empty if for all."""

    override: Override
    provider: Provider
    condition: str


def request_text(override: Override) -> str:
    """Return the rule that an override asks for, its settings, and what becomes of the column."""
    settings = Selection(
        missing=override.missing,  # type: ignore[arg-type]  # no str since it was made
        default=override.default,
        order_by=override.order_by,
        once_per=tuple(override.once_per),
        companions=tuple(override.companions.items()),
        parameters=tuple(override.parameters.items()),
    )
    parts = [] if override.rule is None else [override.rule]
    if str(settings):
        parts.append(f"({settings})")
    if override.record is not None:
        parts.append("recorded" if override.record else "not recorded")
    if override.column is not None:
        parts.append(f"column {override.column}")
    return " ".join(parts)


def find_offers(plugins: Plugins) -> list[Offer]:
    """Ask plugins for their overrides, for all classes of datamodels and all instruments."""
    if not plugins.have_overrides:
        return []
    classes = model_classes()
    instruments = instruments_of_schema()
    offered: dict[tuple[Provider, str], tuple[Override, list[tuple[str, str | None]]]] = {}
    for model_type in classes:
        for instrument in instruments:
            for override, provider in plugins.overrides(model_type, instrument):
                _, inputs = offered.setdefault((provider, full_repr(override)), (override, []))
                inputs.append((model_type, instrument))
    offers = [
        Offer(override, provider, _condition(override, inputs, len(classes), len(instruments)))
        for (provider, _), (override, inputs) in offered.items()
    ]
    return sorted(offers, key=lambda offer: offer.provider)


def _condition(
    override: Override, inputs: Sequence[tuple[str, str | None]], n_classes: int, n_instruments: int
) -> str:
    """Say for which inputs an override holds, by its own condition and by when it was offered."""
    parts = [str(override.when)]
    model_types = {model_type for model_type, _ in inputs}
    if len(model_types) < n_classes:
        parts.append(f"model_type={' or '.join(sorted(model_types))}")
    instruments = {instrument for _, instrument in inputs}
    if len(instruments) < n_instruments:
        parts.append(f"instrument={' or '.join(sorted(filter(None, instruments)))}")
    return ", ".join(dict.fromkeys(filter(None, parts)))


def warn_of_misspelt_groups() -> None:
    """Warn of installed distributions whose plugins nobody finds."""
    for distribution, group in misspelt_groups():
        warn(
            f"{distribution} announces plugins in the entry-point group {group!r}, where nobody "
            f"looks for them: did you mean {NAME!r}?"
        )


def find_providers(name: str, plugins: Plugins) -> list[Provider]:
    """Return the plugins of a name."""
    by_name, wanted = providers_by_name(plugins), normalized(name)
    if wanted not in by_name:
        close = difflib.get_close_matches(wanted, by_name, n=1)
        hint = f": did you mean {close[0]}?" if close else ""
        installed = ", ".join(map(str, plugins)) or "none"
        refuse(f"no plugin {name!r} is installed{hint}. Those that are: {installed}")
    return by_name[wanted]


def usable_plugins(block: Iterable[str]) -> tuple[Plugins, list[BlenderError]]:
    """Load the plugins that can be used, and tell what is wrong with the others."""
    blocked = list(block)
    faults: list[BlenderError] = []
    while True:
        try:
            plugins = Plugins.discover(blocked)
            plugins.rules()
            plugins.overrides("ImageModel", None)
        except (PluginError, BlendErrorGroup) as error:
            errors = error.exceptions if isinstance(error, BlendErrorGroup) else (error,)
            broken = [each for each in errors if isinstance(each, PluginError)]
            names = [_name_to_block(each.provider) for each in broken]
            if set(names) <= set(blocked):  # nothing helps
                raise
            faults += broken
            blocked += names
        else:
            return plugins, faults


def _name_to_block(provider: Provider) -> str:
    """Return what a plugin is blocked by: two can have the same name."""
    return provider.plugin if provider.distribution == "?" else provider.distribution
