"""The values that a datamodel takes from FITS headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.values import distinct
from blender_core.common.wording import join_words, preview, shorten
from blender_core.errors import InputError, warn
from blender_core.schema.validation import plainly_valid, problem_with, validates_assignments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blender_core.formats.fits.cards import LiveHeader, RawHeader
    from blender_core.formats.fits.scan import RawFits
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout


def select(fits: RawFits, name: str, fields: Sequence[bytes], label: str) -> list[Any]:
    """Return the values of keywords in the header of an HDU."""
    hdu = fits.hdu(name)
    if hdu is None:
        return [None] * len(fields)
    try:
        return hdu.header.select(fields)
    except Exception as error:
        msg = f"{label} cannot be read: HDU {name} has a bad card: {error}"
        raise InputError(msg) from error


def put_headers_over(
    values: list[Any], layout: Layout, fits: RawFits, blank: Any, label: str
) -> list[Any]:
    """Put the headers' values over others, as far as the schema allows them."""
    validates = validates_assignments(blank)
    for name, (places, fields) in layout.keywords.items():
        for place, value in zip(places, select(fits, name, fields, label), strict=True):
            # Without validation, what is missing is put over others as well.
            if not validates or (
                value is not None and _allows(value, layout.attributes[place], blank, label)
            ):
                values[place] = value
    warn_of_repeated(fits, layout, label)
    warn_of_altered(fits, layout, label)
    return values


def warn_of_repeated(
    fits: RawFits, layout: Layout, label: str, *, of_product: bool = False
) -> None:
    """Warn of wanted keywords that are there more than once with different values.

    Of a product, all that are there more than once are told: where it is blended, one is left.
    """
    for name, header, fields in _headers(fits, layout):
        for field in filter(header.repeated.__contains__, fields):
            values = header.values_of(field)
            if len(distinct(values)) == 1 and not of_product:
                continue
            times = {2: "twice"}.get(len(values), f"{len(values)} times")
            (taken,) = select(fits, name, (field,), label)
            problem = (
                f"the keyword {_keyword(field)} {times} in HDU {name}, as "
                f"{join_words([preview(value) for value in values])}: {preview(taken)} is taken"
            )
            if of_product:
                problem += ", and one card is left if it is blended"
            warn(f"{label} has {problem}", label=label, problem=problem)


def warn_of_altered(fits: RawFits, layout: Layout, label: str) -> None:
    """Warn of wanted values that are not what stands in the headers, once they were selected."""
    for name, header, fields in _headers(fits, layout):
        for field, altered in header.alterations(fields).items():
            problem = (
                f"{_keyword(field)} = {shorten(altered.stands)} in HDU {name}, {altered.reason}: "
                f"{preview(altered.value)} is taken"
            )
            warn(f"{label} has {problem}", label=label, problem=problem)


def _headers(
    fits: RawFits, layout: Layout
) -> Iterator[tuple[str, RawHeader | LiveHeader, Sequence[bytes]]]:
    """Give the headers that have wanted keywords, with these."""
    for name, (_, fields) in layout.keywords.items():
        hdu = fits.hdu(name)
        if hdu is not None:
            yield name, hdu.header, fields


def _keyword(field: bytes) -> str:
    return field.decode().rstrip()


def _allows(value: Any, attribute: Attribute, blank: Any, label: str) -> bool:
    if plainly_valid(value, attribute.subschema):
        return True
    from asdf.exceptions import ValidationError

    where = f"{attribute.label} = {value!r} in HDU {attribute.hdu}, which the schema forbids"
    try:
        taken, problem = problem_with(value, attribute.subschema, blank)
    except ValidationError as error:
        msg = f"{label} has {where}: {error}"
        raise InputError(msg) from error
    if problem:
        consequence = "taken all the same" if taken else "left out"
        problem = f"{where}: {problem}. It is {consequence}."
        warn(f"{label} has {problem}", label=label, problem=problem)
    return taken
