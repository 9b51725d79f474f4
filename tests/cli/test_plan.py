"""The commands `model-blender plan` and `check`."""

from pathlib import Path

import pytest
from stdatamodels.jwst import datamodels

from blender_core import BlendPlan

TEAM = """
[[override]]
attribute = "EXPSTART"
rule = "max"
when = { instrument = "MIRI", detector = "MIRIFU*" }
reason = "as our notebook says"

[[override]]
attribute = "NGROUPS"
rule = "mean"
when = { telescope = "JWST", exp_type = "NRC_IMAGE" }
"""


@pytest.fixture
def team():
    Path("team.toml").write_text(TEAM)
    return "team.toml"


def rows(text):
    """Return the rows of a table as a mapping of the first cells to the others."""
    return {line.split()[0]: line.split()[1:] for line in text.splitlines()[1:]}


class TestPlan:
    def test_table(self, command):
        # The rules are those that stdatamodels' core schema asks for.
        told = rows(command("plan", "--model", "ImageModel").stdout)
        assert told["meta.exposure.start_time"][:5] == [
            "EXPSTART",
            "min",
            "schema",
            "the",
            "schema",
        ]
        assert told["meta.instrument.detector"][1] == "multi"
        assert told["meta.target.ra"][:3] == ["TARG_RA", "first", "default"]
        assert told["meta.wcsinfo.crval1"][:3] == ["CRVAL1", "keep", "default"]

    def test_piped_lines_are_whole(self, command):
        text = command("plan", "--model", "ImageModel").stdout
        assert text == f"{BlendPlan.for_model(datamodels.ImageModel)}\n"

    def test_changed(self, command, team):
        arguments = ["plan", "--model", "imagemodel", "--rules", team, "--changed"]
        assert list(rows(command(*arguments).stdout)) == []
        nircam = command(*arguments, "--exp-type", "NRC_IMAGE").stdout
        assert list(rows(nircam)) == ["meta.exposure.ngroups"]
        miri = command(*arguments, "--instrument", "MIRI", "--detector", "MIRIFULONG").stdout
        assert list(rows(miri)) == ["meta.exposure.start_time"]
        assert "team.toml" in miri
        assert "as our notebook says" in miri

    def test_what_the_schema_asks_for_anyway_is_no_change(self, command):
        options = ["--override", "EXPSTART=min", "--override", "EXPEND=last", "--ignore", "meta.d"]
        text = command("plan", "--model", "ImageModel", "--changed", *options).stdout
        changed = rows(text)
        assert "meta.exposure.start_time" not in changed
        assert changed["meta.exposure.end_time"][1:3] == ["last", "caller"]
        assert changed["meta.date"][1:3] == ["keep", "caller"]

    def test_file(self, command, exposures, team):
        with datamodels.open(str(exposures[0])) as model:
            model.meta.my_own = 1.5
            model.save("mine.fits")
        text = command("plan", "mine.fits", "--rules", team).stdout
        assert rows(text)["meta.exposure.ngroups"][1] == "mean"
        assert "not in the schema" in text
        assert rows(text)["meta.my_own"][0] == "first"
        other = command("plan", "mine.fits", "--rules", team, "--exp-type", "NRC_CORON").stdout
        assert rows(other)["meta.exposure.ngroups"][1] == "first"

    def test_json(self, printed_json):
        told = printed_json("plan", "--model", "ImageModel", "--override", "EXPSTART=max")
        (start,) = (one for one in told if one["keyword"] == "EXPSTART")
        assert start["rule"] == "max"
        assert start["tier"] == "caller"
        assert start["column"] == "EXPSTART"
        assert start["provider"]["distribution"] == "blender-rules-std"
        assert [one["rule"] for one in start["won_over"]] == ["min", "first"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "--model"),
            (["a.fits", "--model", "ImageModel"], "--model"),
            (["--model", "ImgeModel"], "did you mean ImageModel"),
            (["--model", "open"], "'open'"),
            (["--model", "MosaicModel"], "give a file in place of --model"),
            (["ImageModel"], "--model ImageModel"),
            (["none.fits"], "there is no file none.fits\n"),
            (["--model", "ImageModel", "--override", "EXPSTRT=max"], "EXPSTART"),
            (["--model", "ImageModel", "--override", "EXPSTART=maxx"], "did you mean 'max'"),
            (["--model", "ImageModel", "--rules", "none.toml"], "none.toml"),
        ],
    )
    def test_refused(self, refused, arguments, message):
        assert message in refused("plan", *arguments)

    def test_not_a_datamodel(self, refused):
        Path("note.fits").write_text("hello")
        assert "note.fits" in refused("plan", "note.fits")


class TestCheck:
    def test_found(self, command):
        options = ["--override", "NGROUPS=mean", "--except", "deprecated"]
        text = command("check", "--model", "ImageModel", *options, status=1).stdout
        (line,) = text.splitlines()[1:]
        assert line.split()[:5] == [
            "ImageModel",
            "type",
            "meta.exposure.ngroups",
            "NGROUPS",
            "mean",
        ]
        assert "may give a fraction where an integer is asked for" in line
        # The remedy is one that a user of the command line has.
        assert "--override" not in line
        assert "Let the caller ask for another rule" in line

    def test_nothing_found(self, command):
        done = command("check", "--model", "ImageModel", "--except", "deprecated")
        assert done.stdout == "Nothing found in ImageModel.\n"

    def test_the_schemas_deprecated_rules(self, command):
        # date, time, date_beg and date_end have rules for texts that are times.
        nothing, information = command("check", "--model", "ImageModel").stdout.splitlines()
        assert nothing == "Nothing found in ImageModel."
        assert information.startswith("For information: the schema asks for the deprecated rules ")
        for name in ("DATE-OBS", "TIME-OBS", "DATE-BEG", "DATE-END"):
            assert f"({name})" in information
        done = command("check", "--model", "ImageModel", "--except", "deprecated")
        assert done.stdout == f"{nothing}\n"
        assert command("check", "--model", "ImageModel", "--quiet").stdout == ""

    def test_the_schemas_keywords_that_two_attributes_have(self, command, printed_json):
        # meta.guidestar has them as well, in stdatamodels' core and guidestar schemas.
        twice = ["ROLL_REF", "V3I_YANG", "VPARITY"]
        nothing, *information = command("check", "--model", "AmiOIModel").stdout.splitlines()
        assert nothing == "Nothing found in AmiOIModel."
        for keyword in twice:
            assert sum(f"For information: {keyword} (meta.wcsinfo." in one for one in information)
        told = printed_json("check", "--model", "AmiOIModel", "--except", "deprecated")
        assert sorted(one["keyword"] for one in told["information"]) == twice
        assert told["findings"] == []

    def test_a_deprecated_rule_that_an_override_asks_for(self, command, printed_json):
        arguments = ["check", "--model", "ImageModel", "--override", "DATE-OBS=mindatetime"]
        (line,) = command(*arguments, status=1).stdout.splitlines()[1:-1]
        assert line.split()[1:4] == ["deprecated", "meta.observation.date", "DATE-OBS"]
        told = printed_json(*arguments, status=1)
        assert [one["keyword"] for one in told["findings"]] == ["DATE-OBS"]
        assert {one["keyword"] for one in told["information"]} == {
            "TIME-OBS",
            "DATE-BEG",
            "DATE-END",
        }

    def test_file(self, command, exposures, team):
        arguments = ["check", exposures[0], "--rules", team, "--except", "deprecated"]
        assert "NGROUPS" in command(*arguments, status=1).stdout
        command(*arguments, "--exp-type", "NRC_CORON")

    def test_quiet(self, command):
        arguments = ["check", "--model", "ImageModel", "--override", "NGROUPS=mean"]
        done = command(*arguments, "--quiet", status=1)
        assert (done.stdout, done.stderr) == ("", "")

    def test_json(self, printed_json):
        arguments = ["check", "--model", "ImageModel", "--override", "NGROUPS=mean"]
        told = printed_json(*arguments, "--except", "deprecated", status=1)
        assert told["without_a_plan"] == {}
        (one,) = told["findings"]
        assert (one["where"], one["kind"], one["keyword"]) == ("ImageModel", "type", "NGROUPS")

    @pytest.mark.exhaustive
    def test_all(self, command, printed_json):
        # Of today's schemas, one has columns that are asked for twice: only the schema can mend that.
        told = printed_json("check", "--all", "--except", "deprecated")
        assert told["findings"] == []
        assert {one["where"] for one in told["information"]} == {"AmiOIModel"}
        keywords = {one["keyword"] for one in told["information"]}
        assert keywords == {"VPARITY", "V3I_YANG", "ROLL_REF"}
        text = command("check", "--all", "--except", "deprecated").stdout
        assert text.startswith("Nothing found in ")
        assert "For information: VPARITY" in text

    def test_all_where_some_have_not_what_is_overridden(self, command):
        options = ["--except", "deprecated", "--except", "column", "--override", "EXPSTART=max"]
        text = command("check", "--all", *options).stdout
        assert text.startswith("Not checked, because there is no plan: ABVegaOffsetModel")
        assert "Nothing found in 37 classes." in text

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "--model"),
            (["--all", "--model", "ImageModel"], "--all"),
            (["--all", "a.fits"], "--all"),
            (["--all", "--override", "EXPSTRT=max"], "EXPSTRT"),
        ],
    )
    def test_refused(self, refused, arguments, message):
        assert message in refused("check", *arguments)

    def test_usage(self, command):
        assert "deprecated" in command("check", "--except", "nothing", status=2).stderr


class TestIdle:
    RULES = """
        [[override]]
        attribute = "EFFEXPTM"
        rule = "max"
        when = { instrument = "MIRI", detector = ["MIRIFUSHORT", "MIRIFULONG"] }
    """
    NOTE = (
        "Note: the override of EFFEXPTM by team.toml does not hold here: it is for "
        "instrument=MIRI, detector=MIRIFUSHORT or MIRIFULONG\n"
    )

    def test_overrides_that_do_not_hold_are_told(self, command):
        Path("team.toml").write_text(self.RULES)
        done = command("plan", "--model", "ImageModel", "--rules", "team.toml", "--changed")
        assert done.stderr == self.NOTE
        miri = ["--instrument", "MIRI", "--detector", "MIRIFULONG"]
        done = command("plan", "--model", "ImageModel", *miri, "--rules", "team.toml", "--changed")
        assert done.stderr == ""
        assert "EFFEXPTM" in done.stdout

    def test_in_a_rehearsal(self, command, product, exposures):
        Path("team.toml").write_text(self.RULES)
        done = command("blend", product, *exposures, "--rules", "team.toml", "--dry-run")
        assert done.stderr == self.NOTE
        assert "every attribute has the rule that the schema asks for" in done.stdout

    def test_in_a_blend(self, command, product, exposures):
        Path("team.toml").write_text(self.RULES)
        arguments = ["blend", product, *exposures, "--rules", "team.toml", "--overwrite"]
        assert command(*arguments, "-o", "new.fits").stderr == self.NOTE
        assert command(*arguments, "-o", "new.fits", "--mixed").stderr == self.NOTE
        assert command(*arguments, "-o", "new.fits", "--mixed", "--dry-run").stderr == self.NOTE
        assert command(*arguments, "-o", "new.fits", "--quiet").stderr == ""
        others = self.RULES.replace('"MIRI"', '"NIRCAM"').replace('"MIRIFUSHORT"', '"NRCA1"')
        one_detector = [*arguments[:3], *arguments[-3:], "-o", "new.fits"]
        Path("team.toml").write_text(others)
        assert command(*one_detector).stderr == ""

    def test_several_are_one_note(self, command, product, exposures):
        more = self.RULES.replace("EFFEXPTM", "DURATION")
        other = self.RULES.replace("EFFEXPTM", "NGROUPS").replace("instrument", "telescope")
        Path("team.toml").write_text(self.RULES + more + other)
        expected = (
            "Note: 3 overrides do not hold here: EFFEXPTM and DURATION by team.toml for "
            "instrument=MIRI, detector=MIRIFUSHORT or MIRIFULONG; NGROUPS by team.toml for "
            "telescope=MIRI, detector=MIRIFUSHORT or MIRIFULONG\n"
        )
        for options in ([], ["--dry-run"]):
            done = command("blend", product, *exposures, "--rules", "team.toml", *options)
            assert done.stderr == expected

    def test_misspelt_ones_are_told_once(self, command, product, exposures):
        Path("team.toml").write_text(self.RULES.replace('"MIRI"', '"MIRRI"'))
        warning = (
            "Warning: the override of EFFEXPTM by team.toml is for instrument=MIRRI, which the "
            "schema does not have: did you mean MIRI?\n"
        )
        options = ["--rules", "team.toml"]
        for arguments in (
            ["blend", product, *exposures],
            ["blend", product, *exposures, "--mixed"],
            ["blend", product, *exposures, "--dry-run"],
            ["blend", product, *exposures, "--dry-run", "--mixed"],
            ["plan", product],
            ["plan", "--model", "ImageModel"],
        ):
            assert command(*arguments, *options).stderr == warning
        for arguments in ([product], ["--model", "ImageModel"]):
            done = command("check", *arguments, *options, "--except", "deprecated")
            assert done.stderr == warning
        options += ["--instrument", "NIRCM", "--ignore", "meta.exposre"]
        done = command("check", "--all", *options, status=1)
        assert done.stderr == (
            f"{warning}"
            "Warning: --ignore meta.exposre means nothing, as no attribute's path begins so\n"
            "Warning: the schema has no instrument 'NIRCM': did you mean NIRCAM?\n"
        )


def test_a_misspelt_instrument(command):
    options = ["--instrument", "NIRCM", "--detector", "nrca1", "--exp-type", "XYZZY"]
    assert command("plan", "--model", "ImageModel", *options, "--changed").stderr == (
        "Warning: the schema has no instrument 'NIRCM': did you mean NIRCAM?\n"
        "Warning: the schema has no exp type 'XYZZY'\n"
    )
