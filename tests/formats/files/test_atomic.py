"""A file is replaced as a whole or not at all, and keeps what is not its content."""

import builtins
import contextlib
import errno
import fcntl
import io
import os
import pathlib
import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from blender_core import BlendWarning, OutputError, OutputExistsError
from blender_core.formats.files.atomic import replacing
from blender_core.formats.files.draft import Draft, DraftError
from blender_core.formats.files.target import Target


@pytest.fixture
def target(tmp_path):
    (tmp_path / "p.fits").write_bytes(b"old")
    return Target.find(tmp_path / "p.fits", overwrite=True)


@pytest.fixture
def new_target(tmp_path):
    return Target.find(tmp_path / "p.fits", overwrite=False)


@pytest.fixture
def umask():
    before = os.umask(0o027)
    yield
    os.umask(before)


def write(target, content=b"new", then=None):
    """Write a file; before it is complete, call a function or raise an error."""
    with replacing(target) as file:
        file.write(content)
        if isinstance(then, BaseException):
            raise then
        if then:
            then()


def failing(error):
    """Return a function that fails, whatever it is called with."""

    def fail(*_arguments, **_options):
        raise error

    return fail


def test_a_new_file(new_target, contents, tmp_path):
    write(new_target)
    assert contents(tmp_path) == {"p.fits": b"new"}


def test_an_old_file(target, contents, tmp_path):
    write(target)
    assert contents(tmp_path) == {"p.fits": b"new"}


def test_the_old_file_is_there_until_the_new_one_is_whole(target, tmp_path):
    with replacing(target) as file:
        file.write(b"new")
        file.flush()
        assert target.path.read_bytes() == b"old"
        (draft,) = set(tmp_path.iterdir()) - {target.path}
        assert draft.name.startswith(".p.fits.model-blender-")
        assert draft.name.endswith(".tmp")


ENDS = {
    RuntimeError("no"): "RuntimeError: no. The file that was there is as it was",
    OSError(errno.ENOSPC, "No space left on device"): (
        "No space left on device. The file that was there is as it was. "
        "Make room there, or choose another place"
    ),
    OSError(errno.EFBIG, "File too large"): (
        "File too large. The file that was there is as it was. Choose a place that takes files of "
        "this size; a shell's own limit is that of ulimit -f"
    ),
    OSError(errno.ESTALE, "Stale file handle"): (
        "Stale file handle. The file that was there is as it was. Try again, or choose another "
        "place"
    ),
}


@pytest.mark.parametrize("error", ENDS)
def test_what_fails_leaves_nothing(target, contents, tmp_path, error):
    with pytest.raises(OutputError) as caught:
        write(target, then=error)
    assert contents(tmp_path) == {"p.fits": b"old"}
    expected = f"the product cannot be written to {target.output}: {ENDS[error]}"
    assert str(caught.value) == expected
    assert caught.value.path == target.output
    assert caught.value.errno == getattr(error, "errno", None)
    assert caught.value.__cause__ is error


def test_an_interruption_leaves_nothing(target, contents, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write(target, then=KeyboardInterrupt())
    assert contents(tmp_path) == {"p.fits": b"old"}


@pytest.mark.parametrize("function", ["fsync", "replace", "fchmod", "open", "scandir"])
def test_a_step_that_fails(target, contents, tmp_path, monkeypatch, function):
    monkeypatch.setattr(os, function, failing(OSError(5, "Input/output error")))
    with pytest.raises(OutputError, match="Input/output error"):
        write(target)
    monkeypatch.undo()
    assert contents(tmp_path) == {"p.fits": b"old"}


def test_file_and_folder_are_flushed_to_disk_in_this_order(target, monkeypatch, tmp_path):
    calls, replace = [], os.replace

    def fsync(number):
        is_folder = stat.S_ISDIR(os.fstat(number).st_mode)
        calls.append("folder" if is_folder else next(tmp_path.glob(".*.tmp")).read_bytes())

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", lambda *names: calls.append("replace") or replace(*names))
    write(target)
    assert calls == [b"new", "replace", "folder"]


def test_a_vanished_folder(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    target = Target.find(folder / "p.fits", overwrite=False)
    folder.rmdir()
    with pytest.raises(OutputError, match=r"p\.fits: No such file or directory"):
        write(target)


class TestPermissions:
    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o2755])
    @pytest.mark.usefixtures("umask")
    def test_of_an_old_file_stay(self, target, mode):
        target.path.chmod(mode)
        write(target)
        assert stat.S_IMODE(target.path.stat().st_mode) == mode

    @pytest.mark.usefixtures("umask")
    def test_of_a_new_file_are_the_usual(self, new_target):
        write(new_target)
        assert stat.S_IMODE(new_target.path.stat().st_mode) == 0o640

    def test_nobody_reads_a_draft_who_cannot_read_the_file(self, target, tmp_path):
        target.path.chmod(0o600)
        with replacing(target):
            assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
    def test_owner_stays(self, target):
        os.chown(target.path, 65534, 65533)
        write(target)
        status = target.path.stat()
        assert (status.st_uid, status.st_gid) == (65534, 65533)

    @pytest.mark.skipif(os.geteuid() != 0, reason="needs a file of somebody else's")
    def test_of_somebody_elses_file(self, target, request):
        target.path.chmod(0o666)
        request.getfixturevalue("unprivileged")
        write(target)
        assert target.path.read_bytes() == b"new"
        assert stat.S_IMODE(target.path.stat().st_mode) == 0o666

    def test_owner_whom_nobody_has_a_number_for(self, target, monkeypatch):
        """As in a container, where root is not the system's."""
        monkeypatch.setattr(os, "fchown", failing(OSError(22, "Invalid argument")))
        write(target)
        assert target.path.read_bytes() == b"new"

    def test_extended_attributes_stay(self, target):
        try:
            os.setxattr(target.path, "user.note", b"mine")
        except OSError:
            pytest.skip("this file system has none")
        write(target)
        assert os.getxattr(target.path, "user.note") == b"mine"


def test_a_link_stays_one(tmp_path):
    (tmp_path / "p.fits").write_bytes(b"old")
    (tmp_path / "link.fits").symlink_to("p.fits")
    write(Target.find(tmp_path / "link.fits", overwrite=True))
    assert (tmp_path / "link.fits").is_symlink()
    assert (tmp_path / "p.fits").read_bytes() == b"new"


class TestMeanwhile:
    """Somebody else writes a file of the name that was free."""

    def test_is_not_overwritten(self, new_target, contents, tmp_path):
        with pytest.raises(OutputExistsError, match="by now"):
            write(new_target, then=lambda: new_target.path.write_bytes(b"another's"))
        assert contents(tmp_path) == {"p.fits": b"another's"}

    def test_a_draft_that_cannot_be_removed(self, new_target, tmp_path, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(pathlib.Path, "unlink", failing(PermissionError(1, "Not permitted")))
            write(new_target)
        assert new_target.path.read_bytes() == b"new"
        assert len(list(tmp_path.iterdir())) == 2
        write(Target.find(new_target.path, overwrite=True))
        assert [one.name for one in tmp_path.iterdir()] == ["p.fits"]

    def test_where_there_are_no_links(self, new_target, contents, tmp_path, monkeypatch):
        error = PermissionError(1, "Operation not permitted")
        monkeypatch.setattr(os, "link", failing(error))
        with pytest.raises(OutputExistsError):
            write(new_target, then=lambda: new_target.path.write_bytes(b"another's"))
        assert contents(tmp_path) == {"p.fits": b"another's"}
        new_target.path.unlink()
        write(new_target)
        assert contents(tmp_path) == {"p.fits": b"new"}


class TestLeftovers:
    def test_are_removed(self, target, contents, tmp_path):
        (tmp_path / ".p.fits.model-blender-0123abcd.tmp").write_bytes(b"half")
        write(target)
        assert contents(tmp_path) == {"p.fits": b"new"}

    def test_of_others_stay(self, target, contents, tmp_path):
        names = {
            ".q.fits.model-blender-0123abcd.tmp",
            ".p.fits.gz.model-blender-0123abcd.tmp",
            "p.fits.model-blender-0123abcd.tmp",
            ".p.fits.model-blender-0123abcd",
        }
        for name in names:
            (tmp_path / name).write_bytes(b"")
        write(target)
        assert set(contents(tmp_path)) == {"p.fits", *names}

    def test_being_written_stay(self, target, contents, tmp_path):
        with replacing(target) as file:
            file.write(b"slow")
            write(target, b"fast")
            assert target.path.read_bytes() == b"fast"
        assert contents(tmp_path) == {"p.fits": b"slow"}

    def test_that_are_links_are_not_followed(self, target, tmp_path):
        (tmp_path / "precious").write_bytes(b"")
        (tmp_path / ".p.fits.model-blender-0123abcd.tmp").symlink_to("precious")
        write(target)
        assert (tmp_path / "precious").exists()

    def test_that_are_pipes_are_not_waited_for(self, target, tmp_path):
        os.mkfifo(tmp_path / ".p.fits.model-blender-0123abcd.tmp")
        write(target)
        assert target.path.read_bytes() == b"new"

    @pytest.fixture
    def before_it_is_locked(self, tmp_path, monkeypatch):
        """Return a function that has something done to a draft that is there, and not locked."""
        lock = fcntl.flock

        def arrange(action):
            def late(number, operation):
                monkeypatch.setattr(fcntl, "flock", lock)
                (draft,) = tmp_path.glob(".*.tmp")
                action(draft)
                return lock(number, operation)

            monkeypatch.setattr(fcntl, "flock", late)

        return arrange

    def test_a_draft_taken_for_a_leftover_is_begun_anew(
        self, target, contents, tmp_path, before_it_is_locked
    ):
        taken = []
        before_it_is_locked(lambda draft: taken.append(draft) or draft.unlink())
        write(target)
        assert taken
        assert contents(tmp_path) == {"p.fits": b"new"}

    def test_a_draft_locked_by_a_remover_is_begun_anew(
        self, target, contents, tmp_path, before_it_is_locked
    ):
        removers = []

        def lock(draft):
            removers.append(draft.open("rb"))
            fcntl.flock(removers[0], fcntl.LOCK_EX)

        before_it_is_locked(lock)
        write(target)
        draft = Path(removers[0].name)
        removers[0].close()
        assert contents(tmp_path) == {"p.fits": b"new", draft.name: b""}
        draft.unlink()  # as the remover does

    def test_where_there_are_no_locks_they_stay(self, target, contents, tmp_path, monkeypatch):
        monkeypatch.setattr(fcntl, "flock", failing(OSError(37, "No locks available")))
        leftover = ".p.fits.model-blender-0123abcd.tmp"
        (tmp_path / leftover).write_bytes(b"half")
        write(target)
        assert contents(tmp_path) == {"p.fits": b"new", leftover: b"half"}

    def test_of_a_name_as_long_as_can_be(self, tmp_path, contents):
        name = "é" * 125 + ".asdf"
        assert len(os.fsencode(name)) == 255
        target = Target.find(tmp_path / name, overwrite=True)
        with replacing(target):
            (draft,) = tmp_path.glob(".*.tmp")
        draft.write_bytes(b"half")
        write(target)
        assert contents(tmp_path) == {name: b"new"}


def test_many_at_a_time(target, contents, tmp_path):
    texts = [bytes([65 + i]) * 100_000 for i in range(8)]
    threads = [threading.Thread(target=write, args=(target, text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents(tmp_path)["p.fits"] in texts
    assert set(contents(tmp_path)) == {"p.fits"}


class TestDraft:
    """The file that is written to knows what it has to come to."""

    def test_bytes_that_are_lost(self, target, contents, tmp_path):
        def lose(file):
            file.write(b"new")
            file.flush()
            os.truncate(file.name, 2)

        lost = "3 bytes were written, and 2 are there"
        with pytest.raises(OutputError, match=lost), replacing(target) as file:
            lose(file)
        assert contents(tmp_path) == {"p.fits": b"old"}

    def test_an_error_that_a_library_passes_over(self, target, contents, tmp_path):
        def write_on(file):
            with contextlib.suppress(OSError):
                file.seek(-1)
            file.write(b"new")

        with pytest.raises(OutputError, match="Invalid argument"), replacing(target) as file:
            write_on(file)
        assert contents(tmp_path) == {"p.fits": b"old"}

    def test_what_is_written_over_counts_once(self, target):
        with replacing(target) as file:
            file.write(b"a nw")
            file.seek(2)
            file.write(b"new")
            assert file.tell() == file.length == 5
            file.seek(0)
        assert target.path.read_bytes() == b"a new"

    def test_more_than_the_system_takes_at_a_time(self):
        """Linux takes at most 2 GiB less a page, and says how much it took."""
        data = np.zeros(2**31 + 1, np.uint8)  # of which no page is ever touched
        nowhere = Path(os.devnull)
        with nowhere.open("wb", buffering=0) as raw:
            assert raw.write(data) < data.size
        with Draft(nowhere.open("wb"), nowhere) as draft:
            assert draft.write(data) == draft.length == data.size

    def test_a_check_that_refuses_it(self, target, contents, tmp_path):
        seen = []

        def refuse(draft):
            seen.append(draft.read_bytes())
            raise DraftError("it is too new")

        with (
            pytest.raises(OutputError, match="not what was meant: it is too new") as caught,
            replacing(target, refuse) as file,
        ):
            file.write(b"new")
        assert seen == [b"new"]
        assert "The file that was there is as it was" in str(caught.value)
        assert contents(tmp_path) == {"p.fits": b"old"}


class TestToldOfWhatIsOnDisk:
    def test_a_folder_that_cannot_be_flushed(self, target, monkeypatch):
        """The file is in its place by then."""
        fsync = os.fsync

        def failing_for_folders(number):
            if stat.S_ISDIR(os.fstat(number).st_mode):
                raise OSError(errno.EIO, "Input/output error")
            fsync(number)

        monkeypatch.setattr(os, "fsync", failing_for_folders)
        with pytest.warns(
            BlendWarning, match=r"has been written to .*p\.fits, whole, but .*of the"
        ):
            write(target)
        assert target.path.read_bytes() == b"new"

    def test_folders_that_are_never_flushed(self, target, monkeypatch):
        fsync = os.fsync

        def refusing_folders(number):
            if stat.S_ISDIR(os.fstat(number).st_mode):
                raise OSError(errno.EINVAL, "Invalid argument")
            fsync(number)

        monkeypatch.setattr(os, "fsync", refusing_folders)
        write(target)
        assert target.path.read_bytes() == b"new"

    def test_a_close_that_fails(self, target, contents, tmp_path, monkeypatch):
        """It fails before the file is replaced, and nothing is closed after that but a lock."""

        class Raw(io.FileIO):
            def close(self):
                was_open = not self.closed
                super().close()
                if was_open:
                    raise OSError(errno.EDQUOT, "Disk quota exceeded")

        def open_draft(path, mode, *, opener):
            return io.BufferedWriter(Raw(path, mode, opener=opener))

        with monkeypatch.context() as patch:
            patch.setattr(builtins, "open", open_draft)
            with pytest.raises(OutputError, match=r"Disk quota exceeded.*as it was\. Your quota"):
                write(target)
        assert contents(tmp_path) == {"p.fits": b"old"}

    def test_a_file_that_somebody_else_writes_meanwhile(self, target):
        with pytest.raises(OutputError) as caught:
            write(target, then=lambda: target.path.write_bytes(b"another's") and 1 / 0)
        assert "as it was" not in str(caught.value)
        assert target.path.read_bytes() == b"another's"

    def test_a_draft_that_cannot_be_removed(self, target, tmp_path, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(pathlib.Path, "unlink", failing(PermissionError(1, "Not permitted")))
            with pytest.raises(OutputError) as caught:
                write(target, then=RuntimeError("no"))
        (draft,) = tmp_path.glob(".*.tmp")
        assert str(draft) in str(caught.value)
