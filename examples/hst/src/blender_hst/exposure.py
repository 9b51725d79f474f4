"""An exposure of HST: a FITS file with a header for all of it, and some for each chip."""

from __future__ import annotations

import functools
import math
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from blender_core import Source
from blender_hst.meanings import ANY, made, meanings
from blender_hst.moments import moment_of
from blender_hst.places import (
    EACH,
    KEPT,
    MADE_KEYWORDS,
    OF_THE_FILE,
    ROOTNAME,
    START,
    group_of,
    path_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core import Card, Layout, Opened, OpenedHeader
    from blender_hst.extensions import Extension

__all__ = ["MODEL_TYPE", "Chip", "Header", "chips_of", "header_of", "is_of_hst", "schema_of"]

MODEL_TYPE: Final = "HST image"
_UNIX_EPOCH: Final = 40587
_NO_KEYWORDS: Final = frozenset({"", "COMMENT", "HISTORY", "CONTINUE", "END"})
_WORDS: Final = ("BUNIT", "UNITLESS")


class Header:
    """One header: what its keywords have, and what it says of them.

    `shape` is what a schema is made of: each keyword once, with its comment and the title of the
    section that it stands in.
    """

    def __init__(self, cards: Sequence[Card]) -> None:
        values: dict[str, Any] = {}
        shape: list[tuple[str, str, str]] = []
        section = ""
        for keyword, value, comment in cards:
            if keyword in _NO_KEYWORDS:
                section = (keyword == "" and _title(value)) or section
            # A name that is not of the FITS standard's letters is not one of HST's.
            elif keyword not in values and "." not in keyword and " " not in keyword:
                values[keyword] = value
                shape.append((keyword, comment, section))
        self.values = values
        self.shape = tuple(shape)

    def with_value(self, keyword: str, value: Any) -> Header:
        """Return the same header with another value, or with one keyword more."""
        other = object.__new__(Header)
        other.values = {**self.values, keyword: value}
        other.shape = self.shape
        if keyword not in self.values:
            other.shape = (*self.shape, (keyword, "", ""))
        return other


def _title(value: Any) -> str:
    """Return the title of a section that a card without a keyword begins; nothing if none."""
    text = value.strip() if isinstance(value, str) else ""
    return text[1:].strip() if text.startswith("/") else ""


class Chip(Source):
    """One chip of an exposure: a row of the blend."""

    model_type = MODEL_TYPE

    def __init__(self, headers: Mapping[str, Header], what: str) -> None:
        self.what = what
        self._headers = headers
        self._others = {START: _start(headers)} | _made(headers["PRIMARY"].values)

    @property
    def schema(self) -> Mapping[str, Any]:
        """What the headers have, and by which rules it is blended."""
        return schema_of(tuple((hdu, header.shape) for hdu, header in self._headers.items()))

    def read(self, layout: Layout) -> list[Any]:
        """Return the values of the wanted keywords."""
        values = {hdu: header.values for hdu, header in self._headers.items()}
        return [
            self._others.get(attribute.path)
            if attribute.keyword is None
            else values.get(attribute.hdu, {}).get(attribute.keyword)
            for attribute in layout.attributes
        ]


def is_of_hst(opened: Opened | None) -> bool:
    """Tell whether a file says that it is of HST."""
    if opened is None or opened.format != "fits":
        return False
    telescope = opened.headers[0].get("TELESCOP")
    return isinstance(telescope, str) and telescope.strip().upper() == "HST"


def chips_of(opened: Opened, what: str, extension: Extension | None = None) -> list[Chip]:
    """Return the chips of an exposure, in the order of their extensions, or one of them alone."""
    primary = Header(opened.headers[0].cards)
    by_place = {(header.name, header.version): header for header in reversed(opened.headers)}
    science = [header for header in opened.headers[1:] if header.name == "SCI"]
    if extension is not None:
        science = [extension.science_of(opened, what)]
    if not science:
        return [Chip({"PRIMARY": primary}, what)]
    return [Chip({"PRIMARY": primary, **_extensions(header, by_place)}, what) for header in science]


def _extensions(
    science: OpenedHeader, by_place: Mapping[tuple[str, int], OpenedHeader]
) -> dict[str, Header]:
    own = Header(science.cards)
    headers = {"SCI": own}
    for name in ("ERR", "DQ"):
        header = by_place.get((name, science.version))
        # Where a chip has no such array, the product has what its science array says.
        headers[name] = (own if header is None else Header(header.cards)).with_value(*_WORDS)
    return headers


def header_of(header: OpenedHeader) -> Header:
    """Return a header as it is."""
    return Header(header.cards)


@functools.lru_cache(maxsize=64)
def schema_of(shape: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]) -> dict[str, Any]:
    """Return the schema of a file whose headers have such keywords."""
    known = meanings()
    meta: dict[str, Any] = {}
    _place(meta, START, {"blend_rule": "keep", "title": "[d] When the exposure began"})
    _place(meta, ROOTNAME, {"fits_keyword": "ROOTNAME", "fits_hdu": "PRIMARY"})
    primary = {keyword for keyword, *_ in shape[0][1]}
    of_each = [each for each in made() if primary & {each.keyword, *each.sources}]
    taken = {each.keyword for each in of_each}
    for hdu, cards in shape:
        for keyword, comment, section in cards:
            meaning = known.get(keyword, ANY)
            attribute: dict[str, Any] = {
                "fits_keyword": keyword,
                "fits_hdu": hdu,
                "blend_rule": _rule(path_of(hdu, keyword), keyword, meaning.rule),
            }
            attribute |= {"title": comment} if comment else {}
            attribute |= {"fits_section": section} if section else {}
            if hdu == "PRIMARY" and keyword in MADE_KEYWORDS:
                attribute["blend_from"] = f"{EACH}.{keyword}"
            elif hdu in ("PRIMARY", "SCI") and keyword not in taken:
                attribute |= {"blend_table": True} if meaning.is_recorded else {}
                taken.add(keyword)
            else:
                attribute["blend_table"] = "never"
            if hdu == "PRIMARY":
                attribute["blend_once_per"] = ROOTNAME
            _place(meta, path_of(hdu, keyword), attribute)
    for each in of_each:
        path = path_of("PRIMARY", each.keyword)
        column = {"blend_rule": "keep", "blend_table": True, "blend_column": each.keyword}
        _place(meta, f"{EACH}.{each.keyword}", column)
        if each.keyword not in primary:
            attribute = {
                "title": each.title,
                "fits_keyword": each.keyword,
                "fits_hdu": "PRIMARY",
                "blend_rule": _rule(path, each.keyword, known[each.keyword].rule),
                "blend_from": f"{EACH}.{each.keyword}",
                "blend_once_per": ROOTNAME,
            }
            _place(meta, path, attribute)
    return {"properties": {"meta": {"properties": meta}}}


def _rule(path: str, keyword: str, rule: Mapping[str, Any]) -> Any:
    if path.startswith(f"{KEPT}.") or path in OF_THE_FILE.values():
        return "keep"
    if group_of(keyword) != "meta":
        return "drop"
    return dict(rule) if len(rule) > 1 else rule["rule"]


def _place(meta: dict[str, Any], path: str, attribute: dict[str, Any]) -> None:
    """Put an attribute where its path says."""
    *groups, name = path.split(".")[1:]
    for group in groups:
        meta = meta.setdefault(group, {"properties": {}})["properties"]
    meta[name] = attribute


def _made(primary: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an exposure has for the keywords that a product is told."""
    values = {}
    for each in made():
        value = primary.get(each.keyword)
        if value is None:
            value = next((primary[name] for name in each.sources if name in primary), None)
            if each.keyword.startswith("DATE"):
                value = moment_of(value)
        values[f"{EACH}.{each.keyword}"] = value
    return values


def _start(headers: Mapping[str, Header]) -> float:
    """Return when an exposure began, in days; of what does not tell, nobody knows: it is last."""
    for name in ("PRIMARY", "SCI"):
        values = headers[name].values if name in headers else {}
        for keyword in ("EXPSTART", "TEXPSTRT"):
            number = values.get(keyword)
            if isinstance(number, (int, float)) and math.isfinite(number):
                return float(number)
        for date, time in (("DATE-OBS", "TIME-OBS"), ("TDATEOBS", "TTIMEOBS")):
            text = f"{values.get(date)}T{values.get(time) or '00:00:00'}+00:00"
            try:
                return datetime.fromisoformat(text).timestamp() / 86400 + _UNIX_EPOCH
            except ValueError:
                continue
    return math.inf
