"""Find out whether an ASDF file has all its arrays, without reading what is in them.

By the ASDF standard, the blocks follow the tree, one after the other, after any padding. Each
begins with a header that says how long it is. The last one may be a stream, which reaches to the
end of the file however long that is; otherwise an index may follow.
"""

from __future__ import annotations

import stat
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn
from urllib.parse import unquote, urljoin, urlsplit

from blender_core.common.wording import preview

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["ExternalArrayError", "TruncatedAsdfError", "require_blocks", "require_files"]

_MAGIC: Final = b"\xd3BLK"
_SIZE: Final = struct.Struct(">4sH")
_HEADER: Final = struct.Struct(">I4sQQQ16s")
_STREAMED: Final = 1
_CHUNK: Final = 1 << 16
_LONGEST_PADDING: Final = 1 << 28
_MOST_BLOCKS: Final = 1 << 16


class TruncatedAsdfError(Exception):
    """A file ends within its blocks, or before them. The message says where."""


class ExternalArrayError(Exception):
    """An array is said to be in what cannot be read as a file. The message says where."""


def require_blocks(file: BinaryIO, tree: Any, start: int, length: int, path: Path) -> None:
    """Refuse a file that lacks some of the data that its tree speaks of."""
    number = sum(1 for _ in _blocks(file, start, length))
    sources = list(_sources(tree))
    # -1 stands for the last one.
    wanted = 1 + max((max(each, 0) for each in sources if isinstance(each, int)), default=-1)
    if number < min(wanted, _MOST_BLOCKS):
        msg = f"it is truncated: {number:,} of the {wanted:,} blocks that its tree names are there"
        raise TruncatedAsdfError(msg)
    _require_files(sources, path)


def require_files(tree: Any, path: Path) -> None:
    """Refuse a tree with arrays in pipes and devices, of which asdf would never see the end."""
    _require_files(_sources(tree), path)


def _require_files(sources: Iterable[Any], path: Path) -> None:
    for source in sources:
        if not isinstance(source, str):
            continue
        place = urlsplit(urljoin(path.absolute().as_uri(), source))
        if place.scheme != "file":
            continue
        file = Path(unquote(place.path))
        try:
            mode = file.stat().st_mode
        except (OSError, ValueError):  # asdf says so where it is needed
            continue
        if not stat.S_ISREG(mode):
            msg = f"an array of its tree is in {preview(source)}, which is no regular file"
            raise ExternalArrayError(msg)


def _blocks(file: BinaryIO, start: int, length: int) -> Iterator[int]:
    """Give the places of the blocks, as far as anything tells of them."""
    position = _first(file, start)
    for number in range(1, _MOST_BLOCKS + 1):
        file.seek(position)
        raw = file.read(_SIZE.size + _HEADER.size)
        if not raw or not raw.startswith(_MAGIC[: len(raw)]):
            return  # the end of the file, an index, or more padding
        if len(raw) < _SIZE.size + _HEADER.size:
            _truncated(number, "header ends", position + _SIZE.size + _HEADER.size, length)
        size = _SIZE.unpack_from(raw)[1]
        flags, _, allocated, used, *_ = _HEADER.unpack_from(raw, _SIZE.size)
        yield position
        if flags & _STREAMED:
            return
        position += _SIZE.size + size
        if position + used > length:
            _truncated(number, "data end", position + used, length)
        position += allocated  # with padding, which may lack at the end
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


def _sources(tree: Any) -> Iterator[Any]:
    """Give what arrays are in: numbers of blocks, and names of other files."""
    rest, seen = [tree], set()
    while rest:
        value = rest.pop()
        if not isinstance(value, (dict, list)) or id(value) in seen:
            continue
        seen.add(id(value))
        # Asdf's tagged ones are lists and mappings that look empty unless they are asked.
        rest.extend(iter(value.values() if isinstance(value, dict) else value))
        if isinstance(value, dict) and "/core/ndarray-" in getattr(value, "_tag", ""):
            yield value.get("source")
