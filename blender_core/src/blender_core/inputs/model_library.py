"""Libraries: inputs that lend their models one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blender_core.errors import InputError
from blender_core.inputs.exptypes import SCIENCE, is_science, others_in_words, warn_of_left_out

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

__all__ = ["is_library", "library_files", "loans", "opened", "science_indices"]


def is_library(given: Any) -> bool:
    """Tell whether an input is a library, which lends its models one at a time."""
    # Of the class, because a datamodel looks for what it does not have in its schema.
    kind = type(given)
    return all(hasattr(kind, name) for name in ("borrow", "shelve", "__enter__", "__len__"))


def library_files(library: Any) -> list[Path]:
    """Return the files that a library has its models from."""
    # None where it was made of datamodels.
    folder = getattr(library, "_asn_dir", None)
    if folder is None:
        return []
    return [Path(folder, member["expname"]) for member in _members(library)]


def science_indices(library: Any) -> Sequence[int]:
    """Return which models of a library are inputs, without borrowing any."""
    exptypes = _exptypes(library)
    if not exptypes:
        return range(len(library))
    return [index for index, exptype in enumerate(exptypes) if is_science(exptype)]


def _members(library: Any) -> Sequence[Mapping[str, Any]]:
    """Return what the library's association says of each model; nothing if it has none."""
    # Of the class, as above. stpipe 1.1.0 makes a copy of the association each time.
    asn = library.asn if hasattr(type(library), "asn") else None
    products = asn.get("products") if isinstance(asn, Mapping) else None
    # Libraries have the models of one product.
    product = products[0] if isinstance(products, Sequence) and products else None
    members = product.get("members") if isinstance(product, Mapping) else None
    return members if isinstance(members, Sequence) and len(members) == len(library) else ()


def _exptypes(library: Any) -> list[str]:
    """Return the type of each model; of one that has none, that of an input."""
    # As stpipe 1.1.0 has it of datamodels that say nothing.
    return [str(member.get("exptype") or SCIENCE) for member in _members(library)]


def loans(library: Any, what: str) -> Iterator[tuple[str, AbstractContextManager[Any]]]:
    """Give the science members of a library, each to be borrowed for as long as it is needed."""
    files, exptypes, indices = library_files(library), _exptypes(library), science_indices(library)
    if exptypes and not indices:
        msg = f"{what} is a library without members of the type science: it has "
        raise InputError(msg + others_in_words(exptypes))
    warn_of_left_out(what, exptypes)
    with opened(library):
        for index in indices:
            name = f" ({files[index]})" if index < len(files) else ""
            one = f"{what}, model {index + 1}{name}"
            yield one, _loan(library, index, one)


@contextmanager
def opened(library: Any) -> Iterator[None]:
    """Open a library for the time being, unless it is open."""
    # A library has no other way to tell, and one that is opened twice is closed at the first end.
    is_open = getattr(library, "_open", False) is True
    if not is_open:
        library.__enter__()
    try:
        yield
    finally:
        if not is_open:
            # It minds models that somebody has not shelved, who may still do so. Ours are.
            with suppress(Exception):
                library.__exit__(None, None, None)


@contextmanager
def _loan(library: Any, index: int, what: str) -> Iterator[Any]:
    try:
        model = library.borrow(index)
    except Exception as error:
        # Known by its name, because stpipe need not be installed.
        if type(error).__name__ == "BorrowError":
            msg = f"{what} is lent out by its library: shelve it before the blend"
        else:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            msg = f"{what} cannot be read: {reason}"
        raise InputError(msg) from error
    try:
        yield model
    finally:
        library.shelve(model, index, modify=False)
