"""What users type that cannot be, and what they are told to type instead."""

import json
import tomllib
from pathlib import Path

import pytest

from blender_core import BlendPlan, Override, When


def lines_of(message):
    return "\n".join(line.removeprefix("  ") for line in message.splitlines() if line[:2] == "  ")


class TestSettingsInAnOverride:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "EFFEXPTM=sum:once_per=OBSERVTN,EXPOSURE",
                Override(attribute="EFFEXPTM", rule="sum", once_per=("OBSERVTN", "EXPOSURE")),
            ),
            (
                "EFFEXPTM=sum(once_per=EXPOSURE)",
                Override(attribute="EFFEXPTM", rule="sum", once_per="EXPOSURE"),
            ),
            (
                "EFFEXPTM=std:sum, missing = keep ; once_per=[VISIT, 'EXPOSURE']",
                Override(
                    attribute="EFFEXPTM",
                    rule="std:sum",
                    missing="keep",
                    once_per=("VISIT", "EXPOSURE"),
                ),
            ),
            (
                "RA_V1=weighted_mean:weights=EFFEXPTM:instrument=MIRI",
                Override(
                    attribute="RA_V1",
                    rule="weighted_mean",
                    companions={"weights": "EFFEXPTM"},
                    when=When(instrument="MIRI"),
                ),
            ),
            (
                "FILTER=join:sort=true",
                Override(attribute="FILTER", rule="join", parameters={"sort": True}),
            ),
            (
                "DURATION=sum default=0.5",
                Override(attribute="DURATION", rule="sum", default=0.5),
            ),
            (
                "EFFEXPTM=sum:once_pre=EXPOSURE",
                Override(attribute="EFFEXPTM", rule="sum", once_per="EXPOSURE"),
            ),
            (
                'EFFEXPTM=max:reason=they "expose" at once',
                Override(attribute="EFFEXPTM", rule="max", reason='they "expose" at once'),
            ),
        ],
    )
    def test_the_lines_say_what_is_meant(self, refused, text, expected):
        message = refused("plan", "--model", "ImageModel", "--override", text)
        assert message.startswith("Error: --override takes the name of a rule and no settings")
        assert "--rules FILE" in message
        (override,) = tomllib.loads(lines_of(message))["override"]
        when = When(**override.pop("when", {}))
        assert Override(**override, when=when) == expected

    def test_the_lines_can_be_used(self, refused, command):
        text = "EFFEXPTM=sum:once_per=VISIT,EXPOSURE"
        message = refused("plan", "--model", "ImageModel", "--override", text)
        Path("team.toml").write_text(lines_of(message))
        command("check", "--model", "ImageModel", "--rules", "team.toml", "--except", "deprecated")
        from stdatamodels.jwst.datamodels import ImageModel

        plan = BlendPlan.for_model(ImageModel, rules="team.toml")
        once = plan["meta.exposure.exposure_time"].selection.once_per
        assert once == ("meta.observation.visit_number", "meta.observation.exposure_number")

    def test_json(self, command):
        arguments = ["plan", "--model", "ImageModel", "--json"]
        done = command(*arguments, "--override", "EFFEXPTM=sum:once_per=EXPOSURE", status=2)
        remedy = json.loads(done.stderr)["error"]["remedy"]
        assert tomllib.loads(remedy)["override"][0]["once_per"] == "EXPOSURE"

    def test_the_rule_of_one_plugin_has_no_settings(self, command):
        text = command(
            "plan", "--model", "ImageModel", "--changed", "--override", "EXPSTART=std:max"
        )
        assert "std:max" in text.stdout

    def test_a_long_one_takes_no_time(self, refused):
        refused("plan", "--model", "ImageModel", "--override", f"A=b:c={' ' * 100_000}d = e)")


class TestUnknownNames:
    def test_the_others_are_explained(self, command, product, exposures):
        command("blend", product, *exposures, "--quiet")
        done = command("explain", product, "EXPSTRT", "EFFEXPTM", "NIX", status=2)
        assert done.stdout.startswith("meta.exposure.exposure_time (EFFEXPTM) is 1245.464")
        assert "EXPSTRT" not in done.stdout
        assert "did you mean EXPSTART" in done.stderr
        assert "'NIX'" in done.stderr
        done = command("explain", product, "EFFEXPTM", "NIX", "--json", status=2)
        (outcome,) = json.loads(done.stdout)
        assert outcome["keyword"] == "EFFEXPTM"
        assert json.loads(done.stderr)["error"]["attribute"] == "NIX"

    def test_none_is_known(self, refused, product, exposures, command):
        command("blend", product, *exposures, "--quiet")
        message = refused("explain", product, "NIX", "NOX")
        assert "'NIX'" in message
        assert "'NOX'" in message


class TestTwoPluginsWithOneRule:
    ACME = (
        "from blender_core import Rule, hookimpl\n\n\n@hookimpl\ndef blender_rules():\n"
        "    return [Rule(name=name, blend=max, summary='The largest.') for name in ('mean', 'sum')]\n"
    )

    def test_plugins_tells(self, command, install):
        install("acme-rules", "acme", self.ACME)
        done = command("plugins", status=2)
        assert "acme-rules 1.0 [acme]" in done.stdout
        assert "blender-rules-std" in done.stdout
        for name in ("mean", "sum"):
            assert f"rule '{name}' is offered by more than one plugin" in done.stderr
        assert "--block acme" in done.stderr
        told = command("plugins", "--json", status=2)
        assert {each["plugin"] for each in json.loads(told.stdout)} == {"acme", "std"}
        error = json.loads(told.stderr)["error"]
        assert {each["type"] for each in error["errors"]} == {"RuleConflictError"}

    def test_one_says_that_it_replaces_the_other(self, command, install):
        replaces = "replaces='blender-rules-std', summary="
        install("acme-rules", "acme", self.ACME.replace("summary=", replaces))
        assert command("plugins").stderr == ""


class TestUrls:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["explain", "URL"],
            ["table", "URL"],
            ["report", "URL"],
            ["amend", "URL"],
            ["demo", "URL"],
            ["diff", "a.fits", "URL"],
            ["plan", "--model", "ImageModel", "--rules", "URL"],
            ["report", "a.fits", "--output", "URL"],
        ],
        ids=" ".join,
    )
    @pytest.mark.parametrize("url", ["https://mast.stsci.edu/a//b.fits", "s3://bucket/a.fits"])
    def test_it_is_shown_with_its_slashes(self, command, arguments, url):
        filled = [url if each == "URL" else each for each in arguments]
        done = command(*filled, status=2)
        assert f"{url} is a URL" in done.stderr

    def test_not_what_is_secret_in_it(self, command):
        done = command("table", "https://me:pass@host/a.fits?token=abc", status=2)
        assert "https://***@host/a.fits?token=*** is a URL" in done.stderr
        assert "pass" not in done.stderr
        assert "abc" not in done.stderr

    def test_a_file_that_is_called_so(self, command, exposures):
        Path("https:").mkdir()
        exposures[0].rename(Path("https:") / exposures[0])
        assert "EFFEXPTM" in command("plan", f"https://{exposures[0]}").stdout


class TestNamesThatNoFileHas:
    @pytest.mark.parametrize("name", ["loop.fits", "a\0b.fits", "x" * 300 + ".fits", "none.fits"])
    def test_beside_a_report(self, refused, product, name):
        Path("loop.fits").symlink_to("loop.fits")
        for arguments in (
            ["report", name, "--output", "r.html"],
            ["blend", product, name, "--report", "r.html"],
            ["preview", name, "--report", "r.html"],
        ):
            assert "fault of the program" not in refused(*arguments)
            assert not Path("r.html").exists()

    def test_a_report_in_place_of_a_product_that_is_not_there(self, refused):
        assert "would replace" in refused("report", "r.html", "--output", "./r.html")
