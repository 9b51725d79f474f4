"""Copies of a file that are not what a reader expects."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from astropy.io.fits import HDUList, Header

__all__ = ["damaged_copies"]

_SEED: Final = 20
_FITS: Final = b"SIMPLE  ="
_OTHER_TEXT: Final = b"These are the notes of somebody who has lost the file.\n"


def damaged_copies(
    path: Path, folder: Path, keywords: Collection[str]
) -> Iterator[tuple[str, Path]]:
    """Write copies of a file under its name, each with another fault: in words, and the path.

    What FITS files say by `keywords` is left out in one copy, and of another type in others.
    """
    content = path.read_bytes()
    copy = folder / path.name

    def written(raw: bytes) -> Path:
        copy.write_bytes(raw)
        return copy

    yield "without content", written(b"")
    for quarter in (1, 2, 3):
        size = len(content) * quarter // 4
        yield f"cut after {size} of {len(content)} bytes", written(content[:size])
    yield "without its last byte", written(content[:-1])
    yield "with other text", written(_OTHER_TEXT)
    noise = random.Random(_SEED)  # noqa: S311  # it is to be the same each time
    yield "with random bytes", written(noise.randbytes(min(len(content), 5000)))
    middle = len(content) // 2
    spoilt = content[:middle] + noise.randbytes(100) + content[middle + 100 :]
    yield f"with random bytes after {middle}", written(spoilt)
    if content.startswith(_FITS):
        yield from _damaged_headers(path, copy, keywords)


def _damaged_headers(
    path: Path, copy: Path, keywords: Collection[str]
) -> Iterator[tuple[str, Path]]:
    from astropy.io import fits

    def without_extensions(hdulist: HDUList) -> None:
        del hdulist[1:]

    def without_keywords(header: Header) -> None:
        for keyword in keywords:
            header.remove(keyword, ignore_missing=True, remove_all=True)

    def undefined(header: Header) -> None:
        for keyword in keywords:
            if keyword in header:
                header[keyword] = None

    def of_another_type(header: Header) -> None:
        for keyword in keywords:
            if keyword in header:
                header[keyword] = 1 if isinstance(header[keyword], str) else "no number"

    def in_headers(change: Callable[[Header], None]) -> Callable[[HDUList], None]:
        def changed(hdulist: HDUList) -> None:
            for hdu in hdulist:
                change(hdu.header)

        return changed

    for what, change in (
        ("without extensions", without_extensions),
        ("without the schema's keywords", in_headers(without_keywords)),
        ("with keywords that have no value", in_headers(undefined)),
        ("with texts for numbers, and numbers for texts", in_headers(of_another_type)),
    ):
        # Some files cannot be had with such a fault.
        with contextlib.suppress(Exception), fits.open(path, memmap=False) as hdulist:
            change(hdulist)
            hdulist.writeto(copy, overwrite=True, output_verify="ignore")
            yield what, copy
