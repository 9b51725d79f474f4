"""The classes of datamodels that a user can name."""

from __future__ import annotations

import difflib
from typing import Any

from blender_core.cli.errors import refuse
from blender_core.schema.model_class import model_classes


def model_class(name: str) -> type[Any]:
    """Return a class of datamodels of JWST by its name, in any case."""
    classes: dict[str, type[Any]] = model_classes()
    by_folded = {known.casefold(): known for known in classes}
    known = by_folded.get(name.casefold())
    if known is None:
        close = difflib.get_close_matches(name.casefold(), by_folded, n=3)
        hint = f": did you mean {' or '.join(map(by_folded.__getitem__, close))}?" if close else "."
        refuse(
            f"stdatamodels.jwst.datamodels has no class {name!r}{hint} Of what a plugin reads, "
            "there is no class to name: give a file in place of --model"
        )
    return classes[known]
