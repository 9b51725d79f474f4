"""What the text of an ASDF tree tells without being parsed, which would take far longer.

It is enough to find out whether FITS headers say what the tree says: they have less room for floats
and texts than the tree has.
"""

from __future__ import annotations

import math
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["AsdfText"]

_CHECKSUM: Final = re.compile(rb"^_fits_hash: ([0-9a-f]{64})\s*$", re.MULTILINE)
_BEFORE_CHECKSUM: Final = b"\n_fits_hash:"
_ENTRY: Final = re.compile(rb"(\w+):(?=\s)(?: ([^\s,{}\[][^,}\n]*))?")
_NEXT_OF_META: Final = re.compile(rb"\n(?:  )?\w")
_BLANK_ENDS: Final = tuple(
    b" " + quote + after for quote in (b"'", b'"') for after in (b"\n", b",", b"}", b"]")
)
_LINE_BREAK: Final = re.compile(rb"\s*\n\s*")
_BEFORE: Final = (b" ", b"'", b'"')
_AFTER: Final = (b" ", b"'", b'"', b",", b"}", b"]")
_END: Final = b"\n..."
_CHUNK: Final = 1 << 16
_LONGEST: Final = 1 << 28


class AsdfText:
    r"""The YAML text of a tree.

    Parameters
    ----------
    raw : bytes
        The text, as it is in a file.

    Examples
    --------
    >>> from blender_core.readers.asdf_text import AsdfText
    >>> text = AsdfText(b"meta:\n  target: {ra: 12.345678901234567, name: NGC 1}\n")
    >>> text.names, text.confirmed(b"ra", 12.34567890123456), text.confirmed(b"name", "NGC 2")
    ((b'meta', b'target', b'ra', b'name'), 12.345678901234567, None)
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @classmethod
    def read(cls, file: BinaryIO, size: int) -> AsdfText:
        """Read a tree from a file, without the arrays that follow it.

        Parameters
        ----------
        file : binary file
            The file, where the tree begins.
        size : int
            How many bytes the tree has at the most, with its arrays.

        Returns
        -------
        text : AsdfText
            The tree.

        Raises
        ------
        ValueError
            If it goes on and on.
        """
        raw = bytearray()
        while len(raw) < size:
            searched = max(len(raw) - len(_END), 0)
            chunk = file.read(min(_CHUNK, size - len(raw)))
            raw += chunk
            end = raw.find(_END, searched)
            if end >= 0:
                return cls(bytes(raw[: end + len(_END)]) + b"\n")
            if not chunk:
                break
            if len(raw) > _LONGEST:
                msg = f"its ASDF tree has no end in its first {len(raw):,} bytes"
                raise ValueError(msg)
        return cls(bytes(raw))

    @property
    def checksum(self) -> str | None:
        """The checksum of the headers when the tree was written, where there is one for certain."""
        start = self.raw.find(_BEFORE_CHECKSUM)
        if start < 0 or self.raw.find(_BEFORE_CHECKSUM, start + 1) >= 0:
            return None
        found = _CHECKSUM.match(self.raw, start + 1)
        return found[1].decode() if found else None

    @property
    def names(self) -> tuple[bytes, ...]:
        """All names in the order in which they come, but for those in the WCS."""
        return tuple(name for name, _ in self._entries)

    @property
    def has_blank_ends(self) -> bool:
        """Whether there are texts that end with a blank, which a header loses."""
        return any(end in self.raw for end in _BLANK_ENDS)

    def confirmed(self, name: bytes, value: Any) -> Any:
        """Return what the tree has where a header has a certain value.

        Headers cut floats off that are longer than their field; those of older astropy have
        sixteen digits at the most.

        Parameters
        ----------
        name : bytes
            The last part of the attribute's path.
        value : bool, int, float, str or complex
            What the header has.

        Returns
        -------
        value : bool, int, float, str or None
            The same, or a float with all its digits. None where it is uncertain, because the tree
            has none such, or several.
        """
        scalars = self._scalars.get(name, ())
        if type(value) is float:
            near = {x for x in map(_float, scalars) if math.isclose(x, value, rel_tol=1e-10)}
            return near.pop() if len(near) == 1 else None
        text = value.encode() if type(value) is str else str(value).lower().encode()
        if text in scalars:
            return value
        if type(value) is str and (b"'%b'" % text in scalars or self._has_text(text)):
            return value
        return None

    def _has_text(self, text: bytes) -> bool:
        """Tell whether the tree has a text that is folded, or has quotes or commas in it."""
        return any(map(self._has_whole, {text, text.replace(b"'", b"''")}))

    def _has_whole(self, form: bytes) -> bool:
        text = self._unfolded
        start = text.find(form)
        while start >= 0:
            end = start + len(form)
            # Not only a part of another word.
            if text[start - 1 : start] in _BEFORE and text[end : end + 1] in _AFTER:
                return True
            start = text.find(form, start + 1)
        return False

    @cached_property
    def _unfolded(self) -> bytes:
        """The text without the line breaks that long texts have."""
        return _LINE_BREAK.sub(b" ", self.raw)

    @cached_property
    def _entries(self) -> list[tuple[bytes, bytes]]:
        """Names and the beginnings of the scalars that follow them, if any."""
        raw = self.raw
        wcs = raw.find(b"\n  wcs: ")
        if wcs >= 0 and (after := _NEXT_OF_META.search(raw, wcs + 1)):
            raw = raw[:wcs] + raw[after.start() :]
        return _ENTRY.findall(raw)

    @cached_property
    def _scalars(self) -> dict[bytes, list[bytes]]:
        found: dict[bytes, list[bytes]] = {}
        for name, scalar in self._entries:
            found.setdefault(name, []).append(scalar)
        return found


def _float(scalar: bytes) -> float:
    try:
        return float(scalar)
    except ValueError:
        return math.nan
