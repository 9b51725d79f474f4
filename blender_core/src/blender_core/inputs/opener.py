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
from blender_core.readers.plugin_source import PluggedSource
from blender_core.readers.similar.cache import Learnt
from blender_core.readers.similar_fits import open_again

if TYPE_CHECKING:
    from blender_core.errors import InputError
    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.source import Expandable

__all__ = ["Opener"]


class Opener:
    """Opens the inputs of one blend.

    Plugins are only asked for what is neither a datamodel nor says that it is one: whatever is
    installed, these are read in the same way, and as fast.

    Parameters
    ----------
    plugins : Plugins, optional
        They may have readers for other kinds of inputs.
    """

    def __init__(self, plugins: Plugins | None = None) -> None:
        self._learnt = Learnt()
        self._plugins = plugins

    def open(self, given: Any, what: str) -> Expandable:
        """Return the reader for an input."""
        try:
            if isinstance(given, (str, os.PathLike)):
                return self._open_file(given, what)
            return self._open_object(given, what)
        except (UnknownInputError, NotADatamodelError) as refusal:
            source = self._open_by_plugin(given, what, refusal)
            if source is None:
                raise
            return source

    def _open_file(self, given: str | os.PathLike[str], what: str) -> Expandable:
        path = given if isinstance(given, Path) else Path(given)
        reader: Expandable
        if path.suffix == ".asdf":
            reader = AsdfReader(path, what)
        else:
            again = open_again(path, what, self._learnt)
            reader = again or FitsReader(path, what, self._learnt)
        reader.model_type  # noqa: B018  # a file that has none may be a plugin's
        return reader

    def _open_object(self, given: Any, what: str) -> Expandable:
        from astropy.io.fits import HDUList

        # To say what it is in other words would have astropy read all of it.
        if isinstance(given, HDUList):
            reader = FitsReader(given, what, self._learnt)
            reader.model_type  # noqa: B018  # one that has none may be a plugin's
            return reader
        return DatamodelReader(given, what)

    def _open_by_plugin(self, given: Any, what: str, refusal: InputError) -> Expandable | None:
        if self._plugins is None or not (asked := self._plugins.readers):
            return None
        shown_as = given if isinstance(given, (str, os.PathLike)) else type(given).__name__
        what = named(what, shown_as)
        found = self._plugins.open(given, what)
        if found is None:
            names = ", ".join(map(str, asked))
            msg = f"{refusal}\nNor does any plugin take it: asked was {names}"
            raise type(refusal)(msg) from refusal
        return PluggedSource(*found, what)
