"""Inputs that stand for several: associations, and libraries of models."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

from blender_core.errors import InputError
from blender_core.inputs.asn_product import ProductChoice
from blender_core.inputs.association import Association, is_association
from blender_core.inputs.exptypes import warn_of_left_out
from blender_core.inputs.model_library import is_library, loans, science_indices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

__all__ = ["number_behind", "unfold"]

_ANY: Final = ProductChoice()


def unfold(
    given: Any, what: str, choice: ProductChoice = _ANY
) -> Iterator[tuple[str, AbstractContextManager[Any]]]:
    """Give the inputs that stand behind one: an association's or a library's science members."""
    if is_association(given):
        members = Association.of(given, choice).members(what)
        warn_of_left_out(members.what, members.exptypes)
        for number, path in zip(members.numbers, members.paths, strict=True):
            yield f"{members.what}, member {number}", nullcontext(path)
    elif is_library(given):
        yield from loans(given, what)
    else:
        yield what, nullcontext(given)


def number_behind(given: Any) -> int:
    """Return how many inputs stand behind one."""
    if is_library(given):
        return len(science_indices(given))
    if not is_association(given):
        return 1
    try:
        return len(Association.of(given).members("association").paths)
    except InputError:
        return 0
