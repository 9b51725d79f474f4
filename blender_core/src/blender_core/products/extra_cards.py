"""Cards of a file that its datamodel keeps beside its attributes, in ``extra_fits``.

When the datamodel is saved, stdatamodels appends them to the header. So a card there whose keyword
is that of a blended attribute would come after the blended one, with another value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.wording import preview
from blender_core.errors import warn

if TYPE_CHECKING:
    from collections.abc import Collection


def cards_left(extra_fits: Any, blended: Collection[tuple[str, str]]) -> dict[str, list[Any]]:
    """Return what is left of the cards of each HDU that loses some, and warn of what it loses.

    ``blended`` has the HDUs and the keywords of what is blended.
    """
    left = {}
    for name, parts in (extra_fits or {}).items():
        cards = parts.get("header") if isinstance(parts, dict) else None
        if not isinstance(cards, list):
            continue
        others = [item for item in cards if (name.upper(), _keyword(item)) not in blended]
        if len(others) < len(cards):
            left[name] = others
            for item in cards:
                if item not in others:
                    warn(
                        f"the product has in extra_fits.{name} a card {_keyword(item)} of its own, "
                        f"{preview(list(item[1:]))}: it is left out, as that is a blended attribute"
                    )
    return left


def _keyword(card: Any) -> str:
    """Return the keyword of a card as it will be in a header."""
    keyword = card[0] if isinstance(card, (list, tuple)) and card else ""
    return str(keyword).strip().upper().removeprefix("HIERARCH ").strip()
