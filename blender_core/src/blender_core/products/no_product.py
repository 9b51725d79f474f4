"""No product: the result is all that is wanted."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from blender_core.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.formats.files.target import Target
    from blender_core.tables.hdrtab import TypedColumn

__all__ = ["NoProduct"]


class NoProduct:
    """What stands where a product could.

    The schema of the inputs says what values are allowed, as they would be in a datamodel that has
    the usual settings.
    """

    path = None
    origin = None
    model = None
    validator = None

    def __repr__(self) -> str:
        return "no product"

    @property
    def tree(self) -> Mapping[str, Any]:
        """Nothing."""
        return {}

    def table(self, _name: str) -> None:
        """Return nothing."""

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, Sequence[TypedColumn]]
    ) -> None:
        """Do nothing."""

    def restored(self) -> contextlib.AbstractContextManager[None]:
        """Do nothing."""
        return contextlib.nullcontext()

    def save(self, target: Target) -> None:
        """Refuse to write what is not there."""
        msg = (
            f"nothing can be written to {target.given}: the blend has no product. The result has "
            "the values and the table."
        )
        raise OutputError(msg, path=target.given)
