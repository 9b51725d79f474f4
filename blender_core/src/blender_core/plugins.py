"""Find the installed plugins, load them, and say of each who made it."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from blender_core.arguments import texts
from blender_core.errors import BlenderError, PluginError, raise_all
from blender_core.hookspecs import NAME, BlenderSpecs
from blender_core.overrides import Override
from blender_core.provider import Provider, dispensable, normalized
from blender_core.rules import Rule
from blender_core.values import said, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

__all__ = ["Plugins"]

T = TypeVar("T")


class Plugins:
    """The plugins of a blend.

    Plugins are kept in the order of their providers' names, so that nothing depends on the
    order in which they were installed or loaded.

    Examples
    --------
    >>> from blender_core import Plugins
    >>> [provider.plugin for provider in Plugins.discover(block=("std",))]
    []
    """

    def __init__(self) -> None:
        self._manager = _manager()
        self._providers: dict[str, Provider] = {}

    def __iter__(self) -> Iterator[Provider]:
        return iter(sorted(self._providers.values()))

    def __len__(self) -> int:
        return len(self._providers)

    @classmethod
    def discover(cls, block: Collection[str] = ()) -> Plugins:
        """Load every installed plugin.

        Parameters
        ----------
        block : collection of str, optional
            Plugins to leave out, by their own names or their distributions'.

        Returns
        -------
        plugins : Plugins
            What is installed under the entry-point group ``blender_core``.

        Raises
        ------
        PluginError
            If a plugin cannot be imported or breaks the contract. Blending without it would
            silently change the product. Several come as a `BlendErrorGroup`.
        """
        blocked = {normalized(name) for name in texts(block, "block", "names")}
        found = []
        for entry in importlib.metadata.entry_points(group=NAME):
            found.append((_provider(entry), entry))
        plugins, faults = cls(), []
        # An editable installation can announce its entry points twice: the same is not two.
        for provider, entry in sorted(dict(found).items()):
            if blocked.isdisjoint({normalized(provider.plugin), normalized(provider.distribution)}):
                try:
                    plugins.register(_load(entry, provider), provider)
                except BlenderError as fault:
                    faults.append(fault)
        raise_all("installed plugins cannot be used", faults)
        return plugins

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
        if taken := self._providers.get(provider.plugin):
            msg = (
                f"two plugins have the name {provider.plugin!r}: {taken} and {provider}\n"
                f"Uninstall one of them, or pass "
                f"block=({dispensable([taken, provider]).distribution!r},)."
            )
            raise PluginError(msg, provider=provider)
        # On trial first: nothing of a plugin that is refused may stay.
        trial = _manager()
        try:
            trial.register(plugin, name=provider.plugin)
            trial.check_pending()
            problem = _misuse(trial, plugin)
            if problem is None:
                self._manager.register(plugin, name=provider.plugin)
        except Exception as error:
            msg = (
                f"plugin {provider} breaks the hooks' contract: {said(error)}\n{_remedy(provider)}"
            )
            raise PluginError(msg, provider=provider) from error
        if problem is not None:
            msg = f"plugin {provider} {problem}\n{_remedy(provider)}"
            raise PluginError(msg, provider=provider)
        self._providers[provider.plugin] = provider

    def rules(self) -> list[tuple[Rule, Provider]]:
        """Collect the rules that the plugins offer.

        Returns
        -------
        offers : list of (Rule, Provider)
            Sorted by provider; a provider's own in the order it gives them.

        Raises
        ------
        PluginError
            If a plugin's hook fails, or gives something that is not a `Rule`.
        """
        return self._offers("blender_rules", Rule)

    def overrides(self, model_type: str, instrument: str | None) -> list[tuple[Override, Provider]]:
        """Collect the overrides that the plugins offer.

        Parameters
        ----------
        model_type : str
            Name of the inputs' class of datamodel.
        instrument : str or None
            Name of their instrument, if they say so.

        Returns
        -------
        offers : list of (Override, Provider)
            Sorted by provider; a provider's own in the order it gives them.

        Raises
        ------
        PluginError
            If a plugin's hook fails, or gives something that is not an `Override`.
        """
        return self._offers(
            "blender_overrides", Override, model_type=model_type, instrument=instrument
        )

    @property
    def have_overrides(self) -> bool:
        """Whether any plugin offers overrides."""
        return bool(self._manager.hook.blender_overrides.get_hookimpls())

    def _offers(self, hook: str, kind: type[T], **given: Any) -> list[tuple[T, Provider]]:
        offers: list[tuple[T, Provider]] = []
        faults: list[BlenderError] = []
        impls = {
            impl.plugin_name: impl for impl in getattr(self._manager.hook, hook).get_hookimpls()
        }
        for provider in self:
            if impl := impls.get(provider.plugin):
                # A plugin's function takes those of the arguments that it needs.
                arguments = {name: given[name] for name in impl.argnames}
                try:
                    found = _offered_by(impl.function, arguments, hook, kind, provider)
                except BlenderError as fault:
                    faults.append(fault)
                else:
                    offers += ((one, provider) for one in found)
        raise_all("installed plugins cannot be used", faults)
        return offers


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(NAME)
    manager.add_hookspecs(BlenderSpecs)
    return manager


def _misuse(manager: pluggy.PluginManager, plugin: Any) -> str | None:
    """Return what a plugin does with the hooks that has no meaning here."""
    callers = manager.get_hookcallers(plugin) or []
    if not callers:
        return "implements no hook: mark its functions with @blender_core.hookimpl"
    for caller in callers:
        first, *others = caller.get_hookimpls()
        if others:
            names = ", ".join(sorted(impl.function.__name__ for impl in (first, *others)))
            return f"has more than one implementation of {caller.name}: {names}"
        if first.tryfirst or first.trylast or first.wrapper or first.hookwrapper:
            return (
                f"asks for a place in the order of calls in {caller.name}: "
                "tryfirst, trylast and wrappers have no meaning here"
            )
    return None


def _provider(entry: importlib.metadata.EntryPoint) -> Provider:
    # Entry points made by hand have no distribution, and broken metadata no name or version.
    metadata: Any = (entry.dist and entry.dist.metadata) or {}
    return Provider(metadata.get("Name") or "?", metadata.get("Version") or "?", entry.name)


def _load(entry: importlib.metadata.EntryPoint, provider: Provider) -> Any:
    try:
        return entry.load()
    except (Exception, SystemExit) as error:
        msg = (
            f"plugin {provider} cannot be loaded from {entry.value}: "
            f"{type(error).__name__}: {said(error)}\n{_remedy(provider)}"
        )
        raise PluginError(msg, provider=provider) from error


def _offered_by(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    hook: str,
    kind: type[T],
    provider: Provider,
) -> list[T]:
    try:
        offered = function(**arguments)
        found = [offered] if isinstance(offered, kind) else list(offered)
    except (Exception, SystemExit) as error:
        msg = (
            f"{hook} of plugin {provider} failed: "
            f"{type(error).__name__}: {said(error)}\n{_remedy(provider)}"
        )
        raise PluginError(msg, provider=provider) from error
    for one in found:
        if not isinstance(one, kind):
            what = f"the class {kind.__name__}" if one is kind else shown(one)
            msg = (
                f"{hook} of plugin {provider} gives {what} where a blender_core.{kind.__name__} "
                f"is asked for\n{_remedy(provider)}"
            )
            raise PluginError(msg, provider=provider)
    return found


def _remedy(provider: Provider) -> str:
    return f"Repair or uninstall it, or leave it out with block=({provider.plugin!r},)."
