"""The commands `model-blender explain` and `report`."""

from pathlib import Path

import pytest
from release import VERSION

from blender_core import amend, blendmodels

SECONDS = 311.366  # of each of the exposures: 29 frames of 10.73677 s

NO_RULES = (
    "Which rules made the values is not recorded: the product has no table HDRRULES, which a blend "
    "with --record-rules leaves."
)


@pytest.fixture
def blended(command, product, exposures):
    """A product of four exposures that tells its rules."""
    options = ["--record-rules", "--override", "EXPSTART=max", "--quiet"]
    command("blend", product, *exposures, *options)
    return product


@pytest.fixture
def without_rules(command, product, exposures):
    command("blend", product, *exposures, "-o", "bare.fits", "--quiet")
    return "bare.fits"


class TestExplain:
    def test_attributes(self, command, blended):
        text = command("explain", blended, "EXPSTART", "meta.instrument.detector").stdout
        start, detector = text.strip().split("\n\n")
        assert start.splitlines()[1:3] == [
            f"The rule is 'max' of blender-rules-std {VERSION} [std].",
            "It was asked for by the caller: --override.",
        ]
        assert detector.splitlines()[0] == "meta.instrument.detector (DETECTOR) is 'MULTIPLE'."
        assert "4 different values: 'NRCA1', 'NRCA2', 'NRCA3', 'NRCA4'." in detector

    def test_groups_and_patterns(self, command, blended):
        text = command("explain", blended, "meta.target", "TARG_RA").stdout
        assert text.count("meta.target.ra (TARG_RA) is ") == 1
        assert "meta.target.dec (TARG_DEC) is " in text

    def test_a_misspelt_group(self, refused, blended):
        assert "did you mean meta.exposure or " in refused("explain", blended, "meta.exposre")

    def test_overview(self, command, blended):
        lines = command("explain", blended).stdout.splitlines()
        assert lines[0].split() == ["keyword", "attribute", "value", "rule", "values"]
        rows = {line.split()[0]: line.split()[1:] for line in lines[1:]}
        assert rows["DETECTOR"] == ["meta.instrument.detector", "MULTIPLE", "multi", "4", "in", "4"]
        assert rows["EFFEXPTM"][1:] == [str(4 * SECONDS), "sum", "1", "in", "4"]
        # All have the same, and nobody asked for a rule.
        assert "TARG_RA" not in rows
        assert "TARG_RA" in command("explain", blended, "--all").stdout

    def test_without_rules(self, command, without_rules):
        lines = command("explain", without_rules).stdout.splitlines()
        assert lines[0].split() == ["keyword", "attribute", "value", "values"]
        text = command("explain", without_rules, "DETECTOR").stdout
        assert text.splitlines() == [
            "meta.instrument.detector (DETECTOR) is 'MULTIPLE', which no input has.",
            "4 of 4 inputs have it, with 4 different values: 'NRCA1', 'NRCA2', 'NRCA3', 'NRCA4'.",
            "",
            NO_RULES,
        ]

    def test_json(self, printed_json, blended, without_rules):
        (one,) = printed_json("explain", blended, "DETECTOR")
        assert one["value"] == "MULTIPLE"
        assert one["rule"] == "multi"
        assert one["provider"]["plugin"] == "std"
        assert one["inputs"] == ["NRCA1", "NRCA2", "NRCA3", "NRCA4"]
        assert one["row"] is None
        (one,) = printed_json("explain", without_rules, "EXPSTART")
        assert one["status"] == "unknown"
        assert one["rule"] is one["provider"] is None
        assert one["row"] == 1

    def test_refused(self, refused, blended, exposures):
        assert "did you mean DETECTOR" in refused("explain", blended, "DETECTR")
        assert "has no table HDRTAB" in refused("explain", exposures[0])
        assert "none.fits" in refused("explain", "none.fits")
        assert "--all" in refused("explain", blended, "DETECTOR", "--all")


LATER = {"meta.exposure.exposure_time": SECONDS, "meta.target.proposer_name": None}


def parts(line):
    """The cells of a line but for those that are empty."""
    return [one.strip() for one in line.split("  ") if one]


class TestLaterValues:
    """Values that were set after the blend, which the rules did not make."""

    @pytest.fixture(params=[None, True], ids=["bare", "recorded"])
    def later(self, request, finished):
        return finished("later.fits", LATER, record_rules=request.param)

    @pytest.fixture
    def bare(self, finished):
        return finished("bare.fits", LATER)

    def rows(self, text):
        head, *lines = text.splitlines()
        columns = ["keyword", *head.split()[1:]]
        return {line.split()[0]: line for line in lines}, columns

    def test_they_are_marked_and_listed_by_default(self, command, later):
        rows, columns = self.rows(command("explain", later).stdout)
        assert columns == ["keyword", "attribute", "value", "rule", "values"]
        assert rows["EFFEXPTM"].split()[2:] == [
            str(SECONDS),
            "sum,",
            "set",
            "later",
            "1",
            "in",
            "4",
        ]
        # Of one value, and by no rule of the schema: it would not be among them.
        assert parts(rows["TARGPROP"])[-2:] == ["first, taken out later", "1 in 4"]
        assert "(taken out)" in rows["TARGPROP"]
        assert "later" not in rows["DETECTOR"]

    def test_alone(self, command, later):
        rows, columns = self.rows(command("explain", later, "--later").stdout)
        assert columns == ["keyword", "attribute", "value", "blended", "rule", "values"]
        assert set(rows) == {"EFFEXPTM", "TARGPROP"}
        assert rows["EFFEXPTM"].split()[2:5] == [str(SECONDS), str(4 * SECONDS), "sum"]

    def test_json(self, printed_json, later):
        found = {one["keyword"]: one for one in printed_json("explain", later, "--later")}
        assert set(found) == {"EFFEXPTM", "TARGPROP"}
        one = found["EFFEXPTM"]
        assert (one["status"], one["value"], one["blended"]) == ("later", SECONDS, 4 * SECONDS)
        assert (one["rule"], one["replaced"]) == ("sum", None)
        assert found["TARGPROP"]["value"] is None
        assert found["TARGPROP"]["blended"]
        (other,) = printed_json("explain", later, "DETECTOR")
        assert (other["status"] == "later", other["blended"]) == (False, None)

    def test_an_override_that_gives_what_was_set_later(self, printed_json, bare, exposures):
        blendmodels(bare, exposures, overrides={"EFFEXPTM": "min"}, output="new.fits")
        (one,) = printed_json("explain", "new.fits", "EFFEXPTM")
        assert (one["status"], one["value"], one["blended"]) == ("set", SECONDS, None)

    def test_what_it_replaced(self, printed_json, finished, exposures):
        later = finished("later.fits", {"meta.exposure.exposure_time": 1.0})
        blendmodels(later, exposures, overrides={"EFFEXPTM": "max"}, output="new.fits")
        (one,) = printed_json("explain", "new.fits", "EFFEXPTM")
        assert (one["status"], one["value"], one["replaced"]) == ("set", SECONDS, 1.0)

    def test_no_rules_are_missed_where_they_are_told(self, command, bare):
        assert NO_RULES not in command("explain", bare, "EFFEXPTM").stdout
        assert NO_RULES in command("explain", bare, "EFFEXPTM", "DETECTOR").stdout

    def test_amended_values(self, command, printed_json, bare):
        overrides = {"EFFEXPTM": "mean", "NINTS": "drop"}
        amend(bare, overrides=overrides, output="amended.fits")
        rows, _ = self.rows(command("explain", "amended.fits").stdout)
        assert parts(rows["EFFEXPTM"])[-2:] == ["mean, amended", "1 in 4"]
        assert parts(rows["NINTS"])[-2:] == ["drop, amended", "1 in 4"]
        assert "(none)" in rows["NINTS"]
        (one,) = printed_json("explain", "amended.fits", "EFFEXPTM")
        assert (one["status"], one["replaced"]) == ("amended", SECONDS)
        (later,) = printed_json("explain", "amended.fits", "--later")
        assert later["keyword"] == "TARGPROP"
        text = command("explain", "amended.fits", "DETECTOR").stdout
        assert "is only recorded of those that were amended" in text

    def test_where_there_are_none(self, command, printed_json, without_rules):
        said = "Of no value of bare.fits is it known that it was set after the blend.\n"
        assert command("explain", without_rules, "--later").stdout == said
        assert printed_json("explain", without_rules, "--later") == []

    def test_refused(self, refused, blended):
        assert "--later is for " in refused("explain", blended, "DETECTOR", "--later")
        assert "choose one of them" in refused("explain", blended, "--all", "--later")

    def test_what_the_file_has_of_its_own(self, command, blended):
        text = command("explain", blended, "DATE").stdout
        assert text.startswith("meta.date (DATE) is ")
        assert ": the file has its own." in text
        assert not text.endswith("\n\n")


class TestReport:
    def test_beside_the_product(self, command, refused, here, blended):
        (here / "night").mkdir()
        path = (here / blended).rename(here / "night/jw_i2d.fits").relative_to(here)
        text = command("report", path).stdout
        assert text == "night/jw_i2d_report.html: the report of night/jw_i2d.fits\n"
        page = Path("night/jw_i2d_report.html").read_text()
        assert "jw01234001001_02101_00001_nrca4_cal.fits" in page
        assert "--overwrite" in refused("report", path)
        assert command("report", path, "--overwrite", "--quiet").stdout == ""

    def test_output(self, command, refused, blended):
        command("report", blended, "-o", "mine.html")
        assert Path("mine.html").is_file()
        assert ".html" in refused("report", blended, "-o", "mine.txt")
        assert "nowhere" in refused("report", blended, "-o", "nowhere/mine.html")
        assert "none.fits" in refused("report", "none.fits")
        assert not Path("none_report.html").exists()
