"""Where a product goes: never over an input, and over nothing else by accident."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from blender_core.cli.failure import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["require_apart", "require_writable", "save"]


def require_writable(output: Path, *, overwrite: bool) -> None:
    """Refuse a place that a user chose, before any work is done, if a product cannot go there.

    Parameters
    ----------
    output : Path
        The file to be written.
    overwrite : bool
        Whether a file of this name may be replaced.

    Raises
    ------
    CommandError
        If the place is no place for a FITS file, or is taken.
    """
    if output.is_dir():
        msg = f"{output} is a folder: name a file, such as {output / 'product.fits'}"
        raise CommandError(msg)
    if output.suffix != ".fits":
        msg = f"the product is a FITS file, and the name {output} does not end in .fits"
        raise CommandError(msg)
    if not output.parent.is_dir():
        msg = f"there is no folder {output.parent} to write {output.name} to"
        raise CommandError(msg)
    if output.exists() and not overwrite:
        msg = f"there is a file {output}: choose another name, or replace it with --overwrite"
        raise CommandError(msg)


def require_apart(output: Path, inputs: Iterable[Path]) -> None:
    """Refuse an output that is one of the inputs, by whichever name.

    Parameters
    ----------
    output : Path
        The file to be written.
    inputs : iterable of Path
        The files to be read; they exist.

    Raises
    ------
    CommandError
        If the output is one of them.
    """
    for path in inputs:
        if output.exists() and output.samefile(path):
            msg = f"the product would replace the input {path}: choose another name with --output"
            raise CommandError(msg)


def save(product: Any, output: Path) -> None:
    """Save a product as a whole or not at all.

    Parameters
    ----------
    product : stdatamodels.DataModel
        The product. Its ``meta.filename`` becomes the name of the file.
    output : Path
        The file, replaced if there is one. Its folder exists.
    """
    with TemporaryDirectory(dir=output.parent, prefix=".model-blender-") as folder:
        draft = Path(folder) / output.name
        product.save(str(draft))
        draft.replace(output)
