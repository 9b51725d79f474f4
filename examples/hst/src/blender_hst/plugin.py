"""What this distribution offers to ``blender_core``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from blender_core import hookimpl
from blender_hst.exposure import chips_of, is_of_hst
from blender_hst.extensions import file_and_extension
from blender_hst.moments import MOMENTS
from blender_hst.product import Drizzled
from blender_hst.rules_lines import instrument_in, read_lines
from blender_hst.rules_overrides import overrides_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from blender_core import Opened, Override, Rule, Source

__all__ = ["blender_open", "blender_product", "blender_rules", "blender_rules_file"]


@hookimpl
def blender_open(
    given: Any, what: str, opened: Opened | None, open_file: Callable[[Path], Opened]
) -> Source | Iterable[Source] | None:
    """Open an image of HST: each of its chips is a row, or that of ``x_flt.fits[sci,1]`` alone."""
    extension = None
    if opened is None and isinstance(given, (str, os.PathLike)):
        path, extension = file_and_extension(os.fspath(given))
        opened = None if extension is None else open_file(path)
    if opened is None or not is_of_hst(opened):
        return None
    chips = chips_of(opened, what, extension)
    return chips if len(chips) > 1 else chips[0]


@hookimpl
def blender_product(given: Any, what: str, opened: Opened | None) -> Drizzled | None:
    """Take a file of HST as the product of a blend."""
    return Drizzled(given, what, opened) if opened is not None and is_of_hst(opened) else None


@hookimpl
def blender_rules() -> Iterable[Rule]:
    """Offer the rules that keywords of HST want and the standard rules do not have."""
    return MOMENTS


@hookimpl
def blender_rules_file(path: Path, text: str, among: tuple[Path, ...]) -> Iterable[Override] | None:
    """Read a ``.rules`` file: it is for all inputs; of several, each is for its own instrument."""
    if not _is_rules_file(path):
        return None
    is_alone = sum(map(_is_rules_file, among)) == 1
    instrument = None if is_alone else instrument_in(text)
    return overrides_of(read_lines(path, text), among.index(path), instrument)


def _is_rules_file(path: Path) -> bool:
    return path.suffix.lower() == ".rules"
