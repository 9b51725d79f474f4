"""Which cards stand for a datamodel's attributes, and where stdatamodels puts them in a header.

It writes them in the order of the schema. Before the first of a group that has a title, it puts the
title, between two blank cards.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from blender_core.formats.fits.header_edit import card
from blender_core.schema.attributes import read_attributes, subschema_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core.formats.fits.header_edit import HeaderText
    from blender_core.schema.attributes import Attribute

__all__ = ["Sections"]


class Sections:
    """The attributes of a schema that have keywords.

    Parameters
    ----------
    schema : mapping
        The schema of a datamodel.
    exact : bool
        Whether cards have all digits of numbers.
    """

    def __init__(self, schema: Mapping[str, Any], *, exact: bool) -> None:
        self._schema = schema
        self._exact = exact

    @cached_property
    def attributes(self) -> list[Attribute]:
        """The attributes that have keywords, in the order of their cards."""
        return [one for one in read_attributes(self._schema).values() if one.keyword]

    def put(self, headers: Mapping[str, HeaderText], attribute: Attribute, value: Any) -> None:
        """Write an attribute's card."""
        keyword, header = attribute.keyword or "", headers[attribute.hdu.upper()]
        image = card(keyword, value, _comment(attribute.subschema), exact=self._exact)
        if keyword in header:
            header.put(keyword, image)
            return
        titled = self._titled_groups(attribute.path)
        section = titled[-1] if titled else ""
        before, after = self._around(attribute)
        preceding, following = (
            _keywords(one for one in some if one.path.startswith(section))
            for some in (before, after)
        )
        if any(one in header for one in (*preceding, *following)):
            header.put(keyword, image, preceding, following)
            return
        heading = b"".join(
            card("", text)
            for group in titled
            if not self._has_cards(group, headers)
            for text in ("", self._title(group), "")
        )
        header.put(keyword, image, _keywords(before), ahead_of=_keywords(after), heading=heading)

    def _around(self, attribute: Attribute) -> tuple[list[Attribute], list[Attribute]]:
        """Return the attributes before and after one in its header, the nearest first."""
        index = self._places[attribute.path]
        before, after = self.attributes[:index], self.attributes[index + 1 :]
        return (
            [one for one in reversed(before) if one.hdu == attribute.hdu],
            [one for one in after if one.hdu == attribute.hdu],
        )

    @cached_property
    def _places(self) -> dict[str, int]:
        return {one.path: i for i, one in enumerate(self.attributes)}

    def _titled_groups(self, path: str) -> list[str]:
        """Return the groups with titles that an attribute is in, each with a dot at the end."""
        parts = path.split(".")
        groups = (".".join(parts[:i]) + "." for i in range(1, len(parts)))
        return [group for group in groups if self._title(group)]

    def _title(self, group: str) -> str:
        title = subschema_at(self._schema, group.rstrip(".")).get("title")
        return title if isinstance(title, str) else ""

    def _has_cards(self, group: str, headers: Mapping[str, HeaderText]) -> bool:
        return any(
            one.keyword and one.keyword in headers[one.hdu.upper()]
            for one in self.attributes
            if one.path.startswith(group) and one.hdu.upper() in headers
        )


def _keywords(attributes: Iterable[Attribute]) -> list[str]:
    return [one.keyword for one in attributes if one.keyword]


def _comment(subschema: Mapping[str, Any]) -> str:
    """Return the comment that stdatamodels gives a card: the first line of title or description."""
    title, description = subschema.get("title"), subschema.get("description")
    text = title if title is not None else description
    return str(text or "").partition("\n")[0]
