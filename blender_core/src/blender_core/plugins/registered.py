"""A plugin that keeps the hooks' contract, and its functions that implement them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from blender_core.errors import PluginError
from blender_core.plugins.contract import guarded, offered_by
from blender_core.plugins.hookspecs import NAME, BlenderSpecs
from blender_core.plugins.misuse import misuses
from blender_core.plugins.opened import Opened
from blender_core.plugins.override import Override
from blender_core.plugins.rule import Rule
from blender_core.plugins.sent import SentPlugin, pickled, sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from blender_core.common.provider import Provider

T = TypeVar("T", Rule, Override)


class RegisteredPlugin:
    """A plugin, whose it is, and whether it is installed; one that breaks the contract is refused.

    It has a manager of its own, so that nothing of one that is refused stays.
    """

    def __init__(self, plugin: Any, provider: Provider, is_installed: bool) -> None:
        self.plugin, self.provider, self.is_installed = plugin, provider, is_installed
        self._manager = pluggy.PluginManager(NAME)
        self._manager.add_hookspecs(BlenderSpecs)
        with guarded(f"plugin {provider} breaks the hooks' contract", provider):
            problems = misuses(self._manager, plugin)
            if not problems:
                self._manager.register(plugin, name=provider.plugin)
        if problems:
            msg = "\n".join(f"plugin {provider} {problem}" for problem in problems)
            raise PluginError(msg, provider=provider)

    def sent(self) -> SentPlugin:
        """Return how another process gets it; an error if it cannot."""
        if self.is_installed:
            return SentPlugin(self.provider, None)
        for rule in self.offers("blender_rules", Rule, {}):
            pickled(rule, f"the rule {rule.name!r} of plugin {self.provider}", self.provider)
        return sent(self.plugin, self.provider)

    def offers(self, hook: str, kind: type[T], arguments: Mapping[str, Any]) -> list[T]:
        """Return the rules or overrides that a hook of it offers."""
        calls = self.calls(hook, arguments)
        return [each for ask in calls for each in offered_by(ask, hook, kind, self.provider) or ()]

    def functions(self, hook: str) -> list[pluggy.HookImpl]:
        """Return its functions that implement a hook."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return caller.get_hookimpls()

    def calls(self, hook: str, arguments: Mapping[str, Any]) -> Iterator[Callable[[], Any]]:
        """Give these functions, each with those of the arguments that it takes."""
        for each in self.functions(hook):
            names = (*each.argnames, *each.kwargnames)
            needed = {name: _own(arguments[name]) for name in names if name in arguments}
            yield functools.partial(each.function, **needed)


def _own(argument: Any) -> Any:
    """Return an argument that a plugin may keep and change."""
    return argument.copy() if isinstance(argument, Opened) else argument
