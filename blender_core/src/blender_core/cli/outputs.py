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
    """Refuse a place that a user chose, before any work is done, if a product cannot go there."""
    with overwriting(output):
        Target.find(output, overwrite=overwrite, product=product)


def require_report(output: Path, *, overwrite: bool, others: Iterable[Path] = ()) -> None:
    """Refuse a place that a user chose, before any work is done, if a report cannot go there."""
    from blender_core.report.write import report_target

    with overwriting(output):
        report_target(output, overwrite=overwrite)
    for one in others:
        if is_same_file(output, one):
            msg = f"the report would replace {one}: choose another name"
            raise CommandError(msg)


def is_same_file(one: Path, other: Path) -> bool:
    """Tell whether two names mean one file, be it there yet or not."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return not other.exists() and one.resolve() == other.resolve()


@contextmanager
def overwriting(output: Path) -> Iterator[None]:
    """Refuse in the words of the command line what within is refused for being there."""
    try:
        yield
    except OutputExistsError as error:
        msg = f"there is a file {output}: choose another name, or replace it with --overwrite"
        raise CommandError(msg) from error


def require_apart(output: Path, inputs: Iterable[Path]) -> None:
    """Refuse an output that is one of the inputs, by whichever name."""
    try:
        Target(output, output, replaces=True).require_apart(inputs)
    except OutputError as error:
        msg = f"{error}, with --output"
        raise CommandError(msg) from error
