"""The inputs of a blend: what they say, added one by one or not at all."""

from __future__ import annotations

import logging
import os
import time
import traceback
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from blender_core.blending.expand import Exposure, expanded, require_recorded
from blender_core.common.advice import Advice, Argument
from blender_core.common.foreign import causes_of, type_name
from blender_core.common.wording import visible
from blender_core.errors import InputError, MixedModelTypesError, raise_all, warn
from blender_core.inputs.columns import Columns
from blender_core.inputs.inputs import Inputs
from blender_core.inputs.row_labels import RowLabels
from blender_core.plugins.source import name_of
from blender_core.readers.plugin_source import is_one_of_several
from blender_core.schema.layout import Layout
from blender_core.schema.spans import disorder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from blender_core.errors import BlenderError
    from blender_core.inputs.association import ProductChoice
    from blender_core.inputs.opener import Opener
    from blender_core.plan.planner import Kind, Planner
    from blender_core.readers.reader import Beyond, Reader

__all__ = ["Accumulator"]

_LOGGER: Final = logging.getLogger(__name__)

_Row: TypeAlias = "tuple[Layout, list[Any], Beyond]"
"""The values of an input, and what it has beyond the schema of its layout."""


class Accumulator:
    """What the inputs of a blend say, which may be of several classes only if they are ``mixed``.

    Where it ``skips``, bad inputs are left out; otherwise they are errors. With ``expand``, an
    input that has an HDRTAB stands for the exposures that it was made of.
    """

    def __init__(
        self,
        planner: Planner,
        opener: Opener,
        mixed: bool,
        *,
        skips: bool,
        expand: bool,
        choice: ProductChoice,
    ) -> None:
        self.kinds: dict[tuple[Any, ...], Kind] = {}
        """The kinds of inputs that there are, by their classes and schemas."""
        self.columns = Columns()
        """Their values."""
        self.skipped: list[BlenderError] = []
        """Why inputs were left out."""
        self.files: list[Path] = []
        """The files that they are read from, or were, as far as they tell."""
        self._planner = planner
        self._opener = opener
        self._mixed = mixed
        self._skips = skips
        self._expand = expand
        self._choice = choice
        self._n_given = 0

    def add_all(self, models: Iterable[Any], progress: Callable[[int], None] | None = None) -> None:
        """Add inputs, and report all that are bad together."""
        inputs = models
        if not isinstance(inputs, Inputs):
            inputs = Inputs(models, self._choice, self._n_given)
        before = self.kinds, self.columns.once, self._n_given
        begin = time.perf_counter()
        n_files = len(self.files)
        faults: list[BlenderError] = []
        try:
            rows, labels = self._rows(inputs, faults, progress)
            if not self._skips:
                raise_all("inputs cannot be blended", faults)
        except BaseException:
            # What a first input has settled goes with it.
            self.kinds, self.columns.once, self._n_given = before
            del self.files[n_files:]
            raise
        self.skipped += faults
        for row in rows:
            self.columns.append(*row)
        self.columns.labels.extend(labels)
        if _LOGGER.isEnabledFor(logging.INFO):
            _log_all(labels.count(len(rows)), len(faults), time.perf_counter() - begin)

    def _rows(
        self,
        inputs: Inputs,
        faults: list[BlenderError],
        progress: Callable[[int], None] | None,
    ) -> tuple[list[_Row], RowLabels]:
        rows: list[_Row] = []
        labels = RowLabels()
        n_read = 0
        with closing(self._singles(inputs, faults)) as singles:
            for label, loan in singles:
                try:
                    added, of_several = self._rows_of(loan, label)
                except InputError as fault:
                    _let_go(fault)
                    faults.append(fault)
                else:
                    rows += added
                    labels.add(self._n_given, len(added), of_several)
                # A generator may make the next model now: two need not be in memory.
                del loan
                n_read += 1
                if progress:
                    progress(n_read)
        return rows, labels

    def _singles(
        self, inputs: Inputs, faults: list[BlenderError]
    ) -> Generator[tuple[str, AbstractContextManager[Any]]]:
        for each in inputs:
            self._n_given += 1
            try:
                yield from each.singles()
            except InputError as fault:
                faults.append(fault)
            self.files += each.files
            del each  # as above

    def _rows_of(
        self, loan: AbstractContextManager[Any], label: str
    ) -> tuple[list[_Row], list[str]]:
        """Return the rows of an input, and what they are called if a plugin has several."""
        # Nobody else has the input: a model goes before the next one is borrowed.
        with loan as model:
            before = self.kinds, self.columns.once
            begin = time.perf_counter()
            rows: list[_Row] = []
            of_several: list[str] = []
            try:
                for source in self._opener.rows(model, label):
                    exposures = expanded(source) if self._expand else [source]
                    rows += map(self._row, exposures)
                    if self._expand:
                        require_recorded(exposures, self.kinds.values())
                    if is_one_of_several(source):
                        of_several += (exposure.what for exposure in exposures)
            except BaseException:
                self.kinds, self.columns.once = before
                raise
            if _LOGGER.isEnabledFor(logging.DEBUG):
                _log_one(label, model, len(rows), time.perf_counter() - begin)
            return rows, of_several

    def _row(self, source: Reader) -> _Row:
        beyond = source.beyond if isinstance(source, Exposure) else ()
        key = source.model_type, source.schema_content, beyond
        kind = self.kinds.get(key)
        if kind is not None:
            return _read(source, kind)
        first = next(iter(self.kinds.values()), None)
        if first is not None and first.model_type != source.model_type and not self._mixed:
            msg = Advice(
                f"{source.what} is a model of type {name_of(source.model_type)}, which does not "
                f"match the type of the first input, {name_of(first.model_type)}: a blend has one "
                "model type, unless ",
                Argument("mixed", True),
            )
            raise MixedModelTypesError(msg)
        kind = self._planner.kind(source, beyond)
        once = self.columns.once
        if first is None:
            attributes = (kind.attributes[path] for path in kind.once)
            layout = Layout(attributes, kind.layout.columns, once=True)
            row = source.read(layout)
            _warn_of_disorder(source, layout, row)
            once = dict(zip(layout.paths, row, strict=True))
        values = _read(source, kind)
        # Nothing is settled by an input that turns out to be bad.
        self.kinds = {**self.kinds, key: kind}
        self.columns.once = once
        return values


def _read(source: Reader, kind: Kind) -> _Row:
    layout = kind.layout
    beyond: Beyond = ()
    if isinstance(source, Exposure):
        row = source.read(layout)
    else:
        row, beyond = source.read_all(layout)
    _warn_of_disorder(source, layout, row)
    return layout, row, beyond


def _warn_of_disorder(source: Reader, layout: Layout, row: Sequence[Any]) -> None:
    """Tell the doubt that an input ends before it begins."""
    if problem := disorder(layout.spans, layout.attributes, row):
        problem = f"moments that are out of order, and are blended as they are: {problem}"
        warn(f"{source.what} has {problem}", label=source.what, problem=problem)


def _log_all(count: str, n_faults: int, seconds: float) -> None:
    bad = f", and left out {n_faults}" if n_faults else ""
    _LOGGER.info("read %s in %.3g s%s", count, seconds, bad)


def _log_one(label: str, model: Any, n_rows: int, seconds: float) -> None:
    origin = str(model) if isinstance(model, (str, os.PathLike)) else type_name(model)
    rows = "" if n_rows == 1 else f", {n_rows} rows"
    _LOGGER.debug("read %s from %s in %.3g ms%s", label, visible(origin), 1000 * seconds, rows)


def _let_go(fault: BaseException) -> None:
    """Empty the frames that an error has come through: they hold the input, which may be large."""
    for error in causes_of(fault):
        traceback.clear_frames(error.__traceback__)
