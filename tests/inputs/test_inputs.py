"""Inputs of several kinds in one blend, bad ones among them, and what is told on the way."""

import json
import os
import shutil

import pytest
from jwst.associations.load_as_asn import LoadAsAssociation
from jwst.datamodels import ModelLibrary
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import CubeModel, ImageModel

from blender_core import (
    BlendErrorGroup,
    InputError,
    MixedModelTypesError,
    ModelBlender,
    NoInputsError,
    NotADatamodelError,
    OutputError,
    blendmodels,
)
from blender_core.readers.datamodel import DatamodelReader

START = "meta.exposure.start_time"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with six files, FITS and ASDF in turn."""
    folder = tmp_path_factory.mktemp("saved")
    for i in range(6):
        model = ImageModel((4, 4))
        model.meta.exposure.start_time = 100.0 + i
        model.save(folder / f"{i}_cal.{'asdf' if i % 2 else 'fits'}")
    return folder


@pytest.fixture
def files(saved, tmp_path):
    """Return six files, FITS and ASDF in turn, and an association of the FITS files."""
    shutil.copytree(saved, tmp_path, dirs_exist_ok=True)
    paths = sorted(tmp_path.glob("?_cal.*"))
    members = [{"expname": p.name, "exptype": "science"} for p in paths[::2]]
    (tmp_path / "asn.json").write_text(
        json.dumps({"asn_pool": "pool", "products": [{"name": "p", "members": members}]})
    )
    return paths


def starts(result):
    return list(result.inputs[START])


def test_all_kinds_freely_mixed(files, tmp_path):
    model = ImageModel()
    model.meta.exposure.start_time = 99.0
    library = ModelLibrary(tmp_path / "asn.json", on_disk=True, temp_directory=tmp_path)
    inputs = [files[0], str(files[1]), model, tmp_path / "asn.json", library]
    result = blendmodels(ImageModel(), inputs)
    assert starts(result) == [100.0, 101.0, 99.0, 100.0, 102.0, 104.0, 100.0, 102.0, 104.0]
    assert result.values[START] == 99.0
    assert result.skipped == ()


@pytest.mark.parametrize("alone", ["file", "mapping", "association", "library"])
def test_one_that_stands_for_all(files, tmp_path, monkeypatch, alone):
    monkeypatch.chdir(tmp_path)
    given = {
        "file": str(tmp_path / "asn.json"),
        "mapping": json.loads((tmp_path / "asn.json").read_text()),
        "association": LoadAsAssociation.load(str(tmp_path / "asn.json")),
        "library": ModelLibrary(tmp_path / "asn.json"),
    }[alone]
    told = []
    result = blendmodels(ImageModel(), given, progress=lambda *told_now: told.append(told_now))
    assert starts(result) == [100.0, 102.0, 104.0]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert len(files) == 6


def test_whatever_stands_for_a_path(files, tmp_path):
    entries = {entry.name: entry for entry in os.scandir(tmp_path)}
    product = entries[files[5].name]
    result = blendmodels(product, [entries[files[1].name], entries["asn.json"]])
    assert starts(result) == [101.0, 100.0, 102.0, 104.0]
    assert result.product.meta.exposure.start_time == 100.0
    with pytest.raises(OutputError, match="the product would replace the input"):
        blendmodels(product, [entries[files[1].name]], output=files[1], overwrite=True)
    with pytest.raises(TypeError, match="inputs takes a collection of inputs"):
        blendmodels(product, product)


def test_a_library_of_models_that_were_opened_from_files(files):
    """Where these are, the library does not tell, and its models do when they are read."""
    models = [datamodels.open(path) for path in files[:3:2]]
    before = files[2].read_bytes()
    for given in (ModelLibrary(models), [ModelLibrary(models)], iter(models)):
        with pytest.raises(OutputError, match="the product would replace the input"):
            blendmodels(ImageModel(), given, output=files[2], overwrite=True)
    assert files[2].read_bytes() == before
    for model in models:
        model.close()


def test_accumulate_takes_several_at_once(files, tmp_path):
    blender = ModelBlender()
    blender.accumulate(files[1])
    blender.accumulate(tmp_path / "asn.json")
    assert starts(blender.finalize_model(ImageModel())) == [101.0, 100.0, 102.0, 104.0]


@pytest.mark.parametrize(
    "thing",
    ["a_cal.fits", b"a_cal.fits", ImageModel(), 3, object()],
    ids=["name", "bytes", "model", "number", "object"],
)
def test_a_single_input_is_not_taken_for_a_collection(thing):
    with pytest.raises(TypeError, match="inputs takes a collection of inputs, such as"):
        blendmodels(ImageModel(), thing)


def test_progress(files, tmp_path):
    told = []

    def tell(*now):
        told.append(now)

    blendmodels(ImageModel(), files, progress=tell)
    assert told == [(i, 6) for i in range(1, 7)]
    told.clear()
    blendmodels(ImageModel(), iter(files), progress=tell)
    assert told == [(i, None) for i in range(1, 7)]
    told.clear()
    library = ModelLibrary(tmp_path / "asn.json")
    blendmodels(ImageModel(), [tmp_path / "asn.json", files[1], library], progress=tell)
    assert told == [(i, 7) for i in range(1, 8)]
    told.clear()
    inputs = [tmp_path / "none.json", *files]
    blendmodels(ImageModel(), inputs, progress=tell, on_bad_input="skip")
    assert told == [(i, 6) for i in range(1, 7)]


@pytest.fixture
def bad(files, tmp_path):
    """Return the six files with three bad inputs among them, the first one too."""
    (tmp_path / "empty.fits").write_bytes(b"")
    CubeModel((2, 4, 4)).save(str(tmp_path / "cube.fits"))
    return [
        tmp_path / "empty.fits",
        *files[:3],
        tmp_path / "cube.fits",
        *files[3:],
        tmp_path / "gone.json",
        7,
    ]


def test_all_bad_inputs_are_reported_together(bad):
    product = ImageModel()
    with pytest.raises(BlendErrorGroup) as caught:
        blendmodels(product, bad)
    kinds = [type(fault) for fault in caught.value.exceptions]
    assert kinds == [InputError, MixedModelTypesError, InputError, NotADatamodelError]
    text = str(caught.value)
    assert "empty.fits) cannot be read: the file is empty" in text
    assert "cube.fits) is a model of type CubeModel, which does not match the type of the" in text
    assert "gone.json) cannot be read: No such file" in text
    assert "is neither a datamodel nor a file, but int: 7" in text
    assert "hdrtab" not in product.instance


def test_the_others_are_blended_where_bad_inputs_are_skipped(bad):
    result = blendmodels(ImageModel(), bad, on_bad_input="skip")
    assert starts(result) == [100.0, 101.0, 102.0, 103.0, 104.0, 105.0]
    assert len(result.skipped) == 4
    assert "empty.fits" in str(result.skipped[0])
    assert repr(result).startswith("<BlendResult of 6 inputs, 4 skipped: ")


def test_each_bad_input_has_a_name_of_its_own(files, tmp_path):
    gone = {"expname": "gone.fits", "exptype": "science"}
    members = [{"expname": str(files[0]), "exptype": "science"}, gone]
    association = {"products": [{"name": "p", "members": members}]}
    (tmp_path / "bad_asn.json").write_text(json.dumps(association))
    library = ModelLibrary(tmp_path / "asn.json")
    files[2].unlink()
    inputs = [
        association,
        "gone.json",
        {"products": []},
        tmp_path / "bad_asn.json",
        library,
        ModelLibrary([CubeModel((2, 4, 4))]),
        "gone.fits",
    ]
    expected = [
        "input 1, member 2 (gone.fits) cannot be read: ",
        "input 2 (gone.json) cannot be read: ",
        "input 3 is an association without members of the type science",
        f"input 4 ({tmp_path / 'bad_asn.json'}), member 2 ({tmp_path / 'gone.fits'}) cannot be ",
        f"input 5, model 2 ({files[2]}) cannot be read: ",
        "input 6, model 1 is a model of type CubeModel, ",
        "input 7 (gone.fits) cannot be read: ",
    ]
    with pytest.raises(BlendErrorGroup) as caught:
        blendmodels(None, inputs)
    told = []
    result = blendmodels(None, inputs, on_bad_input="skip", progress=lambda *now: told.append(now))
    assert starts(result) == [100.0, 100.0, 100.0, 104.0]
    assert told == [(i, 9) for i in range(1, 10)]
    for faults in (caught.value.exceptions, result.skipped):
        assert len(faults) == len(expected)
        for fault, beginning in zip(faults, expected, strict=True):
            assert str(fault).startswith(beginning)


def test_inputs_of_further_calls_are_counted_on(files, tmp_path):
    blender = ModelBlender()
    blender.accumulate(tmp_path / "asn.json")
    with pytest.raises(InputError, match=r"^input 2 \(gone.json\) "):
        blender.accumulate("gone.json")
    with pytest.raises(InputError, match=r"^input 2 \(gone.fits\) "):
        blender.accumulate("gone.fits")
    assert len(files) == 6


def test_nothing_left_to_blend(tmp_path):
    with pytest.raises(NoInputsError, match="Left out: 2"):
        blendmodels(ImageModel(), [tmp_path / "a.fits", 7], on_bad_input="skip")


def test_a_call_with_a_bad_input_adds_nothing(files, bad, tmp_path):
    blender = ModelBlender()
    with pytest.raises(BlendErrorGroup):
        blender.accumulate_all(bad)
    with pytest.raises(NoInputsError):
        blender.finalize_model(ImageModel())
    # Not even the first input's class and plan.
    blender.accumulate(tmp_path / "cube.fits")
    with pytest.raises(MixedModelTypesError, match=r"^input 2 "):
        blender.accumulate(files[0])


def test_on_bad_input_is_one_of_two_words():
    with pytest.raises(ValueError, match="'raise' or 'skip', not 'ignore'"):
        ModelBlender(on_bad_input="ignore")


def test_what_a_skipped_first_input_has_settled_is_forgotten(files, monkeypatch):
    first = ImageModel()
    first.meta.nickname = "of the first"
    read = DatamodelReader.read
    calls = []

    def fail_at_the_second(self, layout):
        calls.append(layout)
        if len(calls) == 2:
            raise InputError("broken half-way")
        return read(self, layout)

    monkeypatch.setattr(DatamodelReader, "read", fail_at_the_second)
    product = ImageModel()
    result = blendmodels(product, [first, files[0]], on_bad_input="skip")
    assert [str(fault) for fault in result.skipped] == ["broken half-way"]
    assert starts(result) == [100.0]
    assert "meta.nickname" not in result.plan


def test_a_callback_that_fails_leaves_nothing_behind(files, tmp_path):
    def fail(_done):
        raise KeyboardInterrupt

    blender = ModelBlender()
    with pytest.raises(KeyboardInterrupt):
        blender.accumulate_all(files, fail)
    with pytest.raises(NoInputsError):
        blender.finalize_model(ImageModel())
    CubeModel((2, 4, 4)).save(str(tmp_path / "cube.fits"))
    blender.accumulate(tmp_path / "cube.fits")
