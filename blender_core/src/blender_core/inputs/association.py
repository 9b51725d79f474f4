"""Associations: inputs that stand for their science members."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from blender_core.common.wording import named, preview
from blender_core.errors import InputError
from blender_core.formats.files.source_file import length_of_file
from blender_core.inputs.asn_product import ProductChoice
from blender_core.inputs.exptypes import is_science, others_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Association", "Members", "is_association", "load_association"]

_ANY: Final = ProductChoice()

_MOST_BYTES: Final = 64 << 20
"""Far more than an association of 100,000 members has."""


def is_association(given: Any) -> bool:
    """Tell whether an input is an association, or the name of the file of one."""
    if isinstance(given, (str, os.PathLike)):
        return Path(given).suffix == ".json"
    if isinstance(given, Association):
        return True
    return isinstance(given, Mapping) and "products" in given


@dataclass(frozen=True, slots=True)
class Members:
    """The science members of one product of an association.

    Parameters
    ----------
    what : str
        What the association is to the blend, for messages.
    paths : tuple of Path
        Their files, in the association's order.
    numbers : tuple of int
        Which of the product's members they are, counted from 1.
    exptypes : tuple of str
        The types of all members.
    """

    what: str
    paths: tuple[Path, ...]
    numbers: tuple[int, ...]
    exptypes: tuple[str, ...]


class Association:
    """An association that is given as an input. Its file is read once, when that is needed.

    Parameters
    ----------
    given : mapping or path-like
        The association, or its file. The members' names are relative to the file's folder.
    choice : ProductChoice, optional
        Which of its products is meant, where it has several.
    """

    def __init__(
        self, given: Mapping[str, Any] | str | os.PathLike[str], choice: ProductChoice = _ANY
    ) -> None:
        self._given = given
        self._choice = choice
        self._content: Any = None

    @classmethod
    def of(cls, given: Any, choice: ProductChoice = _ANY) -> Association:
        """Return an association that may have been taken for one already."""
        return given if isinstance(given, cls) else cls(given, choice)

    @property
    def path(self) -> Path | None:
        """Its file, if it is one."""
        return Path(self._given) if isinstance(self._given, (str, os.PathLike)) else None

    def members(self, what: str) -> Members:
        """Return the science members of the product that is meant."""
        path = self.path
        what = what if path is None else named(what, self._given)
        if self._content is None:
            self._content = self._given if path is None else load_association(path, what)
        folder = Path() if path is None else path.parent
        pairs = [*self._pairs(what)]
        science = [number for number, (_, exptype) in enumerate(pairs) if is_science(exptype)]
        if not science:
            others = others_in_words(exptype for _, exptype in pairs)
            has = f": it has {others}" if others else ""
            msg = f"{what} is an association without members of the type science{has}"
            raise InputError(msg)
        return Members(
            what,
            tuple(folder / pairs[number][0] for number in science),
            tuple(number + 1 for number in science),
            tuple(exptype for _, exptype in pairs),
        )

    def _pairs(self, what: str) -> Iterator[tuple[str, str]]:
        """Give name and type of each member of the product that is meant."""
        content = self._content
        products = content.get("products") if isinstance(content, Mapping) else None
        if not _is_list(products):
            raise _malformed(what, "it has no list of products")
        meant = [*enumerate(products, start=1)]
        if len(meant) > 1 or (meant and self._choice.asked is not None):
            names = [_name_of(product) for product in products]
            chosen = self._choice.among(names, what)
            meant = [pair for pair, name in zip(meant, names, strict=True) if name == chosen]
        for number, product in meant:
            name = _name_of(product)
            label = f"product {number} ({preview(name)})" if name else f"product {number}"
            members = product.get("members") if isinstance(product, Mapping) else None
            if not _is_list(members):
                raise _malformed(what, f"{label} has no list of members")
            for index, member in enumerate(members, start=1):
                if not isinstance(member, Mapping):
                    raise _malformed(what, f"member {index} of {label} is {preview(member)}")
                for key in ("expname", "exptype"):
                    if not isinstance(value := member.get(key), str) or not value.strip():
                        has = f"the {key} {preview(value)}" if key in member else f"no {key}"
                        raise _malformed(what, f"member {index} of {label} has {has}")
                yield member["expname"], member["exptype"]


def _is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _name_of(product: Any) -> str:
    """Return the name of a product, empty if it has none."""
    name = product.get("name") if isinstance(product, Mapping) else None
    return name if isinstance(name, str) else ""


def _malformed(what: str, problem: str) -> InputError:
    return InputError(f"{what} is not an association with products and members: {problem}")


def load_association(path: Path, what: str) -> Any:
    """Read an association from its file."""
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
