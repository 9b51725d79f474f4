"""Associations: which members are inputs, of the product that is blended."""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from blender_core.common.advice import Advice, Argument
from blender_core.common.json_text import parsed
from blender_core.common.urls import beside, is_url, shown_url
from blender_core.common.wording import (
    join_words,
    named,
    pluralize,
    preview,
    shorten,
    visible,
)
from blender_core.errors import AssociationProductError, InputError, NoInputsError, warn
from blender_core.formats.files.source_file import read_whole
from blender_core.formats.remote.remote_files import RemoteFiles
from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SCIENCE: Final = "science"
"""The type of the members that a product is made of. Others serve to calibrate these."""

_FILENAME: Final = Layout([Attribute("meta.filename")])
_TABLE_NAME: Final = Layout([Attribute("meta.asn.table_name")])
_TABLE_LABEL: Final = "meta.asn.table_name, ASNTABLE"


@dataclass(frozen=True, slots=True)
class Members:
    """The science members of one product of an association."""

    label: str
    """What the association is to the blend, for messages."""
    files: tuple[Path | str, ...]
    """Their files or the URLs of these, in the association's order."""
    numbers: tuple[int, ...]
    """Which of the product's members they are, counted from 1."""
    exptypes: tuple[str, ...]
    """The types of all members."""


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """Which product of an association is meant, where it has several."""

    product: str | None = None
    """Its name, if the caller says it. An association must have it then, even as its only one."""
    names: Callable[[], Sequence[str]] = tuple
    """Gives the names of the files of the product that is blended, one of which tells otherwise:
    it begins with the name in the association and ``_`` or ``.``. It is called where it matters."""

    def __post_init__(self) -> None:
        product: object = self.product
        if not isinstance(product, str | None):
            msg = f"asn_product is the name of an association's product, not {preview(product)}"
            raise TypeError(msg)

    def among(self, products: Sequence[str], label: str) -> str:
        """Return the name of the product that is meant."""
        if self.product is not None:
            if self.product in products:
                return self.product
            close = difflib.get_close_matches(self.product, products, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else ""
            raise self._error(products, label, f"none is called {self.product!r}", hint)
        names = self.names()
        named = dict.fromkeys(filter(None, (_product_of(name, products) for name in names)))
        if len(named) == 1:
            return next(iter(named))
        files = join_words([preview(name) for name in names]) if names else ""
        if named:
            problem = f"the product's names, {files}, are those of different ones"
        elif names:
            problem = f"none is that of {files}"
        else:
            problem = "which of them is blended is not said"
        example = next(iter([*named, *filter(None, products)]), "NAME")
        hint = Advice("Say which: ", Argument("asn_product", example), ", say")
        raise self._error(products, label, problem, hint)

    @staticmethod
    def _error(
        products: Sequence[str], label: str, problem: str, hint: str | Advice
    ) -> AssociationProductError:
        known = sorted({visible(name) or "(one without a name)" for name in products})
        noun = "product" if len(known) == 1 else "products"
        msg = f"{label} has the {noun} {join_words(known)}, and {problem}"
        return AssociationProductError(Advice(msg, ". ", hint) if hint else msg, products=products)


ANY_PRODUCT: Final = ProductChoice()


def _product_of(file: str, products: Sequence[str]) -> str | None:
    """Return the product that a file is named after: of several, the one of the longest name."""
    matches = [name for name in products if name and file.startswith((f"{name}_", f"{name}."))]
    return max(matches, key=len, default=None)


def names_of_product(
    tree: Mapping[str, Any], origin: Path | None, output: str | os.PathLike[str] | None = None
) -> tuple[str, ...]:
    """Return the names of files that a blended product has, or is to have."""
    (recorded,) = collect(tree, _FILENAME)
    names = (origin and origin.name, recorded, output and Path(output).name)
    return tuple(dict.fromkeys(name for name in names if name and isinstance(name, str)))


def is_science(exptype: str) -> bool:
    """Tell whether a member of a type is an input."""
    return exptype.casefold() == SCIENCE


def others_in_words(exptypes: Iterable[str]) -> str:
    """Return how many members there are of each type that is no input."""
    numbers = Counter(exptype.casefold() for exptype in exptypes if not is_science(exptype))
    words = [
        pluralize(number, f"{visible(shorten(exptype))} member")
        for exptype, number in numbers.items()
    ]
    return join_words(words) if words else ""


def warn_of_left_out(label: str, exptypes: Iterable[str]) -> None:
    """Warn of the members that are no inputs, as not everybody expects that."""
    if others := others_in_words(exptypes):
        problem = f"{others}, left out: only science members are inputs"
        warn(f"{label} has {problem}", label=label, problem=problem)


def own_association(tree: Mapping[str, Any], folder: Path | None = None) -> Path:
    """Return the file of the association that a product names."""
    (name,) = collect(tree, _TABLE_NAME)
    if not isinstance(name, str) or not name.strip():
        msg = (
            "no inputs are given, and the product names no association "
            f"({_TABLE_LABEL}) to take them from"
        )
        raise NoInputsError(msg)
    folders = list(dict.fromkeys([*([folder.absolute()] if folder else []), Path.cwd()]))
    for candidate in folders:
        # A Path raises errors of names that no file can have.
        if os.path.isfile(candidate / name):  # noqa: PTH113
            return candidate / name
    where = " nor in ".join(map(str, folders))
    msg = (
        f"no inputs are given, and the product's own association {preview(name)} "
        f"({_TABLE_LABEL}) is {'neither' if len(folders) > 1 else 'not'} in {where}"
    )
    raise NoInputsError(msg)


def science_members(
    association: Mapping[str, Any] | Path | str,
    label: str,
    choice: ProductChoice = ANY_PRODUCT,
    remote: RemoteFiles | None = None,
) -> Members:
    """Return the science members of the product that is meant of an association or its file.

    A text is the URL of the file.
    """
    folder, url = Path(), None
    if isinstance(association, Path):
        label, folder = named(label, association), association.parent
        association = _load(association, label)
    elif isinstance(association, str):
        url, label = association, named(label, shown_url(association))
        association = _fetch(url, label, RemoteFiles() if remote is None else remote)
    members = [*_members(association, label, choice)]
    exptypes = tuple(exptype for _, exptype in members)
    science = [
        (number, _file_of(name, folder, url))
        for number, (name, exptype) in enumerate(members, start=1)
        if is_science(exptype)
    ]
    if not science:
        others = others_in_words(exptypes)
        has = f": it has {others}" if others else ""
        msg = f"{label} is an association without members of the type science{has}"
        raise InputError(msg)
    numbers, files = zip(*science, strict=True)
    return Members(label, files, numbers, exptypes)


def _file_of(name: str, folder: Path, url: str | None) -> Path | str:
    """Return the file of a member, or its URL, which is told relative to the association's own."""
    if is_url(name):
        return name
    return folder / name if url is None else beside(url, name)


def _members(content: Any, label: str, choice: ProductChoice) -> Iterator[tuple[str, str]]:
    """Give name and type of each member of the product that is meant."""
    products = content.get("products") if isinstance(content, Mapping) else None
    if not _is_list(products):
        raise _malformed(label, "it has no list of products")
    chosen = [*enumerate(products, start=1)]
    if len(chosen) > 1 or (chosen and choice.product is not None):
        names = [_name_of(product) for product in products]
        name = choice.among(names, label)
        chosen = [(number, product) for number, product in chosen if _name_of(product) == name]
    for number, product in chosen:
        name = _name_of(product)
        where = f"product {number} ({preview(name)})" if name else f"product {number}"
        members = product.get("members") if isinstance(product, Mapping) else None
        if not _is_list(members):
            raise _malformed(label, f"{where} has no list of members")
        for index, member in enumerate(members, start=1):
            if not isinstance(member, Mapping):
                raise _malformed(label, f"member {index} of {where} is {preview(member)}")
            for key in ("expname", "exptype"):
                if not isinstance(value := member.get(key), str) or not value.strip():
                    has = f"the {key} {preview(value)}" if key in member else f"no {key}"
                    raise _malformed(label, f"member {index} of {where} has {has}")
            yield member["expname"], member["exptype"]


def _is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _name_of(product: Any) -> str:
    """Return the name of a product, empty if it has none."""
    name = product.get("name") if isinstance(product, Mapping) else None
    return name if isinstance(name, str) else ""


def _malformed(label: str, problem: str) -> InputError:
    return InputError(f"{label} is not an association with products and members: {problem}")


def _load(path: Path, label: str) -> Any:
    """Read an association from its file."""
    try:
        content = read_whole(path)
    except (OSError, ValueError) as error:  # a name can have what no file system takes
        msg = f"{label} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InputError(msg) from error
    return _parsed(content, label)


def _fetch(url: str, label: str, remote: RemoteFiles) -> Any:
    """Read an association from its URL."""
    with remote.lent(url):
        file = remote.file(url, label)
        with file.open() as stream:
            content = stream.read()
    return _parsed(content, label)


def _parsed(content: bytes, label: str) -> Any:
    try:
        return parsed(content)
    except ValueError as error:
        msg = f"{label} is not an association in JSON: {error}"
        raise InputError(msg) from error
