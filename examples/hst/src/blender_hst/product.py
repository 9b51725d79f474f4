"""A drizzled product of HST, which gets the blended headers of its exposures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core import FitsProduct, Tier
from blender_hst.exposure import MODEL_TYPE, header_of, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core import Attribute, BlendPlan, Opened, ProductTable

__all__ = ["Drizzled"]

_IN_A_PRODUCT: Final = {"ERR": ("WHT", "ERR"), "DQ": ("CTX", "CON", "DQ")}
"""The HDU of an exposure, and what a product may have for it: the first that is there counts."""


class Drizzled(FitsProduct):
    """A drizzled product: PRIMARY, SCI, WHT or ERR, CTX or DQ, as far as it has these."""

    model_type = MODEL_TYPE
    records_rules = True

    def __init__(self, given: Any, what: str, opened: Opened) -> None:
        super().__init__(given, what)
        self._headers = {header.name: header for header in reversed(opened.headers)}
        self._headers["PRIMARY"] = opened.headers[0]

    @property
    def schema(self) -> Mapping[str, Any]:
        """What its headers have, and by which rules it is blended."""
        names = ["PRIMARY", *filter(None, map(self._name, ("SCI", "ERR", "DQ")))]
        shape = tuple((name, header_of(self._headers[name]).shape) for name in dict.fromkeys(names))
        return schema_of(shape)

    def _name(self, hdu: str) -> str | None:
        """Return the HDU that has what an exposure has in one; None if there is none."""
        candidates = _IN_A_PRODUCT.get(hdu, (hdu,))
        return next((name for name in candidates if name in self._headers), None)

    def hdu_of(self, attribute: Attribute) -> str:
        """Return the name of the product's own HDU."""
        return self._name(attribute.hdu) or attribute.hdu

    def has_place_for(self, attribute: Attribute) -> bool:
        """Tell whether the product has such an HDU."""
        return self._name(attribute.hdu) is not None

    def history(self, plan: BlendPlan, tables: Mapping[str, ProductTable]) -> Iterable[str]:
        """Say how many chips were blended, by which rules and whose; HDRRULES has the details."""
        sources = {each.source: None for each in plan.values() if each.tier > Tier.SCHEMA}
        rules = ", ".join(sources) or "those of blender-hst for each keyword"
        if (table := tables.get("hdrtab")) is not None:
            yield f"Headers of {len(table)} chips blended by Model Blender with blender-hst:"
        yield _ascii(f"rules: {rules}")
        yield "HDRTAB has what each chip had, HDRRULES how each keyword came about."


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()
