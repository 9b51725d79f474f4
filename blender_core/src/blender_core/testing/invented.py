"""Inputs with invented values, which a product does not have, and the plugin that takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from blender_core.common.values import identity
from blender_core.plugins.hookspecs import hookimpl
from blender_core.plugins.source import Source
from blender_core.schema.validation import objection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.products.plugin_product import PluginProduct
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

_INVENTED: Final[Mapping[str, tuple[Any, ...]]] = {
    "number": (2.5, 1.25, 3.0),
    "integer": (3, 7, 1),
    "boolean": (True, False),
    "string": ("checked", "2024-01-02", "2024-01-02T03:04:05.678", "10:00:00.0"),
}
"""Values by the type that a schema asks for: one that it allows, and the product does not have."""


class InventedInput(Source):
    """An input that says what a check has invented."""

    what = "an invented input"
    model_type: ClassVar[type | str] = ""

    def __init__(self, product: PluginProduct, values: Mapping[str, Any]) -> None:
        self.model_type = product.model_type  # type: ignore[misc]
        self.schema = product.schema
        self._values = values

    def read(self, layout: Layout) -> list[Any]:
        """Return what was invented."""
        return [self._values.get(path) for path in layout.paths]


class Inventor:
    """The plugin whose inputs are invented."""

    @hookimpl
    def blender_open(self, given: Any) -> Source | None:
        """Take what is invented."""
        return given if type(given) is InventedInput else None


def invented_value(attribute: Attribute, present: Any) -> Any:
    """Return a value that an attribute may have, another than it has; None if none is known."""
    candidates = attribute.enum or _INVENTED.get(attribute.type or "string", ())
    allowed = [
        value
        for value in candidates
        if value is not None and objection(value, attribute.subschema) is None
    ]
    others = [value for value in allowed if identity(value) != identity(present)]
    return next(iter(others or allowed), None)
