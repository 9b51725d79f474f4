"""What no FITS header can have: NaN, infinity, line breaks, letters of other alphabets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.caught_warnings import recorded
from blender_core.common.plain_values import plain
from blender_core.common.wording import format_error, preview
from blender_core.errors import OutputError
from blender_core.formats.fits.header_edit import card
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blender_core.formats.files.target import Target

__all__ = ["in_words", "to_fits"]


def in_words(name: str, value: Any, error: Exception) -> str:
    """Say what a header cannot have, and why."""
    return f"{name} = {preview(value)}: {format_error(error).rstrip('.')}"


def to_fits(model: Any, target: Target) -> None:
    """Have stdatamodels write a datamodel; if it cannot, name the cards that there cannot be."""
    try:
        model.to_fits(target.file)
    except Exception as error:
        faults = list(_faults(model))
        if not faults:
            raise
        msg = (
            f"{target.label} cannot be written to {target.output}: its header cannot have "
            + "; ".join(faults)
        )
        raise OutputError(msg, path=target.output) from error


def _faults(model: Any) -> Iterator[str]:
    layout = Layout(item for item in read_attributes(model.schema).values() if item.keyword)
    values = collect(model.instance, layout)
    for attribute, value in zip(layout.attributes, map(plain, values), strict=True):
        if value is not None:
            yield from _fault(attribute.label, attribute.keyword or "", value)
    for name, parts in (model.instance.get("extra_fits") or {}).items():
        for keyword, value, comment in parts.get("header", ()):
            yield from _fault(f"extra_fits.{name} ({keyword})", keyword, value, comment)


def _fault(name: str, keyword: str, value: Any, comment: str = "") -> Iterator[str]:
    with recorded():
        try:
            card(keyword, value, comment)
        except Exception as error:  # noqa: BLE001  # whatever astropy raises
            yield in_words(name, value, error)
