"""Plugins as they are sent to other processes: by name, discovered again and compared."""

from __future__ import annotations

import importlib
import pickle
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from blender_core.common.advice import Advice
from blender_core.common.provider import Provider, normalized
from blender_core.common.wording import describe_error
from blender_core.errors import PluginError
from blender_core.plugins.contract import guarded, load
from blender_core.plugins.installed import announced_plugins

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blender_core.plugins.installed import Announced


class SentPlugin(NamedTuple):
    """A plugin by its provider; and, where it is not installed, by what it is.

    That is the name of a module, or the pickled object. It is None of one that is installed, which
    another process has to have in the same version.
    """

    provider: Provider
    own: str | bytes | None


def sent(plugin: Any, provider: Provider) -> SentPlugin:
    """Return how another process gets a plugin that is not installed; an error if it cannot."""
    if isinstance(plugin, ModuleType):
        return SentPlugin(provider, plugin.__name__)
    return SentPlugin(provider, pickled(plugin, f"plugin {provider}", provider))


def pickled(thing: Any, what: str, provider: Provider) -> bytes:
    """Return something of a plugin as it is sent; an error if it cannot be."""
    try:
        return pickle.dumps(thing)
    except Exception as error:  # whatever its objects raise
        msg = (
            f"{what} cannot be sent to other processes: it cannot be pickled: "
            f"{describe_error(error)}"
        )
        remedy = Advice(
            "Let it be made of functions and classes that stand at the top of an importable "
            "module, or install it as a distribution: what is installed is not sent."
        )
        raise PluginError(msg, provider=provider, remedy=remedy) from error


class Received(NamedTuple):
    """The plugins that were sent and are here, and how others differ, with whose they are."""

    plugins: list[tuple[Any, Provider, bool]]
    differences: list[tuple[Provider, str]]


def received(plugins: Iterable[SentPlugin]) -> Received:
    """Look for plugins that another process has; of what is here beside them, nothing is used."""
    plugins = list(plugins)
    here: dict[str, list[Announced]] = {}
    if any(each.own is None for each in plugins):
        for announced in announced_plugins():
            here.setdefault(normalized(announced.provider.plugin), []).append(announced)
    found: list[tuple[Any, Provider, bool]] = []
    differences: list[tuple[Provider, str]] = []
    for provider, own in plugins:
        try:
            if own is None:
                alike = here.get(normalized(provider.plugin), [])
                difference = _difference(provider, alike)
                if difference is not None:
                    differences.append((provider, difference))
                    continue
                plugin = load(alike[0].entry, provider)  # type: ignore[arg-type]  # no difference
            else:
                with guarded(f"{provider} cannot be had", provider):
                    if isinstance(own, str):
                        plugin = importlib.import_module(own)
                    else:  # who sends it has us run its code anyway
                        plugin = pickle.loads(own)  # noqa: S301
        except PluginError as error:
            cause = error.__cause__ or error
            differences.append((provider, f"it cannot be loaded: {describe_error(cause)}"))
        else:
            found.append((plugin, provider, own is None))
    return Received(found, differences)


def unlike(differences: Sequence[tuple[Provider, str]]) -> PluginError:
    """Return the error that plugins of another process are not here, and what is instead."""
    lines = "".join(f"\n  - {provider}: {what}" for provider, what in differences)
    msg = f"plugins that another process has sent are not the same here:{lines}"
    remedy = Advice("Install the same distributions, in the same versions.")
    return PluginError(msg, provider=differences[0][0], remedy=remedy)


def _difference(provider: Provider, alike: list[Announced]) -> str | None:
    """Return what is here in place of an installed plugin of another process."""
    if not alike:
        return "it is not installed"
    if len(alike) > 1:
        return f"there are {' and '.join(str(each.provider) for each in alike)}"
    (announced,) = alike
    if announced.provider != provider:
        return f"there is {announced.provider}"
    if isinstance(announced.entry, PluginError):
        return str(announced.entry.args[0])
    return None
