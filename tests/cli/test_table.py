"""The command `model-blender table`."""

import csv
import html.parser
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from astropy.io import fits
from astropy.table import Table
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import blendmodels

EVIL = "<script>alert(1)</script>\"'&"
INPUTS = [
    {"detector": "NRCA2", "filter": EVIL, "start": 59000.5, "groups": 6, "only": None},
    {"detector": "NRCA1", "filter": "F200W", "start": None, "groups": 6, "only": True},
    {"detector": "NRCA3", "filter": "F200W", "start": 59000.25, "groups": 6, "only": False},
]
PATHS = {
    "detector": "meta.instrument.detector",
    "filter": "meta.target.proposer_name",
    "start": "meta.exposure.start_time",
    "groups": "meta.exposure.ngroups",
    "only": "meta.visit.exp_only",
}


@pytest.fixture
def blended(make_model, here):
    models = [
        make_model({PATHS[name]: value for name, value in one.items() if value is not None})
        for one in INPUTS
    ]
    for number, model in enumerate(models):
        model.meta.filename, model.meta.date = f"{number}_cal.fits", "2026-01-01T00:00:00.000"
    product = ImageModel(np.zeros((4, 4), np.float32))
    blendmodels(product, models, output=here / "product.fits")
    return Path("product.fits")


def lines(done):
    return [line.split() for line in done.stdout.splitlines()]


class TestScreen:
    def test_what_varies(self, command, blended):
        head, *rows = lines(command("table", blended))
        assert head == ["row", "FILENAME", "EXP_ONLY", "TARGPROP", "DETECTOR", "EXPSTART", "[d]"]
        assert rows[0][:2] == ["1", "0_cal.fits"]
        assert rows[1] == ["2", "1_cal.fits", "True", "F200W", "NRCA1"]
        assert rows[2][-2:] == ["NRCA3", "59000.25"]

    def test_all(self, command, blended):
        assert "NGROUPS" in lines(command("table", blended, "--all"))[0]

    def test_columns(self, command, blended):
        arguments = ["--columns", "expstart,DETECTOR", "-c", "meta.exposure.ngroups"]
        head, first, *_ = lines(command("table", blended, *arguments))
        assert head == ["row", "EXPSTART", "[d]", "DETECTOR", "NGROUPS"]
        assert first == ["1", "59000.5", "NRCA2", "6"]
        assert "NGROUPS" in lines(command("table", blended, "-c", "meta.exposure"))[0]
        assert lines(command("table", blended, "-c", "EXP*"))[0][1:] == [
            "EXP_ONLY",
            "EXPSTART",
            "[d]",
        ]

    @pytest.mark.parametrize(
        ("arguments", "rows"),
        [
            (["--sort", "DETECTOR"], "213"),
            (["--sort", "meta.instrument.detector", "--reverse"], "312"),
            (["--sort", "EXPSTART"], "312"),
            (["--sort", "EXPSTART", "--reverse"], "132"),  # a missing one is last in any case
            (["--sort", "NGROUPS", "--sort", "DETECTOR"], "213"),
            (["--sort", "NGROUPS, DETECTOR"], "213"),
            (["--sort", "TARGPROP", "--sort", "DETECTOR"], "123"),
        ],
    )
    def test_sort(self, command, blended, arguments, rows):
        found = lines(command("table", blended, *arguments))
        assert "".join(one[0] for one in found[1:]) == rows

    def test_one_input(self, command, product, exposures):
        command("blend", product, exposures[0], "--quiet")
        assert "DETECTOR" in lines(command("table", product))[0]

    def test_json(self, printed_json, blended):
        found = printed_json(
            "table", blended, "-c", "EXPSTART,EXP_ONLY,TARGPROP", "--sort", "EXPSTART"
        )
        assert found == [
            {"row": 3, "EXPSTART": 59000.25, "EXP_ONLY": False, "TARGPROP": "F200W"},
            {"row": 1, "EXPSTART": 59000.5, "EXP_ONLY": None, "TARGPROP": EVIL},
            {"row": 2, "EXPSTART": None, "EXP_ONLY": True, "TARGPROP": "F200W"},
        ]

    def test_refused(self, refused, blended, exposures):
        assert "did you mean DETECTOR" in refused("table", blended, "-c", "DETECTR")
        assert "no column 'NOWHERE'" in refused("table", blended, "--sort", "NOWHERE")
        assert "--sort takes names of one column each" in refused(
            "table", blended, "--sort", "EXP*"
        )
        assert "--all" in refused("table", blended, "--all", "-c", "DETECTOR")
        assert "has no table HDRTAB" in refused("table", exposures[0])


class Cells(html.parser.HTMLParser):
    """The texts of a page's cells, and the tags that it has."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.cells = set(), []
        self.feed(text)

    def handle_starttag(self, tag, _attrs):
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells and not data.isspace():
            self.cells[-1] += data


class TestFiles:
    def write(self, command, blended, name):
        options = ["--columns", "TARGPROP,EXPSTART,NGROUPS,EXP_ONLY", "--sort", "DETECTOR"]
        text = command("table", blended, *options, "--output", name).stdout
        assert text.startswith(f"{name}: 3 rows, 4 columns")
        return name

    def test_csv(self, command, blended):
        with Path(self.write(command, blended, "t.csv")).open(newline="") as file:
            rows = list(csv.reader(file))
        assert rows == [
            ["TARGPROP", "EXPSTART", "NGROUPS", "EXP_ONLY"],
            ["F200W", "", "6", "True"],
            [EVIL, "59000.5", "6", ""],
            ["F200W", "59000.25", "6", "False"],
        ]

    def test_ecsv(self, command, blended):
        table = Table.read(self.write(command, blended, "t.ecsv"))
        assert table["EXPSTART"].tolist() == [None, 59000.5, 59000.25]
        assert str(table["EXPSTART"].unit) == "d"
        assert "start time" in table["EXPSTART"].description
        assert table["EXP_ONLY"].tolist() == [True, None, False]
        assert table["TARGPROP"][1] == EVIL

    def test_ecsv_is_what_astropy_writes(self, command, blended):
        text = Path(self.write(command, blended, "t.ecsv")).read_text()
        Table.read("t.ecsv").write("again.ecsv", delimiter=",", serialize_method=None)
        assert Path("again.ecsv").read_text() == text

    def test_fits(self, command, blended):
        name = self.write(command, blended, "t.fits")
        with fits.open(name, logical_as_bytes=True) as hdus:
            hdus.verify("exception")
            data = hdus["HDRTAB"].data
            assert data["EXP_ONLY"].tolist() == [b"T", b"", b"F"]
            assert data["NGROUPS"].tolist() == [6, 6, 6]
            np.testing.assert_array_equal(data["EXPSTART"], [np.nan, 59000.5, 59000.25])
            assert hdus["HDRTAB"].columns["EXPSTART"].unit == "d"

    def test_parquet(self, command, blended):
        table = pyarrow.parquet.read_table(self.write(command, blended, "t.parquet"))
        assert table.column("EXPSTART").to_pylist() == [None, 59000.5, 59000.25]
        assert table.column("EXP_ONLY").to_pylist() == [True, None, False]
        assert [str(one.type) for one in table.schema] == ["string", "double", "int64", "bool"]
        assert table.schema.field("EXPSTART").metadata[b"unit"] == b"d"

    def test_parquet_without_pyarrow(self, refused, blended, monkeypatch):
        monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if it were not installed
        assert "pip install pyarrow" in refused("table", blended, "-o", "t.parquet")
        assert not Path("t.parquet").exists()

    def test_html(self, command, blended):
        text = Path(self.write(command, blended, "t.html")).read_text()
        page = Cells(text)
        assert page.cells[:4] == ["TARGPROP", "EXPSTART [d]", "NGROUPS", "EXP_ONLY"]
        assert page.cells[8:12] == [EVIL, "59000.5", "6", ""]
        assert "script" not in page.tags
        assert "http" not in text.replace("http-equiv", "")

    def test_refused(self, command, refused, blended):
        Path("t.csv").write_text("mine")
        assert "--overwrite" in refused("table", blended, "-o", "t.csv")
        assert Path("t.csv").read_text() == "mine"
        command("table", blended, "-o", "t.csv", "--overwrite", "--quiet")
        assert Path("t.csv").read_text() != "mine"
        assert ".parquet" in refused("table", blended, "-o", "t.txt")
        assert "nowhere" in refused("table", blended, "-o", "nowhere/t.csv")

    def test_the_product_is_not_replaced_by_its_table(self, refused, blended):
        before = Path(blended).read_bytes()
        Path("other_name.fits").symlink_to(blended)
        for name in (blended, "other_name.fits"):
            message = refused("table", blended, "-o", name, "--overwrite")
            assert f"the table would replace {name}, the product" in message
        assert Path(blended).read_bytes() == before

    def test_overwriting_what_is_not_there(self, command, blended):
        command("table", blended, "-o", "t.csv", "--overwrite")
        assert Path("t.csv").is_file()

    def test_what_is_left_out_is_told_of_what_does_not_vary_alone(self, command, blended):
        assert "--all" in command("table", blended, "-o", "t.csv").stdout
        chosen = command("table", blended, "-c", "EXPSTART", "-o", "t.fits").stdout
        assert chosen == "t.fits: 3 rows, 1 column.\n"

    def test_inputs_that_do_not_differ(self, command, refused, printed_json, make_model):
        said = {"meta.exposure.start_time": 59000.5, "meta.date": "2026-01-01T00:00:00.000"}
        inputs = [make_model(said), make_model(said)]
        blendmodels(ImageModel(), inputs, output="same.fits")
        for options in ([], ["-o", "t.csv"]):
            message = refused("table", "same.fits", *options)
            assert "its 2 inputs say the same of everything" in message
            assert "--all" in message
        assert not Path("t.csv").exists()
        assert "59000.5" in command("table", "same.fits", "--all").stdout
        assert printed_json("table", "same.fits") == [{"row": 1}, {"row": 2}]


class TestSpreadsheets:
    """Texts that spreadsheets take for formulas."""

    FORMULAS = (
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        " =1",
        '"=1"',
    )
    TEXTS = ("NGC 1", "-1.5", "+2e-3", "a=b", "a;=1", "'=1", "")

    @pytest.fixture
    def hostile(self, make_model):
        """A product whose inputs have such texts, and a number below zero."""
        inputs = []
        for number, text in enumerate((*self.FORMULAS, *self.TEXTS)):
            values = {"meta.target.proposer_name": text, "meta.exposure.start_time": -1.5 - number}
            inputs.append(make_model(values))
        product = make_model()
        blendmodels(product, inputs)
        product.save("hostile.asdf")
        return "hostile.asdf"

    def rows(self, name):
        with Path(name).open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    def test_nothing_is_changed_unasked(self, command, hostile):
        said = command("table", hostile, "-c", "TARGPROP,EXPSTART", "-o", "t.csv").stdout
        assert said == "t.csv: 13 rows, 2 columns.\n"
        texts = [row[0] for row in self.rows("t.csv")[1:]]
        assert texts == [*self.FORMULAS, *self.TEXTS]

    def test_formulas_become_texts(self, command, hostile):
        arguments = ["table", hostile, "-c", "TARGPROP,EXPSTART", "-o", "t.csv", "--csv-safe"]
        said = command(*arguments).stdout
        assert said == "t.csv: 13 rows, 2 columns; 6 texts made safe for spreadsheets.\n"
        head, *rows = self.rows("t.csv")
        assert head == ["TARGPROP", "EXPSTART"]
        assert [row[0] for row in rows] == [*(f"'{text}" for text in self.FORMULAS), *self.TEXTS]
        # Numbers are numbers, below zero or not.
        assert [row[1] for row in rows] == [str(-1.5 - number) for number in range(13)]
        # Of what a semicolon or a tab divides, no part begins with a formula.
        assert '"a;=1"' in Path("t.csv").read_text(encoding="utf-8")
        done = command(*arguments, "--overwrite", "--json")
        assert done.stderr == "Note: t.csv: 6 texts made safe for spreadsheets\n"
        assert json.loads(done.stdout)[0]["TARGPROP"] == self.FORMULAS[0]

    @pytest.mark.parametrize("output", [[], ["--json"], ["-o", "t.ecsv"], ["-o", "t.html"]])
    def test_for_csv_alone(self, command, hostile, here, output):
        done = command("table", hostile, "--csv-safe", *output, status=2)
        assert done.stdout == ""
        assert ".csv" in done.stderr
        assert not list(here.glob("t.*"))
