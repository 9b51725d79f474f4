"""What a worker of an executor does: read the files of a run, and tell what they say.

Of an input that cannot be read, or is not of a kind that is known, it tells nothing else. The
caller reads it again, and has the error, the warning or the values that it would have had alone.
"""

from __future__ import annotations

import functools
import os
import pickle
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blender_core.blending.messages import (
    Answer,
    Given,
    Kinds,
    KnownKind,
    Refusal,
    Task,
    label_of,
    packed,
    unpacked,
    with_digest,
)
from blender_core.blending.rows import Row, add_rows, key_of, read_row
from blender_core.blending.surroundings import differences, process_name, surroundings
from blender_core.common.caught_warnings import recorded
from blender_core.common.urls import is_url
from blender_core.common.wording import named
from blender_core.errors import BlendWarning
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.inputs.ahead import ahead
from blender_core.inputs.columns import Columns
from blender_core.inputs.inputs import lent
from blender_core.inputs.opener import NameOfPath, Opener
from blender_core.plugins.manager import Plugins
from blender_core.readers.plugin_source import PluginSource
from blender_core.schema.model_class import import_datamodels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.blending.needs import Needs
    from blender_core.blending.rows import Key
    from blender_core.readers.reader import Reader
    from blender_core.schema.layout import Layout


def read_run(task: bytes, kinds: bytes, given: bytes) -> bytes:
    """Read the files of a run, in a worker: it takes and gives what `messages` packs."""
    try:
        reader = _reader(task, threading.get_ident())
    except _DifferentError as error:
        return packed(error.refusal)
    if reader.kinds != kinds:
        reader.learn(kinds)
    return reader.answer(unpacked(given))


def prepare() -> None:
    """Import what files are read with, while the caller has other things to do."""
    import_datamodels()


class _DifferentError(Exception):
    """The caller would read something else."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.refusal = refusal


class _LeftToCallerError(Exception):
    """An input is of a kind that the caller did not know, or is better read by the caller."""


@functools.lru_cache(maxsize=16)  # of a Dask worker, each thread
def _reader(task: bytes, _thread: int) -> _Reader:
    """Return what reads the runs of a blend in a thread, once it is sure to read the same."""
    theirs, rest = unpacked(task)
    # What they send of the rest may be made by another version.
    ours = surroundings()
    different = differences(theirs, ours)
    provider = None
    if not different:
        task_of_blend: Task = unpacked(rest)
        plugins = Plugins()
        lacking = plugins.receive(task_of_blend.plugins)
        if not lacking:
            return _Reader(task_of_blend, plugins)
        provider = lacking[0][0]
        different = [f"{each}: {what}" for each, what in lacking]
    raise _DifferentError(Refusal(process_name(), different, provider))


class _Kind:
    """A kind that the caller knows, and its layout once there is an input of it."""

    def __init__(self, content: bytes) -> None:
        self.known: KnownKind = pickle.loads(content)  # noqa: S301  # as in `messages`
        self.layout: Layout | None = None

    def layout_for(self, source: Reader) -> Layout:
        if self.layout is None:
            self.layout = self.known.layout(source)
        if self.layout is None:
            raise _LeftToCallerError
        return self.layout


class _Reader:
    """Reads the runs of one blend, in one thread: what it learns of files, it knows for all."""

    def __init__(self, task: Task, plugins: Plugins) -> None:
        import_datamodels()
        self._task = task
        self._remote = RemoteFiles(task.remote)
        self._opener = Opener(plugins, self._remote)
        self._known: dict[bytes, _Kind] = {}
        """All kinds that there have been, by what was sent of them."""
        self._kinds: dict[Key, _Kind] = {}
        self._words = b""
        self.kinds = b""
        """What was sent of those that the caller knows now."""

    def learn(self, kinds: bytes) -> None:
        """Take the kinds that the caller knows now."""
        self._kinds = {}
        sent: Kinds = unpacked(kinds)
        for content in sent.contents:
            if content not in self._known:
                try:
                    self._known[content] = _Kind(content)
                except Exception:  # noqa: BLE001, S112  # its class is not here, nor are its inputs
                    continue
            kind = self._known[content]
            self._kinds[kind.known.key] = kind
        self._words, self.kinds = sent.words, kinds

    def answer(self, given: Given) -> bytes:
        """Read the files of a run, and return what the caller is sent."""
        answer = Answer([Columns()], [], set(), {}, {}, [], socket.gethostname())
        # Of the whole run at once: it takes as long as to read a part of a file.
        with recorded() as caught:
            texts = map(_as_path, given.names) if given.are_paths else given.names
            names = ahead(texts, self._remote, _url_of)
            for place, (name, label) in enumerate(zip(names, given.labels, strict=True)):
                before, columns = len(caught), answer.parts[-1]
                so_far = columns.so_far
                files: dict[Path, None] = {}
                try:
                    with lent(name, self._remote):
                        of_several = self._add_rows(columns, name, label_of(label), files)
                    sendable = [_sendable(warning.message) for warning in caught[before:]]
                except Exception as error:  # noqa: BLE001  # the caller will have the same
                    columns.cut(so_far)
                    answer.again.append(place)
                    answer.parts.append(Columns())
                    if not isinstance(error, _LeftToCallerError):
                        answer.unreadable.add(place)
                    continue
                if files:
                    answer.files[place] = [*map(str, files)]
                answer.warnings.extend((place, warning) for warning in sendable)
                n_rows = len(columns) - so_far.n_rows
                if of_several or n_rows != 1:
                    answer.several[place] = n_rows, of_several
        return packed(answer, self._words)

    def _add_rows(
        self, columns: Columns, name: str | Path, label: str, files: dict[Path, None]
    ) -> list[str]:
        opener: Any = self._opener
        if not _is_found_from_anywhere(name) and (folder := self._task.folder) != _own_folder():
            opener = _OpenerElsewhere(opener, folder)
        needs = self._needs if self._task.expands else None
        return add_rows(columns, name, label, opener, self._row, needs, files)

    def _row(self, source: Reader) -> Row:
        kind = self._kinds.get(with_digest(key_of(source)))
        if kind is None:
            raise _LeftToCallerError
        return read_row(source, kind.layout_for(source))

    def _needs(self) -> Iterable[Needs]:
        for kind in self._kinds.values():
            if kind.layout is not None:
                yield kind.known.needs(kind.layout)


class _OpenerElsewhere:
    """Opens files by names that are relative to the caller's folder, and calls them by these."""

    def __init__(self, opener: Opener, folder: str) -> None:
        self._opener = opener
        self._folder = folder

    def rows(self, name: str | Path, label: str) -> Iterable[Reader]:
        """Return the readers for the rows of a file."""
        for source in self._opener.rows(Path(self._folder, name), label):
            if isinstance(source, PluginSource):  # which may make something of the name
                raise _LeftToCallerError
            source.what = named(label, Path(name))
            yield source


def _as_path(name: Any) -> NameOfPath | Path:
    return Path(name) if ":/" in name else NameOfPath(name)  # no path is a URL


def _url_of(name: str | Path) -> str | None:
    return name if is_url(name) else None


def _is_found_from_anywhere(name: str | Path) -> bool:
    return is_url(name) or os.path.isabs(name)  # noqa: PTH117  # a Path raises errors


def _own_folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109  # as the caller says it
    except OSError:
        return None


def _sendable(warning: Warning | str) -> BlendWarning:
    """Return a warning of the blend's, and raise where it is another's."""
    if not isinstance(warning, BlendWarning):
        # Who is to see it depends on where in others' code it comes from.
        raise _LeftToCallerError
    return warning
