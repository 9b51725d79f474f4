"""Libraries, which lend their models one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blender_core.errors import InputError
from blender_core.inputs.association import (
    SCIENCE,
    is_science,
    others_in_words,
    warn_of_left_out,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

__all__ = ["Library", "is_library", "opened"]


def is_library(thing: Any) -> bool:
    """Tell whether something is a library, which lends its models one at a time."""
    # Of the class, because a datamodel looks for what it does not have in its schema.
    kind = type(thing)
    return all(hasattr(kind, name) for name in ("borrow", "shelve", "__enter__", "__len__"))


class Library:
    """What a library tells of its models without lending any, and those that are inputs."""

    def __init__(self, library: Any) -> None:
        self._library = library
        members = _members(library)
        # None where the library was made of datamodels.
        folder = getattr(library, "_asn_dir", None)
        self.files = [] if folder is None else [Path(folder, one["expname"]) for one in members]
        """The files that the models are from, in the order of all models."""
        # stpipe 1.1.0 takes datamodels that do not say their type for such of science.
        self._exptypes = [str(one.get("exptype") or SCIENCE) for one in members]
        self.indices: Sequence[int] = range(len(library))
        """Which of the models are inputs."""
        if members:
            self.indices = [i for i, exptype in enumerate(self._exptypes) if is_science(exptype)]

    def loans(self, label: str) -> Iterator[tuple[str, AbstractContextManager[Any]]]:
        """Give the science members, each to be borrowed for as long as it is needed."""
        if self._exptypes and not self.indices:
            msg = f"{label} is a library without members of the type science: it has "
            raise InputError(msg + others_in_words(self._exptypes))
        warn_of_left_out(label, self._exptypes)
        with opened(self._library):
            for index in self.indices:
                name = f" ({self.files[index]})" if self.files else ""
                model_label = f"{label}, model {index + 1}{name}"
                yield model_label, _loan(self._library, index, model_label)


def _members(library: Any) -> Sequence[Mapping[str, Any]]:
    """Return what the library's association says of each model; nothing if it has none."""
    # Of the class, as above. stpipe 1.1.0 makes a copy of the association each time.
    asn = library.asn if hasattr(type(library), "asn") else None
    products = asn.get("products") if isinstance(asn, Mapping) else None
    # Libraries have the models of one product.
    product = products[0] if isinstance(products, Sequence) and products else None
    members = product.get("members") if isinstance(product, Mapping) else None
    return members if isinstance(members, Sequence) and len(members) == len(library) else ()


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
def _loan(library: Any, index: int, label: str) -> Iterator[Any]:
    try:
        model = library.borrow(index)
    except Exception as error:
        # Known by its name, because stpipe need not be installed.
        if type(error).__name__ == "BorrowError":
            msg = f"{label} is lent out by its library: shelve it before the blend"
        else:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            msg = f"{label} cannot be read: {reason}"
        raise InputError(msg) from error
    try:
        yield model
    finally:
        library.shelve(model, index, modify=False)
