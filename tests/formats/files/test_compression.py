"""Compressed files are read as others are, or it is said what they are."""

import bz2
import gzip
import lzma
import shutil
import subprocess
import zipfile

import pytest
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import InputError, OutputError, UnknownInputError, blendmodels
from blender_core.formats.files.compression import unpacked

READ = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
PATH = "meta.instrument.detector"


@pytest.fixture
def exposure(tmp_path):
    model = ImageModel((3, 4))
    model.meta.instrument.detector = "NRCA1"
    model.save(str(tmp_path / "a.fits"))
    return tmp_path / "a.fits"


def message(*args, **kwargs):
    with pytest.raises(InputError) as raised:
        blendmodels(*args, **kwargs)
    return str(raised.value)


@pytest.mark.parametrize("ending", READ)
class TestRead:
    def test_as_datamodels_open_does(self, tmp_path, exposure, ending):
        path = tmp_path / f"b.fits.{ending}"
        path.write_bytes(READ[ending](exposure.read_bytes()))
        with datamodels.open(path) as model:
            expected = model.meta.instrument.detector, model.meta.filename
        inputs = blendmodels(None, [path, exposure]).inputs
        assert (inputs[PATH][0], inputs["meta.filename"][0]) == expected == ("NRCA1", path.name)
        assert inputs[PATH][1] == "NRCA1"

    @pytest.mark.parametrize("cut", [7, 100, -1])
    def test_cut_off(self, tmp_path, exposure, ending, cut):
        path = tmp_path / f"b.fits.{ending}"
        path.write_bytes(READ[ending](exposure.read_bytes())[:cut])
        assert path.name in message(None, [path])

    def test_damaged(self, tmp_path, exposure, ending):
        packed = bytearray(READ[ending](exposure.read_bytes()))
        packed[80:120] = bytes(40)
        path = tmp_path / f"b.fits.{ending}"
        path.write_bytes(packed)
        assert path.name in message(None, [path])

    def test_of_something_else(self, tmp_path, ending):
        path = tmp_path / f"b.txt.{ending}"
        path.write_bytes(READ[ending](b"not a FITS file at all, but so long that it could be"))
        with pytest.raises(UnknownInputError, match="not a FITS file: it begins with b'not a"):
            blendmodels(None, [path])

    def test_product(self, tmp_path, exposure, ending):
        path = tmp_path / f"p.fits.{ending}"
        path.write_bytes(READ[ending](exposure.read_bytes()))
        before = path.read_bytes()
        blendmodels(path, [exposure, exposure], output=tmp_path / "new.fits")
        with datamodels.open(tmp_path / "new.fits") as model:
            assert model.meta.instrument.detector == "NRCA1"
            assert len(model.hdrtab) == 2
        assert path.read_bytes() == before
        if ending != "gz":
            with pytest.raises(OutputError, match="does not tell the format"):
                blendmodels(path, [exposure], output=path)


def zipped(path, exposure):
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(exposure)


def by_program(*command):
    def make(path, exposure):
        if shutil.which(command[0]) is None:
            pytest.skip(f"there is no {command[0]} here")
        with path.open("wb") as file, exposure.open("rb") as content:
            subprocess.run(command, stdin=content, stdout=file, check=True)

    return make


def of_magic(magic):
    return lambda path, _: path.write_bytes(magic + bytes(100))


@pytest.mark.parametrize(
    ("make", "kind", "program"),
    [
        (zipped, "an archive of zip", "unzip"),
        (of_magic(b"\x1f\x9d\x90"), "compressed with compress", "uncompress"),
        (by_program("zstd", "-q"), "compressed with zstd", "zstd -d"),
        (by_program("lz4", "-q"), "compressed with lz4", "lz4 -d"),
        (of_magic(b"LZIP\x01"), "compressed with lzip", "lzip -d"),
        (of_magic(b"7z\xbc\xaf\x27\x1c"), "an archive of 7-Zip", "7z x"),
    ],
)
def test_others_are_named(tmp_path, exposure, make, kind, program):
    path = tmp_path / "b.fits.packed"
    make(path, exposure)
    expected = f"it is {kind}, which is not read: unpack it first, with {program}"
    text = message(None, [exposure, path])
    assert text.startswith("input 2 (")
    assert expected in text
    text = message(path, [exposure])
    assert text.startswith("the product (")
    assert expected in text


def test_what_is_not_compressed_is_itself(exposure):
    with exposure.open("rb") as file, unpacked(file) as content:
        assert content is file
        assert file.tell() == 0
