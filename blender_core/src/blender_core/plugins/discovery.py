"""What is installed, loaded: each plugin once, and without those that are to be left out."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from blender_core.common.environment import BLOCK, blocked_plugins
from blender_core.common.provider import normalized
from blender_core.common.wording import strings
from blender_core.errors import PluginError, warn
from blender_core.plugins.contract import called_alike, load, of_one_module
from blender_core.plugins.installed import announced_plugins

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from importlib.metadata import EntryPoint

    from blender_core.common.provider import Provider


class Installed(NamedTuple):
    """The plugins, what is wrong with others, and those left out: by the environment, or at all."""

    plugins: list[tuple[Any, Provider]]
    faults: list[PluginError]
    left_out: tuple[Provider, ...]
    blocked: tuple[Provider, ...]


def load_installed(block: Collection[str]) -> Installed:
    """Load what is installed, but for what the call and the environment leave out."""
    of_call = {normalized(name): name for name in strings(block, "block", "names")}
    of_environment = {normalized(name): name for name in blocked_plugins()}
    blocked = of_environment | of_call
    faults: list[PluginError] = []
    left_out: list[Provider] = []
    all_left_out: list[Provider] = []
    known: set[str] = set()
    by_name: dict[str, list[tuple[Provider, EntryPoint]]] = {}
    for announced in announced_plugins():
        known |= announced.names
        if not announced.names.isdisjoint(of_environment):
            left_out.append(announced.provider)
        if not announced.names.isdisjoint(blocked):
            all_left_out.append(announced.provider)
            continue
        if isinstance(announced.entry, PluginError):
            faults.append(announced.entry)
        else:
            name = normalized(announced.provider.plugin)
            by_name.setdefault(name, []).append((announced.provider, announced.entry))
    _warn_of_unknown(blocked, known, of_call)
    by_plugin: dict[int, list[tuple[Provider, EntryPoint, Any]]] = {}
    for alike in by_name.values():
        if len(alike) > 1:
            faults.append(called_alike([provider for provider, _ in alike]))
            continue
        ((provider, entry),) = alike
        try:
            plugin = load(entry, provider)
        except PluginError as fault:
            faults.append(fault)
        else:
            by_plugin.setdefault(id(plugin), []).append((provider, entry, plugin))
    plugins = []
    for same in by_plugin.values():
        provider, entry, plugin = same[0]
        if len(same) > 1:
            faults.append(of_one_module([each for each, *_ in same], entry.value))
        else:
            plugins.append((plugin, provider))
    return Installed(plugins, faults, tuple(left_out), tuple(all_left_out))


def _warn_of_unknown(
    blocked: dict[str, str], known: Collection[str], of_call: Iterable[str]
) -> None:
    for name in sorted(blocked.keys() - set(known)):
        close = difflib.get_close_matches(name, known, n=1)
        hint = f": did you mean {close[0]!r}?" if close else ""
        whose = "" if name in of_call else f", as {BLOCK} asks"
        warn(f"no plugin {blocked[name]!r} is installed that could be left out{whose}{hint}")
