"""The plugin that a check is about, among the others that are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.common.provider import Provider, normalized
from blender_core.common.wording import join_words, preview
from blender_core.plugins.manager import Plugins

if TYPE_CHECKING:
    from collections.abc import Iterable

UNDER_TEST: Final = Provider("plugin-under-test", "0", "under_test")
"""Whose plugin it is, unless a test says otherwise."""


def plugin_at_hand(plugin: Any, kind: type[Plugins] = Plugins) -> tuple[Plugins, Provider]:
    """Return all plugins with the one that is to be checked, and whose that is.

    It is a module, an object with methods, or the name of an installed plugin or its distribution.
    """
    plugins = kind.discover()
    if isinstance(plugin, str):
        named = providers_by_name(plugins).get(normalized(plugin), [])
        if len(named) != 1:
            installed = join_words(list(map(str, plugins))) or "none"
            number = "no plugin" if not named else "more than one plugin"
            msg = f"{number} {preview(plugin)} is installed. Those that are: {installed}"
            raise ValueError(msg)
        return plugins, named[0]
    provider = plugins.provider_of(plugin)
    if provider is None:
        provider = UNDER_TEST
        plugins.register(plugin, provider)
    return plugins, provider


def providers_by_name(plugins: Iterable[Provider]) -> dict[str, list[Provider]]:
    """Return plugins by their names, and by those of their distributions."""
    by_name: dict[str, list[Provider]] = {}
    for provider in plugins:
        for name in {normalized(provider.plugin), normalized(provider.distribution)}:
            by_name.setdefault(name, []).append(provider)
    return by_name
