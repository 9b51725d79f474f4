"""A report is a file of its own, written as a whole or not at all."""

import errno
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Override, blendmodels
from blender_core.errors import OutputError, OutputExistsError
from blender_core.report import write_report


@pytest.fixture
def result(make_models):
    inputs = make_models("meta.exposure.exposure_time", [107.5, 214.5])
    return blendmodels(ImageModel(), inputs)


def test_it_is_html_with_the_blended_value(result, tmp_path):
    path = write_report(result, tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "322.0" in text
    assert "blender-rules-std" in text


def test_it_names_nothing_to_be_fetched(result, tmp_path):
    text = write_report(result, tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"\b(src|href|action|url|@import)\s*[=(]", text)
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) == {"http://www.w3.org/2000/svg"}


def test_the_same_blend_gives_the_same_file(result, tmp_path):
    one, other = (write_report(result, tmp_path / name) for name in ("a.html", "b.htm"))
    assert one.read_bytes() == other.read_bytes()


def test_a_file_that_is_there_stays_unless_asked_for(result, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(OutputExistsError, match="overwrite=True"):
        write_report(result, path)
    assert path.read_text() == "mine"
    write_report(result, path, overwrite=True)
    assert path.read_text().startswith("<!doctype html>")


def test_nothing_is_left_over_where_it_fails(result, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("mine")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match=r"the report cannot be written to .*No space left"):
        write_report(result, path, overwrite=True)
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["report.fits", "report", "report.html.txt"])
def test_the_name_tells_the_format(result, tmp_path, name):
    with pytest.raises(OutputError, match=r"format of the report: it ends in \.html or \.htm"):
        write_report(result, tmp_path / name)


def test_it_says_what_to_install(result, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(OutputError, match=r'pip install "blender-core\[report\]"'):
        write_report(result, tmp_path / "report.html")


def test_importing_it_needs_no_jinja2():
    code = (
        "import sys, blender_core.report; print('jinja2' in sys.modules, 'astropy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.fixture(scope="module")
def accented():
    model = ImageModel()
    model.meta.target.catalog_name = "Ö ☉"
    unrecorded = Override(attribute="TARGNAME", record=False)
    return blendmodels(None, [model, model], overrides=[unrecorded])


class TestOpenFiles:
    """The report as a text, and in files that are open."""

    def test_as_a_text(self, accented, tmp_path):
        text = write_report(accented, notes=["a note"])
        path = write_report(accented, tmp_path / "report.html", notes=["a note"])
        assert text == path.read_text("utf-8")
        assert accented.report(notes=["a note"]) == text

    def test_in_an_open_file(self, accented, tmp_path):
        text = write_report(accented)
        texts, contents = io.StringIO(), io.BytesIO()
        named = tmp_path / "named.html"
        with (
            named.open("w", encoding="utf-8", newline="") as file,
            tempfile.NamedTemporaryFile() as other,
        ):
            for each in (texts, contents, file, other):
                assert write_report(accented, each) is None
                assert not each.closed
            other.flush()
            assert Path(other.name).read_bytes() == text.encode()
        assert (texts.getvalue(), contents.getvalue()) == (text, text.encode())
        assert named.read_bytes() == text.encode()

    def test_in_a_file_that_takes_little_at_a_time(self, accented):
        class Slow(io.RawIOBase):
            content = b""

            def write(self, content):
                self.content += bytes(content[:50_000])
                return min(len(content), 50_000)

        slow = Slow()
        write_report(accented, slow)
        assert slow.content == write_report(accented).encode()

    def test_in_a_file_of_another_encoding(self, accented, tmp_path):
        path = tmp_path / "report.html"
        said = r"open it with encoding='utf-8', or for bytes"
        with path.open("w", encoding="latin-1") as file, pytest.raises(OutputError, match=said):
            write_report(accented, file)
        assert path.read_bytes() == b""

    @pytest.mark.skipif(
        not Path("/dev/full").exists(), reason="there is no disk that is always full"
    )
    def test_a_full_disk(self, accented):
        full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115
        with full, pytest.raises(OutputError, match="No space left") as caught:
            write_report(accented, full)
        assert caught.value.errno == errno.ENOSPC

    def test_a_closed_file(self, accented, tmp_path):
        for file in (io.StringIO(), io.BytesIO(), (tmp_path / "report.html").open("wb")):
            file.close()
            with pytest.raises(OutputError, match="closed file"):
                write_report(accented, file)


class TestNoSource:
    @pytest.mark.parametrize("name", ["product.fits", Path("product.fits")])
    def test_the_name_of_a_product(self, name):
        with pytest.raises(TypeError, match=r"pass ProductFile\('product.fits'\)$"):
            write_report(name)

    def test_anything_else(self, result, tmp_path):
        for thing in (result.outcomes, result.plan, None, 3):
            with pytest.raises(TypeError, match="a BlendResult or a ProductFile, not of "):
                write_report(thing, tmp_path / "report.html")
        assert not list(tmp_path.iterdir())
