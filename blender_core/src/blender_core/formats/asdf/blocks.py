"""Where the arrays of an ASDF tree are: in binary blocks of its file, or in other files.

By the ASDF standard, the blocks follow the tree, one after the other, after any padding. Each
begins with a header that says how long it is. The last one may be a stream, which reaches to the
end of the file however long that is; otherwise an index may follow.
"""

from __future__ import annotations

import hashlib
import re
import stat
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, NoReturn
from urllib.parse import unquote, urljoin, urlsplit

import numpy as np

from blender_core.common.wording import preview

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

_MAGIC: Final = b"\xd3BLK"
_SIZE: Final = struct.Struct(">4sH")
_HEADER: Final = struct.Struct(">I4sQQQ16s")
_STREAMED: Final = 1
INDEX: Final = re.compile(
    rb"#ASDF BLOCK INDEX\r?\n%YAML[^\n]*\n---\r?\n((?:- \d{1,18}\r?\n)*)\.\.\.\s*\Z"
)
"""The index that a file may end with, of where its blocks begin."""
PLACE: Final = re.compile(rb"\d+")
_CHUNK: Final = 1 << 16
_LONGEST_PADDING: Final = 1 << 28
_MOST_BLOCKS: Final = 1 << 16
_INTEGER: Final = "tag:yaml.org,2002:int"
_TEXT: Final = "tag:yaml.org,2002:str"


class TruncatedAsdfError(Exception):
    """A file ends within its blocks, or before them. The message says where."""


class ExternalArrayError(Exception):
    """An array is said to be in what cannot be read as a file. The message says where."""


class Block(NamedTuple):
    """Where a block is in a file, with its header. A stream has no length, and is the last one."""

    start: int
    length: int | None


def require_blocks(file: BinaryIO, root: Any, start: int, length: int) -> None:
    """Refuse a file that lacks some of the data that the nodes of its tree speak of."""
    number = sum(1 for _ in blocks_in(file, start, length))
    wanted = 1 + max(sources_in(root), default=-1)
    if number < min(wanted, _MOST_BLOCKS):
        msg = f"it is truncated: {number:,} of the {wanted:,} blocks that its tree names are there"
        raise TruncatedAsdfError(msg)


def are_as_indexed(file: BinaryIO, root: Any, tail: bytes, length: int) -> bool:
    """Tell whether the index that a file ends with says that all blocks are there.

    It does if the last block ends where the index begins. So the headers of others need not be
    read. ``tail`` is what the file ends with.
    """
    index = INDEX.search(tail)
    if index is None:
        return False
    places = [int(place) for place in PLACE.findall(index[1])]
    if len(places) <= max(sources_in(root), default=0):
        return False
    try:
        *_, last = blocks_at(file, places[-1], length)
    except (TruncatedAsdfError, ValueError):
        return False
    end = length - len(tail) + index.start()
    return last.length is not None and last.start + last.length == end


def block_of(array: NDArray[Any]) -> bytes:
    """Return a block that has an array, as its elements are in memory, row by row."""
    data = np.ascontiguousarray(array).tobytes()
    checksum = hashlib.md5(data, usedforsecurity=False).digest()
    header = _HEADER.pack(0, bytes(4), len(data), len(data), len(data), checksum)
    return _SIZE.pack(_MAGIC, len(header)) + header + data


def blocks_in(file: BinaryIO, start: int, length: int) -> Iterator[Block]:
    """Give the blocks after a tree, as far as anything tells of them."""
    yield from blocks_at(file, _first(file, start), length)


def blocks_at(file: BinaryIO, position: int, length: int) -> Iterator[Block]:
    """Give the blocks from the one on that is at a place."""
    for number in range(1, _MOST_BLOCKS + 1):
        file.seek(position)
        raw = file.read(_SIZE.size + _HEADER.size)
        if not raw or not raw.startswith(_MAGIC[: len(raw)]):
            return  # the end of the file, an index, or more padding
        if len(raw) < _SIZE.size + _HEADER.size:
            _truncated(number, "header ends", position + _SIZE.size + _HEADER.size, length)
        size = _SIZE.unpack_from(raw)[1]
        flags, _, allocated, used, *_ = _HEADER.unpack_from(raw, _SIZE.size)
        if flags & _STREAMED:
            yield Block(position, None)
            return
        data = position + _SIZE.size + size
        yield Block(position, _SIZE.size + size + allocated)
        if data + used > length:
            _truncated(number, "data end", data + used, length)
        position = data + allocated  # with padding, which may lack at the end
        if position > length:
            return


def _truncated(number: int, what: str, end: int, length: int) -> NoReturn:
    msg = f"block {number:,} is truncated: its {what} at byte {end:,}, the file at byte {length:,}"
    raise TruncatedAsdfError(msg)


def _first(file: BinaryIO, start: int) -> int:
    """Return where the first block begins; where there is none, some place without one."""
    file.seek(start)
    place, kept = start, b""
    while place - start < _LONGEST_PADDING and (chunk := file.read(_CHUNK)):
        searched = kept + chunk
        index = searched.find(_MAGIC)
        if index >= 0:
            return place - len(kept) + index
        place += len(chunk)
        kept = searched[1 - len(_MAGIC) :]
    return start


def sources_in(root: Any, without: Iterable[Any] = ()) -> Iterator[int]:
    """Give the numbers of the blocks that the arrays below a node are in, but for some nodes."""
    for value in _sources(root, without):
        yield max(_integer(value), 0)  # -1 stands for the last one


def files_in(root: Any) -> Iterator[str]:
    """Give the names of other files that the arrays below a node are said to be in."""
    return (node.value for node in _places(root) if node.tag == _TEXT)


def require_files(root: Any, path: Path) -> None:
    """Refuse a tree with arrays in pipes and devices, of which asdf would never see the end."""
    for source in files_in(root):
        place = urlsplit(urljoin(path.absolute().as_uri(), source))
        if place.scheme != "file":
            continue
        try:
            mode = Path(unquote(place.path)).stat().st_mode
        except (OSError, ValueError):  # asdf says so where it is needed
            continue
        if not stat.S_ISREG(mode):
            msg = f"an array of its tree is in {preview(source)}, which is no regular file"
            raise ExternalArrayError(msg)


def require_no_files_beside(root: Any) -> None:
    """Refuse a tree that is to go to another folder, and has arrays in files beside it."""
    beside = [
        source for source in files_in(root) if not (urlsplit(source).scheme or source[:1] == "/")
    ]
    if beside:
        msg = (
            f"an array of its tree is in {preview(beside[0])}, beside it, and would not be found "
            "from another folder: write it to the same folder, or put its arrays into it first"
        )
        raise ExternalArrayError(msg)


def names_last(root: Any) -> bool:
    """Tell whether an array is in whatever block is the last one."""
    return any(_integer(value) < 0 for value in _sources(root))


def renumbered(root: Any, numbers: Mapping[int, int]) -> None:
    """Let the arrays below a node be in blocks of other numbers."""
    for value in _sources(root):
        value.value = str(numbers[max(_integer(value), 0)])


def _sources(root: Any, without: Iterable[Any] = ()) -> Iterator[Any]:
    """Give the nodes below a node that tell in which block an array is."""
    return (node for node in _places(root, without) if node.tag == _INTEGER)


def _places(root: Any, without: Iterable[Any] = ()) -> Iterator[Any]:
    """Give the nodes below a node that tell where an array is: in a block, or in another file."""
    waiting, seen = [root], set(map(id, without))
    while waiting:
        node = waiting.pop()
        if node is None or node.id == "scalar" or id(node) in seen:
            continue
        seen.add(id(node))
        if node.id == "sequence":
            waiting.extend(node.value)
            continue
        waiting.extend(value for _, value in node.value)
        if "/core/ndarray-" in node.tag:
            yield from (value for key, value in node.value if key.value == "source")


def _integer(node: Any) -> int:
    """Return a number as YAML reads it, which has many ways to write one."""
    from asdf.yamlutil import AsdfLoader

    return int(AsdfLoader(b"").construct_document(node))
