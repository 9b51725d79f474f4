"""Read the metadata of a datamodel's FITS file from its headers.

The result is what ``stdatamodels.jwst.datamodels.open`` gives for the same file. That function
reads a tree in ASDF from the file's last extension, and then, unless a checksum of the headers that
is kept in the tree says that nobody has touched them, the headers over it. So without a tree there
are the headers alone; where the checksum does not hold, both have to be read; and where it holds, the
headers say what the tree says, and are quicker to read. But not every datamodel that saved a file
had the schema of today, so the headers are only trusted where a file with the same keywords, and the
same names in its tree, has been read in full before and was found to say the same in both.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from blender_core.errors import InputError, warn
from blender_core.readers.datamodel import DatamodelReader
from blender_core.readers.headers import BadFitsError, scan
from blender_core.readers.tree import collect, is_plain, plain, scalars_beyond
from blender_core.validity import plainly_valid, problem_with

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from blender_core.columns import Layout
    from blender_core.readers.headers import RawHDU

__all__ = ["FitsReader", "Learnt"]

_CHECKSUM: Final = re.compile(rb"^_fits_hash: ([0-9a-f]{64})$", re.MULTILINE)
_FLOAT: Final = re.compile(rb"(-?[0-9][0-9.e+-]*)[,}\s]")
_BLANK_ENDS: Final = tuple(
    b" " + quote + after for quote in (b"'", b'"') for after in (b"\n", b",", b"}", b"]")
)
_NAME: Final = re.compile(rb"\w+:(?=\s)")
_NEXT_OF_META: Final = re.compile(rb"\n(?:  )?\w")
_MOST_DIGITS: Final = 17
"""As many as a float needs to be written without a loss."""


class Learnt:
    """What the readers of one blend have learnt, and need not find out again."""

    def __init__(self) -> None:
        self._blanks: dict[type, Any] = {}
        self.alike: set[Hashable] = set()
        """Structures of files whose headers say what their trees say."""

    def blank(self, model_type: type) -> Any:
        """Return an empty datamodel: it has the schema, and the validation settings.

        Parameters
        ----------
        model_type : type
            The class of the datamodel.

        Returns
        -------
        model : stdatamodels.DataModel
            The same one for each call; it is not to be changed.
        """
        if model_type not in self._blanks:
            self._blanks[model_type] = model_type()
        return self._blanks[model_type]


class FitsReader:
    """The metadata of one FITS file that a datamodel was saved to.

    Parameters
    ----------
    path : path-like
        The file, compressed with gzip or not.
    what : str
        What the file is to the blend, for messages: ``input 3``.
    learnt : Learnt
        What the readers of one blend share.

    Raises
    ------
    InputError
        If there is no such file, or it is not a whole FITS file, or not a datamodel's.
    """

    def __init__(self, path: Path, what: str, learnt: Learnt) -> None:
        self._path = path
        self._learnt = learnt
        self.what = f"{what} ({path})"
        try:
            self._hdus, self._asdf = self._scan()
            self._name = self._hdus[0].header.get("DATAMODL")
        except (OSError, EOFError, BadFitsError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            msg = f"{self.what} cannot be read: {reason}"
            raise InputError(msg) from error

    def _scan(self) -> tuple[list[RawHDU], bytes | None]:
        """Read the headers and the bytes of the ASDF tree, and nothing else."""
        compressed = self._path.suffix == ".gz"
        with self._path.open("rb") as opened:
            length = None if compressed else self._path.stat().st_size
            file: BinaryIO = gzip.GzipFile(fileobj=opened) if compressed else opened  # type: ignore[assignment]
            hdus = list(scan(file, length))
            for hdu in hdus:
                if hdu.name == "ASDF":
                    file.seek(hdu.start)
                    return hdus, file.read(hdu.size)
        return hdus, None

    @cached_property
    def model_type(self) -> type:
        """The class of datamodel that the file says it is of."""
        from stdatamodels.jwst import datamodels

        if self._name is None:
            msg = (
                f"{self.what} has no keyword DATAMODL in its primary header, which says of which "
                "class it is. If it is a datamodel's all the same, open it and blend the model."
            )
            raise InputError(msg)
        found = getattr(datamodels, str(self._name), None)
        if not isinstance(found, type) or not issubclass(found, datamodels.JwstDataModel):
            msg = f"{self.what} is of the class DATAMODL = {self._name!r}, which stdatamodels lacks"
            raise InputError(msg)
        return found

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of that class."""
        return self._learnt.blank(self.model_type).schema  # type: ignore[no-any-return]

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values.

        Parameters
        ----------
        layout : Layout
            Which attributes are wanted, and in which order.

        Returns
        -------
        values : list, shape (n_attributes,)
            Plain values; None where the file has none.

        Raises
        ------
        InputError
            If a card cannot be read, or has a value that the schema forbids while validation is
            strict.

        Warns
        -----
        BlendWarning
            If a card has a value that the schema forbids; it is left out.
        """
        values = None if self._is_unusual(layout) else self._values(layout)
        if values is None:
            return self._read_as_datamodel(layout)
        for path, value in self._own.items():
            if path in layout.places:
                values[layout.places[path]] = value
        return values

    def _values(self, layout: Layout) -> list[Any] | None:
        """Return the values; None where stdatamodels has to have a look at the file."""
        if self._asdf is None:
            return self._headers_over([None] * len(layout.paths), layout)
        if not self._headers_are_the_trees:
            values = self._collected(layout)
            return None if values is None else self._headers_over(values, layout)
        values = self._headers_alone(layout) if self._structure in self._learnt.alike else None
        if values is None:
            values = self._collected(layout)
            if values is not None and self._agree(values, layout):
                self._learnt.alike.add(self._structure)
        return values

    def _agree(self, values: list[Any], layout: Layout) -> bool:
        """Tell whether the headers have the same attributes as the tree."""
        return all(
            (values[place] is None) == (value is None)
            for name, (places, fields) in layout.keywords.items()
            for place, value in zip(places, self._select(name, fields), strict=True)
        )

    @cached_property
    def _structure(self) -> Hashable:
        """The keywords of all headers, and the names in the tree but for those in the WCS."""
        text = self._text
        wcs = text.find(b"\n  wcs: ")
        if wcs >= 0 and (after := _NEXT_OF_META.search(text, wcs + 1)):
            text = text[:wcs] + text[after.start() :]
        columns = tuple((hdu.name, hdu.header.keywords) for hdu in self._hdus)
        return self.model_type, columns, tuple(_NAME.findall(text))

    @property
    def _text(self) -> bytes:
        """The YAML text of the tree, without the blocks of its arrays."""
        asdf = self._asdf or b""
        return asdf[: asdf.find(b"\n...") + 1]

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        """Return the paths of scalars below ``meta`` that are none of the known attributes.

        Parameters
        ----------
        known : collection of str
            Dotted paths of the attributes that the schema has.

        Returns
        -------
        paths : list of str
            In the order of the tree. Headers have no others.
        """
        return list(scalars_beyond(known, self._tree.get("meta"), "meta"))

    @property
    def _own(self) -> dict[str, str]:
        """What a datamodel takes from the file itself, whatever is in it."""
        return {"meta.filename": self._path.name, "meta.model_type": self.model_type.__name__}

    def _is_unusual(self, layout: Layout) -> bool:
        """Tell whether there is something that the headers alone do not tell."""
        wanted = [hdu for name in layout.keywords if (hdu := self._hdu(name))]
        return layout.has_tagged_keywords or any(hdu.compressed for hdu in wanted)

    def _hdu(self, name: str) -> RawHDU | None:
        if name == "PRIMARY":
            return self._hdus[0]
        return next((hdu for hdu in self._hdus if hdu.name == name.upper()), None)

    @cached_property
    def _headers_are_the_trees(self) -> bool:
        """Whether nobody has touched the headers since the datamodel was saved."""
        found = _CHECKSUM.findall(self._asdf or b"")
        if len(found) != 1:
            return False
        checksum = hashlib.sha256()
        for hdu in self._hdus:
            if hdu.name != "ASDF":
                checksum.update(hdu.header.raw)
        return bool(checksum.hexdigest() == found[0].decode())

    @cached_property
    def _tree(self) -> Mapping[str, Any]:
        """The ASDF tree without its arrays, and without what other packages make of its tags."""
        if self._asdf is None:
            return {}
        from asdf.util import load_yaml

        try:
            return load_yaml(io.BytesIO(self._asdf), tagged=True)  # type: ignore[no-any-return]
        except Exception as error:
            msg = f"{self.what} cannot be read: its extension ASDF is no ASDF tree: {error}"
            raise InputError(msg) from error

    def _collected(self, layout: Layout) -> list[Any] | None:
        """Return the tree's values; None if other packages have a say in one of them."""
        values = collect(self._tree, layout)
        if is_plain(values):
            return values
        for i, value in enumerate(values):
            tag = getattr(value, "_tag", None)
            if tag is not None and "/core/ndarray-" in tag:
                values[i] = None
            elif tag is not None:
                return None
            else:
                values[i] = plain(value)
        return values

    def _headers_over(self, values: list[Any], layout: Layout) -> list[Any]:
        """Put the headers' values over others, as far as the schema allows them."""
        for name, (places, fields) in layout.keywords.items():
            for place, value in zip(places, self._select(name, fields), strict=True):
                if value is not None and self._allows(value, layout, place):
                    values[place] = value
        return values

    def _headers_alone(self, layout: Layout) -> list[Any] | None:
        """Return the headers' values; None if it is not certain that the tree has the same."""
        if layout.has_more_than_keywords:
            return None
        values: list[Any] = [None] * len(layout.paths)
        floats: list[tuple[int, bool]] = []
        for name, (places, fields) in layout.keywords.items():
            hdu = self._hdu(name)
            for place, field, value in zip(places, fields, self._select(name, fields), strict=True):
                values[place] = value
                if type(value) is float and hdu is not None:
                    floats.append((place, hdu.header.fills_its_field(field)))
        return self._corrected(values, floats, layout)

    def _corrected(
        self, values: list[Any], floats: list[tuple[int, bool]], layout: Layout
    ) -> list[Any] | None:
        """Give floats the digits that a header has no room for; None where that is uncertain.

        Headers cut floats off that are longer than their field; those of older astropy have
        sixteen digits at the most. The text of the tree has all digits.
        """
        text = self._text
        # A header loses blanks at the end of a text.
        if any(end in text for end in _BLANK_ENDS):
            return None
        full = any(_digits(values[place]) == _MOST_DIGITS for place, _ in floats)
        for place, filled in floats:
            if filled or not full:
                exact = _floats_in_tree(text, layout.paths[place].rpartition(".")[2])
                near = {x for x in exact if math.isclose(x, values[place], rel_tol=1e-12)}
                if len(near) != 1:
                    return None
                values[place] = near.pop()
        return values

    def _select(self, name: str, fields: tuple[bytes, ...]) -> list[Any]:
        hdu = self._hdu(name)
        if hdu is None:
            return [None] * len(fields)
        try:
            return hdu.header.select(fields)
        except Exception as error:
            msg = f"{self.what} cannot be read: HDU {name} has a bad card: {error}"
            raise InputError(msg) from error

    def _allows(self, value: Any, layout: Layout, place: int) -> bool:
        attribute = layout.attributes[place]
        if plainly_valid(value, attribute.subschema):
            return True
        from asdf.exceptions import ValidationError

        where = f"{self.what} has {attribute.label} = {value!r} in HDU {attribute.hdu}"
        try:
            model = self._learnt.blank(self.model_type)
            taken, problem = problem_with(value, attribute.subschema, attribute.path, model)
        except ValidationError as error:
            msg = f"{where}, which the schema forbids: {error}"
            raise InputError(msg) from error
        if problem:
            consequence = "taken all the same" if taken else "left out"
            warn(f"{where}, which the schema forbids: {problem}. It is {consequence}.")
        return taken

    def _read_as_datamodel(self, layout: Layout) -> list[Any]:
        from stdatamodels.jwst import datamodels

        try:
            with datamodels.open(self._path) as model:
                return DatamodelReader(model, self.what).read(layout)
        except Exception as error:
            msg = f"{self.what} cannot be read: {type(error).__name__}: {error}"
            raise InputError(msg) from error


def _digits(value: float) -> int:
    """Return how many significant digits a float needs."""
    return len(repr(value).partition("e")[0].replace(".", "").replace("-", "").strip("0"))


def _floats_in_tree(text: bytes, name: str) -> set[float]:
    """Return the floats that the YAML text of a tree has under a name, in whatever group."""
    found: set[float] = set()
    key = f"{name}:".encode()
    position = text.find(key)
    while position >= 0:
        if text[position - 1 : position] in (b" ", b"{", b"\n"):
            token = text[position + len(key) : position + len(key) + 80].lstrip()
            number = _FLOAT.match(token)
            if number:
                found.add(float(number[1]))
        position = text.find(key, position + 1)
    return found
