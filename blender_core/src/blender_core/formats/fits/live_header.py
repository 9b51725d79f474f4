"""The values of a FITS header in memory."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from blender_core.common.caught_warnings import recorded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.io.fits import Header

__all__ = ["LiveHeader"]


class LiveHeader:
    """A header in memory, which can be used where a `RawHeader` can.

    Its values are taken as they are, and not from the text that would be written to a file: that
    has less room.

    Parameters
    ----------
    header : astropy.io.fits.Header
        The header. It stays as it is.
    """

    def __init__(self, header: Header) -> None:
        self._header = header.copy()

    @cached_property
    def text(self) -> bytes:
        """The header as astropy prints it, which mends what does not meet the standard.

        Mended cards have the values that they are mended to from then on, as of a `RawHeader`.
        """
        with recorded():  # what it mends is no concern of the blend
            return str(self._header).encode()

    def get(self, keyword: str) -> Any:
        """Return the value of a keyword, as `RawHeader.get` does."""
        return self._header.get(keyword)

    def select(self, fields: Sequence[bytes]) -> list[Any]:
        """Return the values of many keywords, as `RawHeader.select` does."""
        return [self._header.get(field.decode().rstrip()) for field in fields]
