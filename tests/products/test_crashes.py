"""Whatever happens while a product is written, there is the whole old file or the whole new one."""

import builtins
import errno
import io
import os
import resource
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import OutputError, blendmodels


@pytest.fixture
def folder(tmp_path, inputs):  # noqa: ARG001  # the inputs are in it
    """A folder with inputs, a product, and what the product is to replace."""
    model = ImageModel(np.zeros((50, 60), np.float32))
    model.meta.instrument.detector = "NRCB1"
    model.save(str(tmp_path / "product.fits"))
    (tmp_path / "out.fits").write_bytes(b"old" * 100)
    return tmp_path


@pytest.mark.parametrize("kind", ["file", "datamodel"])
def test_interrupted_at_any_step(folder, inputs, kind, contents, monkeypatch):
    """An interruption is no crash: nothing is left over, and a datamodel is as it was."""
    product = folder / "product.fits"
    old = contents(folder)
    seen, number = set(), 0
    while "lived" not in seen:
        number += 1
        left = [number]

        def stepping(call, left=left):
            def stepped(*arguments, **options):
                left[0] -= 1
                if left[0] == 0:
                    raise KeyboardInterrupt
                result = call(*arguments, **options)
                left[0] -= 1
                if left[0] == 0:
                    raise KeyboardInterrupt
                return result

            return stepped

        with datamodels.open(product) as model, monkeypatch.context() as patch:
            for name in ("open", "fsync", "fchmod", "fchown", "replace", "fstat"):
                patch.setattr(os, name, stepping(getattr(os, name)))
            given = model if kind == "datamodel" else product
            try:
                blendmodels(given, inputs, output=folder / "out.fits", overwrite=True)
            except KeyboardInterrupt:
                assert model.meta.instrument.detector == "NRCB1"
                seen.add("interrupted")
            else:
                seen.add("lived")
        now = contents(folder)
        assert now.keys() == old.keys()
        assert now["product.fits"] == old["product.fits"]
        seen.add("old" if now["out.fits"] == old["out.fits"] else "new")
        (folder / "out.fits").write_bytes(old["out.fits"])
    assert seen == {"interrupted", "lived", "old", "new"}


@pytest.fixture
def fails(folder, inputs, contents):
    """Return a function that checks that writing fails, and changes nothing."""

    def check(match, kind):
        before = contents(folder)
        with datamodels.open(folder / "product.fits") as model:
            given = model if kind == "datamodel" else folder / "product.fits"
            with pytest.raises(OutputError, match=match) as caught:
                blendmodels(given, inputs, output=folder / "out.fits", overwrite=True)
            assert model.meta.instrument.detector == "NRCB1"
        assert caught.value.path == folder / "out.fits"
        assert contents(folder) == before

    return check


KINDS = pytest.mark.parametrize("kind", ["file", "datamodel"])


@KINDS
@pytest.mark.parametrize("room", [0, 1, 2880, 10_000, 20_000])
def test_a_file_that_must_not_be_so_large(fails, kind, room):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        fails(r"out\.fits: (File too large|.* written. Is there no space left\?)", kind)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.fixture
def full_disk(folder):
    """Have the folder on a disk of its own, with hardly any room."""
    small = folder / "small"
    small.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("cannot mount a disk")
    yield small
    subprocess.run(["umount", small], check=True)


@KINDS
def test_a_full_disk(full_disk, folder, inputs, contents, kind):
    (full_disk / "out.fits").write_bytes(b"old" * 15_000)
    before = contents(full_disk)
    given = folder / "product.fits"
    with datamodels.open(given) as model, pytest.raises(OutputError, match="space"):
        blendmodels(
            model if kind == "datamodel" else given,
            inputs,
            output=full_disk / "out.fits",
            overwrite=True,
        )
    assert contents(full_disk) == before


@KINDS
@pytest.mark.parametrize("at", [1, 2, 3])
def test_no_space_at_any_write(fails, kind, at, monkeypatch):
    left = [at]

    class Full:
        def __init__(self, file):
            self._file = file

        def __getattr__(self, name):
            return getattr(self._file, name)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._file.close()

        def write(self, data):
            left[0] -= 1
            if left[0] == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return self._file.write(data)

        def writelines(self, blocks):
            for one in blocks:
                self.write(one)

    def open_draft(path, *arguments, **options):
        file = io.open(path, *arguments, **options)  # noqa: SIM115, UP020
        return Full(file) if Path(path).suffix == ".tmp" else file

    monkeypatch.setattr(builtins, "open", open_draft)
    fails(r"out\.fits: .*No space left on device", kind)


@KINDS
def test_a_folder_that_vanishes_while_blending(tmp_path, folder, inputs, kind):
    gone = tmp_path / "gone"
    gone.mkdir()
    given = folder / "product.fits"
    with datamodels.open(given) as model:
        with pytest.raises(
            OutputError, match=r"cannot be written to .*gone/out\.fits: No such file"
        ):
            blendmodels(
                model if kind == "datamodel" else given,
                inputs,
                output=gone / "out.fits",
                progress=lambda done, _: done == 2 and gone.rmdir(),
            )
        assert model.meta.instrument.detector == "NRCB1"


def test_builtins_are_as_they_were():
    assert builtins.open is open
