"""Names of one extension of a file, such as ``x_flt.fits[sci,2]``, which drizzling knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from blender_core import InputError

if TYPE_CHECKING:
    from blender_core import Opened, OpenedHeader

__all__ = ["Extension", "file_and_extension"]

_NAME: Final = re.compile(r"(?P<file>[^\[]+)\[(?P<extension>[^\[\]]*)\]")
_NUMBER: Final = re.compile(r"\d{1,4}")
_NAME_AND_VERSION: Final = re.compile(r"([A-Za-z]\w*)\s*(?:,\s*(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Extension:
    """What stands between the brackets: a number, or a name, which may have a version."""

    words: str

    def science_of(self, opened: Opened, what: str) -> OpenedHeader:
        """Return the header that is meant, which is that of a science array."""
        words = self.words.strip()
        header = None
        if _NUMBER.fullmatch(words):
            header = next((each for each in opened.headers if each.index == int(words)), None)
        elif match := _NAME_AND_VERSION.fullmatch(words):
            header = opened.header(match[1], int(match[2] or 1))
        if header is not None and header.name == "SCI":
            return header
        problem = "there is no such extension" if header is None else "it is that of no chip"
        science = [each for each in opened.headers if each.name == "SCI"]
        known = ", ".join(f"[sci,{each.version}]" for each in science[:8]) or "none"
        msg = f"{what} cannot be read: of [{words}], {problem}. Its chips are {known}"
        raise InputError(msg)


def file_and_extension(name: str) -> tuple[Path, Extension | None]:
    """Return the file that a name means, and the extension of it, if the name has one."""
    match = _NAME.fullmatch(name)
    if match is None:
        return Path(name), None
    return Path(match["file"]), Extension(match["extension"])
