"""Overrides that are what they must be, and overrides with a fault each."""

import pytest

from blender_core import Override, PluginCheckError, PluginError, When, hookimpl
from blender_core.testing import check_overrides


class Team:
    """A plugin with some overrides."""

    def __init__(self, *overrides):
        self.overrides = overrides

    @hookimpl
    def blender_overrides(self):
        return self.overrides


def problems_of(plugin):
    with pytest.raises(AssertionError) as caught:
        check_overrides(plugin)
    error = caught.value
    assert isinstance(error, PluginCheckError)
    assert all(problem.splitlines()[0] in str(error) for problem in error.problems)
    return error.problems


def test_sound_overrides():
    miri = When(telescope="JWST", instrument="MIRI")
    check_overrides(
        Team(
            Override(attribute="DETECTOR", rule="multi", when=miri),
            Override(attribute="DETECTOR", rule="same", when=When(detector="MIRIMAGE")),
            Override(attribute="CHANNEL", rule="drop", when=miri, optional=True),
            # Not of JWST, which need not be wrong.
            Override(attribute="FILTER", rule="keep", when=When(telescope="HST")),
        )
    )


FAULTS = {
    "EXPSTRT: 'EXPSTRT' is not in any of the 143 classes for which it holds: did you mean "
    "meta.exposure.start_time (EXPSTART)": Override(attribute="EXPSTRT", rule="min"),
    "EXPSTART: no installed plugin offers the rule 'mim': did you mean 'min'?": Override(
        attribute="EXPSTART", rule="mim", optional=True
    ),
    "EXPEND: there is no instrument 'MIRRI': did you mean MIRI?": Override(
        attribute="EXPEND", rule="max", when=When(instrument="MIRRI"), optional=True
    ),
    "EFFEXPTM: 'EXPOSRE' is not in any of the": Override(
        attribute="EFFEXPTM", rule="sum", once_per="EXPOSRE", optional=True
    ),
}


def test_each_fault_is_found():
    found = problems_of(Team(*FAULTS.values()))
    for problem in FAULTS:
        assert any(each.startswith(problem) for each in found), (problem, found)


def test_two_that_hold_together_and_disagree():
    (problem,) = problems_of(
        Team(
            Override(attribute="DETECTOR", rule="multi", when=When(exp_type="MIR_IMAGE")),
            Override(attribute="DETECTOR", rule="same", when=When(exp_type="MIR_*")),
            Override(attribute="FILTER", rule="multi", when=When(instrument="NIRCAM")),
        )
    )[:1]
    assert "MIR_IMAGE" in problem
    assert "DETECTOR" in problem
    assert "multi" in problem
    assert "same" in problem


class Counting:
    """A plugin that offers what it has not offered before."""

    def __init__(self):
        self.n_calls = 0

    @hookimpl
    def blender_overrides(self):
        self.n_calls += 1
        rule = "multi" if self.n_calls % 2 else "same"
        return [Override(attribute="DETECTOR", rule=rule)]


def test_what_depends_on_when_it_is_asked():
    (problem, *_) = problems_of(Counting())
    assert "gives others when it is asked again" in problem


class Failing:
    @hookimpl
    def blender_overrides(self, model_type):
        return [Override(attribute=model_type, rule=1)]


def test_a_hook_that_fails():
    (problem, *_) = problems_of(Failing())
    assert "TypeError" in problem


def test_none_at_all():
    assert problems_of(Team()) == (
        "there are none, whatever the class of datamodel and the instrument",
    )


def test_an_installed_plugin_by_its_name(install_examples):
    with pytest.raises(ValueError, match="no plugin 'miri_team' is installed"):
        check_overrides("miri_team")
    install_examples("miri_team_rules")
    check_overrides("miri_team")


def test_no_plugin():
    with pytest.raises(PluginError):
        check_overrides(object())
