"""A product is written, looked at, and put in the place of its file: as a whole or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import gzip
import logging
import time
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from blender_core.formats.files.atomic import replacing
from blender_core.formats.files.target import Target
from blender_core.products.written import require_packed

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    from blender_core.formats.files.draft import Draft
    from blender_core.products.base import Product

_LOGGER: Final = logging.getLogger(__name__)
_PACKED: Final = ".fits.gz"


def target_of(product: Product, output: str | os.PathLike[str], *, overwrite: bool) -> Target:
    """Return where a product goes, or refuse that."""
    return Target.find(output, overwrite=overwrite, product=product.origin, endings=product.endings)


def own_values(target: Target) -> dict[str, str]:
    """Return what a file that is written now says of itself, by dotted path."""
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    return {
        "meta.date": now.isoformat(timespec="milliseconds"),
        "meta.filename": target.output.name,
    }


def save(product: Product, target: Target) -> None:
    """Have a product write itself to a draft, and put that in its place."""
    length = 0
    begin = time.perf_counter()

    def check(draft: Path) -> None:
        if target.ending == _PACKED:
            require_packed(draft, length)
        product.check(draft, target)

    with product.restored():
        with replacing(target, check) as draft, _packed(draft, target) as file:
            product.save(dataclasses.replace(target, file=file))
            length = file.tell()
        product.saved(target, draft.status)
    _LOGGER.info("wrote %s in %.3g s", target.output, time.perf_counter() - begin)


@contextlib.contextmanager
def _packed(file: Draft, target: Target) -> Iterator[BinaryIO]:
    """Compress what is written to a file, if its name says so."""
    if target.ending != _PACKED:
        yield cast("BinaryIO", file)
        return
    # The name would be that of the draft, and the time makes files differ that are the same.
    with gzip.GzipFile("", "wb", 6, cast("BinaryIO", file), mtime=0) as unpacked:
        yield cast("BinaryIO", unpacked)
