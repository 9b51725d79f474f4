"""What users of JWST have complained of: as it is without the corrections, and with them."""

import inspect
import itertools
import random
import re
import warnings
from fractions import Fraction
from pathlib import Path

import jwst.associations
import pytest
from stdatamodels import DataModel
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlenderError,
    BlendPlan,
    BlendWarning,
    Plugins,
    Provider,
    Tier,
    blendmodels,
)
from blender_core.schema.attributes import read_attributes

NIRCAM = [f"NRC{module}{number}" for module in "AB" for number in "1234"]
TIMES = (
    "exposure_time", "effective_exposure_time", "measurement_time", "duration",
    "elapsed_exposure_time",
)  # fmt: skip
REAL = Path(jwst.associations.__file__).parent / "tests" / "data"
NAME = "jwst-corrections"


@pytest.fixture(autouse=True)
def corrections(install_examples):
    install_examples("jwst_corrections")


@pytest.mark.parametrize("time", TIMES)
def test_an_exposure_counts_once_and_not_once_per_detector(time, exposure, blend, peer):
    # jwst 6303, 7737, 8801: eight detectors, two exposures of 107.368 s.
    inputs = [model for number in (1, 2) for model in exposure(number, NIRCAM, **{time: 107.368})]
    random.Random(4).shuffle(inputs)  # noqa: S311  # any order
    assert peer(inputs)[f"meta.exposure.{time}"] == pytest.approx(
        1717.888, abs=1e-9
    )  # 16 times 107.368
    assert blend(inputs, block=[NAME])[f"meta.exposure.{time}"] == pytest.approx(1717.888, abs=1e-9)
    assert blend(inputs)[f"meta.exposure.{time}"] == 214.736  # 2 times 107.368


def test_the_cube_that_was_reported(exposure, blend, peer):
    # jwst 8801: program 3399, four dithers on both detectors of NIRSpec. The numbers are those
    # of the report; half of them is what the observer had planned.
    given = {
        "effective_exposure_time": 1167.112,
        "measurement_time": 1108.75564,
        "elapsed_exposure_time": 1225.468,
    }
    inputs = [model for number in range(4) for model in exposure(number, ["NRS1", "NRS2"], **given)]
    theirs, ours = peer(inputs).meta.exposure, blend(inputs).meta.exposure
    assert round(theirs.effective_exposure_time, 6) == 9336.896
    assert round(theirs.measurement_time, 6) == 8870.04512
    assert round(theirs.elapsed_exposure_time, 6) == 9803.744
    assert ours.effective_exposure_time == 4668.448
    assert ours.measurement_time == 4435.02256
    assert ours.elapsed_exposure_time == 4901.872


def test_a_segmented_exposure_counts_once(exposure, blend, peer):
    # Every segment's header has the times of the whole exposure.
    inputs = []
    for segment in (1, 2, 3):
        inputs += exposure(1, ["NIS"], duration=5000.0, segment_number=segment)
    assert peer(inputs).meta.exposure.duration == 15000.0
    assert blend(inputs).meta.exposure.duration == 5000.0


@pytest.mark.parametrize(
    "name",
    [
        "program_number", "observation_number", "visit_number", "visit_group", "sequence_id",
        "activity_id", "exposure_number",
    ],
)  # fmt: skip
def test_whatever_tells_exposures_apart_does(name, exposure, blend):
    one, other = exposure(1, duration=10.0), exposure(1, duration=10.0)
    other[0][f"meta.observation.{name}"] = "7"
    assert blend([*one, *other]).meta.exposure.duration == 20.0


def test_an_input_that_does_not_tell_its_exposure_counts_with_a_warning(exposure, blend):
    inputs = exposure(1, NIRCAM[:2], duration=10.0)
    del inputs[1].meta.observation.exposure_number
    lacking = r"input 2 lacks meta\.observation\.exposure_number, by which exposures are told apart"
    with pytest.warns(BlendWarning, match=lacking) as caught:
        assert blend(inputs).meta.exposure.duration == 20.0
    assert len(caught) == 1


def test_one_warning_names_all_that_inputs_without_an_exposure_count_in(exposure, blend):
    times = dict.fromkeys(TIMES, 10.0)
    inputs = exposure(1, NIRCAM[:3], **times)
    for model in inputs[1:]:
        del model.meta.observation.exposure_number
    del inputs[2].meta.observation.visit_group
    with pytest.warns(BlendWarning) as caught:
        blended = blend(inputs)
    assert [blended[f"meta.exposure.{name}"] for name in times] == [30.0] * 5
    assert [str(one.message) for one in caught] == [
        (
            "inputs 2 and 3 lack meta.observation.visit_group and meta.observation.exposure_number, by "
            "which exposures are told apart: each counts for itself in "
            "meta.exposure.exposure_time (EFFEXPTM), meta.exposure.effective_exposure_time (XPOSURE), "
            "meta.exposure.measurement_time (TMEASURE), meta.exposure.duration (DURATION) and "
            "meta.exposure.elapsed_exposure_time (TELAPSE)"
        )
    ]


def test_a_sum_is_never_silently_partial(exposure, blend, peer):
    inputs = exposure(1, duration=10.0) + exposure(2, NIRCAM[:2]) + exposure(3, duration=10.0)
    assert peer(inputs).meta.exposure.duration == 20.0
    assert blend(inputs, block=[NAME]).meta.exposure.duration == 20.0
    with pytest.raises(BlenderError) as caught:
        blend(inputs)
    assert str(caught.value).startswith("rule 'sum' of blender-rules-std ")
    assert f"asked for by {NAME} 1.0 [jwst_corrections], fails for" in str(caught.value)
    assert "every exposure must have the value, but input 2 of 4 has none" in str(caught.value)
    # One detector that has it is enough for its exposure.
    inputs[2].meta.exposure.duration = 10.0
    assert blend(inputs).meta.exposure.duration == 30.0


@pytest.mark.parametrize("order", [1, -1])
def test_date_and_time_are_of_one_instant(order, exposure, blend, peer):
    given = [
        ("2024-01-01", "23:00:00.000", 60310.958333),
        ("2024-01-02", "01:00:00.000", 60311.041667),
    ]
    inputs = []
    for number, (date, time, start) in enumerate(given):
        values = {"meta.observation.date": date, "meta.observation.time": time}
        inputs += exposure(number, start_time=start, **values)
    inputs = inputs[::order]
    for product in (peer(inputs), blend(inputs, block=[NAME])):
        # 22 hours before anything was observed.
        observation = product.meta.observation
        assert (observation.date, observation.time) == ("2024-01-01", "01:00:00.000")
    observation = blend(inputs).meta.observation
    assert (observation.date, observation.time) == ("2024-01-01", "23:00:00.000")


def test_the_order_in_time_is_not_the_order_of_a_list(exposure, blend, peer):
    inputs = []
    for number, start in ((3, 60003.0), (1, 60001.0), (2, 60002.0)):
        values = {
            "start_time": start,
            "end_time": start + 0.5,
            "meta.visit.start_time": f"2024-01-0{number} 00:00:00",
            "meta.time.barycentric_expstart": start + 0.001,
            "meta.time.barycentric_expend": start + 0.501,
            "meta.guidestar.visit_end_time": f"2024-01-0{number} 12:00:00",
        }
        inputs += exposure(number, **values)
    meta = peer(inputs).meta
    assert meta.observation.exposure_number == "3"  # the last of all
    assert meta.time.barycentric_expstart == 60003.001
    for order in itertools.permutations(inputs):
        meta = blend(order).meta
        assert meta.observation.exposure_number == "1"
        assert meta.visit.start_time == "2024-01-01 00:00:00"
        assert meta.time.barycentric_expstart == 60001.001
        assert meta.time.barycentric_expend == 60003.501
        assert meta.guidestar.visit_end_time == "2024-01-03 12:00:00"


@pytest.mark.parametrize("name", ["mid_time", "mid_time_mjd", "mid_time_tdb"])
def test_a_mean_time_is_weighted_by_exposure_time(name, exposure, blend, peer):
    inputs = exposure(1, exposure_time=100.0, **{name: 60010.0})
    inputs += exposure(2, exposure_time=300.0, **{name: 60011.0})
    assert peer(inputs)[f"meta.exposure.{name}"] == 60010.5
    # (100 * 60010 + 300 * 60011) / 400
    assert blend(inputs)[f"meta.exposure.{name}"] == 60010.75


def test_a_detector_that_no_longer_applies(exposure, blend, peer):
    both = exposure(1, ["NRCALONG", "NRCBLONG"])
    detector = {"meta.instrument.detector"}
    assert peer(both).meta.instrument.detector == "MULTIPLE"
    product = blend(both)
    assert product.meta.instrument.detector is None
    assert detector.isdisjoint(product.to_flat_dict())
    assert product.hdrtab["DETECTOR"].tolist() == ["NRCALONG", "NRCBLONG"]
    assert blend(both[:1] * 2).meta.instrument.detector == "NRCALONG"
    assert blend(both, overrides={"DETECTOR": "multi"}).meta.instrument.detector == "MULTIPLE"
    assert blend(both[:1], overrides={"DETECTOR": "drop"}).meta.instrument.detector is None
    with pytest.warns(BlendWarning, match="NRCALONG, NRCBLONG"):
        product = blend(both, overrides={"DETECTOR": "join"})
    assert product.meta.instrument.detector is None
    # Who says nothing does not agree.
    del both[1].meta.instrument.detector
    assert peer(both).meta.instrument.detector == "NRCALONG"
    assert blend(both).meta.instrument.detector is None


def test_nothing_that_the_schema_sums_or_averages_is_forgotten():
    plan = BlendPlan.for_model(ImageModel, telescope="JWST")
    corrected = {path for path, one in plan.items() if one.source.startswith(NAME)}
    schema = read_attributes(ImageModel().schema)
    for rule in ("sum", "mean", "mindate", "mintime"):
        found = {path for path, one in schema.items() if one.rule == rule}
        assert found
        assert found <= corrected, rule
    from jwst_corrections import plugin

    # All that it means is there, and each says who asked for it.
    overrides = list(plugin.blender_overrides())
    assert {one.attribute for one in overrides} == corrected
    assert all(re.search(r"\(jwst #\d+(, #\d+)*\)$", one.reason) for one in overrides)


@pytest.mark.parametrize("telescope", ["HST", None])
def test_other_telescopes_are_left_alone(telescope, exposure, blend, peer):
    plain = BlendPlan.for_model(ImageModel, telescope=telescope, block=[NAME])
    assert str(plain.diff(BlendPlan.for_model(ImageModel, telescope=telescope))) == "no difference"
    inputs = exposure(1, NIRCAM, telescope=telescope, duration=10.0)
    assert blend(inputs).meta.exposure.duration == peer(inputs).meta.exposure.duration == 80.0


@pytest.mark.exhaustive
def test_every_model_has_a_plan():
    from jwst_corrections import plugin

    plugins = Plugins.discover(block=[NAME])
    plugins.register(plugin, Provider(NAME, "1.0", "jwst_corrections"))
    classes = [one for one in vars(datamodels).values() if inspect.isclass(one)]
    schemas = {}
    for one in classes:
        if issubclass(one, DataModel) and one is not DataModel:
            schemas.setdefault(one.schema_url, one)
    summed = 0
    for one in schemas.values():
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "column .* of HDRTAB", BlendWarning)
            warnings.filterwarnings("ignore", ".* is deprecated", DeprecationWarning)
            plan = BlendPlan.for_model(one, telescope="JWST", plugins=plugins)
        duration = plan.get("meta.exposure.duration")
        summed += duration is not None and duration.tier is Tier.PLUGIN
    assert 20 < summed < len(schemas) - 20  # models of exposures, and reference files


@pytest.mark.parametrize("as_files", [True, False])
@pytest.mark.parametrize("order", [1, -1])
def test_one_exposure_of_the_telescope_on_three_detectors(order, as_files, peer):
    files = sorted((REAL / "exposures").glob("*.fits"))[::order]
    models = [datamodels.open(file) for file in files]
    product = ImageModel()
    blendmodels(product, files if as_files else models)
    exposure, observation = product.meta.exposure, product.meta.observation
    assert peer(models).meta.exposure.exposure_time == pytest.approx(322.104, abs=1e-9)
    assert exposure.exposure_time == exposure.duration == 107.368
    # As the headers have it, of the detectors that began first.
    assert (observation.date, observation.time) == ("2022-05-14", "18:15:25.425")
    middles = [59713.76145366626, 59713.761394407, 59713.761394407]
    assert exposure.mid_time == float(sum(map(Fraction, middles)) / 3)
    assert product.meta.instrument.detector is None
    for model in models:
        model.close()


def test_exposures_of_one_detector_add_up_as_ever(blend, peer):
    files = sorted((REAL / "exposures_nopsf").glob("*.fits"))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "While validating meta.visit.type", ValidationWarning)
        models = [datamodels.open(file) for file in files]
        theirs, ours = peer(models).meta, blend(models).meta
    # Four of 257.683 s and fourteen of 128.842 s, in the headers.
    assert ours.exposure.exposure_time == 2834.52
    assert theirs.exposure.exposure_time == pytest.approx(2834.52, abs=1e-9)
    assert (ours.observation.date, ours.observation.time) == ("2016-01-22", "20:05:40.690")
    assert theirs.observation.date == "2016-01-22"
    assert theirs.observation.time == "20:05:40.690"
    assert theirs.exposure.mid_time > ours.exposure.mid_time  # the long ones came first
    for model in models:
        model.close()
