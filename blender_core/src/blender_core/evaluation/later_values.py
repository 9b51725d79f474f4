"""Values that a product got after it was blended: which they are, and what becomes of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from blender_core.common.attribute_paths import is_within
from blender_core.common.drop import DROP
from blender_core.common.plain_values import plain
from blender_core.common.values import identity
from blender_core.evaluation.outcome import OF_A_FILE
from blender_core.plan.assignment import Tier
from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.plan.assignment import Assignment

__all__ = ["OF_THE_PRODUCT", "UNTOLD", "FormerBlend", "LaterValue", "OwnValues", "is_same"]

UNTOLD: Final = object()
"""Stands for a value of which nothing tells what it was."""

OF_THE_PRODUCT: Final = OF_A_FILE | {"meta.model_type"}
_PROCESSING: Final = (
    "meta.asn",
    "meta.calibration_software_version",
    "meta.calibration_software_revision",
    "meta.ref_file.crds",
)
"""What tells how the product was processed: by which association, software and reference files.
Pipelines put it into the models that they blend, too, but not into the files of these, which tell
how they were processed themselves."""

_LAST_DIGITS: Final = 1e-13
"""By what part numbers may differ that are the same. A card has some 15 digits of a number, and a
sum's last digits depend on the order of its terms."""


class FormerBlend(Protocol):
    """A blend that a product has been through."""

    def gave(self, path: str) -> Any:
        """Return what it gave the product for an attribute."""

    def is_older_than(self, path: str, value: Any) -> bool:
        """Tell whether a product has a value that was set after the blend."""

    def may_be_older_than(self, path: str) -> bool:
        """Tell whether nothing is known of where a product's value is from."""


@dataclass(frozen=True, slots=True)
class LaterValue:
    """A value that a product got after an earlier blend, and of which a new one has another.

    Parameters
    ----------
    value : object
        What the product has; None if it was taken out.
    blended : object
        What the new blend gives; None if the product is to have none.
    stays : bool
        Whether the product keeps its value: nobody overrides the schema's rule.
    """

    value: Any
    blended: Any
    stays: bool


@dataclass(slots=True)
class OwnValues:
    """What a product that was blended before does not get from a new blend.

    Parameters
    ----------
    later : dict of str to LaterValue
        What was set after the blend before, by dotted path, whether it stays or is overridden.
    others : set of str
        Dotted paths of what stays besides: how the product was processed, and values of which
        nothing tells where they are from.
    """

    later: dict[str, LaterValue] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    def stays(self, path: str) -> bool:
        """Tell whether the product keeps its own value of an attribute."""
        later = self.later.get(path)
        return path in self.others if later is None else later.stays

    @classmethod
    def find(
        cls,
        tree: Mapping[str, Any],
        blended: Mapping[str, Any],
        plan: Mapping[str, Assignment],
        earlier: FormerBlend,
    ) -> OwnValues:
        """Find them, where the new blend gives something else."""
        own = cls()
        layout = Layout(Attribute(path) for path in blended if path not in OF_THE_PRODUCT)
        for path, node in zip(layout.paths, collect(tree, layout), strict=True):
            value, new = plain(node), None if blended[path] is DROP else blended[path]
            if is_same(value, new):
                continue
            is_overridden = plan[path].tier > Tier.SCHEMA
            if earlier.is_older_than(path, value):
                own.later[path] = LaterValue(value, new, not is_overridden)
            elif value is not None and not is_overridden:
                is_processing = any(is_within(path, group) for group in _PROCESSING)
                if is_processing or earlier.may_be_older_than(path):
                    own.others.add(path)
        return own


def is_same(value: Any, other: Any, cells: Sequence[Any] = ()) -> bool:
    """Tell whether two values are the same, but for what headers and tables lose."""
    if identity(value) == identity(other):
        return True
    if isinstance(value, str) and isinstance(other, str):
        return value.rstrip(" ") == other.rstrip(" ")
    if {type(value), type(other)} not in ({float}, {int, float}):
        return False
    finite = (abs(cell) for cell in cells if type(cell) is float and math.isfinite(cell))
    lost = _LAST_DIGITS * max(finite, default=0.0)
    try:
        return math.isclose(value, other, rel_tol=_LAST_DIGITS, abs_tol=lost)
    except OverflowError:  # an integer beyond all floats
        return False
