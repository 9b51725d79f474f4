"""What a hook is to refuse: damaged copies of a file, and what no plugin can know."""

from __future__ import annotations

import contextlib
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import recorded
from blender_core.common.wording import preview
from blender_core.errors import BlenderError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from astropy.io.fits import HDUList, Header

_SEED: Final = 20
_FITS: Final = b"SIMPLE  ="
_OTHER_TEXT: Final = b"These are the notes of somebody who has lost the file.\n"


def faults_with_damage(
    path: Path, keywords: Collection[str], read: Callable[[Path], object]
) -> Iterator[tuple[str, BlenderError]]:
    """Read damaged copies of a file; give of which it raises no `InputError`, and what instead.

    What FITS files say by `keywords` is left out in one copy, and of another type in others.
    """
    with tempfile.TemporaryDirectory() as folder:
        for damage, copy in _damaged_copies(path, Path(folder), keywords):
            try:
                with recorded():
                    read(copy)
            except InputError:
                continue
            except BlenderError as fault:
                yield damage, fault


def problems_with_strangers(hook: str, take: Callable[[Any], object]) -> Iterator[str]:
    """Have a hook take what no plugin can know."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder, "notes.txt")
        notes.write_text("Nothing that anybody reads.\n", encoding="utf-8")
        for what, given, may_be_taken in (
            ("a text file", notes, True),
            ("a text file's name", str(notes), True),
            ("an object", object(), False),
            # No integer: opened as a file, it would be one of the process's own.
            ("a number", 3.5, False),
        ):
            try:
                with recorded():
                    taken = take(given)
            except InputError:
                continue
            except BlenderError as fault:
                yield f"of {what}, {hook} is to return None: {fault}"
                continue
            if not may_be_taken:
                yield f"{hook} takes {what}, and gives {preview(taken)}"


def _damaged_copies(
    path: Path, folder: Path, keywords: Collection[str]
) -> Iterator[tuple[str, Path]]:
    """Write copies of a file under its name, each with another fault: in words, and the path."""
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
