"""Patterns and lists of files, given to the library as to the command line."""

import gc
import json
import weakref
from pathlib import Path

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlendErrorGroup,
    InputError,
    ModelBlender,
    NoInputsError,
    NotADatamodelError,
    OutputError,
    blendmodels,
)

START = "meta.exposure.start_time"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    model = ImageModel()
    for i, name in enumerate(["a_cal", "b_cal", "c_cal", "b_rate", "q[1]_cal"]):
        model.meta.exposure.start_time = 100.0 + i
        model.save(folder / f"{name}.fits")
    return folder


@pytest.fixture
def here(saved, tmp_path, monkeypatch):
    for file in saved.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "list.txt").write_text("# of two\nc_cal.fits\n\n  a_c*.fits \n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def starts(inputs, **settings):
    return [*blendmodels(None, inputs, **settings).inputs[START]]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ("?_cal.fits", [100.0, 101.0, 102.0]),
        (Path("?_cal.fits"), [100.0, 101.0, 102.0]),
        ("@list.txt", [102.0, 100.0]),
        (["@list.txt", "b_*.fits", "c_cal.fits"], [102.0, 100.0, 101.0, 103.0, 102.0]),
        (["b_cal.fits", "[ab]_cal.fits"], [101.0, 100.0, 101.0]),
        ("**/b_rate.fits", [103.0]),
        # There is a file that is called so, and it is meant.
        (["q[1]_cal.fits"], [104.0]),
    ],
    ids=str,
)
@pytest.mark.usefixtures("here")
def test_what_they_stand_for(inputs, expected):
    assert starts(inputs) == expected
    assert starts(iter([inputs] if isinstance(inputs, (str, Path)) else inputs)) == expected
    blender = ModelBlender()
    for each in [inputs] if isinstance(inputs, (str, Path)) else inputs:
        blender.accumulate(each)
    assert [*blender.finalize_model(None).inputs[START]] == expected


def test_absolute_ones_and_those_of_ones_home(here, monkeypatch):
    assert starts(f"{here}/?_cal.fits") == [100.0, 101.0, 102.0]
    monkeypatch.setenv("HOME", str(here))
    assert starts("~/?_cal.fits") == [100.0, 101.0, 102.0]


def test_they_are_numbered_like_others(here):
    (here / "b_cal.fits").unlink()
    (here / "b_cal.fits").write_text("no FITS")
    with pytest.raises(InputError, match=r"^input 3 \(b_cal\.fits\)"):
        blendmodels(None, ["b_rate.fits", "?_cal.fits"])
    told = []
    result = blendmodels(
        None,
        ["b_rate.fits", "?_cal.fits"],
        on_bad_input="skip",
        progress=lambda *now: told.append(now),
    )
    assert [*result.inputs[START]] == [103.0, 100.0, 102.0]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("*_crf.fits", "there is no file whose name is like *_crf.fits"),
        ("@none.txt", "the list none.txt cannot be read: No such file"),
        ("@empty.txt", "the list empty.txt names no file"),
        ("@lists.txt", "lists.txt, line 2: a list names files, and no other list: @list.txt"),
        ("@binary.txt", "the list binary.txt cannot be read: line 2 is not UTF-8 text"),
    ],
)
def test_those_that_stand_for_nothing(here, given, said):
    (here / "empty.txt").write_text("# nothing\n")
    (here / "lists.txt").write_text("a_cal.fits\n@list.txt\n")
    (here / "binary.txt").write_bytes(b"a_cal.fits\n\xff\n")
    with pytest.raises(InputError) as caught:
        blendmodels(None, [given, "a_cal.fits"])
    assert said in str(caught.value)
    with pytest.raises(BlendErrorGroup) as several:
        blendmodels(None, [given, "a_cal.fits", "gone.fits"])
    assert len(several.value.exceptions) == 2
    result = blendmodels(None, [given, "a_cal.fits"], on_bad_input="skip")
    assert [*result.inputs[START]] == [100.0]
    assert said in str(result.skipped[0])
    with pytest.raises(NoInputsError):
        blendmodels(None, given, on_bad_input="skip")


def test_names_in_an_association_are_no_patterns(here):
    members = [{"expname": "?_cal.fits", "exptype": "science"}]
    association = {"asn_pool": "p", "products": [{"name": "p", "members": members}]}
    (here / "asn.json").write_text(json.dumps(association))
    for given in ("asn.json", ["asn.json"], association):
        with pytest.raises(InputError, match="cannot be read"):
            blendmodels(None, given)


@pytest.mark.usefixtures("here")
def test_an_output_replaces_none_of_them():
    for inputs in ("?_cal.fits", ["@list.txt"], iter(["?_cal.fits"])):
        with pytest.raises(OutputError, match=r"a_cal\.fits"):
            blendmodels(ImageModel(), inputs, output="a_cal.fits", overwrite=True)


@pytest.mark.usefixtures("here")
def test_a_name_alone_is_no_pattern():
    for name in ("a_cal.fits", "q[1]_cal.fits"):
        with pytest.raises(TypeError, match="inputs takes a collection of inputs"):
            blendmodels(None, name)


def test_a_model_goes_before_the_next_one_is_made():
    seen = []

    def models():
        for i in range(3):
            gc.collect()
            assert [ref() for ref in seen if ref() is not None] == []
            model = ImageModel()
            model.meta.exposure.start_time = float(i)
            seen.append(weakref.ref(model))
            yield model
            del model

    assert starts(models()) == [0.0, 1.0, 2.0]


class TestSwapped:
    @pytest.mark.parametrize(
        "product",
        ["?_cal.fits", "@list.txt", ["a_cal.fits", "b_cal.fits"], ["a_cal.fits"], {"products": []}],
        ids=["pattern", "list of names", "list", "list of a file", "association"],
    )
    @pytest.mark.parametrize(
        "inputs", ["b_rate.fits", ["b_rate.fits"]], ids=["name", "list of one"]
    )
    def test_product_and_inputs(self, here, product, inputs):
        before = sorted(here.iterdir())
        with pytest.raises(NotADatamodelError, match="are product and inputs swapped") as caught:
            blendmodels(product, inputs)
        assert isinstance(caught.value, TypeError)
        assert sorted(here.iterdir()) == before

    def test_models(self):
        model = ImageModel()
        with pytest.raises(NotADatamodelError, match="are product and inputs swapped"):
            blendmodels([model, model], model)
        with pytest.raises(NotADatamodelError, match="are product and inputs swapped"):
            blendmodels((each for each in [model, model]), model)

    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize(
        "inputs", ["?_cal.fits", "@list.txt", ["a_cal.fits"], (), {"products": []}]
    )
    def test_inputs_without_a_product(self, inputs):
        with pytest.raises(NotADatamodelError, match="None stands for no product"):
            blendmodels(inputs)

    @pytest.mark.usefixtures("here")
    def test_what_is_not_swapped(self):
        with pytest.raises(NotADatamodelError) as caught:
            blendmodels(["a_cal.fits", "b_cal.fits"], ["a_cal.fits", "b_cal.fits"])
        assert "swapped" not in str(caught.value)
        assert starts(["a_cal.fits"]) == [100.0]

    @pytest.mark.parametrize("collection", [list, tuple])
    def test_one_exposure_and_its_product(self, here, collection):
        blendmodels("a_cal.fits", ["b_cal.fits", "a_cal.fits"], output="p_i2d.fits")
        blendmodels("p_i2d.fits", ["b_cal.fits", "a_cal.fits"], output="p_i2d.fits")
        before = {file: file.read_bytes() for file in here.iterdir()}
        # Given as one, it is an error whatever HDRTAB says; in a list, only if it has the name.
        for product, inputs in (
            ("b_cal.fits", "p_i2d.fits"),
            ("c_cal.fits", Path("p_i2d.fits")),
            ("b_cal.fits", collection(["p_i2d.fits"])),
            (Path("b_cal.fits"), collection([here / "p_i2d.fits"])),
        ):
            with pytest.raises(NotADatamodelError, match="are product and inputs swapped"):
                blendmodels(product, inputs)
        with pytest.raises(NotADatamodelError, match="are product and inputs swapped"):
            blendmodels(ImageModel(), ImageModel("p_i2d.fits"))
        assert {file: file.read_bytes() for file in here.iterdir()} == before

    @pytest.mark.usefixtures("here")
    def test_one_product_of_others(self):
        blendmodels("a_cal.fits", ["a_cal.fits", "b_cal.fits"], output="p_i2d.fits")
        assert starts(["p_i2d.fits"]) == [100.0]
        blendmodels("c_cal.fits", ["p_i2d.fits"], output="q_i2d.fits")
        blendmodels("b_cal.fits", ["p_i2d.fits"], expand=True, output="r_i2d.fits")
        for inputs in ("c_cal.fits", "p_i2d.fits"):
            with pytest.raises(TypeError, match="takes a collection of inputs") as caught:
                blendmodels("p_i2d.fits", inputs)
            assert "swapped" not in str(caught.value)
