"""What installed plugins offer, whatever the inputs are."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blender_core.cli.errors import CommandError
from blender_core.cli.models import model_classes
from blender_core.common.provider import normalized
from blender_core.errors import BlenderError, BlendErrorGroup, PluginError
from blender_core.plan.assignment import Selection
from blender_core.plugins.manager import Plugins
from blender_core.schema.attributes import read_attributes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blender_core.common.provider import Provider
    from blender_core.plugins.override import Override

__all__ = ["Offer", "offers_of", "providers_named", "usable_plugins"]


@dataclass(frozen=True, slots=True)
class Offer:
    """An override that a plugin offers.

    Parameters
    ----------
    override : Override
        The override.
    provider : Provider
        Whose it is.
    condition : str
        The inputs for which it holds, in words; empty if for all.
    """

    override: Override
    provider: Provider
    condition: str

    @property
    def asks_for(self) -> str:
        """The rule with its settings, and what becomes of the column."""
        one = self.override
        settings = Selection(
            missing=one.missing,  # type: ignore[arg-type]  # a text is none since it was made
            default=one.default,
            order_by=one.order_by,
            once_per=tuple(one.once_per),
            companions=tuple(one.companions.items()),
            parameters=tuple(one.parameters.items()),
        )
        parts = [] if one.rule is None else [one.rule]
        if str(settings):
            parts.append(f"({settings})")
        if one.record is not None:
            parts.append("recorded" if one.record else "not recorded")
        if one.column is not None:
            parts.append(f"column {one.column}")
        return " ".join(parts)


def offers_of(plugins: Plugins) -> list[Offer]:
    """Ask plugins for their overrides, for all classes of datamodels and all instruments."""
    if not plugins.have_overrides:
        return []
    classes = model_classes()
    attributes = read_attributes(classes["JwstDataModel"]().schema)
    instruments = (*(attributes["meta.instrument.name"].enum or ()), None)
    found: dict[tuple[Provider, str], tuple[Override, list[tuple[str, str | None]]]] = {}
    for model_type in classes:
        for instrument in instruments:
            for override, provider in plugins.overrides(model_type, instrument):
                _, asked = found.setdefault((provider, repr(override)), (override, []))
                asked.append((model_type, instrument))
    offers = [
        Offer(override, provider, _condition(override, asked, len(classes), len(instruments)))
        for (provider, _), (override, asked) in found.items()
    ]
    return sorted(offers, key=lambda offer: offer.provider)


def _condition(
    override: Override, asked: Sequence[tuple[str, str | None]], n_classes: int, n_instruments: int
) -> str:
    """Say for which inputs an override holds, by its own condition and by when it was offered."""
    parts = [str(override.when)]
    model_types = {model_type for model_type, _ in asked}
    if len(model_types) < n_classes:
        parts.append(f"model_type={' or '.join(sorted(model_types))}")
    instruments = {instrument for _, instrument in asked}
    if len(instruments) < n_instruments:
        parts.append(f"instrument={' or '.join(sorted(filter(None, instruments)))}")
    return ", ".join(dict.fromkeys(filter(None, parts)))


def providers_named(name: str, plugins: Plugins) -> list[Provider]:
    """Return the plugins of a name."""
    by_name: dict[str, list[Provider]] = {}
    for provider in plugins:
        for known in {normalized(provider.plugin), normalized(provider.distribution)}:
            by_name.setdefault(known, []).append(provider)
    wanted = normalized(name)
    if wanted not in by_name:
        close = difflib.get_close_matches(wanted, by_name, n=1)
        hint = f": did you mean {close[0]}?" if close else ""
        installed = ", ".join(map(str, plugins)) or "none"
        msg = f"no plugin {name!r} is installed{hint}\nInstalled plugins: {installed}"
        raise CommandError(msg)
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
            found = error.exceptions if isinstance(error, BlendErrorGroup) else (error,)
            broken = [one for one in found if isinstance(one, PluginError)]
            names = [_name(one.provider) for one in broken]
            if set(names) <= set(blocked):  # nothing helps
                raise
            faults += broken
            blocked += names
        else:
            return plugins, faults


def _name(provider: Provider) -> str:
    """Return what a plugin is blocked by: two can have the same name."""
    return provider.plugin if provider.distribution == "?" else provider.distribution
