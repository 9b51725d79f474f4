"""Whatever part of writing fails, the old file is there, whole, and the error says what to do.

What is there is never a part of the new file: an error leaves the old one, and no error the new one.
"""

import builtins
import contextlib
import errno
import io
import os
import random
import resource
import signal
import subprocess
import warnings

import pytest
from thoroughness import all_but_exhaustive
from writers import OUTPUTS, Writer, content_of, drafts, prepare

from blender_core import BlendWarning, OutputError
from blender_core.demo.exposures import write_exposures

TRIES = int(os.environ.get("FAILING_WRITES", "1"))
"""How many failures are tried at random, of each kind of file and of failure."""

QUICK = (
    "file.fits",
    "new.fits",
    "file.asdf",
    "datamodel.fits",
    "plain.fits",
    "plain.asdf",
    "table.csv",
    "report.html",
)
KINDS = pytest.mark.parametrize("kind", all_but_exhaustive(OUTPUTS, QUICK))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with exposures and products, and these exposures."""
    folder = tmp_path_factory.mktemp("made")
    return folder, prepare(folder)


@pytest.fixture
def writer(kind, made):
    """What writes a kind of file, and has written it."""
    writer = Writer(kind, *made)
    writer.reset()
    writer()
    yield writer
    writer.close()


@pytest.fixture
def attempt(writer, made):
    """Return a function that writes where something fails, and checks what is there then.

    It returns what was told: an error, a warning, or nothing.
    """
    folder, _ = made
    new = content_of(writer.output)

    def attempt(within=contextlib.nullcontext()):  # noqa: B008  # it holds nothing
        writer.reset()
        told = None
        with within, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", BlendWarning)
            try:
                writer()
            except OutputError as error:
                told = error
        if told is None:
            assert content_of(writer.output) == new
            told = caught[0].message if caught else None
            assert told is None or "has been written to" in str(told)
        else:
            assert not writer.has_written()
            assert told.path == writer.output
            assert str(writer.output) in str(told)
            is_new = "No file has been made" in str(told)
            assert is_new != ("The file that was there is as it was" in str(told))
            assert is_new == (not writer.output.exists())
        assert drafts(folder) == []
        return told

    return attempt


@contextlib.contextmanager
def limited(size):
    """Have files be no longer than so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@KINDS
def test_a_limit_on_sizes(kind, writer, attempt):
    """The last write is done in part, or not at all, and the next one fails."""
    size = writer.output.stat().st_size
    choice = random.Random(kind)  # noqa: S311
    # What is compressed is not always of one length.
    for room in (size - 16, *(choice.randrange(size - 16) for _ in range(TRIES))):
        error = attempt(limited(room))
        assert isinstance(error, OutputError), room
        assert error.errno == errno.EFBIG
        assert "File too large" in str(error)
        assert "Choose a place that takes files of this size" in str(error)


@pytest.fixture
def disk(tmp_path):
    """Return a function that makes a disk with room for so many bytes."""
    mounted = []

    def make(size):
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
        if (
            os.geteuid() != 0
            or subprocess.run(command, capture_output=True, check=False).returncode
        ):
            pytest.skip("cannot mount a disk")
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


@KINDS
def test_a_full_disk(kind, writer, disk):
    pages = -(-writer.output.stat().st_size // 4096)
    room = random.Random(kind)  # noqa: S311
    for n_pages in (pages - 1, *(room.randrange(pages) for _ in range(TRIES))):
        folder = disk(4096 * (n_pages + (kind != "new.fits")))  # and one for what is there
        writer.output = folder / writer.output.name
        writer.reset()
        with pytest.raises(
            OutputError, match=r"No space left on device.*Make room there"
        ) as caught:
            writer()
        assert caught.value.errno == errno.ENOSPC
        assert not writer.has_written()
        assert drafts(folder) == []


class Faults:
    """The steps of writing a file, one of which fails."""

    def __init__(self, monkeypatch):
        self._patch = monkeypatch
        self.names = []

    def arrange(self, number, code, *, lasting=False):
        """Have a step fail, counted from 1, and with `lasting` all writes that follow."""
        self.names = []
        names = self.names

        def step(name):
            names.append(name)
            if len(names) == number or (lasting and len(names) > number and name == "write"):
                raise OSError(code, os.strerror(code))

        class Raw(io.FileIO):
            def write(self, data):
                step("write")
                return super().write(data)

            def close(self):
                was_open = not self.closed
                super().close()
                if was_open:
                    step("close")

        def stepping(name):
            call = getattr(os, name)

            def stepped(*arguments, **options):
                step(name)
                return call(*arguments, **options)

            return stepped

        self._arrange(
            Raw, {name: stepping(name) for name in ("dup", "fchmod", "fsync", "link", "replace")}
        )

    def halve(self):
        """Have each write take half of what it is given, and say so."""

        class Raw(io.FileIO):
            def write(self, data):
                view = memoryview(data).cast("B")
                return super().write(view[: max(len(view) // 2, 1)])

        self._arrange(Raw, {})

    def _arrange(self, raw, calls):
        def open_draft(path, mode="r", *arguments, **options):
            if "opener" not in options:
                return io.open(path, mode, *arguments, **options)  # noqa: UP020
            return io.BufferedWriter(raw(path, mode, opener=options["opener"]))

        self._patch.setattr(builtins, "open", open_draft)
        for name, call in calls.items():
            self._patch.setattr(os, name, call)


@pytest.fixture
def faults(monkeypatch):
    return Faults(monkeypatch)


CODES = {
    errno.ENOSPC: "Make room there",
    errno.EDQUOT: "Your quota is used up",
    errno.EIO: "The disk or the way to it fails",
}


@KINDS
def test_a_step_that_fails(kind, attempt, faults, monkeypatch):
    faults.arrange(0, 0)
    assert attempt() is None
    monkeypatch.undo()
    steps = faults.names
    put = "link" if kind == "new.fits" else "replace"
    assert steps[-4:] == ["fsync", "close", put, "fsync"]
    choice = random.Random(kind)  # noqa: S311
    at_random = [choice.randint(1, len(steps)) for _ in range(TRIES)]
    for number in [steps.index("write") + 1, *range(len(steps) - 3, len(steps) + 1), *at_random]:
        code = choice.choice(list(CODES))
        faults.arrange(number, code, lasting=choice.random() < 0.5)
        told = attempt()
        monkeypatch.undo()
        if steps[number - 1] == "link":  # there are file systems without
            assert told is None
            continue
        assert os.strerror(code) in str(told)
        if number == len(steps):  # the folder, after the file was replaced
            assert isinstance(told, BlendWarning)
        else:
            assert isinstance(told, OutputError), steps[number - 1]
            assert told.errno == code
            assert CODES[code] in str(told)


@KINDS
def test_a_file_that_takes_half(kind, attempt, faults):  # noqa: ARG001
    faults.halve()
    assert attempt() is None


@pytest.mark.parametrize("kind", ["file.asdf", "table.csv"])
def test_a_file_that_takes_half_and_is_not_asked_again(attempt, monkeypatch):
    class Half:
        def __init__(self, file):
            self._file = file

        def __getattr__(self, name):
            return getattr(self._file, name)

        def write(self, data):
            return self._file.write(bytes(data)[: len(bytes(data)) // 2])

    def open_draft(path, mode="r", *arguments, **options):
        file = io.open(path, mode, *arguments, **options)  # noqa: SIM115, UP020
        return Half(file) if "opener" in options else file

    monkeypatch.setattr(builtins, "open", open_draft)
    assert isinstance(attempt(), OutputError)


def test_exposures_of_the_demo(tmp_path):
    """What is written to be looked at is written no less carefully."""
    with limited(5000), pytest.raises(OutputError, match="File too large") as caught:
        write_exposures(tmp_path / "exposures")
    assert str(caught.value).startswith(f"the exposure cannot be written to {tmp_path}")
    assert list((tmp_path / "exposures").iterdir()) == []
