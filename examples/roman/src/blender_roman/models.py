"""Datamodels in memory, where ``roman_datamodels`` is installed."""

from __future__ import annotations

import contextlib
import copy
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import numpy as np

from blender_core import DROP, InputError, Product
from blender_roman.image import Image
from blender_roman.metadata import LOGS, NULLABLE, TIMES, mosaic_schema
from blender_roman.mosaic import Mosaic, tables_of_images
from blender_roman.mosaic_rows import mosaic_rows, rows_of_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from astropy.table import Column, Table

    from blender_core import BlendPlan, ProductTable
    from blender_core.columns import Layout
    from blender_roman.mosaic_rows import MosaicRow

__all__ = ["MosaicInMemory", "image_of", "is_model", "rows_of"]

_OUTSIDE: Final = "individual_image_cal_logs"
_NO_WORDS: Final = ("wcs", "individual_image_meta")
"""What is below ``meta`` and is no plain content."""


def is_model(given: Any, name: str) -> bool:
    """Tell whether something is a datamodel of Roman, without importing its package."""
    kinds = {(kind.__module__.partition(".")[0], kind.__name__) for kind in type(given).__mro__}
    return ("roman_datamodels", name) in kinds


def image_of(model: Any, what: str) -> Image:
    """Return what an ``ImageModel`` says."""
    with _open(what):
        return Image(_meta_of(model), what, _files_of(model))


def rows_of(model: Any, what: str) -> Iterator[MosaicRow]:
    """Give the rows of a ``MosaicModel``, as of the file of one."""
    with _open(what):
        roman = {"meta": _meta_of(model), _OUTSIDE: _plain(model.get(_OUTSIDE))}
        tables = model["meta"].get("individual_image_meta") or {}
        cells = rows_of_tables(tables, what, has_masks="hdrtab" in _tree_of(model))
    return mosaic_rows(roman, cells, what, _files_of(model))


@contextlib.contextmanager
def _open(what: str) -> Iterator[None]:
    """Have an error that tells which datamodel it is that cannot be read: it may be closed."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # of asdf, and of whatever made something of the tags
        msg = f"{what} cannot be read: {type(error).__name__}: {error}"
        raise InputError(msg) from error


def _meta_of(model: Any) -> dict[str, Any]:
    """Return what a datamodel says of itself as plain content."""
    return {name: _plain(value) for name, value in model["meta"].items() if name not in _NO_WORDS}


def _tree_of(model: Any) -> Any:
    """Return all that is in the file that a datamodel was opened from."""
    # Of roman_datamodels 0.31 to 1.1, which have no public name for it.
    return getattr(getattr(model, "_asdf", None), "tree", {})


def _files_of(model: Any) -> tuple[Path, ...]:
    """Return the file that a datamodel was opened from."""
    uri = getattr(getattr(model, "_asdf", None), "uri", None)
    parts = urlsplit(uri or "")
    return (Path(unquote(parts.path)),) if parts.scheme == "file" else ()


class MosaicInMemory(Product):
    """A mosaic in memory: its metadata, tables of images and logs are changed at once.

    It has no place for HDRTAB and HDRRULES, which are beside ``roman`` in the file that the result
    is saved to.
    """

    model_type = "Roman mosaic"
    schema = mosaic_schema()
    endings = (".asdf",)
    records_rules = True

    def __init__(self, given: Any, what: str) -> None:
        self.what = what
        self._model = given
        self._tables: Mapping[str, ProductTable] = {}
        self._plan: BlendPlan | None = None

    @property
    def origin(self) -> Path | None:
        """It has no file that could be changed meanwhile."""
        return None

    @property
    def model(self) -> Any:
        """The ``MosaicModel`` itself."""
        return self._model

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values, of moments their texts."""
        return [self._value(path) for path in layout.paths]

    def _value(self, path: str) -> Any:
        below: Any = self._model
        names = [_OUTSIDE] if path == LOGS else path.split(".")
        for name in names:
            try:
                below = below[name]
            except (KeyError, TypeError):
                return None
        return _plain(below)

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, ProductTable], plan: BlendPlan
    ) -> None:
        """Give the mosaic its values and its tables."""
        self._tables, self._plan = dict(tables), plan
        for path, value in changes.items():
            self._set(path, value)
        if hdrtab := tables.get("hdrtab"):
            self._model["meta"]["individual_image_meta"] = {
                group: _table(columns)
                for group, columns in tables_of_images(hdrtab.to_table(), plan).items()
            }

    def _set(self, path: str, value: Any) -> None:
        if path == LOGS:
            self._model[_OUTSIDE] = [] if value is DROP else value
            return
        *parents, name = path.split(".")
        below: Any = self._model
        for parent in parents:
            below = below[parent]
        if value is not DROP:
            below[name] = _moment(value) if path.startswith("meta.coadd_info.time_") else value
        elif path in NULLABLE:
            below[name] = None
        elif name in below:
            del below[name]

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        """Give the mosaic what it had before if what is done within fails."""
        meta = copy.deepcopy(self._model["meta"])
        logs = list(self._model[_OUTSIDE]) if _OUTSIDE in self._model else None
        try:
            yield
        except BaseException:
            self._model["meta"] = meta
            if logs is not None:
                self._model[_OUTSIDE] = logs
            raise

    def save(self, target: Any) -> None:
        """Write the mosaic as ``roman_datamodels`` does, and HDRTAB and HDRRULES beside it."""
        with tempfile.TemporaryDirectory() as folder:
            # It writes to names of files only, and puts the name into the file.
            path = Path(folder, target.output.name)
            self._model.save(path)
            file = Mosaic(path, self.what)
            if self._plan is not None:
                file.update({}, self._tables, self._plan)
            file.save(target)


def _plain(value: Any) -> Any:
    """Return what a node has as plain content; of a moment its text."""
    isot = getattr(value, "isot", None)
    if isot is not None:
        return str(isot)
    if isinstance(value, str):
        return str.__str__(value)
    if hasattr(value, "items"):
        return {str(key): _plain(below) for key, below in value.items()}
    if hasattr(value, "__iter__"):
        return [_plain(below) for below in value]
    return value


def _moment(text: Any) -> Any:
    from astropy.time import Time

    return Time(text, format="isot", scale="utc")


def _table(columns: Mapping[str, Column]) -> Table:
    from astropy.table import MaskedColumn, Table

    table = Table()
    for name, column in columns.items():
        array: Any = np.ma.asarray(column.data)
        if array.dtype.kind == "O":
            array = array.astype(str)
        if np.ma.getmaskarray(array).any():
            table[name] = MaskedColumn(array)
        else:
            table[name] = _moment(array.data) if name in TIMES else array.data
    return table
