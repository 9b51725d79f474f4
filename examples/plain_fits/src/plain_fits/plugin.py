"""What this distribution offers to ``blender_core``: FITS files without a datamodel, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from blender_core import FitsProduct, Override, Source, When, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core import Layout, Opened

__all__ = ["blender_open", "blender_overrides", "blender_product"]

KEYWORDS: Final = """
    PRIMARY  ROOTNAME  string   first       Name of the exposure
    PRIMARY  TELESCOP  string   same        Telescope
    PRIMARY  INSTRUME  string   same        Instrument
    PRIMARY  DETECTOR  string   multi       Detector
    PRIMARY  FILTER    string   multi       Filter
    PRIMARY  DATE-OBS  string   min         [yyyy-mm-dd] Date at the start, UTC
    PRIMARY  TIME-OBS  string   first       [hh:mm:ss] Time at the start, UTC
    PRIMARY  EXPSTART  number   min         [d] Start of the exposure, MJD
    PRIMARY  EXPEND    number   max         [d] End of the exposure, MJD
    PRIMARY  EXPTIME   number   sum         [s] Exposure time
    SCI      ORIENTAT  number   mean_angle  [deg] Position angle of the y axis
    SCI      NCOMBINE  integer  sum         Number of images combined
"""
"""HDU, keyword, type, rule, and what it means, with its unit. To add a keyword, add a line."""


def _schema() -> dict[str, Any]:
    attributes = {}
    for line in KEYWORDS.strip().splitlines():
        hdu, keyword, kind, rule, title = line.split(maxsplit=4)
        attributes[keyword.lower()] = {
            "type": kind,
            "title": title,
            "fits_keyword": keyword,
            "fits_hdu": hdu,
            "blend_rule": rule,
            "blend_table": True,
        }
    return {"properties": {"meta": {"properties": attributes}}}


class HeaderSource(Source):
    """The headers of one FITS file, as Model Blender has read them."""

    model_type = "plain FITS"
    schema: ClassVar = _schema()

    def __init__(self, opened: Opened, what: str) -> None:
        self.opened, self.what = opened, what

    def read(self, layout: Layout) -> list[Any]:
        """Return the values of the wanted keywords."""
        return [self.value(one.hdu or "PRIMARY", one.keyword or "") for one in layout.attributes]

    def value(self, hdu: str, keyword: str) -> Any:
        """Return what a keyword has in the first HDU of a name; None if there is none."""
        header = self.opened.header(hdu)
        return None if header is None else header.get(keyword)


@hookimpl
def blender_open(what: str, opened: Opened | None) -> Source | None:
    """Take a FITS file, or an open HDUList. Those of JWST's datamodels do not come here."""
    if opened is None or opened.format != "fits":
        return None
    return HeaderSource(opened, what)


class HeaderProduct(FitsProduct):
    """A FITS file, or an open HDUList, which gets the blended headers."""

    model_type = HeaderSource.model_type
    schema: ClassVar = HeaderSource.schema


@hookimpl
def blender_product(given: Any, what: str, opened: Opened | None) -> FitsProduct | None:
    """Take a FITS file as the product. Those of JWST's datamodels do not come here."""
    is_fits = opened is not None and opened.format == "fits"
    return HeaderProduct(given, what) if is_fits else None


@hookimpl
def blender_overrides() -> Iterable[Override]:
    """Take the time of the earliest exposure: the earliest time of day can be the next day's."""
    yield Override(
        attribute="TIME-OBS",
        rule="first",
        order_by="EXPSTART",
        when=When(model_type=HeaderSource.model_type),
        reason="the time of the earliest exposure, which DATE-OBS is of",
    )
