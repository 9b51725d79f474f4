"""Where stdatamodels puts the card of a datamodel's attribute in a header.

It writes cards in the order of the schema. Before the first of a group that has a title, it puts
the title, between two blank cards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.caught_warnings import recorded
from blender_core.common.wording import preview
from blender_core.errors import warn
from blender_core.formats.fits.cards import RawHeader
from blender_core.formats.fits.header_edit import card
from blender_core.schema.attributes import read_attributes, subschema_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core.formats.fits.header_edit import EditedHeader
    from blender_core.schema.attributes import Attribute


class CardOrder:
    """The attributes of a schema that have keywords, in the order of their cards.

    Exact cards have all digits of numbers.
    """

    def __init__(self, schema: Mapping[str, Any], *, exact: bool) -> None:
        self._schema = schema
        self._exact = exact
        self.attributes = [item for item in read_attributes(schema).values() if item.keyword]
        self._places = {item.path: place for place, item in enumerate(self.attributes)}

    def put(self, headers: Mapping[str, EditedHeader], attribute: Attribute, value: Any) -> None:
        """Write an attribute's card; warn if astropy reads another value where it has to be exact.

        It takes an apostrophe with a slash after it for the end of a text.
        """
        keyword, header = attribute.keyword or "", headers[attribute.hdu.upper()]
        with recorded():  # a long comment is cut off
            image = card(keyword, value, _comment(attribute.subschema), exact=self._exact)
            read = RawHeader(image).get(keyword) if self._exact else value
        if self._exact and read != (value.rstrip(" ") if isinstance(value, str) else value):
            warn(
                f"the product's header cannot have {attribute.label} = {preview(value)} in a "
                f"way that is read as such: it is read as {preview(read)}"
            )
        if keyword in header:
            header.replace(keyword, image)
            return
        groups = self._titled_groups(attribute.path)
        before, after = self._neighbours(attribute)
        own_group = groups[-1] if groups else ""
        if (place := _place(header, before, own_group)) is not None:
            header.insert(place + 1, [image])
            return
        if (place := _place(header, after, own_group)) is not None:
            header.insert(place, [image])
            return
        if (place := _place(header, before)) is not None:
            place += 1
        elif (place := _place(header, after)) is not None:
            place = header.heading(place)
        else:
            place = len(header)
        titles = [self._title(group) for group in groups if not self._has_cards(group, headers)]
        headings = [card("", text) for title in titles for text in ("", title, "")]
        header.insert(place, [*headings, image])

    def _neighbours(self, attribute: Attribute) -> tuple[list[Attribute], list[Attribute]]:
        """Return the attributes before and after one in its header, the nearest first."""
        place = self._places[attribute.path]
        before, after = self.attributes[:place][::-1], self.attributes[place + 1 :]
        return (
            [item for item in before if item.hdu == attribute.hdu],
            [item for item in after if item.hdu == attribute.hdu],
        )

    def _titled_groups(self, path: str) -> list[str]:
        """Return the groups with titles that an attribute is in, each with a dot at the end."""
        parts = path.split(".")
        groups = (".".join(parts[:i]) + "." for i in range(1, len(parts)))
        return [group for group in groups if self._title(group)]

    def _title(self, group: str) -> str:
        title = subschema_at(self._schema, group.rstrip(".")).get("title")
        return title if isinstance(title, str) else ""

    def _has_cards(self, group: str, headers: Mapping[str, EditedHeader]) -> bool:
        return any(
            item.path.startswith(group)
            and (item.keyword or "") in headers.get(item.hdu.upper(), ())
            for item in self.attributes
        )


def _place(header: EditedHeader, attributes: Iterable[Attribute], group: str = "") -> int | None:
    """Return the place of the first card there that is of an attribute of a group."""
    return header.find(item.keyword for item in attributes if item.path.startswith(group))


def _comment(subschema: Mapping[str, Any]) -> str:
    """Return the comment that stdatamodels gives a card: the first line of title or description."""
    title, description = subschema.get("title"), subschema.get("description")
    text = title if title is not None else description
    return str(text or "").partition("\n")[0]
