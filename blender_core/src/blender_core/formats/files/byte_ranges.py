"""A new file, put together of new bytes and of what is copied from an old one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Copied", "Part", "PatchError", "length_of", "read", "write"]

_BLOCK: Final = 1 << 20


class PatchError(Exception):
    """Part of a file cannot be changed with certainty. The message says why."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A range of bytes of the old file.

    Parameters
    ----------
    start, length : int
        Where it begins, and how many bytes it has.
    padding : int, optional
        How many bytes follow that may lack at the end of a file. Then there are to be zeros.
    """

    start: int
    length: int
    padding: int = 0


Part = bytes | Copied


def length_of(parts: Iterable[Part]) -> int:
    """Return how many bytes some parts have."""
    return sum(
        len(part) if isinstance(part, bytes) else part.length + part.padding for part in parts
    )


def write(parts: Iterable[Part], source: BinaryIO, file: BinaryIO) -> None:
    """Write a new file, of which never more than a little is in memory."""
    for part in parts:
        if isinstance(part, bytes):
            file.write(part)
        else:
            file.writelines(_blocks(part, source))


def read(parts: Iterable[Part], source: BinaryIO) -> bytes:
    """Return what parts consist of."""
    return b"".join(
        part if isinstance(part, bytes) else b"".join(_blocks(part, source)) for part in parts
    )


def _blocks(part: Copied, source: BinaryIO) -> Iterator[bytes]:
    source.seek(part.start)
    missing = part.length
    while missing:
        block = source.read(min(_BLOCK, missing))
        if not block:
            msg = "the product's file has become shorter meanwhile"
            raise EOFError(msg)
        missing -= len(block)
        yield block
    if part.padding:
        yield source.read(part.padding).ljust(part.padding, b"\0")
