"""An end before its beginning is a doubt, which is told once, with the input."""

import warnings

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import BlendWarning, ModelBlender, blendmodels

BEGIN, END = "meta.exposure.start_time", "meta.exposure.end_time"
DATE_BEG, DATE_END = "meta.observation.date_beg", "meta.observation.date_end"


def told(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = call()
    return result, [str(each.message) for each in caught if each.category is BlendWarning]


@pytest.fixture(params=["models", "fits", "asdf"])
def given(request, make_model, tmp_path):
    """Return a function that gives inputs: as datamodels, or as files."""

    def make(*values):
        inputs = []
        for number, each in enumerate(values):
            model = make_model(each)
            if request.param != "models":
                path = tmp_path / f"{number}.{request.param}"
                model.save(path)
                model = path
            inputs.append(model)
        return inputs

    return make


def test_it_is_told_once_and_blended(given):
    good = {BEGIN: 59000.0, END: 59001.0, DATE_BEG: "2020-05-31T00:00:00", DATE_END: "2020-06-01"}
    bad = {BEGIN: 59003.5, END: 59002.25, DATE_BEG: "2020-06-03T12:00:00", DATE_END: "2020-06-02"}
    inputs = given(good, bad, good)
    blender = ModelBlender()
    _, doubts = told(lambda: blender.accumulate_all(inputs))
    (doubt,) = doubts
    assert doubt.startswith("input 2")
    assert f"{END} (EXPEND) 59002.25 is before {BEGIN} (EXPSTART) 59003.5" in doubt
    assert f"{DATE_END} (DATE-END) '2020-06-02' is before {DATE_BEG} (DATE-BEG)" in doubt
    for _ in range(2):
        result, doubts = told(lambda: blender.finalize_model(ImageModel()))
        assert doubts == []
    assert (result.values[BEGIN], result.values[END]) == (59000.0, 59002.25)
    assert result.inputs[END] == (59001.0, 59002.25, 59001.0)


def test_what_is_in_order_is_no_doubt(given):
    values = {BEGIN: 59000.0, END: 59000.0, "meta.exposure.mid_time": 59000.0}
    inputs = given(values, {}, {BEGIN: 59000.0}, {END: 1.0})
    assert told(lambda: blendmodels(None, inputs))[1] == []


def test_an_input_without_a_beginning_is_no_doubt_of_the_blend(given):
    inputs = given({BEGIN: 2.0}, {END: 1.0})
    result, doubts = told(lambda: blendmodels(None, inputs))
    assert doubts == []
    assert (result.values[BEGIN], result.values[END]) == (2.0, 1.0)


def test_attributes_that_only_the_first_input_is_asked_for(make_model):
    values = {"meta.guidestar.data_start": 2.0, "meta.guidestar.data_end": 1.0}
    _, doubts = told(lambda: blendmodels(None, [make_model(values), make_model()]))
    (doubt,) = doubts
    assert "meta.guidestar.data_end (DATAEND) 1.0 is before" in doubt
