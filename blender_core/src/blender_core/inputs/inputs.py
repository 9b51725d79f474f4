"""What a caller gives to a blend, and the single inputs that it stands for: asked here, once."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from blender_core.common import urls
from blender_core.common.urls import is_url, shown_url
from blender_core.common.wording import preview
from blender_core.errors import InputError
from blender_core.formats.remote.remote_files import LentFile, RemoteFiles
from blender_core.inputs.ahead import ahead
from blender_core.inputs.association import (
    ANY_PRODUCT,
    SCIENCE,
    is_science,
    others_in_words,
    own_association,
    science_members,
    warn_of_left_out,
)
from blender_core.inputs.named_files import file_of_part, files_named_by, stands_for_several
from blender_core.schema.model_class import import_formats

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from blender_core.formats.files.target import Target
    from blender_core.inputs.association import ProductChoice


_NAMES: Final = (str, type(Path()))
"""What is the name of a file and nothing more."""
_COLLECTIONS: Final = (list, tuple, set, frozenset)
"""Collections of inputs; an HDUList, which is a list of another type, is a single one."""
_PLAIN: Final = re.compile(r"[^@*?\[:]*+(?<!\.json)")
"""Names that can be neither patterns, lists, URLs, parts of files nor associations."""
_LOCAL: Final = "file://"
_ASSOCIATION: Final = ".json"


class Input:
    """An input as a caller gives it: a single one, unless a subclass says otherwise."""

    fault: InputError | None = None
    """Why it stands for none, if that is known before it is read."""

    def __init__(self, given: Any, label: str, file_names: list[str], number: int = 1) -> None:
        self._given = given
        self.label = label
        """What it is to the blend, for messages: ``input 3``."""
        self.file_names = file_names
        """The names of the files that it comes from, as far as it tells."""
        self.part: Path | None = None
        """The name that it is given by, if that means a part of a file, such as an extension."""
        self.number = number
        """How many single inputs it stands for."""

    @property
    def files(self) -> list[Path]:
        """The files that it comes from: a product must not replace them."""
        return [*map(Path, self.file_names)]

    @property
    def names(self) -> Sequence[Path | str]:
        """What it is called by: its files or its URL, or parts of one file."""
        if self.url is not None:
            return [self.url]
        return self.files if self.part is None else [self.part]

    @property
    def url(self) -> str | None:
        """The URL that it is read from, if there is one."""
        return self._given if is_url(self._given) else None

    def singles(
        self, remote: RemoteFiles | None = None
    ) -> Iterator[tuple[str, AbstractContextManager[Any]]]:
        """Give the label of each single input, and what lends it for as long as it is read."""
        given = self._given
        yield self.label, lent(given, remote)


class AssociationInput(Input):
    """An association, which is read at once and stands for its science members."""

    def __init__(
        self,
        association: Mapping[str, Any] | Path | str,
        label: str,
        choice: ProductChoice,
        remote: RemoteFiles,
    ) -> None:
        super().__init__(association, label, [], 0)
        if isinstance(association, Path):
            self.file_names.append(str(association))
        try:
            self._members = science_members(association, label, choice, remote)
        except InputError as fault:  # of no concern to other inputs
            self.fault = fault
            return
        self.file_names += (str(file) for file in self._members.files if isinstance(file, Path))
        self.number = len(self._members.files)

    @property
    def url(self) -> str | None:
        """None: it has been read."""
        return None

    def separate(self, label: str | None = None) -> Sequence[Path | str]:
        """Return the members, each to be an input of its own, and warn of those that are none."""
        if self.fault is not None:
            raise self.fault
        warn_of_left_out(label or self._members.label, self._members.exptypes)
        return self._members.files

    def singles(
        self, remote: RemoteFiles | None = None
    ) -> Iterator[tuple[str, AbstractContextManager[Any]]]:
        """Give the science members."""
        remote = RemoteFiles() if remote is None else remote
        files = ahead(self.separate(), remote, _url_of)
        for number, file in zip(self._members.numbers, files, strict=True):
            yield f"{self._members.label}, member {number}", lent(file, remote)


class NamelessInput(Input):
    """What should stand for files, and does not."""

    def __init__(self, given: Any, fault: InputError) -> None:
        super().__init__(given, "", [], 0)
        self.fault = fault

    def singles(
        self,
        remote: RemoteFiles | None = None,  # noqa: ARG002  # nothing is read
    ) -> Iterator[tuple[str, AbstractContextManager[Any]]]:
        """Raise what is wrong."""
        raise self.fault or InputError


class LibraryInput(Input):
    """A library of models, which lends its science members one at a time."""

    def __init__(self, library: Any, label: str) -> None:
        members = _members_of_library(library)
        # None where the library was made of datamodels.
        folder = getattr(library, "_asn_dir", None)
        self._paths: list[Path] = []
        if folder is not None:
            names = [member.get("expname") for member in members]
            if None not in names:
                self._paths = [Path(folder, str(name)) for name in names]
        # stpipe 1.1.0 takes datamodels that do not say their type for such of science.
        self._exptypes = [str(member.get("exptype") or SCIENCE) for member in members]
        self._indices: Sequence[int] = range(len(library))
        if members:
            self._indices = [i for i, exptype in enumerate(self._exptypes) if is_science(exptype)]
        super().__init__(library, label, [*map(str, self._paths)], len(self._indices))

    def singles(
        self,
        remote: RemoteFiles | None = None,  # noqa: ARG002  # a library has files of its own
    ) -> Iterator[tuple[str, AbstractContextManager[Any]]]:
        """Give the science members, each to be borrowed for as long as it is needed."""
        if self._exptypes and not self._indices:
            others = others_in_words(self._exptypes)
            msg = f"{self.label} is a library without members of the type science: it has {others}"
            raise InputError(msg)
        warn_of_left_out(self.label, self._exptypes)
        with opened(self._given):
            for index in self._indices:
                name = f" ({self._paths[index]})" if self._paths else ""
                label = f"{self.label}, model {index + 1}{name}"
                yield label, self._loan(index, label)

    @contextmanager
    def _loan(self, index: int, label: str) -> Iterator[Any]:
        try:
            model = self._given.borrow(index)
        except Exception as error:
            # Known by its name, because stpipe need not be installed.
            if type(error).__name__ == "BorrowError":
                msg = f"{label} is lent out by its library: shelve it before the blend"
            else:
                reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
                msg = f"{label} cannot be read: {reason}"
            raise InputError(msg) from error
        try:
            # A model may have been opened before the library got it.
            self.file_names += _names_of_files(model)
            yield model
        finally:
            self._given.shelve(model, index, modify=False)


def lent(given: Any, remote: RemoteFiles | None) -> AbstractContextManager[Any]:
    """Return what lends what a caller has given, for as long as it is read."""
    return nullcontext(given) if remote is None or not is_url(given) else remote.lent(given)


def _url_of(given: Any) -> str | None:
    """Return the URL that an input is read from. Associations are read apart."""
    if isinstance(given, Input):
        return given.url
    if not is_url(given) or given.lower().startswith(_LOCAL):
        return None
    return None if urls.file_name(given).endswith(_ASSOCIATION) else given


def _members_of_library(library: Any) -> Sequence[Mapping[str, Any]]:
    """Return what the library's association says of each model; nothing if it has none."""
    # Of the class, because a datamodel looks for what it does not have in its schema. stpipe 1.1.0
    # makes a copy of the association each time.
    asn = library.asn if hasattr(type(library), "asn") else None
    products = asn.get("products") if isinstance(asn, Mapping) else None
    # Libraries have the models of one product.
    product = products[0] if isinstance(products, Sequence) and products else None
    members = product.get("members") if isinstance(product, Mapping) else None
    return members if isinstance(members, Sequence) and len(members) == len(library) else ()


def is_library(thing: Any) -> bool:
    """Tell whether something is a library, which lends its models one at a time."""
    # Of the class, as above.
    kind = type(thing)
    return all(hasattr(kind, name) for name in ("borrow", "shelve", "__enter__", "__len__"))


def may_be_swapped(product: Any, inputs: Any) -> bool:
    """Tell whether what is given for a product are inputs, and for the inputs one thing or none."""
    # A list is no product, not even of a single file.
    are_inputs = type(product) in _COLLECTIONS or _is_several(product)
    return are_inputs and not _is_several(inputs)


def _is_several(given: Any) -> bool:
    if type(given) in _COLLECTIONS:
        return len(given) > 1
    if isinstance(given, Mapping):
        return "products" in given
    return stands_for_several(given) or is_library(given) or isinstance(given, Iterator)


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


def resolve(
    given: Any,
    label: str,
    choice: ProductChoice = ANY_PRODUCT,
    remote: RemoteFiles | None = None,
) -> Input:
    """Find out what a caller gives as an input. This is where it is asked, and nowhere else."""
    if isinstance(given, Input):
        return given
    remote = RemoteFiles() if remote is None else remote
    if is_url(given):
        if given.lower().startswith(_LOCAL):
            given = Path(unquote(urlsplit(given).path))
        elif urls.file_name(given).endswith(_ASSOCIATION):
            return AssociationInput(given, label, choice, remote)
        else:
            return Input(given, label, [])
    if isinstance(given, (str, os.PathLike)):
        name = os.fspath(given)
        if type(name) is not str or name.endswith(_ASSOCIATION):
            path = Path(given)  # which does not take all that is like a path
            if path.suffix == _ASSOCIATION:
                return AssociationInput(path, label, choice, remote)
            name = str(path)
        single = Input(given, label, [name])
        if (file := file_of_part(name)) is not None:
            single.file_names, single.part = [str(file)], Path(name)
        return single
    if isinstance(given, Mapping) and "products" in given:
        return AssociationInput(given, label, choice, remote)
    if is_library(given):
        return LibraryInput(given, label)
    return Input(given, label, _names_of_files(given))


def files_of(model: Any) -> list[Path]:
    """Return the files that a datamodel or an HDUList keeps open; none of anything else."""
    return [*map(Path, _names_of_files(model))]


def _names_of_files(model: Any) -> list[str]:
    # Objects of plugins may have anything of any name.
    references = getattr(model, "_file_references", None)
    if not isinstance(references, list):
        references = []
    elif not references:  # a datamodel that was made in memory
        return []
    # An HDUList, or what a datamodel keeps open: one of these, or an ASDF file.
    kept = [getattr(reference, "_file", None) for reference in references]
    names = filter(None, map(_name_of_hdulist, (model, *kept)))
    uris = filter(None, (getattr(file, "uri", None) for file in kept))
    return [*map(str, names), *(unquote(urlsplit(uri).path) for uri in uris)]


def _name_of_hdulist(file: Any) -> str | None:
    filename = getattr(file, "filename", None)
    return filename() if isinstance(file, list) and callable(filename) else None


def file_name(loan: AbstractContextManager[Any]) -> str | Path | None:
    """Return the name of the file that is lent, which others can open; None of all else."""
    if isinstance(loan, LentFile):
        return loan.url
    given = loan.enter_result if isinstance(loan, nullcontext) else None
    return given if type(given) in _NAMES else None


class Inputs:
    """The inputs of one call, in order; those of a collection can be gone through repeatedly."""

    def __init__(
        self,
        given: Iterable[Any],
        choice: ProductChoice = ANY_PRODUCT,
        n_before: int = 0,
        remote: RemoteFiles | None = None,
        *,
        are_literal: bool = False,
    ) -> None:
        """Take them; names that are literal are no patterns, whatever is in them."""
        self._given = given
        self._remote = RemoteFiles() if remote is None else remote
        self._choice = choice
        self._n_before = n_before
        self._is_collection = isinstance(given, Collection)
        self._associations: dict[int, Input] = {}
        self._are_literal = are_literal
        self._named: dict[str, Sequence[Any]] = {}
        self._target: Target | None = None

    @classmethod
    def of_call(cls, given: Any, choice: ProductChoice, remote: RemoteFiles) -> Inputs:
        """Return the inputs that one argument stands for: several, or an association or library."""
        if stands_for_several(given):
            return cls([given], choice, remote=remote)
        alone = resolve(given, "the association", choice, remote)
        if isinstance(alone, AssociationInput):
            return cls(alone.separate(), choice, remote=remote, are_literal=True)
        if isinstance(alone, LibraryInput):
            return cls([given], choice)
        import_formats()
        from astropy.io.fits import HDUList
        from stdatamodels import DataModel

        singles = (str, bytes, os.PathLike, DataModel, HDUList)
        if isinstance(given, singles) or not isinstance(given, Iterable):
            one = shown_url(given) if is_url(given) else given
            msg = f"inputs takes a collection of inputs, such as [{preview(one)}], not a single one"
            raise TypeError(msg)
        return cls(given, choice, remote=remote)

    @classmethod
    def of_product(
        cls, tree: Mapping[str, Any], folder: Path | None, choice: ProductChoice
    ) -> Inputs:
        """Return the science members of the association that a product names."""
        path = own_association(tree, folder)
        association = AssociationInput(path, "the product's own association", choice, RemoteFiles())
        return cls(association.separate(), choice, are_literal=True)

    def __iter__(self) -> Iterator[Input]:
        # A map, unlike a loop, has let go of one input when the next one is made.
        return map(self._resolved, itertools.count(self._n_before + 1), self._singles())

    def _singles(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(map(self._named_by, self._given))

    def _named_by(self, given: Any) -> Sequence[Any]:
        """Return what a pattern or a list stands for, each time the same; all else as it is."""
        if self._are_literal or self._is_plain(given) or not stands_for_several(given):
            return (given,)
        text = os.fspath(given)
        if text not in self._named:
            try:
                self._named[text] = tuple(files_named_by(text, self._remote))
            except InputError as fault:
                self._named[text] = (NamelessInput(given, fault),)
        return self._named[text]

    def plainly(self, remote: RemoteFiles | None = None) -> Iterator[Input | Path | str]:
        """Give the inputs, but of those that are the name of a file and nothing more, the name.

        With remote files, those that come next are being fetched if they have URLs.
        """
        given = self._singles() if remote is None else ahead(self._singles(), remote, _url_of)
        return map(self._plain_or_resolved, itertools.count(self._n_before + 1), given)

    def _plain_or_resolved(self, number: int, given: Any) -> Input | Path | str:
        return given if self._is_plain(given) else self._resolved(number, given)

    def _is_plain(self, given: Any) -> bool:
        return (
            type(given) in _NAMES
            and self._target is None
            and _PLAIN.fullmatch(os.fspath(given)) is not None
        )

    def _resolved(self, number: int, given: Any) -> Input:
        if number in self._associations:
            return self._associations[number]
        resolved = resolve(given, f"input {number}", self._choice, self._remote)
        # These have been read. Of the others, a collection may make one at a time.
        if self._is_collection and isinstance(resolved, AssociationInput):
            self._associations[number] = resolved
        if self._target is not None:
            self._target.require_apart(resolved.files)
        return resolved

    @property
    def total(self) -> int | None:
        """How many single inputs there are; None of an iterator, which is gone through once."""
        return sum(map(attrgetter("number"), self)) if self._is_collection else None

    def require_apart(self, target: Target) -> None:
        """Refuse inputs that would be replaced: all now, but those that an iterator has to come."""
        if self._is_collection:
            for files in map(attrgetter("files"), self):
                target.require_apart(files)
        else:
            self._target = target
