"""Find the reader for an input."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blender_core.common.wording import named
from blender_core.errors import NotADatamodelError, UnknownInputError
from blender_core.readers.asdf import AsdfReader
from blender_core.readers.datamodel import DatamodelReader
from blender_core.readers.fits import FitsReader
from blender_core.readers.plugin_source import PluginSource
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.model_class import import_datamodels

if TYPE_CHECKING:
    from blender_core.errors import InputError
    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.source import Source

__all__ = ["Opener"]


class Opener:
    """Opens the single inputs of one blend.

    Plugins are only asked for what is neither a datamodel nor says that it is one: whatever is
    installed, these are read in the same way, and as fast.
    """

    def __init__(self, plugins: Plugins | None = None) -> None:
        self._cache = ReaderCache()
        self._plugins = plugins

    def open(self, given: Any, label: str) -> Source:
        """Return the reader for a single input."""
        import_datamodels()
        try:
            if isinstance(given, (str, os.PathLike)):
                path = given if isinstance(given, Path) else Path(given)
                return self._open_file(path, label)
            return self._open_object(given, label)
        except (UnknownInputError, NotADatamodelError) as refusal:
            source = self._open_by_plugin(given, label, refusal)
            if source is None:
                raise
            return source

    def _open_file(self, path: Path, label: str) -> Source:
        reader: Source
        if path.suffix == ".asdf":
            reader = AsdfReader(path, label)
        else:
            reader = FitsReader(path, label, self._cache)
        reader.model_type  # noqa: B018  # a file that has none may be a plugin's
        return reader

    def _open_object(self, model: Any, label: str) -> Source:
        from astropy.io.fits import HDUList

        # To say what it is in other words would have astropy read all of it.
        if isinstance(model, HDUList):
            reader = FitsReader(model, label, self._cache)
            reader.model_type  # noqa: B018  # one that has none may be a plugin's
            return reader
        return DatamodelReader(model, label)

    def _open_by_plugin(self, given: Any, label: str, refusal: InputError) -> Source | None:
        if self._plugins is None or not (providers := self._plugins.readers):
            return None
        name = given if isinstance(given, (str, os.PathLike)) else type(given).__name__
        label = named(label, name)
        claim = self._plugins.open(given, label)
        if claim is None:
            names = ", ".join(map(str, providers))
            msg = f"{refusal}\nNor does any plugin take it: asked was {names}"
            raise type(refusal)(msg) from refusal
        return PluginSource(*claim, label)
