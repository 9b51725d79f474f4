"""What commands make of environment variables, and say of them."""

import pytest
from stdatamodels.jwst import datamodels

from blender_core import ProductFile

TEAM = '[[override]]\nattribute = "EXPSTART"\nrule = "max"\nreason = "the last begins"\n'
ACME = """
from blender_core import Override, hookimpl

@hookimpl
def blender_overrides():
    return [Override(attribute="EXPEND", rule="min")]
"""


@pytest.fixture
def team(here, monkeypatch):
    (here / "team.toml").write_text(TEAM)
    monkeypatch.setenv("MODEL_BLENDER_RULES", "team.toml")


@pytest.fixture
def blocked(install, monkeypatch):
    install("acme-rules", "acme", ACME, version="1.2")
    install("broken-rules", "broken", "raise RuntimeError('no licence')")
    monkeypatch.setenv("MODEL_BLENDER_BLOCK", "acme,broken-rules")


def starts(paths):
    found = []
    for path in paths:
        with datamodels.open(path) as model:
            found.append(model.meta.exposure.start_time)
    return found


@pytest.mark.usefixtures("team")
class TestRules:
    def test_plan(self, command, printed_json):
        done = command("plan", "--model", "ImageModel", "--changed")
        assert "team.toml (MODEL_BLENDER_RULES)" in done.stdout
        assert done.stderr == "Note: MODEL_BLENDER_RULES adds the rules file team.toml\n"
        (changed,) = printed_json("plan", "--model", "ImageModel", "--changed")
        assert changed["keyword"] == "EXPSTART"
        assert (changed["rule"], changed["tier"]) == ("max", "rules file")
        assert changed["asked_by"] == "team.toml (MODEL_BLENDER_RULES)"

    def test_plugins(self, command):
        assert "the rules file team.toml" in command("plugins").stderr

    def test_blend_and_explain(self, command, product, exposures):
        command("blend", product, *exposures, "--record-rules")
        assert ProductFile(product).values["meta.exposure.start_time"] == max(starts(exposures))
        assert "team.toml (MODEL_BLENDER_RULES)" in command("explain", product, "EXPSTART").stdout

    def test_dry_run(self, command, product, exposures):
        text = command("blend", product, *exposures, "--dry-run").stdout
        assert "team.toml (MODEL_BLENDER_RULES)" in text

    def test_check(self, here, command):
        (here / "team.toml").write_text('[[override]]\nattribute = "NGROUPS"\nrule = "mean"\n')
        assert "NGROUPS" in command("check", "--model", "ImageModel", status=1).stdout

    def test_demo(self, command, exposures):
        command("demo", *exposures, "--output", "mine.fits")
        assert starts(["mine.fits"]) == [max(starts(exposures))]

    @pytest.mark.parametrize("name", ["plan", "check"])
    def test_a_file_that_is_not_there(self, refused, here, name):
        (here / "team.toml").unlink()
        message = refused(name, "--model", "ImageModel")
        assert "team.toml (MODEL_BLENDER_RULES) cannot be read" in message


@pytest.mark.usefixtures("blocked")
class TestBlock:
    def test_plan(self, command):
        done = command("plan", "--model", "ImageModel", "--changed")
        assert "acme" not in done.stdout
        assert done.stderr == (
            "Note: MODEL_BLENDER_BLOCK leaves out the plugin acme\n"
            "Note: MODEL_BLENDER_BLOCK leaves out the plugin broken-rules\n"
        )

    def test_plugins(self, command, printed_json):
        text = command("plugins").stdout
        assert text.splitlines()[-4:] == [
            "acme-rules 1.2 [acme]",
            "  left out by MODEL_BLENDER_BLOCK",
            "broken-rules 1.0 [broken]",
            "  left out by MODEL_BLENDER_BLOCK",
        ]
        told = {one["plugin"]: one["left_out_by"] for one in printed_json("plugins")}
        by = "MODEL_BLENDER_BLOCK"
        assert told == {"std": None, "acme": by, "broken": by}

    @pytest.mark.parametrize("name", ["rules", "check"])
    def test_others(self, command, name):
        arguments = ["--model", "ImageModel", "--quiet"] if name == "check" else []
        assert command(name, *arguments).stderr == ""

    def test_blend_and_report(self, command, product, exposures):
        command("blend", product, *exposures, "--record-rules", "--report", "report.html")
        command("explain", product)
        command("report", product, "--output", "again.html")

    def test_a_misspelt_name(self, command, monkeypatch):
        monkeypatch.setenv("MODEL_BLENDER_BLOCK", "acme,broken,sdt")
        warning = command("plugins").stderr.splitlines()[-1]
        assert warning == (
            "Warning: no plugin 'sdt' is installed that could be left out, as MODEL_BLENDER_BLOCK "
            "asks: did you mean 'std'?"
        )


class TestRecordRules:
    @pytest.mark.parametrize(("said", "what"), [("yes", "with"), ("off", "without")])
    def test_note(self, command, monkeypatch, said, what):
        monkeypatch.setenv("MODEL_BLENDER_RECORD_RULES", said)
        note = f"Note: MODEL_BLENDER_RECORD_RULES makes products {what} the table HDRRULES\n"
        assert command("plugins").stderr == note

    def test_blend(self, command, product, exposures, monkeypatch):
        monkeypatch.setenv("MODEL_BLENDER_RECORD_RULES", "yes")
        command("blend", product, *exposures)
        assert ProductFile(product).outcomes["meta.exposure.start_time"].rule == "min"

    @pytest.mark.parametrize("arguments", [["plugins"], ["plan", "--model", "ImageModel"]])
    def test_anything_else(self, command, monkeypatch, arguments):
        monkeypatch.setenv("MODEL_BLENDER_RECORD_RULES", "maybe")
        message = command(*arguments, status=2).stderr
        assert message.startswith("Error: the environment variable MODEL_BLENDER_RECORD_RULES is ")
