import json
from pathlib import Path

import pytest
from jwst.datamodels import ModelLibrary
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import InputError
from blender_core.readers.several import (
    association_members,
    is_association,
    is_library,
    library_models,
)


def association(*members):
    return {
        "products": [
            {
                "name": "p",
                "members": [dict(zip(("expname", "exptype"), m, strict=True)) for m in members],
            }
        ]
    }


SCIENCE = association(
    ("a_cal.fits", "science"), ("b_cal.fits", "background"), ("c.fits", "SCIENCE")
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("jw1_asn.json", True),
        (Path("jw1_asn.json"), True),
        ("a_cal.fits", False),
        (SCIENCE, True),
        ({"meta": {}}, False),
        (["a_cal.fits"], False),
        (ImageModel(), False),
    ],
)
def test_what_is_an_association(given, expected):
    assert is_association(given) is expected


def test_members_are_the_science_exposures_beside_the_file(tmp_path):
    file = tmp_path / "jw1_asn.json"
    file.write_text(json.dumps(SCIENCE))
    assert association_members(file, "input 1") == [tmp_path / "a_cal.fits", tmp_path / "c.fits"]
    assert association_members(SCIENCE, "input 1") == [Path("a_cal.fits"), Path("c.fits")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not an association in JSON"),
        ("[]", "is not an association with products and members"),
        ('{"products": [{"members": [{"expname": "a"}]}]}', "KeyError: 'exptype'"),
        ('{"products": []}', "without members of the type science"),
    ],
)
def test_files_that_are_no_associations_are_named(tmp_path, content, words):
    file = tmp_path / "jw1_asn.json"
    file.write_text(content)
    with pytest.raises(InputError, match=rf"input 2 \(.*jw1_asn.json\) .*{words}"):
        association_members(file, "input 2")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"jw1_asn.json\) cannot be read: No such file"):
        association_members(tmp_path / "jw1_asn.json", "input 2")


@pytest.fixture(params=[False, True], ids=["in memory", "on disk"])
def library(request, tmp_path):
    for i in range(3):
        model = ImageModel((4, 4))
        model.meta.exposure.start_time = float(i)
        model.save(str(tmp_path / f"{i}_cal.fits"))
    members = association(*((f"{i}_cal.fits", "science") for i in range(3)))
    file = tmp_path / "jw1_asn.json"
    file.write_text(json.dumps(members | {"asn_pool": "pool"}))
    settings = {"on_disk": True, "temp_directory": tmp_path} if request.param else {}
    return ModelLibrary(file, **settings)


def test_models_of_a_library_are_lent_one_at_a_time_and_come_back_unchanged(library):
    assert is_library(library)
    out, most, modified = 0, 0, []
    borrow, shelve = library.borrow, library.shelve

    def spy_borrow(index):
        nonlocal out, most
        out += 1
        most = max(most, out)
        return borrow(index)

    def spy_shelve(model, *args, **kwargs):
        nonlocal out
        out -= 1
        modified.append(kwargs["modify"])
        shelve(model, *args, **kwargs)

    library.borrow, library.shelve = spy_borrow, spy_shelve
    starts = [model.meta.exposure.start_time for model in library_models(library)]
    assert starts == [0.0, 1.0, 2.0]
    assert (out, most) == (0, 1)
    assert modified == [False, False, False]


def test_a_model_comes_back_also_when_something_fails(library):
    models = library_models(library)
    next(models)
    models.close()
    with library:
        library.shelve(library.borrow(0), 0, modify=False)
