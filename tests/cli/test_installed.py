"""The commands `model-blender rules` and `plugins`."""

import json

import pytest
from release import VERSION

ACME = """
from blender_core import Gives, Override, Rule, When, hookimpl

@hookimpl
def blender_rules():
    return [Rule(name="mean", blend=lambda values: 1.0, summary="Always one.", gives=Gives.NUMBER,
                 replaces="blender-rules-std")]

@hookimpl
def blender_overrides(model_type, instrument):
    found = [Override(attribute="EXPSTART", rule="max", reason="as ever",
                      when=When(telescope="JWST"))]
    if instrument == "MIRI":
        found.append(Override(attribute="meta.exposure.duration", rule="sum",
                              once_per="EXPOSURE", record=True, column="DURATION"))
    return found
"""


@pytest.fixture
def acme(install):
    install("acme-rules", "acme", ACME, version="1.2")


class TestRules:
    def test_standard(self, command):
        text = command("rules").stdout
        (line,) = (line for line in text.splitlines() if line.startswith("multi "))
        assert "else MULTIPLE" in line
        assert line.endswith(f"blender-rules-std {VERSION} [std]")
        (line,) = (line for line in text.splitlines() if line.startswith("keep "))
        assert line.endswith(f"blender-core {VERSION} [engine]")

    @pytest.mark.usefixtures("acme")
    def test_superseded(self, command, printed_json):
        lines = command("rules").stdout.splitlines()
        (mine,) = (line for line in lines if line.startswith("mean "))
        assert mine.endswith("acme-rules 1.2 [acme]")
        (other,) = (line for line in lines if line.startswith("std:mean "))
        assert "(Superseded.)" in other
        told = [one for one in printed_json("rules") if one["name"] == "mean"]
        assert [one["superseded"] for one in told] == [False, True]
        assert [one["provider"]["version"] for one in told] == ["1.2", VERSION]

    def test_json(self, printed_json):
        (multi,) = (one for one in printed_json("rules") if one["name"] == "multi")
        assert multi["constants"] == ["MULTIPLE"]
        assert multi["gives"] == "input"
        assert multi["missing"] == "skip"

    def test_one_rule(self, command):
        assert command("rules", "join").stdout.splitlines() == [
            "join",
            "  The different values in input order, joined by commas.",
            "  example     3.5, 1.25, 2.75, 1.25 → '3.5, 1.25, 2.75'",
            "  gives       a text",
            "  parameters  sort: bool = False",
            "  missing     skip: it sees the values that are there",
            f"  provider    blender-rules-std {VERSION} [std]",
            "  use         --override ATTR=join",
            "  ImageModel  no attribute has it",
        ]

    def test_what_it_makes_of_values(self, printed_json):
        (mean,) = printed_json("rules", "mean")
        assert mean["example"] == {"values": [3.5, 1.25, 2.75, 1.25], "gives": 8.75 / 4}
        (weighted,) = printed_json("rules", "weighted_mean")
        assert weighted["example"]["weights"] == [1.0, 2.0, 3.0, 4.0]
        assert weighted["example"]["gives"] == (3.5 + 2.5 + 8.25 + 5.0) / 10
        (mindate,) = printed_json("rules", "mindate")
        assert mindate["example"]["gives"] == min(mindate["example"]["values"])

    @pytest.mark.exhaustive
    def test_every_rule_is_explained(self, printed_json):
        """Those of one plugin with an example, but for those that it has not enough to tell for."""
        for each in printed_json("rules"):
            (rule,) = printed_json("rules", each["name"])
            assert {**rule, **each} == rule
            assert rule["example"] is not None or each["name"] in ("same", "constant", "common")

    def test_which_attributes_have_it(self, command, printed_json):
        # As the schemas say: $EXPMID and its two kin have blend_rule: mean.
        assert (
            "  ImageModel  3 attributes: EXPMID, MJD-AVG, TDB-MID"
            in command("rules", "mean").stdout.splitlines()
        )
        (rule,) = printed_json("rules", "mean", "--model", "ifuimagemodel")
        assert rule["asked_for"]["attributes"][0] == {
            "attribute": "meta.exposure.mid_time",
            "keyword": "EXPMID",
            "asked_by": "the schema",
        }
        (rule,) = printed_json("rules", "mean", "--model", "ABVegaOffsetModel")
        assert rule["asked_for"]["attributes"] == []

    def test_an_attribute_that_a_plugin_asks_it_for(self, command, install):
        install("acme-rules", "acme", ACME.replace('rule="max"', 'rule="mean"'), version="1.2")
        text = command("rules", "mean").stdout
        assert "4 attributes: EXPSTART, EXPMID, MJD-AVG, TDB-MID" in " ".join(text.split())

    def test_no_such_class(self, refused):
        assert "did you mean ImageModel" in refused("rules", "mean", "--model", "ImagModel")
        assert "name it" in refused("rules", "--model", "ImageModel")

    def test_the_schema_of_rules_files(self, command):
        schema = json.loads(command("rules", "--schema").stdout)
        offered = schema["properties"]["override"]["items"]["properties"]["rule"]["anyOf"][0]
        assert {"mean", "weighted_mean", "keep", "drop"} <= set(offered["enum"])

    @pytest.mark.usefixtures("acme")
    def test_one_that_is_superseded(self, command):
        assert "  superseded  by another's rule" in command("rules", "std:mean").stdout.splitlines()
        assert "acme-rules 1.2 [acme]" in command("rules", "mean").stdout

    def test_one_in_json(self, printed_json):
        (rule,) = printed_json("rules", "same")
        assert rule["parameters"] == [
            {"name": "tolerance", "types": "float", "signature": "tolerance: float = 0"}
        ]

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("jion", "no installed plugin offers a rule 'jion': did you mean join or union?"),
            ("qqq", "see model-blender rules"),
            ("keep", "the engine's own: The product's own value stays."),
        ],
    )
    def test_none(self, refused, name, words):
        assert words in refused("rules", name)

    def test_block(self, command):
        text = command("rules", "--block", "std").stdout
        assert [line.split()[0] for line in text.splitlines()] == ["rule", "keep", "drop"]

    def test_broken_plugin(self, refused, install):
        install("broken-rules", "broken", "raise RuntimeError('no licence')")
        message = refused("rules")
        assert "broken-rules 1.0 [broken]" in message
        assert "no licence" in message
        assert "--block broken" in message


class TestPlugins:
    def test_standard(self, command):
        text = command("plugins").stdout
        n_rules = len(command("rules").stdout.splitlines()) - 1 - len({"keep", "drop"})
        # No table of overrides, as there is none.
        assert text == f"blender-rules-std {VERSION} [std]\n  {n_rules} rules\n"

    @pytest.mark.usefixtures("acme")
    def test_overrides(self, command, printed_json):
        lines = command("plugins").stdout.splitlines()
        assert lines[0] == "acme-rules 1.2 [acme]"
        assert lines[1] == "  1 rule, 2 overrides"
        assert lines[3].split()[:3] == ["EXPSTART", "max", "telescope=JWST"]
        assert "sum (once_per=EXPOSURE) recorded column DURATION" in lines[4]
        assert "instrument=MIRI" in lines[4]
        acme, std = printed_json("plugins")
        assert acme["rules"] == ["mean"]
        assert [one["condition"] for one in acme["overrides"]] == [
            "telescope=JWST",
            "instrument=MIRI",
        ]
        assert (std["plugin"], std["overrides"]) == ("std", [])
        assert {"mean", "multi", "first"} <= set(std["rules"])
        assert not std["reads"]

    @pytest.mark.parametrize(
        "group",
        ["blender-core", "blender_cores", "blendercore", "Blender_Core", "blender_core.plugins",
         "blendre_core", "blender_cor", "model_blender"],
    )  # fmt: skip
    def test_a_group_of_entry_points_where_nobody_looks(self, command, install, group):
        install("acme-rules", "acme", ACME, version="1.2", group=group)
        for done in (command("plugins"), command("check", "--plugin", "std")):
            assert "acme-rules 1.2 [acme]" not in done.stdout
            told = " ".join(done.stderr.split())
            assert f"acme-rules 1.2 announces plugins in the entry-point group '{group}'" in told
            assert "did you mean 'blender_core'?" in told

    @pytest.mark.parametrize("group", ["console_scripts", "blender_tools", "core", "asdf.blender"])
    def test_groups_that_are_others(self, command, install, group):
        install("acme-rules", "acme", ACME, version="1.2", group=group)
        assert command("plugins").stderr == ""

    def test_reader(self, command, install):
        code = "import blender_core\n@blender_core.hookimpl\ndef blender_open(given): return None\n"
        install("acme-reader", "reading", code)
        assert "a reader for inputs of another kind" in command("plugins").stdout

    @pytest.mark.usefixtures("acme")
    def test_broken_plugins_hide_no_others(self, command, install):
        install("broken-rules", "broken", "raise RuntimeError('no licence')")
        install("other-std", "std", "")  # a name that is taken, and no hook
        done = command("plugins", status=2)
        assert "acme-rules 1.2 [acme]" in done.stdout
        assert f"blender-rules-std {VERSION} [std]" in done.stdout
        assert "broken" not in done.stdout
        assert "no licence" in done.stderr
        assert "other-std" in done.stderr

    def test_none(self, command):
        assert "blender-rules-std" in command("plugins", "--block", "std").stdout
