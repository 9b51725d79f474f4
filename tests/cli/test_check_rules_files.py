"""``check --rules team.toml --all``: each override tried with all that there is."""

from pathlib import Path

import pytest

FAULTY = """
[[override]]
attribute = "EFFEXPTIM"
rule = "max"
when = { instrument = "MIRI" }

[[override]]
attribute = "EXPSTART"
rule = "maxx"
when = { instrument = "NIRCAM" }

[[override]]
attribute = "EXPEND"
rule = "min"
when = { instrument = "MIRRI" }
"""
RIGHT = """
[[override]]
attribute = "EFFEXPTM"
rule = "max"
when = { instrument = "MIRI" }
"""


@pytest.fixture
def found(printed_json):
    """Return a function that gives the kinds and attributes of what is wrong with a rules file."""

    def run(text, *options, status):
        Path("team.toml").write_text(text)
        arguments = ["check", "--all", "--rules", "team.toml", *options]
        told = printed_json(*arguments, status=status)["overrides"]["findings"]
        return [(each["kind"], each["attribute"], each["problem"]) for each in told]

    return run


def test_what_is_wrong_with_overrides_that_hold_for_some_inputs(found):
    attribute, rule, condition = found(FAULTY, status=1)
    assert attribute[:2] == ("attribute", "EFFEXPTIM")
    assert "did you mean meta.exposure.exposure_time (EFFEXPTM)" in attribute[2]
    assert rule[:2] == ("rule", "EXPSTART")
    assert rule[2].endswith("'maxx': did you mean 'max'?")
    assert condition == (
        "condition",
        "EXPEND",
        "there is no instrument 'MIRRI': did you mean MIRI?",
    )


@pytest.mark.exhaustive
def test_nothing_is_wrong(found, command):
    assert found(RIGHT, status=0) == []
    done = command("check", "--all", "--rules", "team.toml")
    assert "team.toml: 1 override, tried with" in done.stdout
    assert "instruments: nothing found." in done.stdout


@pytest.mark.exhaustive
def test_an_override_that_never_holds(found):
    text = RIGHT.replace('"MIRI"', '"MIRI", detector = "NRCA1", telescope = "HST"')
    assert found(text, status=0) == [], "it is for another telescope, and that is told"
    text = RIGHT.replace("{ instrument", '{ model_type = "ImageModl", instrument')
    ((kind, attribute, _),) = found(text, status=1)
    assert kind in ("condition", "never")
    assert attribute == "EFFEXPTM"


@pytest.mark.exhaustive
def test_what_classes_lack_is_told_once(command, printed_json):
    Path("team.toml").write_text(
        '[[override]]\nattribute = "EXPSTART"\nrule = "min"\n'
        '[[override]]\nattribute = "DETECTOR"\nrule = "mode"\n'
    )
    check = "check", "--all", "--rules", "team.toml"
    done = command(*check)
    assert "no plan:" not in done.stdout
    lines = done.stdout.splitlines()
    (start,) = (line for line in lines if "Not counted: EXPSTART" in line)
    (detector,) = (line for line in lines if "Not counted: DETECTOR" in line)
    assert detector.endswith("(in SlitDataModel)")
    told = printed_json(*check)
    assert told["without_a_plan"] == {}
    lacking = {each["attribute"]: each["classes"] for each in told["overrides"]["remarks"]}
    assert list(lacking) == ["EXPSTART", "DETECTOR"]
    # Of the two that are shown, one lacks both.
    number = len({*lacking["EXPSTART"], *lacking["DETECTOR"]})
    assert f"and {len(lacking['EXPSTART']) - 4} more" in start
    assert lines[-1] == (
        f"{number} classes lack an attribute that is named above, so there is no plan to check."
    )
    # What the trial of the rules file does not tell of is told with the plans.
    told = printed_json(*check, "--override", "TARGPROP=max")
    assert 0 < len(told["without_a_plan"]) < 143
    assert all("'TARGPROP'" in fault for fault in told["without_a_plan"].values())
    assert not any("EXPSTART" in fault for fault in told["without_a_plan"].values())
