"""What the caller of a blend and the workers of an executor send each other, as bytes.

It is packed here, and not by the executor: so it is small, and what cannot be unpacked in a worker
does not end it. A worker makes layouts anew, and they are known by their digests.
"""

from __future__ import annotations

import functools
import hashlib
import pickle
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.blending.needs import Needs
from blender_core.readers.reader import layout_of
from blender_core.schema.attributes import read_attributes, unknown_attribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.blending.rows import Key
    from blender_core.common.provider import Provider
    from blender_core.errors import BlendWarning
    from blender_core.formats.remote.settings import Remote
    from blender_core.inputs.columns import Columns
    from blender_core.plugins.sent import SentPlugin
    from blender_core.readers.reader import Reader
    from blender_core.schema.layout import Layout

_FAST: Final = 1
"""The level of compression: the caller has all workers to feed."""
_SMALL: Final = 9
"""That of what is packed once, and sent with each run."""
_MOST_WORDS: Final = 16 << 10


class Task(NamedTuple):
    """What is the same for all runs of a blend."""

    token: str
    """What no other blend has."""
    plugins: tuple[SentPlugin, ...]
    folder: str
    """What names of files that are relative are relative to."""
    expands: bool
    remote: Remote
    """How inputs by URL are fetched."""


class Kinds(NamedTuple):
    """The kinds of inputs that the caller knows, each packed for itself."""

    words: bytes
    """What is said in many answers, and need not be sent with each."""
    contents: Sequence[bytes]

    @classmethod
    def of(cls, kinds: Iterable[KnownKind]) -> Kinds:
        """Pack those that can be: where a class is nowhere else, the caller reads such inputs."""
        words, contents = b"", []
        for kind in kinds:
            with suppress(Exception):
                contents.append(pickle.dumps(kind))
                words += pickle.dumps(kind.paths)
        return cls(words[-_MOST_WORDS:], contents)


class Given(NamedTuple):
    """The file names of a run, and what the inputs are called."""

    names: Sequence[str | Path]
    are_paths: bool
    """Whether the names, which are texts then, are those of paths."""
    labels: Sequence[int | str]
    """A number is that of an input."""

    @classmethod
    def of(cls, names: Sequence[str | Path], labels: Sequence[int | str]) -> Given:
        """Return what says the same in few objects, which are sent in no time."""
        are_paths = {*map(type, names)} == {type(Path())}
        first, last = labels[0], labels[-1]
        if isinstance(first, int) and isinstance(last, int):
            numbers = range(first, last + 1)
            labels = numbers if labels == [*numbers] else labels
        return cls([*map(str, names)] if are_paths else names, are_paths, labels)


def label_of(label: int | str) -> str:
    """Return what messages call an input."""
    return label if isinstance(label, str) else f"input {label}"


class KnownKind(NamedTuple):
    """A kind of inputs that the caller knows: what tells it, and what is wanted of such inputs."""

    key: Key
    """With the digest of its schema in place of the content."""
    digest: bytes
    """That of the layout."""
    paths: tuple[str, ...]
    columns: Mapping[str, str] | None
    purposes: Mapping[str, str] | None
    labels: Mapping[str, str] | None

    def layout(self, source: Reader) -> Layout | None:
        """Make the layout of such inputs anew; None if this one is not like them after all."""
        known = read_attributes(source.schema)
        beyond = {path: unknown_attribute(path) for path in self.key[2] if path not in known}
        attributes = {**known, **beyond}
        wanted = {*self.paths}
        attributes_wanted = (each for path, each in attributes.items() if path in wanted)
        layout = layout_of(source, known, attributes_wanted, self.columns)
        return layout if layout.digest == self.digest else None

    def needs(self, layout: Layout) -> Needs:
        """Return what the blend cannot do without of such inputs."""
        return Needs(layout, self.purposes or {}, self.labels or {})


class Answer(NamedTuple):
    """What the files of a run say, and which of them the caller has to read.

    The parts are what is before the first of these, between them, and after the last.
    """

    parts: list[Columns]
    again: list[int]
    unreadable: set[int]
    """Those of them that cannot be read: others are left to the caller."""
    several: dict[int, tuple[int, list[str]]]
    """The inputs that are not one row: how many, and what they are called."""
    files: dict[int, list[str]]
    """What plugins opened beside the files of the run."""
    warnings: list[tuple[int, BlendWarning]]
    host: str


class Refusal(NamedTuple):
    """Why a worker cannot be used: how it differs, and the first plugin that does."""

    worker: str
    differences: list[str]
    provider: Provider | None


def with_digest(key: Key) -> Key:
    """Return what tells a kind, with the digest of its schema in place of its content."""
    model_type, content, beyond = key
    return model_type, _digest(content) if content else b"", beyond


@functools.lru_cache(maxsize=64)
def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def packed(content: Any, words: bytes = b"", *, is_sent_often: bool = False) -> bytes:
    """Return something as it is sent to somebody who has the same words."""
    packer = zlib.compressobj(_SMALL if is_sent_often else _FAST, zdict=words)
    return packer.compress(pickle.dumps(content, pickle.HIGHEST_PROTOCOL)) + packer.flush()


def unpacked(content: bytes, words: bytes = b"") -> Any:
    """Return what was sent."""
    text = zlib.decompressobj(zdict=words).decompress(content)
    return pickle.loads(text)  # noqa: S301  # who sends it runs our code anyway
