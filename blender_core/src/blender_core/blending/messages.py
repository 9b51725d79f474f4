"""What the caller of a blend and the workers of an executor send each other, as bytes.

It is packed here, and not by the executor: so it is small, and what cannot be unpacked in a worker
does not end it. A worker makes layouts anew, and they are known by their digests.
"""

from __future__ import annotations

import functools
import hashlib
import pickle
import zlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.blending.needs import Needs
from blender_core.readers.reader import layout_of
from blender_core.schema.attributes import read_attributes, unknown_attribute

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from blender_core.blending.rows import Key
    from blender_core.common.provider import Provider
    from blender_core.errors import BlendWarning
    from blender_core.formats.remote.settings import Remote
    from blender_core.inputs.columns import Columns
    from blender_core.plugins.sent import SentPlugin
    from blender_core.readers.reader import Reader
    from blender_core.schema.layout import Layout

__all__ = [
    "Answer",
    "Given",
    "KnownKind",
    "Refusal",
    "Task",
    "packed",
    "unpacked",
    "with_digest",
]

_FAST: Final = 1
"""The level of compression: the caller has all workers to feed."""
_SMALL: Final = 9
"""That of what is packed once, and sent with each run."""


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


class Given(NamedTuple):
    """The file names of a run, and what the inputs are called."""

    names: list[str | Path]
    labels: list[str]


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
    files: dict[Path, None]
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


def packed(content: Any, *, is_sent_often: bool = False) -> bytes:
    """Return something as it is sent."""
    level = _SMALL if is_sent_often else _FAST
    return zlib.compress(pickle.dumps(content, pickle.HIGHEST_PROTOCOL), level)


def unpacked(content: bytes) -> Any:
    """Return what was sent."""
    return pickle.loads(zlib.decompress(content))  # noqa: S301  # who sends it runs our code anyway
