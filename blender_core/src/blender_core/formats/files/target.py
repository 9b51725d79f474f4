"""Where a file goes: found out, and refused, before any work is done."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from blender_core.common.advice import Advice, Argument
from blender_core.errors import OutputError, OutputExistsError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Target"]

_ENDINGS: Final = (".fits", ".fits.gz", ".asdf")


@dataclass(frozen=True, slots=True)
class Target:
    """A file that a product may be written to, or something else.

    Parameters
    ----------
    given : Path
        The file as the caller named it.
    path : Path
        The same without symbolic links: what will be written.
    replaces : bool
        Whether a file that is there, or comes to be there meanwhile, may be replaced.
    is_product : bool
        Whether it is the file that the product is read from.
    what : str
        What is written, for messages.
    """

    given: Path
    path: Path
    replaces: bool
    is_product: bool = False
    what: str = "the product"

    @classmethod
    def find(
        cls,
        output: str | os.PathLike[str],
        *,
        overwrite: bool,
        product: Path | None = None,
        what: str = "the product",
        endings: tuple[str, ...] = _ENDINGS,
    ) -> Target:
        """Find out whether a product, or something else, can go where the caller wants it."""
        given = Path(output)
        try:
            path = given.resolve()
            status = _status(path)
            _require_ending(given, path, what, endings)
            _require_name(given, what)
            if status is None:
                _require_folder(given, path)
            else:
                _require_replaceable(given, path, status, what, endings)
        except (OSError, RuntimeError, ValueError) as error:
            # A name too long, a loop of links, a name with a zero byte in it.
            reason = getattr(error, "strerror", None) or str(error)
            msg = f"{what} cannot be written to {given}: {reason}"
            raise OutputError(msg, path=given) from error
        is_product = product is not None and _is_same(path, product)
        if status is not None and not (overwrite or is_product):
            msg = Advice(
                f"there is a file {given}: choose another name, or replace it by ",
                Argument("overwrite", True),
            )
            raise OutputExistsError(msg, path=given)
        return cls(given, path, overwrite or is_product, is_product, what)

    @property
    def ending(self) -> str:
        """The ending of the name, which tells the format: ``.fits``, ``.fits.gz`` or ``.asdf``."""
        return _ending(self.given, _ENDINGS) or ""

    def require_apart(self, inputs: Iterable[Path]) -> None:
        """Refuse the target if it is one of the inputs, by whichever name, and not the product."""
        try:
            own = self.path.stat()
        except OSError:
            return
        if self.is_product:
            return
        for one in inputs:
            if _is_same(one, own):
                msg = f"{self.what} would replace the input {one}: choose another name"
                raise OutputError(msg, path=self.given)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except NotADirectoryError:  # a file where a folder should be
        return None


def _is_same(one: Path, other: Path | os.stat_result) -> bool:
    try:
        if isinstance(other, Path):
            other = other.stat()
        return os.path.samestat(one.stat(), other)
    except (OSError, ValueError):
        return False


def _ending(path: Path, endings: Iterable[str]) -> str | None:
    return next((one for one in endings if path.name.endswith(one)), None)


def _require_ending(given: Path, path: Path, what: str, endings: tuple[str, ...]) -> None:
    if given.is_dir():
        return  # which is told in other words
    own, pointed_to = _ending(given, endings), _ending(path, endings)
    if own is None:
        known = " or ".join(endings)
        msg = f"the name {given} does not tell the format of {what}: it ends in {known}"
        raise OutputError(msg, path=given)
    if pointed_to not in (None, own):
        msg = (
            f"{given} is a link to {path}, whose name tells another format: name that file, or "
            "remove the link"
        )
        raise OutputError(msg, path=given)


def _require_name(given: Path, what: str) -> None:
    # That a folder is none is told in other words.
    is_fits = what == "the product" and not given.name.endswith(".asdf") and not given.is_dir()
    if is_fits and not (given.name.isascii() and given.name.isprintable()):
        msg = (
            f"the name {given} has characters that no FITS header can have, and it is to be the "
            "product's FILENAME: choose another name"
        )
        raise OutputError(msg, path=given)


def _require_folder(given: Path, path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        msg = f"there is no folder {given.parent} to write {given.name} to"
        if given.is_symlink():
            msg = f"{given} is a link to {path}, and there is no folder {folder}"
        raise OutputError(msg, path=given)
    _require_open(given, folder)


def _require_replaceable(
    given: Path, path: Path, status: os.stat_result, what: str, endings: tuple[str, ...]
) -> None:
    if stat.S_ISDIR(status.st_mode):
        example = given / f"{what.rpartition(' ')[2]}{endings[0]}"
        msg = f"{given} is a folder: name a file, such as {example}"
        raise OutputError(msg, path=given)
    if not stat.S_ISREG(status.st_mode):
        msg = f"{given} is not a regular file: {what} is written as a whole, or not at all"
        raise OutputError(msg, path=given)
    _require_open(given, path.parent)
    # The folder alone decides whether a file in it can be replaced. Whoever protects a file does
    # not want that.
    if not _may_write(path):
        msg = f"the file {given} is protected: you have no permission to write to it"
        raise OutputError(msg, path=given)


def _require_open(given: Path, folder: Path) -> None:
    if not _may_write(folder):
        msg = (
            f"you have no permission to write to the folder {folder}, "
            f"where {given.name} is to be written"
        )
        raise OutputError(msg, path=given)


def _may_write(path: Path) -> bool:
    mode = os.W_OK | (os.X_OK if path.is_dir() else 0)
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
