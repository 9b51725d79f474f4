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

__all__ = ["Context", "context_paths"]

# Condition → where datamodels of JWST have it, and the keyword of those who have it elsewhere.
_SAID_IN: Final = {
    "telescope": ("meta.telescope", "TELESCOP"),
    "instrument": ("meta.instrument.name", "INSTRUME"),
    "exp_type": ("meta.exposure.type", "EXP_TYPE"),
    "detector": ("meta.instrument.detector", "DETECTOR"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the inputs of a blend are, for overrides that hold for some only.

    Parameters
    ----------
    model_type : str
        Name of their class of datamodel.
    telescope, instrument, exp_type, detector : str or None, optional
        What they say of themselves; None if they do not.
    """

    model_type: str
    telescope: str | None = None
    instrument: str | None = None
    exp_type: str | None = None
    detector: str | None = None

    def __str__(self) -> str:
        said = (self.telescope, self.instrument, self.exp_type, self.detector)
        return " ".join([self.model_type, *filter(None, said)])

    @classmethod
    def of_source(cls, source: Source, attributes: Mapping[str, Attribute]) -> Context:
        """Return what an input says of itself."""
        paths = context_paths(attributes)
        layout = Layout(attributes[path] for path in paths.values())
        row = dict(zip(layout.paths, source.read(layout), strict=True))
        said = {name: row[path] for name, path in paths.items()}
        return cls(model_type=name_of(source.model_type)).updated(said)

    def updated(self, said: Mapping[str, Any]) -> Context:
        """Return the same with what is known better."""
        known = {name: value for name, value in said.items() if isinstance(value, str)}
        return dataclasses.replace(self, **known)


def context_paths(attributes: Mapping[str, Attribute]) -> dict[str, str]:
    """Return the attributes that say what inputs are."""
    by_keyword = {one.keyword: path for path, one in reversed(list(attributes.items()))}
    found = {
        name: path if path in attributes else by_keyword.get(keyword)
        for name, (path, keyword) in _SAID_IN.items()
    }
    return {name: path for name, path in found.items() if path is not None}
