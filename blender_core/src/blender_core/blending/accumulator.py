"""The inputs of a blend: what they say, added one by one or not at all."""

from __future__ import annotations

import logging
import os
import time
import traceback
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from blender_core.blending.messages import label_of
from blender_core.blending.needs import needs_of
from blender_core.blending.rows import Row, add_rows, key_of, read_row, warn_of_disorder
from blender_core.blending.runs import Runs
from blender_core.common.advice import Advice, Argument
from blender_core.common.foreign import causes_of, type_name
from blender_core.common.urls import shown_url
from blender_core.common.wording import named, visible
from blender_core.errors import InputError, MixedModelTypesError, raise_all, warn_again
from blender_core.inputs.columns import Columns
from blender_core.inputs.inputs import Input, Inputs, file_name, lent
from blender_core.inputs.opener import Opener
from blender_core.plugins.source import name_of
from blender_core.schema.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from pathlib import Path

    from blender_core.blending.needs import Needs
    from blender_core.blending.rows import Key
    from blender_core.blending.runs import Run
    from blender_core.errors import BlenderError, BlendWarning
    from blender_core.formats.remote.remote_files import RemoteFiles
    from blender_core.inputs.association import ProductChoice
    from blender_core.plan.planner import Kind, Planner
    from blender_core.plugins.manager import Plugins
    from blender_core.readers.reader import Reader

_LOGGER: Final = logging.getLogger(__name__)


class Accumulator:
    """What the inputs of a blend say, which may be of several classes only if they are ``mixed``.

    Where it ``skips``, bad inputs are left out; otherwise they are errors. With ``expand``, an
    input that has an HDRTAB stands for the exposures that it was made of.
    """

    def __init__(
        self,
        planner: Planner,
        plugins: Plugins,
        mixed: bool,
        *,
        skips: bool,
        expand: bool,
        choice: ProductChoice,
        remote: RemoteFiles,
    ) -> None:
        self.kinds: dict[Key, Kind] = {}
        """The kinds of inputs that there are, by their classes and schemas."""
        self.columns = Columns()
        """Their values."""
        self.skipped: list[BlenderError] = []
        """Why inputs were left out."""
        self.files: list[str] = []
        """The names of the files that they are read from, or were, as far as they tell."""
        self._planner = planner
        self._plugins = plugins
        self._opener = Opener(plugins, remote)
        self._mixed = mixed
        self._skips = skips
        self._expand = expand
        self._choice = choice
        self._remote = remote
        self._n_given = 0

    def add_all(
        self,
        models: Iterable[Any],
        progress: Callable[[int], None] | None = None,
        executor: Executor | None = None,
    ) -> None:
        """Add inputs, and report all bad ones together.

        With an executor, its workers read files, and nothing else is different.
        """
        inputs = models
        if not isinstance(inputs, Inputs):
            inputs = Inputs(models, self._choice, self._n_given, self._remote)
        before = self.kinds, self._n_given, self.columns.so_far
        begin = time.perf_counter()
        n_files = len(self.files)
        call = _Call(progress)
        try:
            if executor is None:
                self._read(inputs.plainly(self._remote), call)
            else:
                settings = self._remote.settings
                with Runs(executor, self._plugins, settings, expands=self._expand) as runs:
                    self._read_in_runs(inputs, call, runs)
            if not self._skips:
                raise_all("inputs cannot be blended", call.faults)
        except BaseException:
            # What a first input has settled goes with it.
            self.kinds, self._n_given, so_far = before
            self.columns.cut(so_far)
            del self.files[n_files:]
            raise
        self.skipped += call.faults
        if _LOGGER.isEnabledFor(logging.INFO):
            count = self.columns.labels.count_since(before[-1].labels)
            _log_all(count, len(call.faults), time.perf_counter() - begin)

    def _read(self, inputs: Iterable[Input | Path | str], call: _Call) -> None:
        for each in inputs:
            if isinstance(each, Input):
                with closing(self._singles_of(each, call)) as singles:
                    for label, loan in singles:
                        self._add(label, loan, self._n_given, call)
                        del loan  # as below
                self.files += each.file_names
                del singles
            else:
                self._n_given += 1
                self._add_file(each, call)
            # A generator may make the next model now: two need not be in memory.
            del each

    def _add_file(self, name: Path | str, call: _Call) -> None:
        """Read the file of a name that is nothing more."""
        label = label_of(self._n_given)
        self._add(label, lent(name, self._remote), self._n_given, call)
        self.files.append(os.fspath(name))

    def _singles_of(
        self, each: Input, call: _Call
    ) -> Generator[tuple[str, AbstractContextManager[Any]]]:
        self._n_given += 1
        try:
            yield from each.singles(self._remote)
        except InputError as fault:
            names = each.file_names
            label = named(each.label, names[0]) if len(names) == 1 else each.label
            fault.input = fault.input or label
            call.faults.append(fault)

    def _read_in_runs(self, inputs: Inputs, call: _Call, runs: Runs) -> None:
        """Let workers read files. All else is read here, once what comes before it was added."""
        with closing(self._in_turn(inputs, call, runs)) as in_turn:
            for each in in_turn:
                if not isinstance(each, Input):
                    self._n_given += 1
                    self._send(each, None, call, runs)
                    continue
                with closing(self._singles_of(each, call)) as singles:
                    for label, loan in singles:
                        name = file_name(loan)
                        if name is None:
                            self._await_all(runs, call)
                            self._add(label, loan, self._n_given, call)
                        else:
                            self._send(name, label, call, runs)
                        del loan
                if not runs.add_files(each.file_names):
                    self.files += each.file_names
                del each, singles  # as above
        self._await_all(runs, call)
        runs.warn_of_unreadable()

    def _send(self, name: str | Path, label: str | None, call: _Call, runs: Runs) -> None:
        """Have a file read by a worker; but the first input settles what is wanted of all."""
        if self.kinds:
            if runs.add(self._n_given, name, label):
                if runs.are_enough:
                    self._await_next(runs, call)
                runs.send(self.kinds)
        elif label is None:
            self._add_file(name, call)
        else:
            self._add(label, lent(name, self._remote), self._n_given, call)

    def _in_turn(self, inputs: Inputs, call: _Call, runs: Runs) -> Generator[Input | Path | str]:
        """Give inputs, after what comes before where one may warn of something, or fails."""
        given = inputs.plainly()
        while True:
            try:
                each = next(given)
            except StopIteration:
                return
            except Exception:
                self._await_all(runs, call)
                raise
            if isinstance(each, Input) and type(each) is not Input:
                self._await_all(runs, call)
            yield each
            del each  # as above

    def _await_all(self, runs: Runs, call: _Call) -> None:
        runs.send(self.kinds)
        while self._await_next(runs, call):
            pass

    def _await_next(self, runs: Runs, call: _Call) -> bool:
        """Add what the files of the next run say, and tell whether there was one."""
        if (read := runs.next()) is None:
            return False
        run, answer = read
        warnings: dict[int, list[BlendWarning]] = {}
        for place, warning in answer.warnings:
            warnings.setdefault(place, []).append(warning)
        n_again = start = 0
        for end, part in zip([*answer.again, len(run.names)], answer.parts, strict=True):
            if answer.several:
                for place in range(start, end):
                    part.labels.add(run.numbers[place], *answer.several.get(place, (1,)))
            else:
                part.labels.add_each(run.numbers[start:end])
            self.columns.extend(part)
            for place in range(start, end):
                for warning in warnings.get(place, ()):
                    warn_again(warning)
                self._note_files(run, place, answer.files.get(place, ()))
                call.count()
            if end < len(run.names):
                loan = lent(run.names[end], self._remote)
                is_good = self._add(label_of(run.labels[end]), loan, run.numbers[end], call)
                self._note_files(run, end)
                n_again += is_good and end in answer.unreadable
            start = end + 1
        runs.note(answer, n_again)
        return True

    def _note_files(self, run: Run, place: int, opened: Iterable[str] = ()) -> None:
        """Note the files of an input that was read, and what a plugin opened beside them."""
        self.files += opened
        if isinstance(run.labels[place], int):
            self.files.append(os.fspath(run.names[place]))
        self.files += run.files.get(place, ())

    def _add(self, label: str, loan: AbstractContextManager[Any], number: int, call: _Call) -> bool:
        """Read an input, and tell whether it is good."""
        try:
            self._add_rows(loan, label, number)
        except InputError as fault:
            _let_go(fault)
            fault.input = fault.input or label
            call.faults.append(fault)
            is_good = False
        else:
            is_good = True
        del loan  # as above
        call.count()
        return is_good

    def _add_rows(self, loan: AbstractContextManager[Any], label: str, number: int) -> None:
        """Add the rows of an input, all or none."""
        # Nobody else has the input: a model goes before the next one is borrowed.
        with loan as model:
            before = self.kinds, self.columns.so_far
            needs = self._needs if self._expand else None
            files: dict[Path, None] = {}
            begin = time.perf_counter()
            try:
                of_several = add_rows(
                    self.columns, model, label, self._opener, self._row, needs, files
                )
                n_rows = len(self.columns) - before[1].n_rows
                self.columns.labels.add(number, n_rows, of_several)
            except InputError as error:  # after others, nothing of the whole call is left
                self.kinds, so_far = before
                self.columns.cut(so_far)
                is_name = isinstance(model, (str, os.PathLike))
                error.input = error.input or (named(label, _shown(model)) if is_name else label)
                raise
            finally:
                self.files += map(str, files)
            if _LOGGER.isEnabledFor(logging.DEBUG):
                _log_one(label, model, n_rows, time.perf_counter() - begin)

    def _needs(self) -> Iterable[Needs]:
        return map(needs_of, self.kinds.values())

    def _row(self, source: Reader) -> Row:
        key = key_of(source)
        kind = self.kinds.get(key)
        if kind is not None:
            return read_row(source, kind.layout)
        first = next(iter(self.kinds.values()), None)
        if first is not None and first.model_type != source.model_type and not self._mixed:
            msg = Advice(
                f"{source.what} is a model of type {name_of(source.model_type)}, which does not "
                f"match the type of the first input, {name_of(first.model_type)}: a blend has one "
                "model type, unless ",
                Argument("mixed", True),
            )
            raise MixedModelTypesError(msg)
        kind = self._planner.kind(source, key[2])
        once = self.columns.once
        if first is None:
            attributes = (kind.attributes[path] for path in kind.once)
            layout = Layout(attributes, kind.layout.columns, once=True)
            row = source.read(layout)
            warn_of_disorder(source, layout, row)
            once = dict(zip(layout.paths, row, strict=True))
        values = read_row(source, kind.layout)
        # Nothing is settled by an input that turns out to be bad.
        self.kinds = {**self.kinds, key: kind}
        self.columns.once = once
        return values


class _Call:
    """How far one call has come, and which inputs it has found to be bad."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self.faults: list[BlenderError] = []
        self._progress = progress
        self._n_read = 0

    def count(self) -> None:
        """Tell that an input more has been looked at."""
        self._n_read += 1
        if self._progress:
            self._progress(self._n_read)


def _shown(name: str | os.PathLike[str]) -> str:
    return shown_url(os.fspath(name))


def _log_all(count: str, n_faults: int, seconds: float) -> None:
    bad = f", and left out {n_faults}" if n_faults else ""
    _LOGGER.info("read %s in %.3g s%s", count, seconds, bad)


def _log_one(label: str, model: Any, n_rows: int, seconds: float) -> None:
    origin = _shown(model) if isinstance(model, (str, os.PathLike)) else type_name(model)
    rows = "" if n_rows == 1 else f", {n_rows} rows"
    _LOGGER.debug("read %s from %s in %.3g ms%s", label, visible(origin), 1000 * seconds, rows)


def _let_go(fault: BaseException) -> None:
    """Empty the frames that an error has come through: they hold the input, which may be large."""
    for error in causes_of(fault):
        traceback.clear_frames(error.__traceback__)
