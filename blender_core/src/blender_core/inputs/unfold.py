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
    """Give the inputs that stand behind one: an association's or a library's science members.

    Parameters
    ----------
    given : object
        What the caller gave as an input.
    what : str
        What it is to the blend, for messages: ``input 3``.
    choice : ProductChoice, optional
        Which product of an association is meant, if it has not been told before.

    Yields
    ------
    what : str
        What a single input is to the blend: the same, or ``input 3 (a_asn.json), member 2``.
    one : context manager
        The input, a datamodel, path-like or other object: `given` itself where it is one. It is
        not kept here, and what was borrowed goes back when the context is left.

    Raises
    ------
    InputError
        As for `Association.members` and `loans`.

    Warns
    -----
    BlendWarning
        If there are members that are no inputs.

    Examples
    --------
    >>> from blender_core.inputs.unfold import unfold
    >>> members = [{"expname": name, "exptype": "science"} for name in ("a_cal.fits", "b_cal.fits")]
    >>> for what, one in unfold({"products": [{"members": members}]}, "input 3"):
    ...     with one as path:
    ...         print(what, path)
    input 3, member 1 a_cal.fits
    input 3, member 2 b_cal.fits
    """
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
    """Return how many inputs stand behind one.

    Parameters
    ----------
    given : object
        What the caller gave as an input.

    Returns
    -------
    number : int
        Of an association and of a library, its science members. None stand behind an association
        that cannot be read, which is reported when it is to be blended.

    Examples
    --------
    >>> from blender_core.inputs.unfold import number_behind
    >>> members = [{"expname": name, "exptype": "science"} for name in ("a_cal.fits", "b_cal.fits")]
    >>> number_behind({"products": [{"members": members}]}), number_behind("a_cal.fits")
    (2, 1)
    """
    if is_library(given):
        return len(science_indices(given))
    if not is_association(given):
        return 1
    try:
        return len(Association.of(given).members("association").paths)
    except InputError:
        return 0
