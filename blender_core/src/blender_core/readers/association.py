"""Associations: inputs that stand for their science members."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from blender_core.errors import InputError
from blender_core.readers.regular import length_of_file

__all__ = ["association_members", "is_association", "load_association", "of_file"]

_MOST_BYTES: Final = 64 << 20
"""Far more than an association of 100,000 members has."""


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
    >>> from blender_core.readers.association import is_association
    >>> is_association("jw01234_image3_asn.json"), is_association({"products": []})
    (True, True)
    """
    if isinstance(given, (str, os.PathLike)):
        return Path(given).suffix == ".json"
    return isinstance(given, Mapping) and "products" in given


def of_file(given: Any, what: str) -> str:
    """Return what an association is to the blend, with the name of its file if it is one.

    Parameters
    ----------
    given : mapping or path-like
        The association, or its file.
    what : str
        What it is to the blend, for messages: ``input 3``.

    Returns
    -------
    what : str
        As ``input 3 (jw01234_image3_asn.json)``.

    Examples
    --------
    >>> from blender_core.readers.association import of_file
    >>> of_file("a_asn.json", "input 3"), of_file({"products": []}, "input 3")
    ('input 3 (a_asn.json)', 'input 3')
    """
    return f"{what} ({os.fspath(given)})" if isinstance(given, (str, os.PathLike)) else what


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
    >>> from blender_core.readers.association import association_members
    >>> members = [{"expname": "a_cal.fits", "exptype": "science"},
    ...            {"expname": "b_cal.fits", "exptype": "background"}]
    >>> [path.name for path in association_members({"products": [{"members": members}]}, "input 1")]
    ['a_cal.fits']
    """
    folder, association = folder or Path(), cast("Any", given)
    what = of_file(given, what)
    if isinstance(given, (str, os.PathLike)):
        folder = Path(given).parent
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
    content = _content(path, what)
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        msg = f"{what} is not an association in JSON: {error}"
        raise InputError(msg) from error


def _content(path: Path, what: str) -> bytes:
    try:
        length = length_of_file(path)
        if length > _MOST_BYTES:
            most = f"more than {_MOST_BYTES >> 20} MB"
            msg = f"{what} is not an association: it has {length} bytes, which is {most}"
            raise InputError(msg)
        with path.open("rb") as file:
            return file.read(length)
    except (OSError, ValueError) as error:  # a name can have what no file system takes
        msg = f"{what} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InputError(msg) from error
