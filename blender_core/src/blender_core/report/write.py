"""Write the report of a blend, as a whole or not at all."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from blender_core.common.forks import unforked
from blender_core.errors import OutputError
from blender_core.formats.files.atomic import replacing
from blender_core.formats.files.target import Target, is_same_file
from blender_core.report.model import facts_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from pathlib import Path

    from blender_core.blending.result import BlendResult
    from blender_core.products.product_file import ProductFile

__all__ = ["report_target", "write_report"]

_ENDINGS: Final = (".html", ".htm")


def write_report(
    source: BlendResult | ProductFile,
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    notes: Iterable[str] = (),
) -> Path:
    """Write what a blend came to as an HTML file, for people to look at in a browser.

    It says what was blended, and of every attribute its value, the rule that made it, whose rule
    that is, and what every input said. The file is complete in itself: it asks for no other, here
    or on the network.

    Parameters
    ----------
    source : BlendResult or ProductFile
        The result of a blend, or a product on disk, whose HDRTAB and HDRRULES are shown.
    path : path-like
        The file, whose name ends in ``.html`` or ``.htm``. If it is a symbolic link, what it
        points to is written.
    overwrite : bool, optional
        Whether an existing file may be replaced.
    notes : iterable of str, optional
        What else a reader should know, such as the warnings of the blend.

    Returns
    -------
    path : Path
        The file.

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
    >>> write_report(result, "report.txt")
    Traceback (most recent call last):
    blender_core.errors.OutputError: the name report.txt does not tell the format of the report: \
it ends in .html or .htm
    """
    target = report_target(path, overwrite=overwrite)
    with unforked():
        # Imported here and not above: it is an extra.
        from blender_core.report.page import page

    facts = facts_of(source, notes)
    try:
        text = page(facts)
    except OSError as error:
        reason = error.strerror or error
        msg = f"the report cannot be made, for its templates cannot be read: {reason}"
        raise OutputError(msg, path=target.output) from error
    with replacing(target) as file:
        file.write(text.encode())
    return target.output


def report_target(
    path: str | os.PathLike[str], *, overwrite: bool, others: Iterable[Path] = ()
) -> Target:
    """Find out, before any work is done, whether a report can be written to a file.

    It is to replace none of some others.
    """
    target = Target.find(path, overwrite=overwrite, label="the report", endings=_ENDINGS)
    if find_spec("jinja2") is None:
        msg = 'the report needs Jinja2: pip install "blender-core[report]"'
        raise OutputError(msg, path=target.output)
    for other in others:
        if is_same_file(target.output, other):
            msg = f"the report would replace {other}: choose another name"
            raise OutputError(msg, path=target.output)
    return target
