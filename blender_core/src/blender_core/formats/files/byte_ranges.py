"""A new file, put together of new bytes and of ranges that are copied from an old one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_BLOCK: Final = 1 << 20


class PatchError(Exception):
    """Part of a file cannot be changed with certainty. The message says why."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A range of bytes of the old file. What lacks at the end of that are zeros: its padding."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class MadeBytes:
    """New bytes that are made when they are needed, and as often: they may be too many to keep."""

    length: int
    blocks: Callable[[], Iterator[bytes]]


Part = bytes | ByteRange | MadeBytes


def length_of(part: Part) -> int:
    """Return how many bytes a part has."""
    return len(part) if isinstance(part, bytes) else part.length


def blocks_of(parts: Iterable[Part], source: BinaryIO) -> Iterator[bytes]:
    """Give what parts consist of, of which never more than a little is in memory."""
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        if isinstance(part, MadeBytes):
            yield from part.blocks()
            continue
        source.seek(part.start)
        missing = part.length
        while missing:
            block = source.read(min(_BLOCK, missing)) or bytes(min(_BLOCK, missing))
            missing -= len(block)
            yield block
