"""Change an open HDUList as files are changed, and write it, whose data are copied as they are."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from blender_core.common.caught_warnings import kept_apart, recorded
from blender_core.formats.files.byte_ranges import ByteRange, PatchError, blocks_of
from blender_core.formats.fits.asdf_extension import bytes_of
from blender_core.formats.fits.cards import LiveHeader
from blender_core.formats.fits.hdulist import raw_fits_of
from blender_core.formats.fits.header_edit import EditedHeader
from blender_core.formats.fits.scan import padded
from blender_core.products.hdu_edit import HDU

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from astropy.io.fits import HDUList, Header


class HDUListEdit:
    """The HDUs of an open HDUList, as they are to be. It stays as it is until they are applied."""

    def __init__(self, hdulist: HDUList) -> None:
        self._hdulist = hdulist
        self.content = raw_fits_of(hdulist)
        self.hdus: list[HDU] = []
        self._before: dict[int, tuple[Any, bytes]] = {}
        for own, raw in zip(hdulist, self.content.hdus, strict=True):
            text = _text_of(own.header)
            hdu = HDU(raw.name, EditedHeader(text), [], raw.version)
            self.hdus.append(hdu)
            self._before[id(hdu)] = own, text

    def apply(self) -> Callable[[], None]:
        """Have the HDUList as it is to be; return what takes that back."""
        old = list(self._hdulist)
        headers = []
        new = []
        for hdu in self.hdus:
            own, text = self._before.get(id(hdu), (None, b""))
            if own is None:
                own = _made(hdu)
            elif hdu.header.raw != text:
                headers.append((own.header, own.header.copy()))
                _refill(own.header, _header_of(hdu.header.raw))
            new.append(own)
        _put(self._hdulist, new)

        def undo() -> None:
            for header, before in headers:
                _refill(header, before)
            _put(self._hdulist, old)

        return undo


def blocks_of_hdulist(hdulist: HDUList) -> Iterator[bytes]:
    """Give what the file of an HDUList is to consist of.

    An HDU whose data nobody has asked for is copied from the file that it was read from; and so is
    its header, unless it was changed.
    """
    for number, hdu in enumerate(hdulist):
        try:
            yield from _blocks_of_hdu(hdu, first=number == 0)
        except Exception as error:  # astropy has many for what it cannot write
            reason = f"{type(error).__name__}: {error}"
            msg = f"its HDU {number} ({hdu.name}) cannot be written: {reason}"
            raise PatchError(msg) from error


def _blocks_of_hdu(hdu: Any, *, first: bool) -> Iterator[bytes]:
    from astropy.io import fits

    place = hdu.fileinfo()
    # The header of a compressed image is not the one in the file.
    is_other = place is None or "data" in vars(hdu) or isinstance(hdu, fits.CompImageHDU)
    if is_other and first:
        buffer = io.BytesIO()
        with kept_apart():
            hdu.writeto(buffer)
        yield buffer.getvalue()
        return
    if is_other:
        yield bytes_of(hdu)
        return
    file, start = place["file"], place["datLoc"]
    position = file.tell()
    try:
        (raw,) = blocks_of([ByteRange(place["hdrLoc"], start - place["hdrLoc"])], file)
        yield raw if _same(hdu.header, raw) else _text_of(hdu.header)
        yield from blocks_of([ByteRange(start, padded(hdu.size))], file)
    finally:
        file.seek(position)


def _same(header: Header, raw: bytes) -> bool:
    """Tell whether a header is as it is in a file."""
    return bytes(LiveHeader(header).text) == bytes(LiveHeader(_header_of(raw)).text)


def _text_of(header: Header) -> bytes:
    try:
        return LiveHeader(header).text
    except ValueError as error:  # a card that astropy cannot mend
        raise PatchError(str(error)) from error


def _header_of(raw: bytes) -> Header:
    from astropy.io import fits

    with recorded():
        return fits.Header.fromstring(raw)


def _refill(header: Header, other: Header) -> None:
    """Give a header, which others may have hold of, the cards of another."""
    with recorded():
        header.clear()
        header.extend(other.cards, strip=False, unique=False, update=False, bottom=True)


def _made(hdu: HDU) -> Any:
    """Return a new HDU as astropy has it."""
    from astropy.io import fits

    made = [part for part in (hdu.header.raw, *hdu.data) if not isinstance(part, ByteRange)]
    content = b"".join(blocks_of(made, io.BytesIO()))
    kind = fits.BinTableHDU if hdu.data else fits.ImageHDU
    with kept_apart():
        return kind.readfrom(io.BytesIO(content))


def _put(hdulist: HDUList, hdus: list[Any]) -> None:
    """Have an HDUList consist of some HDUs, of which the first is its own."""
    while len(hdulist) > 1:
        del hdulist[-1]
    for hdu in hdus[1:]:
        hdulist.append(hdu)
