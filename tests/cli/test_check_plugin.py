"""The command `model-blender check --plugin`."""

import re

import pytest
from stdatamodels.jwst import datamodels

HEAD = "from blender_core import Override, When, hookimpl\n\n@hookimpl\n"
FAULTY = f"""{HEAD}def blender_overrides(model_type, instrument):
    yield Override(attribute="EXPSTRT", rule="max")
    yield Override(attribute="meta.exposure.durations", rule="max", optional=True)
    yield Override(attribute="EXPSTART", rule="maxx", optional=True)
    yield Override(attribute="EXPEND", rule="max", optional=True, when=When(instrument="MIRRI"))
    yield Override(attribute="NGROUPS", rule="max", optional=True,
                   when=When(exp_type=("MIR_IMG", "MIR_MRS")))
    yield Override(attribute="NINTS", rule="max", when=When(telescope="JSWT"))
    yield Override(attribute="EFFEXPTM", rule="sum", optional=True, once_per="EXPOSRE")
    yield Override(attribute="meta.target", column="TARGET", optional=True)
    if model_type == "SpecModel":
        yield Override(attribute="TELAPSE", rule="max", when=When(model_type="ImageModel"))
"""
SOUND = f"""{HEAD}def blender_overrides(model_type, instrument):
    jwst = When(telescope="JWST")
    yield Override(attribute="EXPSTART", rule="max", when=jwst, optional=True)
    yield Override(attribute="EXPEND", rule="std:max", when=jwst)
    yield Override(attribute="EFFEXPTM", rule="sum", once_per=("OBSERVTN", "EXPOSURE"),
                   when=When(instrument="miri", detector="MIRIFU*"), optional=True)
    yield Override(attribute="FILTER", rule="keep", when=When(telescope="HST", instrument="WFC3"))
    if instrument == "NIRSPEC":
        yield Override(attribute="GRATING", rule="drop", optional=True)
"""
FAILING = f"""{HEAD}def blender_overrides(model_type, instrument):
    if instrument == "FGS" and model_type != "ImageModel":
        return [1 / 0]
    return [Override(attribute="EXPSTART", rule="max", optional=True)]
"""


def test_faults(install, printed_json):
    install("acme-rules", "acme", FAULTY, version="1.2")
    (told,) = printed_json("check", "--plugin", "acme", status=1)
    assert told["provider"] == {"distribution": "acme-rules", "version": "1.2", "plugin": "acme"}
    assert told["overrides"] == 9
    found = {one["attribute"]: (one["kind"], one["problem"]) for one in told["findings"]}
    assert len(told["findings"]) == 9
    expected = {
        "EXPSTRT": (
            "attribute",
            (
                r"'EXPSTRT' is not in any of the 143 classes for which it holds: did you mean "
                r"meta\.exposure\.start_time \(EXPSTART\)"
            ),
        ),
        "meta.exposure.durations": (
            "attribute",
            (
                r"'meta\.exposure\.durations' is not in any of the 143 classes .*: did you mean "
                r"meta\.exposure\.duration \(DURATION\)"
            ),
        ),
        "EXPSTART": ("rule", r"no installed plugin offers the rule 'maxx': did you mean 'max'\?$"),
        "EXPEND": ("condition", r"there is no instrument 'MIRRI': did you mean MIRI\?$"),
        "NGROUPS": ("condition", r"there is no exp_type 'MIR_IMG': did you mean MIR_IMAGE\?$"),
        "NINTS": ("never", r"no input is of the telescope JSWT: did you mean JWST\?$"),
        "EFFEXPTM": ("attribute", r"'EXPOSRE' is not in any of the 143 classes"),
        "meta.target": ("plan", r".* names one column, 'TARGET', for \d+ attributes"),
        "TELAPSE": (
            "never",
            (
                r"no class and instrument of JWST meets model_type=ImageModel, and it is offered for "
                r"1 class only$"
            ),
        ),
    }
    assert found.keys() == expected.keys()
    for attribute, (kind, pattern) in expected.items():
        assert found[attribute][0] == kind
        assert re.match(pattern, found[attribute][1]), found[attribute][1]


@pytest.mark.exhaustive
def test_nothing_is_wrong(install, command, printed_json):
    install("acme-rules", "acme", SOUND)
    (told,) = printed_json("check", "--plugin", "Acme_Rules")
    assert (told["overrides"], told["findings"]) == (5, [])
    remarks = {one["attribute"]: one for one in told["remarks"]}
    assert remarks.keys() == {"EXPEND", "FILTER"}
    assert remarks["FILTER"]["problem"] == "it is for inputs of HST"
    # Not optional, so that plans for classes without an exposure's times cannot be made.
    assert "error without optional=True" in remarks["EXPEND"]["problem"]
    for name in remarks["EXPEND"]["classes"]:
        schema = getattr(datamodels, name)().schema
        assert "'EXPEND'" not in str(schema)
    assert "ImageModel" not in remarks["EXPEND"]["classes"]
    text = command("check", "--plugin", "acme").stdout
    assert text.startswith("acme-rules 1.0 [acme]: 5 overrides, tried with 143 classes")
    assert ": nothing found.\n" in text
    assert "Not counted: FILTER: it is for inputs of HST\n" in text
    assert command("check", "--plugin", "acme", "--quiet").stdout == ""


def test_a_hook_that_fails_for_some(install, command):
    install("acme-rules", "acme", FAILING)
    text = command("check", "--plugin", "acme", status=1).stdout
    (line,) = (line for line in text.splitlines() if line.startswith("hook"))
    assert "blender_overrides of plugin acme-rules 1.0 [acme] failed: ZeroDivisionError" in line
    assert "of FGS" in line
    assert "ImageModel of FGS" not in line
    assert text.endswith(
        "1 override, tried with 143 classes of datamodels and 8 instruments: 1 finding.\n"
    )


def test_a_broken_plugin_beside(install, command):
    install("acme-rules", "acme", SOUND)
    install("other-rules", "other", FAILING.replace("instrument ==", "instrument !="))
    command("check", "--plugin", "acme")


def test_a_plugin_without_overrides(command):
    done = command("check", "--plugin", "std")
    assert done.stdout.endswith("[std] overrides nothing.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--plugin", "stt"], "no plugin 'stt' is installed: did you mean std?"),
        (["--plugin", "std", "--all"], "--plugin tries all"),
        (["--plugin", "std", "--override", "EXPSTART=max"], "--plugin tries all"),
        (["a.fits", "--plugin", "std"], "--plugin tries all"),
    ],
)
def test_refused(refused, arguments, message):
    assert message in refused("check", *arguments)
