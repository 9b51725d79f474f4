"""The plugins of a blend: who they are, and how another process gets the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.provider import normalized
from blender_core.errors import PluginError
from blender_core.plugins.contract import called_alike
from blender_core.plugins.registered import RegisteredPlugin
from blender_core.plugins.sent import received, unlike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from blender_core.common.provider import Provider
    from blender_core.plugins.sent import SentPlugin


class PluginSet:
    """Plugins that keep the contract, in the order of their providers' names."""

    def __init__(self) -> None:
        # By the plugins' normalized names: what one is left out by, no other has.
        self._plugins: dict[str, RegisteredPlugin] = {}
        self.left_out: tuple[Provider, ...] = ()
        """The installed plugins that the environment leaves out, sorted."""
        self.blocked: tuple[Provider, ...] = ()
        """The installed plugins that the call or the environment leaves out, sorted."""

    def __iter__(self) -> Iterator[Provider]:
        return iter(sorted(plugin.provider for plugin in self._plugins.values()))

    def __len__(self) -> int:
        return len(self._plugins)

    def _sorted(self) -> list[RegisteredPlugin]:
        return sorted(self._plugins.values(), key=lambda plugin: plugin.provider)

    def register(self, plugin: Any, provider: Provider) -> None:
        """Add a plugin that is at hand, installed or not.

        Parameters
        ----------
        plugin : object
            A module, or an object with methods, whose hooks are marked with ``hookimpl``.
        provider : Provider
            Whose plugin it is.

        Raises
        ------
        PluginError
            If the name is taken, a hook is unknown or has a wrong signature, or no hook is
            implemented.
        """
        self._add(plugin, provider)

    def _add(self, plugin: Any, provider: Provider, *, is_installed: bool = False) -> None:
        name = normalized(provider.plugin)
        if taken := self._plugins.get(name):
            raise called_alike([taken.provider, provider])
        self._plugins[name] = RegisteredPlugin(plugin, provider, is_installed)

    def alone(self, provider: Provider) -> Self:
        """Return one of the plugins by itself.

        Parameters
        ----------
        provider : Provider
            Whose it is.

        Returns
        -------
        plugins : Plugins
            Without the others, whose faults are none of its.
        """
        plugins = type(self)()
        name = normalized(provider.plugin)
        plugins._plugins[name] = self._plugins[name]  # noqa: SLF001  # of the same class
        return plugins

    def provider_of(self, plugin: Any) -> Provider | None:
        """Return whose plugin an object is.

        Parameters
        ----------
        plugin : object
            A module, or an object with methods.

        Returns
        -------
        provider : Provider or None
            None if it is none of these plugins.
        """
        return next((each.provider for each in self._sorted() if each.plugin is plugin), None)

    def __getstate__(self) -> tuple[tuple[SentPlugin, ...], tuple[Provider, ...]]:
        return self.sent(), self.left_out

    def __setstate__(self, state: tuple[tuple[SentPlugin, ...], tuple[Provider, ...]]) -> None:
        sent_plugins, left_out = state
        self.__init__()  # type: ignore[misc]  # pickle makes it without
        differences = self.receive(sent_plugins)
        self.left_out = left_out
        if differences:
            raise unlike(differences)

    def sent(self) -> tuple[SentPlugin, ...]:
        """Return how another process gets the same plugins.

        It is an error if one that is not installed cannot be pickled, or a rule of it.
        """
        return tuple(plugin.sent() for plugin in self._sorted())

    def receive(self, plugins: Iterable[SentPlugin]) -> list[tuple[Provider, str]]:
        """Add what `sent` gave in another process; return who is not here, and what is instead."""
        found, differences = received(plugins)
        for plugin, provider, is_installed in found:
            try:
                self._add(plugin, provider, is_installed=is_installed)
            except PluginError as fault:
                differences.append((provider, str(fault.args[0])))
        return differences
