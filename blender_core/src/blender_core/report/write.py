"""Write the report of a blend, as a whole or not at all."""

from __future__ import annotations

import codecs
import os
from importlib.util import find_spec
from io import TextIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, overload

from blender_core.common.advice import Advice, Extra
from blender_core.common.forks import unforked
from blender_core.common.wording import preview
from blender_core.errors import OutputError
from blender_core.formats.files.atomic import replacing
from blender_core.formats.files.target import Target, is_same_file
from blender_core.products.explained import Explained
from blender_core.report.model import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.blending.result import BlendResult
    from blender_core.products.product_file import ProductFile

_ENDINGS: Final = (".html", ".htm")
_ENCODINGS: Final = ("utf-8", "utf-8-sig")
_UNNAMED: Final = Path("report.html")
"""What errors call a report that goes to no file of a name."""


class Writable(Protocol):
    """A file that is open for writing."""

    def write(self, content: Any, /) -> Any:
        """Write a text, or bytes."""


@overload
def write_report(
    source: BlendResult | ProductFile,
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    notes: Iterable[str] = (),
) -> Path: ...
@overload
def write_report(
    source: BlendResult | ProductFile,
    path: None = None,
    *,
    overwrite: bool = False,
    notes: Iterable[str] = (),
) -> str: ...
@overload
def write_report(
    source: BlendResult | ProductFile,
    path: Writable,
    *,
    overwrite: bool = False,
    notes: Iterable[str] = (),
) -> None: ...
def write_report(
    source: BlendResult | ProductFile,
    path: str | os.PathLike[str] | Writable | None = None,
    *,
    overwrite: bool = False,
    notes: Iterable[str] = (),
) -> Path | str | None:
    """Write what a blend came to as an HTML file, for people to look at in a browser.

    It says what was blended, and of every attribute its value, the rule that made it, whose rule
    that is, and what every input said. The file is complete in itself: it asks for no other, here
    or on the network.

    Parameters
    ----------
    source : BlendResult or ProductFile
        The result of a blend, or a product on disk, whose HDRTAB and HDRRULES are shown.
    path : path-like or file, optional
        The file, whose name ends in ``.html`` or ``.htm``. If it is a symbolic link, what it
        points to is written. Or an open file, for text in UTF-8 or for bytes, which stays open.
        Without it, nothing is written.
    overwrite : bool, optional
        Whether an existing file may be replaced.
    notes : iterable of str, optional
        Lines to show at the top, such as the warnings of the blend.

    Returns
    -------
    path : Path, str or None
        The file if it was named, None if it was open, and otherwise the text of the report.

    Raises
    ------
    OutputExistsError
        If there is such a file, and it is not to be replaced.
    OutputError
        If the report cannot be written, or Jinja2 is not installed.

    Examples
    --------
    >>> from blender_core import blendmodels
    >>> from blender_core.report import write_report
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> result = blendmodels(ImageModel(), [ImageModel()])
    >>> write_report(result)[:15]
    '<!doctype html>'
    >>> write_report(result, "report.txt")
    Traceback (most recent call last):
    blender_core.errors.OutputError: the name report.txt does not tell the format of the report: \
it ends in .html or .htm
    """
    _require_source(source)
    if path is None:
        return _text(source, notes, _UNNAMED)
    if not isinstance(path, (str, os.PathLike)) and hasattr(path, "write"):
        _write_into(path, source, notes)
        return None
    named: Any = path  # or anything else, which is told
    target = report_target(named, overwrite=overwrite)
    text = _text(source, notes, target.output)
    with replacing(target) as file:
        file.write(text.encode())
    return target.output


def _require_source(source: Any) -> None:
    """Refuse what has no outcomes to report, such as the name of a product."""
    if isinstance(source, Explained):
        return
    msg = f"a report is written of a BlendResult or a ProductFile, not of {preview(source)}"
    if isinstance(source, (str, os.PathLike)):
        msg = f"{msg}: pass ProductFile({preview(os.fspath(source))})"
    raise TypeError(msg)


def _text(source: BlendResult | ProductFile, notes: Iterable[str], path: Path) -> str:
    """Return the page. The path is for errors."""
    _require_jinja(path)
    with unforked():
        # Imported here and not above: it is an extra.
        from blender_core.report.page import page

    facts = facts_of(source, notes)
    try:
        return page(facts)
    except OSError as error:
        reason = error.strerror or error
        msg = f"the report cannot be made, for its templates cannot be read: {reason}"
        raise OutputError(msg, path=path) from error


def _write_into(file: Writable, source: BlendResult | ProductFile, notes: Iterable[str]) -> None:
    """Write the report into an open file: all of it at once."""
    name = getattr(file, "name", None)
    path = Path(name) if isinstance(name, str) else _UNNAMED
    encoding = getattr(file, "encoding", None)
    # One that is for bytes has none; nor have those that are in memory, which take texts as such.
    is_of_text = isinstance(file, TextIOBase) or isinstance(encoding, str)
    if isinstance(encoding, str) and codecs.lookup(encoding).name not in _ENCODINGS:
        msg = (
            f"the report is in UTF-8, and the open file {path} is in {encoding}: open it with "
            "encoding='utf-8', or for bytes"
        )
        raise OutputError(msg, path=path)
    text = _text(source, notes, path)
    content = text if is_of_text else text.encode()
    try:
        while content:
            n_written = file.write(content)
            # Files without a buffer may take less than they are given, and say so.
            content = content[n_written:] if isinstance(n_written, int) else ""
    except (OSError, ValueError) as error:  # a ValueError if it is closed
        reason = getattr(error, "strerror", None) or error
        msg = f"the report cannot be written into the open file {path}: {reason}"
        raise OutputError(msg, path=path, errno=getattr(error, "errno", None)) from error


def report_target(
    path: str | os.PathLike[str], *, overwrite: bool, others: Iterable[Path] = ()
) -> Target:
    """Find out, before any work is done, whether a report can be written to a file.

    It is to replace none of some others.
    """
    target = Target.find(path, overwrite=overwrite, label="the report", endings=_ENDINGS)
    _require_jinja(target.output)
    for other in others:
        if is_same_file(target.output, other):
            msg = f"the report would replace {other}: choose another name"
            raise OutputError(msg, path=target.output)
    return target


def _require_jinja(path: Path) -> None:
    if find_spec("jinja2") is None:
        msg = Advice("the report needs Jinja2: ", Extra("report", "blender-core"))
        raise OutputError(msg, path=path)
