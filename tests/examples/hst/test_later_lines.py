"""Lines of ``.rules`` files that mean the same keyword, in one file and in several."""

import pytest
from astropy.io import fits
from hst_files import WFC3, drizzled

from blender_core import BlendWarning, OverrideConflictError, blendmodels

# Of POSTARG1 the exposures have 1, 3 and 2, of POSTARG2 10, 30 and 20: SOURCE is what there is
# beside them. A value that is None has left the header.
LATER = [
    ("POSTARG1 POSTARG1 min\nPOSTARG1 POSTARG1 max", 3.0, 10.0),
    ("POSTARG1 POSTARG1 max\nPOSTARG1 POSTARG1 min\nPOSTARG1 POSTARG1 max", 3.0, 10.0),
    ("POST* x max\nPOSTARG? x min", 1.0, 10.0),
    ("POSTARG? x min\nPOST* x max", 3.0, 30.0),
    ("POST* POST* max\nPOSTARG1 POSTARG1 last", 2.0, 30.0),
    ("POSTARG1 POSTARG1 last\nPOST* POST* max", 3.0, 30.0),
    ("POST* POST* max\nPOSTARG1", 3.0, 30.0),
    ("POSTARG1\nPOST* POST* max", 3.0, 30.0),
    ("<delete> POST*\nPOSTARG1 POSTARG1 sum", 6.0, None),
    ("POSTARG1 POSTARG1 sum\n<delete> POST*", 6.0, None),
    ("POST* POST* sum\n<delete> POSTARG1", 6.0, 60.0),
    ("<delete> POSTARG1\nPOST* POST* sum", 6.0, 60.0),
    ("<delete> / TARGET OFFSETS (POSTARGS)\nPOSTARG2 POSTARG2 mean", None, 20.0),
    ("/ TARGET OFFSETS (POSTARGS)\nPOSTARG2 POSTARG2 mean", None, 20.0),
    ("POST*\nPOSTARG2 POSTARG2 mean", None, 20.0),
    ("POSTARG2 POSTARG1 sum\nPOSTARG1 POSTARG1 sum", 6.0, 10.0),
    ("POSTARG1 POSTARG1 sum\nPOSTARG2 POSTARG1 sum", 60.0, 10.0),
    ("POSTARG2 POSTARG1 sum\nPOST* x min", 1.0, 10.0),
    ("POST* x min\nPOSTARG2 POSTARG1 sum", 60.0, 10.0),
    ("NOWHERE POSTARG1 sum\nPOSTARG1", None, 10.0),
    ("POSTARG2 POSTARG1 sum\nNOWHERE POSTARG1 max", 60.0, 10.0),
    ("POSTARG2 POSTARG1 sum\nSOURCE POSTARG1 max", 7.0, 10.0),
]


@pytest.fixture
def three(write):
    return [
        write(f"j9l9a{i}q", POSTARG1=one, POSTARG2=10 * one, SOURCE=source, start=i / 4)
        for i, (one, source) in enumerate([(1.0, 5.0), (3.0, 7.0), (2.0, 6.0)])
    ]


@pytest.mark.parametrize(("lines", "one", "two"), LATER)
def test_which_line_counts(hst, three, rules, lines, one, two):  # noqa: ARG001
    result = blendmodels(None, three, rules=[rules(f"ROOTNAME\n{lines}\n")])
    values = [result.values.get(f"meta.primary.{name}") for name in ("POSTARG1", "POSTARG2")]
    assert values == [one, two]


# STIS has TEXPTIME itself: 5 and 7. Of it, and of DATE-BEG, nothing is made that no line makes.
OWN = [
    ("", 5.0, None),
    ("TEXPTIME TEXPTIME sum", 12.0, None),
    ("T* T* last", 7.0, None),
    ("TEXPTIME", None, None),
    ("EXPTIME TEXPTIME sum", 60.0, None),
    ("DATE-BEG DATE-BEG first\nDATE-E* x last", 5.0, None),
    ("EXPSTART DATE-BEG min", 5.0, "2006-03-13T00:00:00.000"),
]


@pytest.mark.parametrize(("lines", "seconds", "begin"), OWN)
def test_keywords_that_a_product_gets_of_others(hst, write, rules, lines, seconds, begin):  # noqa: ARG001
    two = [write(f"o8xi{i}q", INSTRUME="STIS", TEXPTIME=i) for i in (5.0, 7.0)]
    values = blendmodels(None, two, rules=[rules(f"ROOTNAME\n{lines}\n")]).values
    made = [
        values.get(f"meta.made.primary.{name}") for name in ("TEXPTIME", "DATE-BEG", "DATE-END")
    ]
    assert made == [seconds, begin, None]


@pytest.mark.parametrize(
    "line", ["TELESCOP", "<delete>TELESCOP", "TELESCOP TELESCOP zero", "T* x zero"]
)
def test_a_product_stays_one_of_hst(hst, three, rules, tmp_path, line):  # noqa: ARG001
    drizzled().writeto(tmp_path / "x_drz.fits")
    output = tmp_path / "out.fits"
    blendmodels(tmp_path / "x_drz.fits", three, rules=[rules(f"ROOTNAME\n{line}\n")], output=output)
    assert fits.getheader(output)["TELESCOP"] == "HST"


def test_a_keyword_made_of_what_a_file_has_of_itself(hst, three, rules, tmp_path):  # noqa: ARG001
    """Each line has a source of another group; where two are for one HDU, the later counts."""
    product = tmp_path / "x_drz.fits"
    drizzled().writeto(product)
    lines = [
        "ROOTNAME",
        "ROOTNAME NEW last",
        "ORIENTAT NEW max",
        "PHOTZPT NEW min",
        "A_0_2 OLD sum",
    ]
    path = rules("\n".join(lines) + "\n")
    blendmodels(product, three, rules=[path], output=tmp_path / "out.fits")
    with fits.open(tmp_path / "out.fits") as hdulist:
        assert hdulist[0].header["NEW"] == "j9l9a2q"
        assert hdulist["SCI"].header["NEW"] == -21.1
        assert hdulist["SCI"].header["OLD"] == pytest.approx(3 * 2.1e-06)


COLUMNS = [
    ("EXPTIME\nEXPTIME SECONDS", ["SECONDS"]),
    ("EXPTIME SECONDS\nEXPTIME", ["EXPTIME"]),
    ("EXPTIME\nEXPTIME  # again\nEXPTIME EXPTIME sum", ["EXPTIME"]),
    ("EXPT*\nEXPTIME SECONDS", ["SECONDS"]),
    ("EXPT*\nEXPTIME", ["EXPTIME"]),
    ("EXPTIME X\nSUNANGLE Y\nEXPTIME Y2", ["Y", "Y2"]),
]


@pytest.mark.parametrize(("lines", "columns"), COLUMNS)
@pytest.mark.filterwarnings("ignore:.*a keyword has one column")
def test_which_column_a_keyword_has(hst, three, rules, lines, columns):  # noqa: ARG001
    table = blendmodels(None, three, rules=[rules(f"ROOTNAME\n{lines}\n")]).table
    assert {*table.colnames} == {"ROOTNAME", *columns}


def test_a_column_that_is_renamed_is_told(hst, three, rules):  # noqa: ARG001
    path = rules("ROOTNAME\nEXPTIME\nEXPTIME SECONDS\n")
    with pytest.warns(BlendWarning, match="column SECONDS, by line 3, and not EXPTIME, by line 2"):
        blendmodels(None, three, rules=[path])


def test_what_the_file_has_of_itself_never_leaves(hst, three, rules):  # noqa: ARG001
    text = "SIMPLE\nNAXIS\nCRVAL1 CRVAL1 first\n<delete> BITPIX\nEXPTIME CRVAL1 sum\nCRV* x max\n"
    result = blendmodels(None, three, rules=[rules(text)])
    assert sorted(result.table.colnames) == ["NAXIS", "SIMPLE"]
    for path in ("primary.SIMPLE", "primary.NAXIS", "primary.BITPIX", "sci.CRVAL1"):
        assert result.plan[f"meta.kept.{path}"].name == "keep"
    assert "meta.primary.CRVAL1" not in result.values


class TestSeveralFiles:
    ACS = "!INSTRUMENT = ACS\nROOTNAME\nEXPTIME EXPTIME sum\nPOSTARG1 POSTARG1 max\n<delete> LINENUM\n"
    OTHER = "!INSTRUMENT = WFC3\nROOTNAME\nFILTER\nEXPTIME EXPTIME max\nSUNANGLE SUNANGLE last\n"

    @pytest.fixture
    def two_files(self, rules):
        return [rules(self.ACS), rules(self.OTHER, "wfc3.rules")]

    @staticmethod
    def values(result):
        names = ("EXPTIME", "POSTARG1", "SUNANGLE", "LINENUM")
        return [result.values.get(f"meta.primary.{name}") for name in names]

    @pytest.mark.parametrize("order", [1, -1])
    def test_each_speaks_for_its_instrument(self, hst, write, two_files, order):  # noqa: ARG002
        acs = [write(f"j9l9a{i}q", POSTARG1=i, SUNANGLE=i) for i in (1, 2)]
        result = blendmodels(None, acs, rules=two_files[::order])
        assert self.values(result) == [60.0, 2, 1, None]
        assert result.table.colnames == ["ROOTNAME"]
        wfc3 = [write(f"ibfu0{i}q", POSTARG1=i, SUNANGLE=i, **WFC3) for i in (1, 2)]
        result = blendmodels(None, wfc3, rules=two_files[::order])
        assert self.values(result) == [30.0, 1, 2, "19.001"]
        assert result.table.colnames == ["ROOTNAME", "FILTER"]

    @pytest.mark.parametrize(("order", "seconds"), [(1, 30.0), (-1, 60.0)])
    @pytest.mark.parametrize("first", [0, 1])
    def test_inputs_of_both(self, hst, write, two_files, order, seconds, first):  # noqa: ARG002
        """The rules of both hold for all; where they disagree, those of the later file."""
        inputs = [
            write("j9l9a1q", ({}, {}), POSTARG1=1, SUNANGLE=1),
            write("ibfu01q", ({}, {}), POSTARG1=2, SUNANGLE=2, start=0.5, **WFC3),
        ]
        inputs = [inputs[first], inputs[1 - first]]
        result = blendmodels(None, inputs, rules=two_files[::order])
        assert self.values(result) == [seconds, 2, [2, 1][first], None]
        assert sorted(result.table.colnames) == ["FILTER", "ROOTNAME"]
        assert len(result.table) == 4

    def test_of_one_instrument_the_later_wins(self, hst, three, rules):  # noqa: ARG002
        one = rules("!INSTRUMENT = ACS\nROOTNAME\nPOSTARG1 POSTARG1 max\nPOST* x sum\n")
        two = rules("!INSTRUMENT = acs\nROOTNAME NAME\nPOSTARG1 POSTARG1 min\n", "two.rules")
        result = blendmodels(None, three, rules=[one, two])
        assert result.values["meta.primary.POSTARG1"] == 1.0
        assert result.values["meta.primary.POSTARG2"] == 60.0
        assert result.table.colnames == ["NAME"]
        result = blendmodels(None, three, rules=[two, one])
        assert result.values["meta.primary.POSTARG1"] == 6.0

    def test_a_file_for_no_instrument_is_for_all(self, hst, three, rules):  # noqa: ARG002
        one = rules("ROOTNAME\nPOSTARG1 POSTARG1 max\n")
        two = rules(self.OTHER, "wfc3.rules")
        result = blendmodels(None, three, rules=[one, two])
        assert result.values["meta.primary.POSTARG1"] == 3.0
        assert result.table.colnames == ["ROOTNAME"]

    def test_alone_it_is_for_all_whatever_it_says(self, hst, three, rules):  # noqa: ARG002
        result = blendmodels(None, three, rules=[rules(self.OTHER)])
        assert result.values["meta.primary.EXPTIME"] == 30.0

    def test_beside_one_in_toml_nothing_wins_by_its_place(self, hst, three, rules, tmp_path):  # noqa: ARG002
        team = tmp_path / "team.toml"
        team.write_text('[[override]]\nattribute = "POSTARG1"\nrule = "sum"\n')
        path = rules("ROOTNAME\nPOSTARG1 POSTARG1 max\n")
        for order in (1, -1):
            with pytest.raises(OverrideConflictError, match=r"sum by .*team\.toml") as caught:
                blendmodels(None, three, rules=[path, team][::order])
            assert len(caught.value.sources) == 2
