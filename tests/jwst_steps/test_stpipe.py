"""What the page on the rules of a team says of stpipe, looked up in stpipe."""

import pytest
from jwst.stpipe import Step
from stpipe.exceptions import ValidationError

from blender_core.jwst import amend_result

AMEND = "blender_core.jwst.amend_result"


class Work(Step):
    class_alias = "work"
    spec = ""

    def process(self, given):
        given.append("work is done")


def test_one_hook_without_a_comma_is_refused():
    arguments = ["jwst.resample.ResampleStep", f"--post_hooks={AMEND}"]
    with pytest.raises(ValueError, match=f'the value "{AMEND}" is of the wrong type'):
        Step.from_cmdline(arguments)


@pytest.mark.parametrize("hooks", [f"{AMEND},", f"{AMEND},{AMEND}"])
def test_a_comma_makes_a_list(hooks, monkeypatch):
    taken = []
    monkeypatch.setattr(Step, "run", lambda self: taken.extend(self.post_hooks))
    Step.from_cmdline(["jwst.resample.ResampleStep", f"--post_hooks={hooks}"])
    assert taken == [AMEND] * len(taken)
    assert len(taken) == hooks.count("amend_result")


def test_a_module_that_is_not_there_is_a_command_of_the_shell_once_the_work_is_done():
    step, notes = Work(post_hooks=["blender_cor.jwst.amend_result"]), []
    with pytest.raises(OSError, match=r"'blender_cor\.jwst\.amend_result' returned error code 127"):
        step.run(notes)
    assert notes == ["work is done"]


def test_a_function_that_is_not_there_is_noticed_at_the_beginning():
    with pytest.raises(AttributeError, match=r"module 'blender_core\.jwst' has no attribute"):
        Work(post_hooks=["blender_core.jwst.amend_results"])


def test_a_function_is_named_and_not_passed():
    with pytest.raises(ValidationError, match="is of the wrong type"):
        Work(post_hooks=[amend_result])


def test_hooks_are_parameters_when_a_step_is_made():
    step, notes = Work(), []
    step.post_hooks = ["blender_cor.jwst.amend_result"]
    step.run(notes)
    assert notes == ["work is done"]
