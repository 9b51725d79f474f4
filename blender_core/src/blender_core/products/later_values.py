"""Values that a product got after it was blended: which they are, and which of them stay."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.attribute_paths import is_within
from blender_core.common.values import identity
from blender_core.evaluation.outcome import OF_A_FILE, Status
from blender_core.plan.assignment import Tier
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.evaluation.evaluation import Evaluation
    from blender_core.products.base import Product

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


@dataclass(frozen=True, slots=True)
class LaterValue:
    """A value that a product got after an earlier blend, and of which a new one has another.

    It is None if it was taken out, and `blended` if the product is to have none. `stays` tells
    whether the product keeps it: nobody overrides the schema's rule.
    """

    value: Any
    blended: Any
    stays: bool


class EarlierBlend(abc.ABC):
    """A blend that a product has been through, as far as anything tells what it gave."""

    @abc.abstractmethod
    def is_older_than(self, path: str, value: Any) -> bool:
        """Tell whether what the product has of an attribute was set after the blend."""

    def may_be_older_than(self, _path: str) -> bool:
        """Tell whether nothing is known of where what the product has is from."""
        return False


def find_later_values(
    evaluations: Mapping[str, Evaluation], product: Product, earlier: EarlierBlend
) -> None:
    """Note in the evaluations which other values a product got later, and what stays of them.

    A value that was set later stays, unless somebody overrides the schema's rule. So does what
    tells how the product was processed, and what is of unknown origin.
    """
    layout = Layout(
        evaluation.assignment.attribute
        for path, evaluation in evaluations.items()
        if evaluation.value is not None and path not in OF_THE_PRODUCT
    )
    for path, value in zip(layout.paths, product.read(layout), strict=True):
        evaluation = evaluations[path]
        if is_same(value, evaluation.blended):
            continue
        is_overridden = evaluation.assignment.tier > Tier.SCHEMA
        if earlier.is_older_than(path, value):
            evaluation.is_later, evaluation.own = True, value
            evaluation.stays = not is_overridden
            if evaluation.stays:
                evaluation.status = Status.LATER
        elif value is not None and not is_overridden:
            is_processing = any(is_within(path, group) for group in _PROCESSING)
            evaluation.stays = is_processing or earlier.may_be_older_than(path)


def is_same(value: Any, other: Any, cells: Sequence[Any] = ()) -> bool:
    """Tell whether two values are the same, but for what headers and tables lose."""
    if identity(value) == identity(other):
        return True
    if isinstance(value, str) and isinstance(other, str):
        return value.rstrip(" ") == other.rstrip(" ")
    if {type(value), type(other)} not in ({float}, {int, float}):
        return False
    sizes = np.abs(np.array([cell for cell in cells if type(cell) is float]))
    lost = _LAST_DIGITS * float(sizes.max(initial=0.0, where=np.isfinite(sizes)))
    try:
        return math.isclose(value, other, rel_tol=_LAST_DIGITS, abs_tol=lost)
    except OverflowError:  # an integer beyond all floats
        return False
