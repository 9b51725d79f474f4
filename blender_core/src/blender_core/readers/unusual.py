"""Read the metadata of files of which only ``datamodels.open`` can tell what they mean.

It reads a file's arrays as well, so this is for files that are rare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.errors import warn
from blender_core.readers.saved import read_as_datamodel
from blender_core.readers.warned import recorded

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from blender_core.columns import Layout

__all__ = ["read_by_datamodel"]


def read_by_datamodel(
    opened: Callable[[], AbstractContextManager[Any]], what: str, layout: Layout
) -> list[Any]:
    """Return the wanted values of a file as a datamodel has them.

    Parameters
    ----------
    opened : callable
        Opens the datamodel in the file.
    what : str
        What the file is to the blend, for messages.
    layout : Layout
        Which attributes are wanted, and in which order.

    Returns
    -------
    values : list, shape (n_attributes,)
        Plain values; None where the file has none.

    Raises
    ------
    InputError
        If it cannot be opened.

    Warns
    -----
    BlendWarning
        Of whatever opening the file warns of.
    """
    with recorded() as caught:
        values = read_as_datamodel(opened, what, layout)
    for warning in caught:
        # The first lines say which attribute, and what is wrong with it; a schema may follow.
        warn(f"{what}: {' '.join(str(warning.message).splitlines()[:2])}")
    return values
