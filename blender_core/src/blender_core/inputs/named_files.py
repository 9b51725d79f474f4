"""The files that a name stands for: one, those that a pattern fits, or those of a list."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.urls import is_url, shown_url
from blender_core.common.wording import visible
from blender_core.errors import InputError, about_input
from blender_core.formats.files.source_file import read_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blender_core.formats.remote.remote_files import RemoteFiles

_LIST: Final = "@"
_COMMENT: Final = "#"
_OF_URLS: Final = "*"
"""What makes a pattern of a URL, in which a question mark is none."""
_FOLDERS: Final = re.compile(r"(^|/)(?:\*\*/){2,}")
_LONGEST_PATTERN: Final = 4096
"""As long as the names of files may be on Linux, with all folders."""


def stands_for_several(given: Any) -> bool:
    """Tell whether something is a pattern, or ``@`` and the name of a list, and no file's name."""
    if not isinstance(given, (str, os.PathLike)):
        return False
    text = os.fspath(given)
    if not isinstance(text, str) or not (text.startswith(_LIST) or glob.has_magic(text)):
        return False
    if is_url(text):
        return _OF_URLS in text
    return not (os.path.lexists(text) or file_of_part(text))


def file_of_part(name: str) -> Path | None:
    """Return the file that a name with brackets means a part of, such as ``x.fits[sci,1]``.

    None if there is no such file, or one of the whole name. What parts there are, plugins know.
    """
    file, bracket, _ = name.partition("[")
    if not (bracket and name.endswith("]")) or os.path.lexists(name):
        return None
    return Path(file) if os.path.isfile(file) else None  # noqa: PTH113  # a Path raises errors


def files_named_by(text: str, remote: RemoteFiles) -> Iterator[Path | str]:
    """Give the files, or their URLs, that a name, a pattern or a list stands for, in order."""
    with about_input(shown_url(text)):
        if text.startswith(_LIST) and not os.path.lexists(text):
            yield from _listed_in(Path(text[len(_LIST) :]), remote)
        else:
            yield from _files(text, remote)


def _files(name: str, remote: RemoteFiles) -> Iterator[Path | str]:
    if is_url(name):
        yield from _urls(name, remote)
        return
    if not name:
        msg = "the name of an input is empty: is a variable of the shell not set?"
        raise InputError(msg)
    path = _expanded(name)
    if file_of_part(str(path)) is not None:
        yield path
    elif not os.path.lexists(path) and glob.has_magic(name):
        matches = _fitting(path)
        files = [match for match in map(Path, matches) if not match.is_dir()]
        if not files:
            hint = ", but there are folders: name what is in them" if matches else ""
            whole, bracket, _ = name.partition("[")
            if bracket and name.endswith("]") and not glob.has_magic(whole):
                hint = hint or f", and no file {whole} that it may be a part of"
            msg = f"there is no file whose name is like {shown_url(name)}{hint}"
            raise InputError(visible(msg))
        yield from files
    elif os.path.isdir(path):  # noqa: PTH112  # a Path raises errors
        msg = f"{path} is a folder: name the exposures in it, such as {path / '*.fits'}"
        raise InputError(visible(msg))
    else:
        yield path


def _urls(name: str, remote: RemoteFiles) -> Iterator[str]:
    if _OF_URLS not in name:
        yield name
        return
    urls = remote.matching(name)
    if not urls:
        msg = f"there is no file whose URL is like {shown_url(name)}"
        raise InputError(visible(msg))
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
        raise InputError(visible(msg)) from error
    names_any = False
    for number, line in enumerate(re.split("\r\n|\r|\n", text), start=1):
        name = line.strip()
        if not name or name.startswith(_COMMENT):
            continue
        where = f"{file}, line {number}"
        if name.startswith(_LIST):
            msg = f"{where}: a list names files, and no other list: {name}"
            raise InputError(visible(msg))
        beside = file.parent / name
        if not is_url(name) and not _is_there(name) and _is_there(beside):
            msg = (
                f"{where}: there is no file {name}. Names in a list are relative to the current "
                f"folder, and there is {beside}"
            )
            raise InputError(visible(msg))
        names_any = True
        yield from _files(name, remote)
    if not names_any:
        msg = f"the list {file} names no file"
        raise InputError(visible(msg))
