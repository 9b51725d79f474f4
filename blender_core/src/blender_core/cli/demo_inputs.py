"""Open the exposures that a user names."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from blender_core.cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["opened", "require_exposures"]

_FITS, _GZIP = b"SIMPLE", b"\x1f\x8b"


def require_exposures(paths: list[Path]) -> None:
    """Refuse what cannot be an exposure, before any work is done."""
    for path in paths:
        if path.is_dir():
            msg = f"{path} is a folder: name the exposures in it, such as {path / '*.fits'}"
            raise CommandError(msg)
        if not path.exists():
            msg = f"there is no file {path}"
            raise CommandError(msg)
        with path.open("rb") as file:
            if not file.read(len(_FITS)).startswith((_FITS, _GZIP)):
                msg = f"{path} is not a FITS file"
                raise CommandError(msg)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open an exposure as a datamodel for as long as it is needed."""
    from stdatamodels.jwst import datamodels

    try:
        model = datamodels.open(str(path))
    except Exception as error:
        # Whatever is wrong with a file can come as any exception of three libraries.
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        msg = f"{path} cannot be opened as a datamodel: {reason}"
        raise CommandError(msg) from error
    with model:
        if type(model) is datamodels.JwstDataModel:
            msg = (
                f"{path} is not a datamodel that can be recognized: its header has no DATAMODL "
                "that names a model type, and its arrays suggest none"
            )
            raise CommandError(msg)
        yield model
