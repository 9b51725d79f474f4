"""Where a product goes, in the words of the command line."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from blender_core.cli.errors import CommandError
from blender_core.errors import OutputError, OutputExistsError
from blender_core.formats.files.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = [
    "is_same_file",
    "overwriting",
    "require_apart",
    "require_report",
    "require_writable",
]


def require_writable(output: Path, *, overwrite: bool, product: Path | None = None) -> None:
    """Refuse a place that a user chose, before any work is done, if a product cannot go there.

    Parameters
    ----------
    output : Path
        The file to be written.
    overwrite : bool
        Whether a file of this name may be replaced.
    product : Path, optional
        The file that the product is read from, which may be replaced in any case.

    Raises
    ------
    CommandError
        If there is such a file, and it is not to be replaced.
    OutputError
        If the place is no place for a product.
    """
    with overwriting(output):
        Target.find(output, overwrite=overwrite, product=product)


def require_report(output: Path, *, overwrite: bool, others: Iterable[Path] = ()) -> None:
    """Refuse a place that a user chose, before any work is done, if a report cannot go there.

    Parameters
    ----------
    output : Path
        The file to be written.
    overwrite : bool
        Whether a file of this name may be replaced.
    others : iterable of Path, optional
        Files that are not to be replaced in any case: those that are read, and the product.

    Raises
    ------
    CommandError
        If there is such a file, and it is not to be replaced; or if it is one of the others.
    OutputError
        If the place is no place for a report, or reports cannot be made.
    """
    from blender_core.report.write import report_target

    with overwriting(output):
        report_target(output, overwrite=overwrite)
    for one in others:
        if is_same_file(output, one):
            msg = f"the report would replace {one}: choose another name"
            raise CommandError(msg)


def is_same_file(one: Path, other: Path) -> bool:
    """Tell whether two names mean one file, be it there yet or not.

    Parameters
    ----------
    one, other : Path
        The names.

    Returns
    -------
    same : bool
        True if what is written to one of them would replace the other.

    Examples
    --------
    >>> from pathlib import Path
    >>> from blender_core.cli.outputs import is_same_file
    >>> is_same_file(Path("out.fits"), Path("sub/../out.fits"))
    True
    """
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return not other.exists() and one.resolve() == other.resolve()


@contextmanager
def overwriting(output: Path) -> Iterator[None]:
    """Refuse in the words of the command line what within is refused for being there.

    Parameters
    ----------
    output : Path
        The file to be written.

    Raises
    ------
    CommandError
        If there is such a file, and it is not to be replaced.
    """
    try:
        yield
    except OutputExistsError as error:
        msg = f"there is a file {output}: choose another name, or replace it with --overwrite"
        raise CommandError(msg) from error


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
    try:
        Target(output, output, replaces=True).require_apart(inputs)
    except OutputError as error:
        msg = f"{error}, with --output"
        raise CommandError(msg) from error
