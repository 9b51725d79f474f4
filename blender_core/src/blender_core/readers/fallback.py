"""Read the metadata of files of which only ``datamodels.open`` can tell what they mean.

It reads a file's arrays as well, so this is for files that are rare.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import recorded
from blender_core.errors import warn
from blender_core.readers.model_files import read_as_datamodel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

__all__ = ["read_by_datamodel"]

_PATH: Final = re.compile(r"\bmeta(?:\.\w+)+")


def read_by_datamodel(
    opened: Callable[[], AbstractContextManager[Any]],
    what: str,
    layout: Layout,
    attributes: Mapping[str, Attribute],
    told: set[str],
) -> list[Any]:
    """Return the wanted values of a file as a datamodel has them."""
    with recorded() as caught:
        values = read_as_datamodel(opened, what, layout)
    for warning in caught:
        # The first lines say which attribute, and what is wrong with it; a schema may follow.
        text = " ".join(str(warning.message).splitlines()[:2])
        if text not in told:
            told.add(text)
            problem = _PATH.sub(lambda path: _label(path[0], attributes), text)
            warn(f"{what}: {problem}", label=what, problem=problem)
    return values


def _label(path: str, attributes: Mapping[str, Attribute]) -> str:
    return attributes[path].label if path in attributes else path
