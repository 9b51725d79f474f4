"""What the inputs of a blend are, by what the first of them says of itself."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.plugins.source import name_of
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.plugins.source import Source
    from blender_core.schema.attributes import Attribute

# Condition → its path in datamodels of JWST, and its keyword, by which others are searched.
_PLACES: Final = {
    "telescope": ("meta.telescope", "TELESCOP"),
    "instrument": ("meta.instrument.name", "INSTRUME"),
    "exp_type": ("meta.exposure.type", "EXP_TYPE"),
    "detector": ("meta.instrument.detector", "DETECTOR"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the inputs of a blend are, for overrides that hold for some only.

    The model type is the name of their class of datamodel; the others are None where inputs do not
    say.
    """

    model_type: str
    telescope: str | None = None
    instrument: str | None = None
    exp_type: str | None = None
    detector: str | None = None

    def __str__(self) -> str:
        others = (self.telescope, self.instrument, self.exp_type, self.detector)
        return " ".join([self.model_type, *filter(None, others)])

    @classmethod
    def of_source(cls, source: Source, attributes: Mapping[str, Attribute]) -> Context:
        """Return what an input says of itself."""
        paths = context_paths(attributes)
        layout = Layout(attributes[path] for path in paths.values())
        row = dict(zip(layout.paths, source.read(layout), strict=True))
        values = {name: row[path] for name, path in paths.items()}
        return cls(model_type=name_of(source.model_type)).updated(values)

    def updated(self, values: Mapping[str, Any]) -> Context:
        """Return the same with other values, where they are known."""
        known = {name: value for name, value in values.items() if isinstance(value, str)}
        return dataclasses.replace(self, **known)


def context_paths(attributes: Mapping[str, Attribute]) -> dict[str, str]:
    """Return the attributes that say what inputs are, by condition."""
    by_keyword = {each.keyword: path for path, each in reversed(list(attributes.items()))}
    paths = {
        name: path if path in attributes else by_keyword.get(keyword)
        for name, (path, keyword) in _PLACES.items()
    }
    return {name: path for name, path in paths.items() if path is not None}
