import copy
import pickle
import warnings
from pathlib import Path

import pytest

from blender_core import (
    AmbiguousAttributeError,
    AmendError,
    AssociationProductError,
    BlenderError,
    BlendErrorGroup,
    BlendWarning,
    EnvironmentVariableError,
    ExecutorError,
    ExpansionError,
    InputError,
    InvalidValueError,
    MixedModelTypesError,
    NoInputsError,
    NotADatamodelError,
    OutputError,
    OutputExistsError,
    OverrideConflictError,
    PlanError,
    PluginCheckError,
    PluginError,
    Provider,
    ReaderConflictError,
    RemoteError,
    RuleCheckError,
    RuleConflictError,
    RuleError,
    RulesFileError,
    TableError,
    UnknownAttributeError,
    UnknownInputError,
    UnknownRuleError,
    UnknownRulesFileError,
    blendmodels,
    errors,
)
from blender_core.cli.errors import in_options
from blender_core.common.advice import Advice, Argument
from blender_core.errors import raise_all

ACME = Provider("acme-rules", "1.2", "acme")
ERRORS = [
    BlenderError("wrong"),
    PluginError("wrong", provider=ACME),
    RuleConflictError("wrong", name="mean", providers=[ACME]),
    PlanError("wrong", attribute="meta.a"),
    UnknownAttributeError("wrong", attribute="meta.a", close=["meta.b"]),
    AmbiguousAttributeError("wrong", attribute="A", paths=["meta.a", "meta.b"]),
    OverrideConflictError("wrong", attribute="meta.a", sources=["the caller"]),
    RulesFileError("wrong", path=Path("team.toml"), line=3, key="rule", variable="RULES"),
    RulesFileError("wrong", line=3, column=7),
    UnknownRulesFileError("wrong", path=Path("acs.rules"), variable="RULES", providers=[ACME]),
    EnvironmentVariableError("wrong", variable="RECORD", value="2", allowed=["0", "1"]),
    ExecutorError("wrong", numbers=(1, 256)),
    UnknownRuleError("wrong", wanted={"mean": ["meta.a"]}),
    AssociationProductError("wrong", products=["jw1_nrca", "jw1_nrcb"]),
    ExpansionError("wrong", column="A", attribute="meta.a"),
    InputError("wrong"),
    UnknownInputError("wrong"),
    ReaderConflictError("wrong", what="input 1", providers=[ACME]),
    RemoteError("wrong", url="https://stars.example/a.fits", status=404),
    NoInputsError("wrong"),
    NotADatamodelError("wrong"),
    MixedModelTypesError("wrong"),
    AmendError("wrong", attributes=["meta.b", "meta.a"]),
    RuleError("wrong"),
    RuleError("wrong", attribute="meta.a", rule="mean", provider=ACME),
    RuleCheckError("wrong", rule="mean", problems=["a", "b"]),
    PluginCheckError("wrong", provider=ACME, problems=["a", "b"]),
    InvalidValueError("wrong", attribute="meta.a", value=[1]),
    TableError("wrong", attribute="meta.a", column="A"),
    OutputError("wrong", path=Path("a.fits")),
    OutputExistsError("wrong", path=Path("a.fits")),
    OutputExistsError(Advice("wrong, unless ", Argument("overwrite", True)), path=Path("a.fits")),
]
WAYS = [
    copy.copy,
    copy.deepcopy,
    *(
        lambda error, protocol=protocol: pickle.loads(pickle.dumps(error, protocol))  # noqa: S301
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ),
]


def facts(error):
    return type(error), str(error), error.args, vars(error), error.remedies


def test_every_error_is_a_blender_error():
    names = [name for name in errors.__all__ if name.endswith(("Error", "Group"))]
    assert len(names) > 10
    assert all(issubclass(getattr(errors, name), BlenderError) for name in names)


def test_all_errors_are_tried_below():
    tried = {type(error).__name__ for error in ERRORS} | {"BlendErrorGroup"}
    assert tried == {name for name in errors.__all__ if name.endswith(("Error", "Group"))}


def test_tracebacks_name_the_module_to_import_errors_from():
    homes = {getattr(errors, name).__module__ for name in errors.__all__ if name[0].isupper()}
    assert homes == {"blender_core.errors"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_go_from_process_to_process(error, way):
    assert facts(way(error)) == facts(error)


@pytest.mark.parametrize("way", WAYS)
def test_groups_of_errors_go_from_process_to_process(way):
    group = BlendErrorGroup("all", [*ERRORS, BlendErrorGroup("some", ERRORS[:2])])
    group.add_note("a note")
    again = way(group)
    assert (type(again), again.message, str(again)) == (BlendErrorGroup, "all", str(group))
    assert again.__notes__ == ["a note"]
    *single, inner = again.exceptions
    assert list(map(facts, single)) == list(map(facts, ERRORS))
    assert list(map(facts, inner.exceptions)) == list(map(facts, ERRORS[:2]))


def test_what_all_errors_know_is_there_without_a_call_of_their_init():
    class FrameError(InputError):
        def __init__(self, frame):
            self.frame = frame

    error = FrameError(3)
    assert (error.attribute, error.keyword, error.input, error.provider) == (None,) * 4


def test_no_fault_raises_nothing():
    assert raise_all("faults", []) is None


def test_one_fault_is_raised_as_it_is():
    fault = NoInputsError("nothing")
    with pytest.raises(NoInputsError) as caught:
        raise_all("faults", [fault])
    assert caught.value is fault


def test_several_faults_come_together_and_can_be_caught_by_kind():
    faults = [RuleError("one\nof two lines"), NoInputsError("two")]
    with pytest.raises(BlenderError) as caught:
        raise_all("two things", faults)
    group = caught.value
    assert isinstance(group, BlendErrorGroup)
    assert group.exceptions == tuple(faults)
    assert str(group) == "two things:\n- one\n  of two lines\n- two"
    only_rules = group.subgroup(RuleError)
    assert isinstance(only_rules, BlendErrorGroup)
    assert only_rules.exceptions == (faults[0],)


def test_remedies_are_told_to_programs_and_spelled_by_whoever_shows_them():
    exists = OutputExistsError(
        Advice("it is there,\nunless ", Argument("overwrite", True), "."), path=Path("a.fits")
    )
    plugin = PluginError("it is broken", provider=ACME)
    group = BlendErrorGroup("faults", [exists, BlendErrorGroup("more", [plugin]), NoInputsError()])
    assert str(exists) == "it is there,\nunless overwrite=True."
    assert exists.remedies == (Argument("overwrite", True),)
    assert plugin.remedies == (Argument("block", ("acme",)),)
    assert group.remedies == exists.remedies + plugin.remedies
    assert group.advice.spelled(lambda argument: f"<{argument.name}>").splitlines() == [
        "faults:",
        "- it is there,",
        "  unless <overwrite>.",
        "- more:",
        "  - it is broken",
        "    Repair or uninstall it, or pass <block> or set MODEL_BLENDER_BLOCK=acme.",
        "- ",
    ]


@pytest.mark.parametrize(
    ("argument", "call", "option"),
    [
        (Argument("block", ("a", "b")), "block=('a', 'b')", "--block a --block b"),
        (Argument("mixed", True), "mixed=True", "--mixed"),
        (Argument("later", "replace"), "later='replace'", "--replace-later"),
        (Argument("asn_product", "n_nrca1"), "asn_product='n_nrca1'", "--asn-product n_nrca1"),
        (Argument("overrides", {"A": "max"}), "overrides={'A': 'max'}", "--override A=max"),
        (Argument("overrides"), "overrides= of the call", "--override"),
    ],
)
def test_arguments_are_options_on_the_command_line(argument, call, option):
    assert str(Advice("say ", argument)) == f"say {call}"
    assert in_options(Advice("say ", argument)) == f"say {option}"
    assert in_options("say it") == "say it"


def test_warnings_point_at_the_caller(make_models):
    inputs = make_models("meta.instrument.detector", ["NRCA1", "NRCA2"])
    product = make_models("meta.instrument.detector", [None])[0]
    product.schema["properties"]["meta"]["properties"]["instrument"]["properties"]["detector"][
        "enum"
    ] = ["NRCA1", "NRCA2"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        blendmodels(product, inputs)
    assert [(one.category, one.filename) for one in caught] == [(BlendWarning, __file__)]
