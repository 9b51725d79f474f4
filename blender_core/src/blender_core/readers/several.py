"""Inputs that stand for several: associations, and libraries of models."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from blender_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "association_members",
    "is_association",
    "is_library",
    "library_models",
    "load_association",
    "number_behind",
]


def is_association(given: Any) -> bool:
    """Tell whether an input is an association, or the name of the file of one.

    Parameters
    ----------
    given : object
        What the caller gave as an input.

    Returns
    -------
    association : bool
        True for names that end with ``.json``, and for mappings with products.

    Examples
    --------
    >>> from blender_core.readers.several import is_association
    >>> is_association("jw01234_image3_asn.json"), is_association({"products": []})
    (True, True)
    """
    if isinstance(given, (str, os.PathLike)):
        return Path(given).suffix == ".json"
    return isinstance(given, dict) and "products" in given


def association_members(
    given: Mapping[str, Any] | str | os.PathLike[str], what: str, *, folder: Path | None = None
) -> list[Path]:
    """Return the science members of an association's products.

    Parameters
    ----------
    given : mapping or path-like
        The association, or its file. The members' names are relative to the file's folder.
    what : str
        What it is to the blend, for messages.
    folder : Path, optional
        The folder of the file that an association was read from.

    Returns
    -------
    paths : list of Path
        In the association's order.

    Raises
    ------
    InputError
        If the file cannot be read, is not an association, or has no science members.

    References
    ----------
    The associations of the JWST pipeline: ``products``, each with ``members`` that have an
    ``expname`` and an ``exptype``.

    Examples
    --------
    >>> from blender_core.readers.several import association_members
    >>> members = [{"expname": "a_cal.fits", "exptype": "science"},
    ...            {"expname": "b_cal.fits", "exptype": "background"}]
    >>> [path.name for path in association_members({"products": [{"members": members}]}, "input 1")]
    ['a_cal.fits']
    """
    folder, association = folder or Path(), cast("Any", given)
    if isinstance(given, (str, os.PathLike)):
        what, folder = f"{what} ({given})", Path(given).parent
        association = load_association(Path(given), what)
    try:
        found = [
            folder / member["expname"]
            for product in association["products"]
            for member in product["members"]
            if member["exptype"].lower() == "science"
        ]
    except (KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        msg = f"{what} is not an association with products and members: {reason}"
        raise InputError(msg) from error
    if not found:
        msg = f"{what} is an association without members of the type science"
        raise InputError(msg)
    return found


def load_association(path: Path, what: str) -> Any:
    """Read an association from its file.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it is to the blend, for messages.

    Returns
    -------
    association : object
        What the file holds, whether it is an association or not.

    Raises
    ------
    InputError
        If the file cannot be read, or is not in JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{what} cannot be read: {error.strerror or error}"
        raise InputError(msg) from error
    except ValueError as error:
        msg = f"{what} is not an association in JSON: {error}"
        raise InputError(msg) from error


def is_library(given: Any) -> bool:
    """Tell whether an input is a library, which lends its models one at a time.

    Parameters
    ----------
    given : object
        What the caller gave as an input.

    Returns
    -------
    library : bool
        True for ``jwst.datamodels.ModelLibrary``, and for all that can be used in its way.

    Examples
    --------
    >>> from blender_core.readers.several import is_library
    >>> is_library(["a_cal.fits"])
    False
    """
    # Of the class, because a datamodel looks for what it does not have in its schema.
    kind = type(given)
    return all(hasattr(kind, name) for name in ("borrow", "shelve", "__enter__", "__len__"))


def library_models(library: Any) -> Iterator[Any]:
    """Borrow each model of a library, and put it back as it was before the next.

    Parameters
    ----------
    library : jwst.datamodels.ModelLibrary
        The library. It is opened for the time being.

    Yields
    ------
    model : stdatamodels.DataModel
        The next model, borrowed until the one after it is asked for.
    """
    with library:
        for index in range(len(library)):
            model = library.borrow(index)
            try:
                yield model
            finally:
                library.shelve(model, index, modify=False)


def number_behind(given: Any) -> int:
    """Return how many inputs stand behind one.

    Parameters
    ----------
    given : object
        What the caller gave as an input.

    Returns
    -------
    number : int
        Of an association, its science members; of a library, its models. None stand behind an
        association that cannot be read, which is reported when it is to be blended.

    Examples
    --------
    >>> from blender_core.readers.several import number_behind
    >>> members = [{"expname": name, "exptype": "science"} for name in ("a_cal.fits", "b_cal.fits")]
    >>> number_behind({"products": [{"members": members}]}), number_behind("a_cal.fits")
    (2, 1)
    """
    if is_library(given):
        return len(given)
    if not is_association(given):
        return 1
    try:
        return len(association_members(given, "association"))
    except InputError:
        return 0
