"""The inputs that a user names: files, patterns, lists of files, associations."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from blender_core.cli.errors import CommandError
from blender_core.common.urls import is_url, shown_url
from blender_core.errors import warn
from blender_core.formats.files.source_file import read_whole
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.inputs.association import ANY_PRODUCT, ProductChoice
from blender_core.inputs.inputs import AssociationInput, Input, Inputs, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["given_inputs", "require_apart_from", "warn_of_repeated"]

_LIST: Final = "@"
_COMMENT: Final = "#"
_FOLDERS: Final = re.compile(r"(^|/)(?:\*\*/){2,}")
_LONGEST_PATTERN: Final = 4096
"""As long as the names of files may be on Linux, with all folders."""


def given_inputs(
    arguments: Iterable[str],
    choice: ProductChoice = ANY_PRODUCT,
    remote: RemoteFiles | None = None,
) -> list[Input]:
    """Return the inputs that a user's arguments stand for: each a file, but for bad associations.

    Why these are bad is told by the blend, together with all else that is wrong.
    """
    inputs: list[Input | Path | str] = []
    remote = RemoteFiles() if remote is None else remote
    for argument in arguments:
        for path in _named_by(argument, remote):
            named = resolve(path, f"input {len(inputs) + 1}", choice, remote)
            if isinstance(named, AssociationInput) and named.fault is None:
                inputs += named.separate(shown_url(str(path)))
            else:
                inputs.append(named)
    return list(Inputs(inputs, choice))


def warn_of_repeated(inputs: Iterable[Path | str]) -> None:
    """Warn of files that are named more than once: each time they count in sums and means."""
    for path, number in Counter(map(_real, inputs)).items():
        if number > 1:
            name = shown_url(path) if is_url(path) else os.path.relpath(path)
            warn(f"{name} is given {number} times, and counts each time")


def require_apart_from(product: Path, inputs: Iterable[Path]) -> None:
    """Refuse a product that is among its own inputs: a pattern reaches further than one thinks."""
    own = product.stat()
    for path in inputs:
        if _is_there(path) and os.path.samestat(path.stat(), own):
            name = "" if path == product else f" as {path}"
            msg = f"the product {product} is one of the inputs, too{name}: leave it out of them"
            raise CommandError(msg)


def _named_by(argument: str, remote: RemoteFiles) -> Iterator[Path | str]:
    if argument.startswith(_LIST) and not os.path.lexists(argument):
        yield from _listed_in(Path(argument[len(_LIST) :]), remote)
    else:
        yield from _files(argument, remote)


def _files(name: str, remote: RemoteFiles) -> Iterator[Path | str]:
    if is_url(name):
        yield from _urls(name, remote)
        return
    if not name:
        msg = "the name of an input is empty: is a variable of the shell not set?"
        raise CommandError(msg)
    path = _expanded(name)
    if not os.path.lexists(path) and glob.has_magic(name):
        matches = _fitting(path)
        files = [match for match in map(Path, matches) if not match.is_dir()]
        if not files:
            hint = ", but there are folders: name what is in them" if matches else ""
            msg = f"there is no file whose name is like {name}{hint}"
            raise CommandError(msg)
        yield from files
    elif os.path.isdir(path):  # noqa: PTH112  # a Path raises errors
        msg = f"{path} is a folder: name the exposures in it, such as {path / '*.fits'}"
        raise CommandError(msg)
    else:
        yield path


def _urls(name: str, remote: RemoteFiles) -> Iterator[str]:
    if "*" not in name:
        yield name
        return
    urls = remote.matching(name)
    if not urls:
        msg = f"there is no file whose URL is like {shown_url(name)}"
        raise CommandError(msg)
    yield from urls


def _expanded(name: str) -> Path:
    """Return a file, which may be in somebody's home, or have a name that only looks so."""
    if os.path.lexists(name):
        return Path(name)
    try:
        return Path(name).expanduser()
    except (RuntimeError, ValueError):  # there is nobody of this name, or cannot be
        return Path(name)


# Names that no file can have, too long or with a zero byte in it, are told by the blend, together
# with all else that is wrong. Until then, there is nothing of such a name.


def _real(path: Path | str) -> str:
    if isinstance(path, str):
        return path
    try:
        return os.path.realpath(path)
    except ValueError:
        return str(path)


def _is_there(path: str | Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110  # a Path raises errors


def _fitting(pattern: Path) -> list[str]:
    # Two wildcards for folders are one: glob would look for files in the same ones repeatedly.
    text = _FOLDERS.sub(r"\1**/", str(pattern))
    if len(text) > _LONGEST_PATTERN:
        return []
    try:
        return sorted(glob.glob(text, recursive=True))  # noqa: PTH207  # absolute ones, too
    except (ValueError, RecursionError):
        return []


def _listed_in(file: Path, remote: RemoteFiles) -> Iterator[Path | str]:
    try:
        content = read_whole(_expanded(str(file)))
        # Editors of Windows begin a text with a mark, which is no part of it.
        text = content.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, UnicodeDecodeError):
            number = error.object.count(b"\n", 0, error.start) + 1
            reason = f"line {number} is not UTF-8 text"
        msg = f"the list {file} cannot be read: {reason}"
        raise CommandError(msg) from error
    names_any = False
    for number, line in enumerate(re.split("\r\n|\r|\n", text), start=1):
        name = line.strip()
        if not name or name.startswith(_COMMENT):
            continue
        if name.startswith(_LIST):
            msg = f"{file}, line {number}: a list names files, and no other list: {name}"
            raise CommandError(msg)
        beside = file.parent / name
        if not is_url(name) and not _is_there(name) and _is_there(beside):
            msg = (
                f"{file}, line {number}: there is no file {name}. Names in a list are relative to "
                f"the current folder, and there is {beside}"
            )
            raise CommandError(msg)
        names_any = True
        yield from _files(name, remote)
    if not names_any:
        msg = f"the list {file} names no file"
        raise CommandError(msg)
