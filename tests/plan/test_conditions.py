"""Overrides whose conditions no input can meet are told, by whom they are, and what may be meant."""

import warnings

import pytest
from stdatamodels.jwst.datamodels import ImageModel, SpecModel

from blender_core import BlendPlan, BlendWarning, ModelBlender, Override, When, blendmodels

START = "meta.exposure.start_time"


def override(attribute="EXPSTART", **conditions):
    return Override(attribute=attribute, rule="max", when=When(**conditions))


def told(work):
    """Return the warnings of some work, each as a line."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        work()
    assert all(one.category is BlendWarning for one in caught)
    return [str(one.message) for one in caught]


@pytest.fixture
def nircam(make_model):
    return make_model({"meta.telescope": "JWST", "meta.instrument.name": "NIRCAM", START: 1.0})


def said_by_all(overrides, model, **settings):
    """Return the warnings of a plan, of a blend and of a blender, which have to be the same."""

    def blend():
        blender = ModelBlender(overrides=overrides, **settings)
        for _ in range(2):
            blender.accumulate(model)
        for _ in range(2):  # it is said once
            blender.finalize_model(ImageModel())

    found = told(lambda: blendmodels(ImageModel(), [model, model], overrides=overrides, **settings))
    assert told(blend) == found
    settings.pop("mixed", None)
    assert told(lambda: BlendPlan.for_model(model, overrides=overrides, **settings)) == found
    return found


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (
            {"instrument": "MIRRI"},
            "instrument=MIRRI, which the schema does not have: did you mean MIRI?",
        ),
        (
            {"detector": "nrca7"},
            "detector=nrca7, which the schema does not have: did you mean NRCA4?",
        ),
        ({"detector": ("NRCA1", "XYZZY")}, "detector=XYZZY, which the schema does not have"),
        (
            {"exp_type": "NRC_IMG*"},
            "exp_type=NRC_IMG*, which the schema does not have: did you mean",
        ),
        (
            {"model_type": "ImgeModel"},
            (
                "model_type=ImgeModel, which stdatamodels.jwst.datamodels does not have: did you mean "
                "ImageModel?"
            ),
        ),
        (
            {"telescope": "jwst", "instrument": "NIRCM"},
            "instrument=NIRCM, which the schema does not have: did you mean NIRCAM?",
        ),
    ],
)
@pytest.mark.parametrize("mixed", [False, True])
def test_values_that_the_schema_does_not_have(nircam, conditions, expected, mixed):
    (line,) = said_by_all([override(**conditions)], nircam, mixed=mixed)
    assert line.startswith(f"the override of EXPSTART by the caller is for {expected}")


@pytest.mark.parametrize(
    "conditions",
    [
        {"instrument": "miri", "detector": "MIRIFU*", "exp_type": ("MIR_MRS", "*_IMAGE")},
        {"telescope": "HST", "instrument": "WFC3", "detector": "UVIS1"},  # the business of another
        {"model_type": ("SpecModel", "Image*", "plain FITS", "RomanImageModel")},
        {"telescope": "ROMAN"},
        {},
    ],
)
def test_nothing_to_tell(nircam, conditions):
    assert said_by_all([override(**conditions)], nircam) == []


def test_what_an_input_says_is_none_that_no_input_can_be(make_model):
    model = make_model({"meta.telescope": "JWST"}, validate_on_assignment=False)
    model.meta.instrument.name = "NEWCAM"
    sources = [override(instrument="NEWCAM")]
    assert told(lambda: BlendPlan.for_model(model, overrides=sources)) == []


def test_alike_are_told_together(nircam, tmp_path):
    rules = "".join(
        f'[[override]]\nattribute = "{name}"\nrule = "max"\nwhen = {{ instrument = "MIRRI" }}\n'
        for name in ("EXPSTART", "EXPEND", "NGROUPS")
    )
    (tmp_path / "team.toml").write_text(rules)
    assert said_by_all([], nircam, rules=tmp_path / "team.toml") == [
        (
            f"3 overrides by {tmp_path / 'team.toml'}, of EXPSTART, EXPEND and NGROUPS, are for "
            "instrument=MIRRI, which the schema does not have: did you mean MIRI?"
        )
    ]


def test_a_plugins(nircam, install):
    install(
        "acme-rules",
        "acme",
        "from blender_core import Override, When, hookimpl\n\n@hookimpl\n"
        "def blender_overrides():\n"
        "    return [Override(attribute='EXPSTART', rule='max', when=When(detector='NRCC1'))]\n",
    )
    (line,) = said_by_all([], nircam)
    assert line.startswith(
        "the override of EXPSTART by acme-rules 1.0 [acme] is for detector=NRCC1"
    )


def test_data(nircam):
    sources = [override(instrument="MIRRI"), override("EXPEND", detector="QQQQ")]
    with pytest.warns(BlendWarning):
        result = blendmodels(None, [nircam], overrides=sources)
    found = [
        (one.sourced.override, one.condition, one.value, one.close)
        for one in result.plan.unknown_conditions
    ]
    assert found == [
        (sources[0], "instrument", "MIRRI", "MIRI"),
        (sources[1], "detector", "QQQQ", None),
    ]


class TestIdle:
    """A plan tells which overrides hold for no input."""

    def test_of_a_blend(self, make_models):
        models = make_models("meta.instrument.detector", ["NRCA1", "NRCA2", "NRCA3"])
        sources = [
            override(detector="NRCA2"),
            override("meta.exposure.start_time", detector=("NRCA1", "NRCA3")),
            override("EXPEND", detector="NRCB1"),
        ]
        result = blendmodels(None, models, overrides=sources)
        assert [one.override for one in result.plan.idle] == [sources[2]]
        assert [
            one.override for one in blendmodels(None, models[:1], overrides=sources).plan.idle
        ] == [
            sources[0],
            sources[2],
        ]

    def test_of_several_classes(self, make_model):
        sources = [override("EXPEND", model_type=name) for name in ("SpecModel", "CubeModel")]
        models = [make_model(model_class=one) for one in (ImageModel, SpecModel)]
        result = blendmodels(None, models, overrides=[sources[1]], mixed=True)
        assert [one.override for one in result.plan.idle] == [sources[1]]
        result = blendmodels(None, models[1:], overrides=sources, mixed=True)
        assert [one.override for one in result.plan.idle] == [sources[1]]
