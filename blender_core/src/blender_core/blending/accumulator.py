"""The inputs of a blend: what they say, added one by one or not at all."""

from __future__ import annotations

import os
import traceback
from contextlib import closing
from typing import TYPE_CHECKING, Any

from blender_core.blending.expand import expanded, require_recorded
from blender_core.common.advice import Advice, Argument
from blender_core.errors import InputError, MixedModelTypesError, raise_all
from blender_core.inputs.columns import Columns
from blender_core.inputs.files import files_behind
from blender_core.inputs.model_library import is_library
from blender_core.inputs.unfold import unfold
from blender_core.plugins.source import name_of
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from contextlib import AbstractContextManager

    from blender_core.errors import BlenderError
    from blender_core.inputs.asn_product import ProductChoice
    from blender_core.inputs.opener import Opener
    from blender_core.plan.planner import Kind, Planner
    from blender_core.plugins.source import Source

__all__ = ["Accumulated"]


class Accumulated:
    """What the inputs of a blend say.

    Parameters
    ----------
    planner : Planner
        Knows what is to be read from them.
    opener : Opener
        Opens them.
    mixed : bool
        Whether they may be of several classes.
    skips : bool
        Whether those that are bad are left out; otherwise they are errors.
    expand : bool
        Whether an input that has an HDRTAB stands for the exposures that it was made of.
    choice : ProductChoice
        Which product of an association is meant.

    Attributes
    ----------
    kinds : dict of (type or str) to Kind
        The kinds of inputs that there are, by their classes.
    columns : Columns
        Their values.
    skipped : list of BlenderError
        Why inputs were left out.
    files : list of str or Path
        The files that they are read from, or were, as far as they tell.
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
        self.kinds: dict[type | str, Kind] = {}
        self.columns = Columns()
        self.skipped: list[BlenderError] = []
        self.files: list[str | os.PathLike[str]] = []
        self._planner = planner
        self._opener = opener
        self._mixed = mixed
        self._skips = skips
        self._expand = expand
        self._choice = choice
        self._n_given = 0

    def add_all(self, models: Iterable[Any], progress: Callable[[int], None] | None = None) -> None:
        """Add inputs, and report all that are bad together."""
        before = self.kinds, self.columns.once, self._n_given
        n_files = len(self.files)
        self.kinds = dict(self.kinds)
        faults: list[BlenderError] = []
        try:
            rows = self._rows(models, faults, progress)
            if not self._skips:
                raise_all("inputs cannot be blended", faults)
        except BaseException:
            # What a first input has settled goes with it.
            self.kinds, self.columns.once, self._n_given = before
            del self.files[n_files:]
            raise
        self.skipped += faults
        for layout, row in rows:
            self.columns.append(layout, row)

    def _rows(
        self,
        models: Iterable[Any],
        faults: list[BlenderError],
        progress: Callable[[int], None] | None,
    ) -> list[tuple[Layout, list[Any]]]:
        rows = []
        with closing(self._unfolded(models, faults)) as unfolded:
            for done, (what, one) in enumerate(unfolded, start=1):
                try:
                    rows += self._rows_of(one, what)
                except InputError as fault:
                    _let_go(fault)
                    faults.append(fault)
                if progress:
                    progress(done)
        return rows

    def _unfolded(
        self, models: Iterable[Any], faults: list[BlenderError]
    ) -> Generator[tuple[str, AbstractContextManager[Any]]]:
        for model in models:
            self._n_given += 1
            if is_library(model):  # its models may be read from copies
                self._note_files(model)
            try:
                yield from unfold(model, f"input {self._n_given}", self._choice)
            except InputError as fault:
                faults.append(fault)

    def _note_files(self, given: Any) -> None:
        if isinstance(given, (str, os.PathLike)):
            self.files.append(given)
        # A datamodel that was made in memory has an empty list here, and no file to tell of; other
        # kinds of inputs have nothing, and are asked.
        elif getattr(given, "_file_references", None) != []:
            self.files.extend(files_behind(given))

    def _rows_of(
        self, one: AbstractContextManager[Any], what: str
    ) -> list[tuple[Layout, list[Any]]]:
        """Return the row of an input, or those of the exposures that it was made of."""
        # Nobody else has the input: a model goes before the next one is borrowed.
        with one as given:
            self._note_files(given)
            source = self._opener.open(given, what)
            if not self._expand:
                return [self._row(source)]
            before = dict(self.kinds), self.columns.once
            try:
                exposures = expanded(source)
                rows = [self._row(exposure) for exposure in exposures]
                require_recorded(exposures, self.kinds.values())
            except BaseException:
                self.kinds, self.columns.once = before
                raise
            return rows

    def _row(self, source: Source) -> tuple[Layout, list[Any]]:
        kind = self.kinds.get(source.model_type)
        if kind is not None:
            return kind.layout, source.read(kind.layout)
        if self.kinds and not self._mixed:
            (first,) = self.kinds
            msg = Advice(
                f"{source.what} is a model of type {name_of(source.model_type)}, which does not "
                f"match the type of the first input, {name_of(first)}: a blend has one model "
                "type, unless ",
                Argument("mixed", True),
            )
            raise MixedModelTypesError(msg)
        kind = self._planner.kind(source)
        once = self.columns.once
        if not self.kinds:
            layout = Layout((kind.attributes[path] for path in kind.once), kind.layout.columns)
            once = dict(zip(layout.paths, source.read(layout), strict=True))
        row = source.read(kind.layout)
        # Nothing is settled by an input that turns out to be bad.
        self.kinds[source.model_type] = kind
        self.columns.once = once
        return kind.layout, row


def _let_go(fault: BaseException) -> None:
    """Empty the frames that an error has come through: they hold the input, which may be large."""
    held, seen = [fault], set()
    while held:
        error = held.pop()
        seen.add(error)
        traceback.clear_frames(error.__traceback__)
        # An error may be its own cause.
        held += [one for one in (error.__cause__, error.__context__) if one and one not in seen]
