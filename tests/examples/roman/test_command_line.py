"""The commands on the file of a mosaic, with the plugin installed and nothing of Roman's own."""

import json

import pytest
from roman_files import cells, opened
from typer.testing import CliRunner

from blender_core.cli.app import app


@pytest.fixture
def command(roman, tmp_path, monkeypatch):  # noqa: ARG001
    """Return a function that runs a command, and returns what it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments, status=0):
        done = CliRunner().invoke(app, list(map(str, arguments)))
        assert done.exit_code == status, done.output
        return done.stderr if status == 2 else done.stdout

    return run


def test_from_blending_to_a_report(command, write, write_mosaic, tmp_path):
    images = [
        write("a", 100, changes={"observation.exposure": 1}),
        write("b", 0, changes={"observation.exposure": 2, "instrument.optical_element": "F062"}),
    ]
    product = write_mosaic("product")
    names = [path.name for path in images]
    command("blend", product.name, *names, "-o", "out_coadd.asdf", "--record-rules")
    meta = opened(tmp_path / "out_coadd.asdf")["roman"]["meta"]
    assert meta["coadd_info"]["time_first"].isot == "2027-02-01T00:00:00.000"
    assert meta["instrument"]["optical_element"] is None

    explained = command("explain", "out_coadd.asdf", "meta.coadd_info.time_first")
    assert "mindatetime" in explained
    assert "2027-02-01T00:00:00.000" in explained
    table = json.loads(command("table", "out_coadd.asdf", "--json"))
    assert "F062" in json.dumps(table)
    command("report", "out_coadd.asdf", "-o", "report.html")
    assert "F062" in (tmp_path / "report.html").read_text()

    # Other rules, of another file, and of the same by amending it.
    override = "meta.instrument.optical_element=join"
    command("blend", product.name, *names, "-o", "joined_coadd.asdf", "--override", override)
    difference = command("diff", "out_coadd.asdf", "joined_coadd.asdf", status=1)
    assert "optical_element" in difference or "F158, F062" in difference
    command("amend", "out_coadd.asdf", "--override", override, "-o", "amended_coadd.asdf")
    for name in ("joined_coadd.asdf", "amended_coadd.asdf"):
        roman = opened(tmp_path / name)["roman"]
        assert roman["meta"]["instrument"]["optical_element"] == "F158, F062"
        tables = roman["meta"]["individual_image_meta"]
        assert cells(tables["instrument"], "optical_element") == ["F158", "F062"]

    # And again, into what was blended.
    command("blend", "out_coadd.asdf", *names, "-o", "out_coadd.asdf")
    assert len(opened(tmp_path / "out_coadd.asdf")["hdrtab"]) == 2


def test_a_tree_without_metadata(command, write, write_mosaic, tmp_path):
    path = tmp_path / "bad_cal.asdf"
    path.write_text("#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n---\nroman: 5\n...\n")
    arguments = ("blend", write_mosaic("product").name, write("a").name, path.name, "-o", "x.asdf")
    told = command(*arguments, status=2)
    assert told.startswith("Error: ")
    assert "roman that is no mapping" in " ".join(told.split())
    assert not (tmp_path / "x.asdf").exists()
