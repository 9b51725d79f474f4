"""Where a file goes: refused before any work is done, if it cannot go there."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from blender_core.common.advice import Advice, Argument
from blender_core.common.urls import shown_url, url_named
from blender_core.common.wording import visible
from blender_core.errors import OutputError, OutputExistsError

if TYPE_CHECKING:
    from collections.abc import Iterable

PRODUCT_ENDINGS: Final = (".fits", ".fits.gz", ".asdf")
"""How the names of files end that the engine's own products are written to."""

_PRODUCT: Final = "the product"


@dataclass(frozen=True, slots=True)
class Target:
    """A file that a product, or something else, may be written to."""

    output: Path  # as the caller named it
    path: Path  # without symbolic links: what will be written
    replaces: bool  # a file that is there, or comes to be there meanwhile
    is_product: bool = False  # the file that the product is read from
    label: str = _PRODUCT  # what is written, for messages
    file: BinaryIO | None = None  # what it is written to, while it is being written
    is_read_again: bool = False  # by the engine, as a product, once the product has checked it

    @classmethod
    def find(
        cls,
        output: str | os.PathLike[str],
        *,
        overwrite: bool,
        product: Path | None = None,
        label: str = _PRODUCT,
        endings: tuple[str, ...] = PRODUCT_ENDINGS,
    ) -> Target:
        """Return the target that a name stands for, or refuse it."""
        if url := url_named(output):
            msg = f"{label} is written to a local file, and {shown_url(url)} is a URL"
            raise OutputError(visible(msg), path=Path(shown_url(url)))
        output = Path(output)
        try:
            path = output.resolve()
            status = _status(path)
            problem = _problem(output, path, status, label, endings)
        except (OSError, RuntimeError, ValueError) as error:
            # A name too long, a loop of links, a name with a zero byte in it.
            reason = getattr(error, "strerror", None) or str(error)
            msg = f"{label} cannot be written to {output}: {reason}"
            raise OutputError(visible(msg), path=output) from error
        if problem:
            raise OutputError(visible(problem), path=output)
        is_product = product is not None and status is not None and _is_file(product, status)
        if status is not None and not (overwrite or is_product):
            msg = Advice(
                f"there is a file {visible(str(output))}: choose another name, or replace it with ",
                Argument("overwrite", True),
            )
            raise OutputExistsError(msg, path=output)
        return cls(output, path, overwrite or is_product, is_product, label)

    @property
    def ending(self) -> str:
        """The ending of a product's name, which tells the format; empty if it is no product's."""
        return _ending(self.output, PRODUCT_ENDINGS) or ""

    def require_apart(self, inputs: Iterable[Path]) -> None:
        """Refuse the target if it is one of the inputs, by whichever name, and not the product."""
        try:
            status = self.path.stat()
        except OSError:
            return
        if self.is_product:
            return
        for file in inputs:
            if _is_file(file, status):
                msg = f"{self.label} would replace the input {file}: choose another name"
                raise OutputError(visible(msg), path=self.output)


def is_same_file(path: Path, other: Path) -> bool:
    """Tell whether two names mean one file, be it there yet or not."""
    with contextlib.suppress(ValueError):  # no file can have such a name
        try:
            return path.samefile(other)
        except OSError:  # one of them is not there
            # A Path raises errors, of links that lead to themselves and of long names.
            is_there = os.path.exists(other)  # noqa: PTH110
            return not is_there and os.path.realpath(path) == os.path.realpath(other)
    return False


def _is_file(file: Path, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(file.stat(), status)
    except (OSError, ValueError):
        return False


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):  # or a file where a folder should be
        return None


def _problem(
    output: Path, path: Path, status: os.stat_result | None, label: str, endings: tuple[str, ...]
) -> str | None:
    """Return why no file can be written to a path, or None."""
    folder = path.parent
    if status is not None and stat.S_ISDIR(status.st_mode):
        example = output / f"{label.rpartition(' ')[2]}{endings[0]}"
        return f"{output} is a folder: name a file, such as {example}"
    ending = _ending(output, endings)
    if ending is None:
        formats = " or ".join(endings)
        return f"the name {output} does not tell the format of {label}: it ends in {formats}"
    if _ending(path, endings) not in (None, ending):
        return (
            f"{output} is a link to {path}, whose name tells another format: name that file, or "
            "remove the link"
        )
    is_product = label == _PRODUCT or endings == PRODUCT_ENDINGS
    has_filename = is_product and ending != ".asdf" and ending.startswith(".fits")
    if has_filename and not (output.name.isascii() and output.name.isprintable()):
        return (
            f"the name {output} has characters that no FITS header can have, and it is to be the "
            "product's FILENAME: choose another name"
        )
    if status is None and not folder.is_dir():
        if output.is_symlink():
            return f"{output} is a link to {path}, and there is no folder {folder}"
        return f"there is no folder {output.parent} to write {output.name} to"
    if status is not None and not stat.S_ISREG(status.st_mode):
        return f"{output} is not a regular file: {label} is written as a whole, or not at all"
    if not _may_write(folder):
        return (
            f"you have no permission to write to the folder {folder}, "
            f"where {output.name} is to be written"
        )
    # The folder alone decides whether a file in it can be replaced. Whoever protects a file does
    # not want that.
    if status is not None and not _may_write(path):
        return f"the file {output} is protected: you have no permission to write to it"
    return None


def _ending(path: Path, endings: Iterable[str]) -> str | None:
    return next((ending for ending in endings if path.name.endswith(ending)), None)


def _may_write(path: Path) -> bool:
    mode = os.W_OK | (os.X_OK if path.is_dir() else 0)
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
