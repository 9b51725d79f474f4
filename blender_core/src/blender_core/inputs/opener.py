"""Find the reader for an input."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from blender_core.common.urls import is_url, shown_url
from blender_core.common.wording import join_words, named, visible
from blender_core.errors import (
    InputError,
    NotADatamodelError,
    PluginError,
    ReaderConflictError,
    UnknownInputError,
)
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.inputs.named_files import file_of_part
from blender_core.readers.asdf import AsdfReader
from blender_core.readers.datamodel import DatamodelReader
from blender_core.readers.fits import FitsReader
from blender_core.readers.plugin_schema import KnownSchemas
from blender_core.readers.plugin_source import sources_of
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.model_class import import_formats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blender_core.common.provider import Provider
    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.opened import Opened
    from blender_core.readers.reader import Reader

_AS_PATH: Final = re.compile(r"(?:/?[^/.][^/]*+)++")
"""Names that a path says in the same way, without double slashes and the like."""

_OwnReader: TypeAlias = FitsReader | AsdfReader | DatamodelReader


class NameOfPath(str):
    """What stands for a path, which would take longer to make: plugins are given the path."""

    __slots__ = ()


class Opener:
    """Opens the single inputs of one blend.

    Plugins are only asked for what is neither a datamodel nor says that it is one: whatever is
    installed, these are read in the same way, and as fast.
    """

    def __init__(self, plugins: Plugins | None = None, remote: RemoteFiles | None = None) -> None:
        self._cache = ReaderCache()
        self._remote = RemoteFiles() if remote is None else remote
        self._schemas = KnownSchemas()
        self._plugins = plugins

    def open(self, given: Any, label: str) -> Reader:
        """Return the reader for a single input; of one that is several rows, that for the first."""
        return next(iter(self.rows(given, label)))

    def rows(self, given: Any, label: str) -> Iterable[Reader]:
        """Return the readers for the rows of a single input: one, unless a plugin gives several."""
        reader: _OwnReader | None = None
        try:
            reader = self._reader(given, label)
            reader.model_type  # noqa: B018  # an input that has none may be a plugin's
        except (UnknownInputError, NotADatamodelError) as refusal:
            sources = self._open_by_plugin(given, label, refusal, reader)
            if sources is None:
                raise
            return sources
        except InputError as refusal:
            is_name = isinstance(given, (str, os.PathLike))
            file = file_of_part(str(given)) if is_name else None
            if file is None:
                raise
            sources = self._named_for_plugin(given, label)
            if sources is None:
                msg = f"{refusal}. There is {visible(str(file))}, and no plugin reads a part of it"
                raise InputError(msg) from refusal
            return sources
        return [reader]

    def opened(self, given: Any, label: str) -> Opened | None:
        """Return what can be read of a file or HDUList, whatever it is of; None of all else."""
        try:
            return _opened(self._reader(given, label))
        except (UnknownInputError, NotADatamodelError):
            return None

    def _reader(self, given: Any, label: str) -> _OwnReader:
        import_formats()
        if is_url(given):
            return self._remote_reader(given, label)
        if isinstance(given, (str, os.PathLike)):
            if isinstance(given, str) and _AS_PATH.fullmatch(given) and given[-5:] != ".asdf":
                return FitsReader(given, label, self._cache)
            path = given if isinstance(given, Path) else Path(given)
            if path.suffix == ".asdf":
                return AsdfReader(path, label)
            return FitsReader(path, label, self._cache)
        from astropy.io.fits import HDUList

        # To say what it is in other words would have astropy read all of it.
        if isinstance(given, HDUList):
            return FitsReader(given, label, self._cache)
        return DatamodelReader(given, label)

    def _remote_reader(self, url: str, label: str) -> FitsReader | AsdfReader:
        file = self._remote.file(url, label)
        # The URL of a service need not end like the file that it gives.
        if file.name.endswith(".asdf") or AsdfReader.takes(file):
            return AsdfReader(file, label)
        return FitsReader(file, label, self._cache)

    def _open_by_plugin(
        self, given: Any, label: str, refusal: InputError, reader: _OwnReader | None
    ) -> Iterable[Reader] | None:
        if self._plugins is None:
            return None
        left_out = ""
        if blocked := self._plugins.blocked:
            left_out = f"; left out was {join_words(list(map(str, blocked)))}, which may read it"
        if not (providers := self._plugins.readers):
            if not left_out:
                return None
            msg = f"{refusal}\nNo plugin reads it{left_out}"
            raise type(refusal)(msg) from refusal
        name = given if isinstance(given, (str, os.PathLike)) else type(given).__name__
        open_file = self._open_file(label)
        label = named(label, shown_url(str(name)) if is_url(given) else name)
        claim = _claim(self._plugins, given, label, _opened(reader), open_file)
        if claim is None:
            names = ", ".join(map(str, providers))
            msg = f"{refusal}\nNor does any plugin take it: asked was {names}{left_out}"
            raise type(refusal)(msg) from refusal
        return sources_of(*claim, label, self._schemas)

    def _named_for_plugin(self, given: Any, label: str) -> Iterable[Reader] | None:
        """Return what a plugin makes of a name that is no file's, but that of a part of one."""
        if self._plugins is None:
            return None
        open_file = self._open_file(label)
        label = named(label, shown_url(os.fspath(given)))
        claim = _claim(self._plugins, given, label, None, open_file)
        return None if claim is None else sources_of(*claim, label, self._schemas)

    def _open_file(self, label: str) -> Callable[[str | os.PathLike[str]], Opened]:
        """Return what opens a file for a plugin that is asked for an input that is none itself."""

        def open_file(path: str | os.PathLike[str]) -> Opened:
            reader = self._reader(path if is_url(path) else Path(path), label)
            assert not isinstance(reader, DatamodelReader)  # noqa: S101  # of files there are two
            return reader.opened

        return open_file


def _claim(plugins: Plugins, given: Any, label: str, *opened: Any) -> tuple[Any, Provider] | None:
    """Return the source that a plugin has for an input, and the plugin."""
    if isinstance(given, NameOfPath):
        given = Path(given)
    try:
        return plugins.open(given, label, *opened)
    except (PluginError, ReaderConflictError) as fault:
        fault.input = label
        raise


def _opened(reader: _OwnReader | None) -> Opened | None:
    return reader.opened if isinstance(reader, (FitsReader, AsdfReader)) else None
