"""What this distribution offers to ``blender_core``: a reader of headers, and a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from astropy.io.fits.card import Undefined

from blender_core import Gives, Missing, Rule, Source, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blender_core import Layout

__all__ = ["HeaderSource", "append", "blender_open", "blender_rules"]

COMMENTARY: Final = ("", "COMMENT", "HISTORY")


class HeaderSource(Source):
    """A header: a dictionary, or one of astropy's. Each keyword in it is an attribute."""

    model_type = "header"

    def __init__(self, header: Mapping[str, Any], what: str) -> None:
        self.what = what
        self.values = {
            keyword: value
            for keyword, value in header.items()
            if keyword not in COMMENTARY and not isinstance(value, Undefined)
        }

    @property
    def schema(self) -> dict[str, Any]:
        """Each keyword may have values of any type, and a column of the table."""
        attributes = {
            keyword.lower(): {"fits_keyword": keyword, "blend_table": True}
            for keyword in self.values
        }
        return {"properties": {"meta": {"properties": attributes}}}

    def read(self, layout: Layout) -> list[Any]:
        """Return the values of the wanted keywords."""
        return [self.values.get(str(attribute.keyword)) for attribute in layout.attributes]


def append(values: Sequence[Any]) -> Any:
    """Return the common value, else a list of all, with None where an input has none."""
    present = [value for value in values if value is not None]
    return present[0] if all(value == present[0] for value in present) else list(values)


@hookimpl
def blender_open(given: Any, what: str) -> Source | None:
    """Open a header."""
    return HeaderSource(given, what) if isinstance(given, Mapping) else None


@hookimpl
def blender_rules() -> Iterable[Rule]:
    """Offer the one rule that the standard ones lack."""
    yield Rule(
        name="append",
        blend=append,
        summary="The common value, else a list of all.",
        gives=Gives.LIST,
        missing=Missing.KEEP,
    )
