"""The installed plugins: found, loaded, and asked; of each it is known who made it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, TypeVar

from blender_core.common.wording import join_words, pluralize
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed
from blender_core.errors import BlenderError, PluginError, raise_all
from blender_core.plugins.claims import RULES_FILE, opened_by_plugin, read_by_plugin
from blender_core.plugins.discovery import load_installed
from blender_core.plugins.override import Override
from blender_core.plugins.plugin_set import PluginSet
from blender_core.plugins.rule import Rule

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from blender_core.common.provider import Provider
    from blender_core.plugins.named_file import NamedFile
    from blender_core.plugins.opened import Opened

T = TypeVar("T", Rule, Override)

_LOGGER: Final = logging.getLogger(__name__)
_HOOKS: Final = {
    "blender_rules": "rules",
    "blender_overrides": "overrides",
    RULES_FILE: "rules files",
    "blender_open": "inputs",
    "blender_product": "products",
}
"""The hooks, and what they are for."""


class Plugins(PluginSet, Viewed):
    """The plugins of a blend.

    Plugins are sorted by the names of their providers, so that nothing depends on the order in
    which they were installed or loaded.

    They can be pickled. In another process, installed plugins are discovered again, and must have
    the same versions; further plugins that are installed there are left out. Plugins that are only
    registered are sent by pickle.

    Examples
    --------
    >>> from blender_core import Plugins
    >>> [provider.plugin for provider in Plugins.discover(block=("std",))]
    []
    """

    def __repr__(self) -> str:
        return f"<Plugins: {join_words([str(provider) for provider in self]) or 'none'}>"

    def _view(self) -> View:
        """Return who is there, and what for. No plugin's code is called."""
        rows = [
            (
                str(plugin.provider),
                ", ".join(words for hook, words in _HOOKS.items() if plugin.functions(hook)),
            )
            for plugin in self._sorted()
        ]
        facts = [("left out", str(provider)) for provider in self.left_out]
        title = pluralize(len(self), "plugin")
        return View(title, facts, [ViewTable(("plugin", "has hooks for"), rows)])

    @classmethod
    def discover(cls, block: Collection[str] = ()) -> Plugins:
        """Load every installed plugin.

        Parameters
        ----------
        block : collection of str, optional
            Plugins to leave out, by their own names or their distributions'. Those that the
            environment variable ``MODEL_BLENDER_BLOCK`` names are left out as well.

        Returns
        -------
        plugins : Plugins
            What is installed under the entry-point group ``blender_core``.

        Raises
        ------
        PluginError
            If a plugin cannot be imported or breaks the contract. Blending without it would
            silently change the product. Several come as a `BlendErrorGroup`.

        Warns
        -----
        BlendWarning
            If nothing that is installed has a name that is to be left out: it may be misspelt.
        """
        plugins = cls()
        found, faults, plugins.left_out, plugins.blocked = load_installed(block)
        for plugin, provider in found:
            try:
                plugins._add(plugin, provider, is_installed=True)
            except PluginError as fault:
                faults.append(fault)
        faults.sort(key=lambda fault: fault.provider)
        raise_all("installed plugins cannot be used", faults)
        _LOGGER.debug("found %r", plugins)
        return plugins

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

    def rules_file(
        self, file: NamedFile, among: Collection[Path] = ()
    ) -> tuple[list[Override], Provider] | None:
        """Find the plugin that takes a rules file, and have it read.

        Parameters
        ----------
        file : NamedFile
            The file.
        among : collection of Path, optional
            All rules files of the blend, in their order, with this one.

        Returns
        -------
        overrides : (list of Override, Provider) or None
            What the plugin read in it; None if no plugin takes it.

        Raises
        ------
        RulesFileError
            If a plugin takes it, and it has a fault. Several come as a `BlendErrorGroup`.
        ReaderConflictError
            If more than one plugin takes it.
        PluginError
            If a plugin's hook fails, or gives something that is not an `Override`. Several come as
            a `BlendErrorGroup`.
        """
        arguments = {"path": file.path, "text": file.text(), "among": tuple(among) or (file.path,)}
        return read_by_plugin(file, self._calls(RULES_FILE, **arguments))

    @property
    def rules_file_readers(self) -> list[Provider]:
        """Those that read rules files of formats of their own."""
        return self._implementers(RULES_FILE)

    @property
    def have_overrides(self) -> bool:
        """Whether any plugin offers overrides."""
        return bool(self._implementers("blender_overrides"))

    def open(
        self,
        given: Any,
        what: str,
        opened: Opened | None = None,
        open_file: Callable[[str | os.PathLike[str]], Opened] | None = None,
    ) -> tuple[Any, Provider] | None:
        """Find the plugin that reads an input, and open the input with it.

        Parameters
        ----------
        given : object
            What the caller gave as an input.
        what : str
            The name of the input in messages: ``input 3 (c_flt.fits)``.
        opened : Opened, optional
            The headers or tree that the engine has read. Each plugin gets a copy.
        open_file : callable, optional
            What reads another file as the engine does.

        Returns
        -------
        source : (Source, Provider) or None
            The result of the plugin; None if no plugin accepts it.

        Raises
        ------
        InputError
            If a plugin takes it and cannot read it.
        ReaderConflictError
            If more than one plugin takes it.
        PluginError
            If a plugin's hook fails. Several come as a `BlendErrorGroup`.
        """
        arguments = {"given": given, "what": what, "opened": opened, "open_file": open_file}
        return opened_by_plugin("blender_open", what, self._calls("blender_open", **arguments))

    def product(
        self, given: Any, what: str, opened: Opened | None = None
    ) -> tuple[Any, Provider] | None:
        """Find the plugin that supports a product, and open the product with it.

        Parameters
        ----------
        given : object
            What the caller gave as the product.
        what : str
            The name of the product in messages: ``the product (combined.fits)``.
        opened : Opened, optional
            The headers or tree that the engine has read. Each plugin gets a copy.

        Returns
        -------
        product : (Product, Provider) or None
            The result of the plugin; None if no plugin accepts it.

        Raises
        ------
        InputError, ReaderConflictError, PluginError
            As for `open`.
        """
        arguments = {"given": given, "what": what, "opened": opened}
        return opened_by_plugin(
            "blender_product", what, self._calls("blender_product", **arguments)
        )

    @property
    def readers(self) -> list[Provider]:
        """Those that may take inputs of other kinds."""
        return self._implementers("blender_open")

    @property
    def takers_of_products(self) -> list[Provider]:
        """Those that may take products of other kinds."""
        return self._implementers("blender_product")

    def _implementers(self, hook: str) -> list[Provider]:
        """Return those whose plugins have a hook, once for each function that is one."""
        return [plugin.provider for plugin in self._sorted() for _ in plugin.functions(hook)]

    def _offers(self, hook: str, kind: type[T], **arguments: Any) -> list[tuple[T, Provider]]:
        offers: list[tuple[T, Provider]] = []
        faults: list[BlenderError] = []
        for plugin in self._sorted():
            try:
                offers += ((each, plugin.provider) for each in plugin.offers(hook, kind, arguments))
            except BlenderError as fault:
                faults.append(fault)
        raise_all("installed plugins cannot be used", faults)
        return offers

    def _calls(self, hook: str, **arguments: Any) -> Iterator[tuple[Provider, Callable[[], Any]]]:
        """Give the plugins' implementations of a hook, each with its arguments."""
        for plugin in self._sorted():
            for call in plugin.calls(hook, arguments):
                yield plugin.provider, call
