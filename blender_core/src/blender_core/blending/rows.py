"""The rows of a single input: what it is read as, here or by a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from blender_core.blending.expand import Exposure, expanded
from blender_core.blending.needs import require_recorded
from blender_core.errors import warn
from blender_core.readers.plugin_source import is_one_of_several
from blender_core.schema.spans import disorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from blender_core.blending.needs import Needs
    from blender_core.inputs.columns import Columns
    from blender_core.inputs.opener import Opener
    from blender_core.readers.reader import Beyond, Reader
    from blender_core.schema.layout import Layout

Row: TypeAlias = "tuple[Layout, list[Any], Beyond]"
"""The values of an input, and what it has beyond the schema of its layout."""
Key: TypeAlias = "tuple[type | str, bytes, tuple[str, ...]]"
"""What tells a kind of inputs: its class, its schema, and what it has beyond that by its table."""


def key_of(source: Reader) -> Key:
    """Return what tells the kind of an input."""
    beyond = source.beyond if isinstance(source, Exposure) else ()
    return source.model_type, source.schema_content, beyond


def add_rows(
    columns: Columns,
    given: Any,
    label: str,
    opener: Opener,
    row: Callable[[Reader], Row],
    needs: Callable[[], Iterable[Needs]] | None,
    files: dict[Path, None],
) -> list[str]:
    """Add the rows of an input, and return what they are called if a plugin has several.

    With ``needs``, it stands for the exposures that it was made of, of which these are wanted. The
    files that it was opened from are added to ``files``, also if it turns out to be bad; whoever
    calls takes rows out again that it has had then.
    """
    of_several: list[str] = []
    for source in opener.rows(given, label):
        files |= dict.fromkeys(source.files)
        exposures = [source] if needs is None else expanded(source)
        for exposure in exposures:
            columns.append(*row(exposure))
        if needs is not None:
            require_recorded(exposures, needs())
        if is_one_of_several(source):
            of_several += (exposure.what for exposure in exposures)
    return of_several


def read_row(source: Reader, layout: Layout) -> Row:
    """Read what is wanted of an input of a kind that is known."""
    beyond: Beyond = ()
    if isinstance(source, Exposure):
        row = source.read(layout)
    else:
        row, beyond = source.read_all(layout)
    warn_of_disorder(source, layout, row)
    return layout, row, beyond


def warn_of_disorder(source: Reader, layout: Layout, row: Sequence[Any]) -> None:
    """Tell the doubt that an input ends before it begins."""
    if problem := disorder(layout.spans, layout.attributes, row):
        problem = f"moments that are out of order, and are blended as they are: {problem}"
        warn(f"{source.what} has {problem}", label=source.what, problem=problem)
