"""The commands `model-blender explain` and `report`."""

from pathlib import Path

import pytest

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
            "The rule is 'max' of blender-rules-std 0.1.0 [std].",
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
