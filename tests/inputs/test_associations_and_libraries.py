import json
import os
import shutil
import weakref
from pathlib import Path
from typing import ClassVar

import jwst
import pytest
from jwst.associations.load_as_asn import LoadAsAssociation
from jwst.datamodels import ModelLibrary
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import CubeModel, ImageModel

from blender_core import (
    AssociationProductError,
    BlendErrorGroup,
    BlendWarning,
    InputError,
    ModelBlender,
    OutputError,
    blendmodels,
)
from blender_core.inputs.association import ProductChoice, names_of_product
from blender_core.inputs.inputs import AssociationInput, LibraryInput, resolve

START = "meta.exposure.start_time"


def association(*members):
    return {
        "products": [
            {
                "name": "p",
                "members": [dict(zip(("expname", "exptype"), m, strict=True)) for m in members],
            }
        ]
    }


def paths_of(given):
    paths = []
    for _, loan in resolve(given, "input 1").singles():
        with loan as path:
            paths.append(path)
    return paths


def require_fault(given, match):
    """Fail unless an association is refused, by its label, when its members are asked for."""
    association = resolve(given, "input 2")
    assert (association.number, len(association.files)) == (0, not isinstance(given, dict))
    with pytest.raises(InputError, match=match):
        list(association.singles())


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
    assert isinstance(resolve(given, "input 1"), AssociationInput) is expected


def test_members_are_the_science_exposures_beside_the_file(tmp_path):
    file = tmp_path / "jw1_asn.json"
    file.write_text(json.dumps(SCIENCE))
    with pytest.warns(BlendWarning, match="1 background member"):
        assert paths_of(file) == [tmp_path / "a_cal.fits", tmp_path / "c.fits"]
    with pytest.warns(BlendWarning, match="1 background member"):
        assert paths_of(SCIENCE) == [Path("a_cal.fits"), Path("c.fits")]


def test_an_association_of_the_pipeline(tmp_path):
    file = tmp_path / "jw1_asn.json"
    file.write_text(json.dumps(SCIENCE | {"asn_type": "image3"}))
    theirs = LoadAsAssociation.load(str(file))
    assert not isinstance(theirs, dict)
    with pytest.warns(BlendWarning, match="1 background member"):
        assert paths_of(theirs) == [Path("a_cal.fits"), Path("c.fits")]
    assert resolve(theirs, "input 1").number == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not an association in JSON"),
        ("[" * 100_000, "is not an association in JSON"),
        ("[]", "is not an association with products and members"),
        ('{"products": {}}', "products and members: it has no list of products"),
        ('{"products": "jw1"}', "it has no list of products"),
        ('{"products": [3]}', "product 1 has no list of members"),
        (
            '{"products": [{"name": "p", "members": null}]}',
            r"product 1 \('p'\) has no list of members",
        ),
        ('{"products": [{"members": [{"expname": "a"}]}]}', "member 1 of product 1 has no exptype"),
        (
            json.dumps(association(("a.fits", "science"), (None, "science"))),
            r"member 2 of product 1 \('p'\) has the expname None",
        ),
        (json.dumps(association(("a.fits", ["science"]))), r"has the exptype \['science'\]"),
        (json.dumps(association((" ", "science"))), "has the expname ' '"),
        ('{"products": [{"members": ["a.fits"]}]}', "member 1 of product 1 is 'a.fits'"),
        ('{"products": []}', "without members of the type science"),
        (
            json.dumps(association(("a.fits", "psf"), ("b.fits", "PSF"), ("c.fits", "imprint"))),
            "without members of the type science: it has 2 psf members and 1 imprint member",
        ),
    ],
)
def test_files_that_are_no_associations_are_named(tmp_path, content, words):
    file = tmp_path / "jw1_asn.json"
    file.write_text(content)
    require_fault(file, rf"input 2 \(.*jw1_asn.json\) .*{words}")


def test_a_missing_file_is_named(tmp_path):
    require_fault(tmp_path / "jw1_asn.json", r"jw1_asn.json\) cannot be read: No such file")


def test_pipes_are_not_waited_for_and_nothing_is_read_without_bound(tmp_path):
    file = tmp_path / "jw1_asn.json"
    os.mkfifo(file)
    require_fault(file, r"input 2 \(.*jw1_asn.json\) .*not a regular file")
    file.unlink()
    file.mkdir()
    require_fault(file, "cannot be read: it is a folder")
    file.rmdir()
    file.touch()
    os.truncate(file, 1 << 40)
    require_fault(file, r"has 1099511627776 bytes, .* more than 64 MB")


@pytest.mark.parametrize("name", ["a\0.json", "\ud800.json", "a" * 300 + ".json"])
def test_names_that_no_file_can_have(name):
    require_fault(name, "cannot be read: ")
    bad = name.removesuffix("json") + "fits"
    for given in (name, bad, association((bad, "science"))):
        result = blendmodels(None, [given, ImageModel()], on_bad_input="skip")
        (fault,) = result.skipped
        assert str(fault).startswith("input 1")
        assert "cannot be read: " in str(fault)


class Watched(ModelLibrary):
    """A library that counts how many of its models are in memory when it lends one."""

    made: ClassVar = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lent = []
        self.most = 0
        self.made.append(self)

    def borrow(self, index):
        model = super().borrow(index)
        self.lent.append(weakref.ref(model))
        self.most = max(self.most, sum(one() is not None for one in self.lent))
        return model


@pytest.fixture(autouse=True)
def close_models():
    """Close what libraries keep open; an error that a test has caught keeps them alive."""
    yield
    for model in (reference() for library in Watched.made for reference in library.lent):
        if model is not None:
            model.close()
    Watched.made.clear()


@pytest.fixture(scope="module")
def five_exposures(tmp_path_factory):
    """A folder with the files 0_cal.fits to 4_cal.fits."""
    folder = tmp_path_factory.mktemp("exposures")
    for i in range(5):
        model = ImageModel((4, 4))
        model.meta.exposure.start_time = float(i)
        model.save(folder / f"{i}_cal.fits")
    return folder


@pytest.fixture
def make_library(five_exposures, tmp_path):
    def make(kind=ModelLibrary, **settings):
        for i in range(3):
            shutil.copy(five_exposures / f"{i}_cal.fits", tmp_path)
        members = association(*((f"{i}_cal.fits", "science") for i in range(3)))
        file = tmp_path / "jw1_asn.json"
        file.write_text(json.dumps(members | {"asn_pool": "pool"}))
        return kind(file, **settings)

    return make


@pytest.fixture(params=[False, True], ids=["in memory", "on disk"])
def library(request, make_library, tmp_path):
    return make_library(**({"on_disk": True, "temp_directory": tmp_path} if request.param else {}))


def test_models_of_a_library_are_lent_one_at_a_time_and_come_back_unchanged(library):
    resolved = resolve(library, "input 2")
    assert isinstance(resolved, LibraryInput)
    files = list(resolved.files)
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
    starts, names = [], []
    for what, loan in resolved.singles():
        names.append(what)
        with loan as model:
            starts.append(model.meta.exposure.start_time)
    assert starts == [0.0, 1.0, 2.0]
    assert [one.name for one in files] == ["0_cal.fits", "1_cal.fits", "2_cal.fits"]
    assert names == [f"input 2, model {i} ({one})" for i, one in enumerate(files, start=1)]
    assert (out, most) == (0, 1)
    assert modified == [False, False, False]


def require_usable(library):
    """Fail if any model of a library is lent out, or it is open."""
    with library:
        for i in range(len(library)):
            library.shelve(library.borrow(i), i, modify=False)


def test_a_model_comes_back_also_when_something_fails(library):
    models = resolve(library, "input 1").singles()
    _, loan = next(models)
    with pytest.raises(ZeroDivisionError), loan:
        1 / 0  # noqa: B018
    models.close()
    require_usable(library)

    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        blendmodels(None, library, progress=interrupt)
    require_usable(library)


@pytest.mark.parametrize("expand", [False, True])
def test_never_more_than_one_model_on_disk_is_in_memory(make_library, tmp_path, expand):
    library = make_library(Watched, on_disk=True, temp_directory=tmp_path)
    result = blendmodels(None, library, expand=expand)
    assert list(result.inputs[START]) == [0.0, 1.0, 2.0]
    assert (len(library.lent), library.most) == (3, 1)
    # Nor do the errors of those that are left out keep them.
    CubeModel((2, 4, 4)).save(str(tmp_path / "1_cal.fits"))
    library.most = 0
    result = blendmodels(None, library, on_bad_input="skip", expand=expand)
    assert list(result.inputs[START]) == [0.0, 2.0]
    assert "1_cal.fits) is a model of type CubeModel" in str(result.skipped[0])
    assert (len(library.lent), library.most) == (6, 1)


def test_a_library_that_is_open_stays_open(library):
    with library:
        assert list(blendmodels(None, library).inputs[START]) == [0.0, 1.0, 2.0]
        library.shelve(library.borrow(0), 0, modify=False)
    require_usable(library)
    blendmodels(None, library)
    with pytest.raises(Exception, match="not open"):
        library.borrow(0)


def test_a_model_that_is_lent_out(library, tmp_path):
    where = rf"input 2, model 2 \({tmp_path / '1_cal.fits'}\)"
    with library:
        model = library.borrow(1)
        with pytest.raises(InputError, match=rf"^{where} is lent out by its library: shelve it"):
            blendmodels(None, [ImageModel(), library])
        result = blendmodels(None, library, on_bad_input="skip")
        assert list(result.inputs[START]) == [0.0, 2.0]
        library.shelve(model, 1, modify=False)
    require_usable(library)
    # The caller has left the library, and forgotten the model.
    library.__enter__()
    model = library.borrow(1)
    with pytest.raises(Exception, match="un-returned"):
        library.__exit__(None, None, None)
    with pytest.raises(InputError, match="is lent out"):
        blendmodels(None, library)
    with library:
        library.shelve(model, 1, modify=False)
    require_usable(library)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"x" * 5000)])
def test_a_bad_member_is_as_bad_in_a_library_as_in_an_association(make_library, tmp_path, damage):
    library = make_library(on_disk=True, temp_directory=tmp_path)
    damage(tmp_path / "1_cal.fits")
    where = f"model 2 ({tmp_path / '1_cal.fits'}) cannot be read: "
    with pytest.raises(BlendErrorGroup) as caught:
        blendmodels(None, [library, "gone.fits"])
    faults = [str(one) for one in caught.value.exceptions]
    assert faults[0].startswith(f"input 1, {where}")
    assert faults[1].startswith("input 2 (gone.fits) cannot be read: ")
    require_no_loans(library)
    for given in (library, tmp_path / "jw1_asn.json"):
        told = []
        result = blendmodels(
            None, given, on_bad_input="skip", progress=lambda *now, told=told: told.append(now)
        )
        assert list(result.inputs[START]) == [0.0, 2.0]
        assert len(result.skipped) == 1
        assert "1_cal.fits) cannot be read: " in str(result.skipped[0])
        assert told == [(1, 3), (2, 3), (3, 3)]
    require_no_loans(library)
    blender = ModelBlender()
    with pytest.raises(InputError, match=r"^input 1, model 2 "):
        blender.accumulate(library)
    blender.accumulate(tmp_path / "0_cal.fits")


def require_no_loans(library):
    with library:  # which fails at its end if there are any
        pass


class Lender:
    """What can be used as a library, and is not one of the pipeline's."""

    def __init__(self, models):
        self.models = models
        self.calls = []

    def __enter__(self):
        self.calls.append("open")
        return self

    def __exit__(self, *_):
        self.calls.append("close")

    def __len__(self):
        return len(self.models)

    def borrow(self, index):
        if self.models[index] is None:
            raise LookupError
        return self.models[index]

    def shelve(self, _model, index, modify):
        self.calls.append((index, modify))


def test_any_library_of_that_interface():
    models = [ImageModel(), None, ImageModel()]
    lender = Lender(models)
    result = blendmodels(None, [ImageModel(), lender], on_bad_input="skip")
    assert len(result.inputs["meta.model_type"]) == 3
    assert [str(one) for one in result.skipped] == ["input 2, model 2 cannot be read: LookupError"]
    assert lender.calls == ["open", (0, False), (2, False), "close"]


LEFT_OUT = r"^input {} has 1 background member and 2 psf members, left out: only science members are inputs$"
KINDS = ("science", "background", "PSF", "SCIENCE", "psf")


@pytest.fixture
def mixed_members(five_exposures, tmp_path):
    """An association of five exposures, of which the first and the fourth are of science."""
    shutil.copytree(five_exposures, tmp_path, dirs_exist_ok=True)
    members = association(*((f"{i}_cal.fits", kind) for i, kind in enumerate(KINDS)))
    file = tmp_path / "jw1_asn.json"
    file.write_text(json.dumps(members | {"asn_pool": "pool"}))
    return file


class TestOnlyScience:
    """The members that are inputs are the same of an association and of a library."""

    @pytest.fixture(params=["association", "library", "on disk", "of models"])
    def given(self, request, mixed_members, tmp_path):
        if request.param == "association":
            return mixed_members
        if request.param == "library":
            return Watched(mixed_members)
        if request.param == "on disk":
            return Watched(mixed_members, on_disk=True, temp_directory=tmp_path)
        models = [ImageModel(str(tmp_path / f"{i}_cal.fits")) for i in range(5)]
        for model, kind in zip(models, KINDS, strict=True):
            if kind != "SCIENCE":  # the library takes models that say nothing for such
                model.meta.asn.exptype = kind
        return Watched(models)

    def test_others_are_left_out_and_told_once(self, given):
        done = []
        what = f"2 \\({given}\\)" if isinstance(given, Path) else "2"
        with pytest.warns(BlendWarning, match=LEFT_OUT.format(what)) as told:
            result = blendmodels(
                None, [ImageModel(), given], progress=lambda *now: done.append(now)
            )
        assert list(result.inputs[START]) == [None, 0.0, 3.0]
        assert done == [(1, 3), (2, 3), (3, 3)]
        assert len(told) == 1
        if isinstance(given, Watched):
            assert len(given.lent) == 2  # no other was opened
            require_usable(given)

    def test_what_bad_members_are_called(self, given, tmp_path):
        if not isinstance(given, Path) and given.asn_dir == "None":
            return
        (tmp_path / "3_cal.fits").unlink()
        where = f"input 1 ({given}), member 4" if isinstance(given, Path) else "input 1, model 4"
        with pytest.warns(BlendWarning, match="left out"), pytest.raises(InputError) as caught:
            blendmodels(None, [given])
        assert str(caught.value).startswith(f"{where} ({tmp_path / '3_cal.fits'}) cannot be read")

    def test_a_library_of_the_science_members_has_nothing_to_tell(self, mixed_members):
        result = blendmodels(None, ModelLibrary(mixed_members, asn_exptypes=["science"]))
        # stpipe 1.1.0 compares with the type in lower case.
        assert list(result.inputs[START]) == [0.0]

    def test_none_of_science(self, mixed_members):
        library = ModelLibrary(mixed_members, asn_exptypes="psf")
        with pytest.raises(
            InputError,
            match=r"^input 1 is a library without members .* science: it has 1 psf member$",
        ):
            blendmodels(None, library)


class Odd(Lender):
    asn = None


@pytest.mark.parametrize(
    "asn",
    [
        None,
        3,
        {},
        {"products": 3},
        {"products": []},
        {"products": [3]},
        {"products": [{"members": [{"exptype": "psf"}]}]},  # of one, and it has two
        {"products": [{"members": [{}, {"exptype": None}]}]},
    ],
)
def test_a_library_that_does_not_tell_the_types_of_its_models(asn):
    lender = Odd([ImageModel(), ImageModel()])
    lender.asn = asn
    assert len(blendmodels(None, lender).inputs["meta.model_type"]) == 2


SEVERAL = {
    "products": [
        {"name": name, "members": [{"expname": f"{file}_cal.fits", "exptype": "science"}]}
        for name, file in (("jw1", 0), ("jw1_nrca", 1), ("jw1_nrca1", 2))
    ]
}


class TestSeveralProducts:
    """Of an association with several products, the members of one are the inputs."""

    @pytest.fixture(params=["alone", "among others", "a mapping", "of the pipeline", "iterator"])
    def given(self, request, make_library, tmp_path):
        make_library()
        file = tmp_path / "several_asn.json"
        file.write_text(json.dumps(SEVERAL | {"asn_type": "image3"}))
        if request.param == "alone":
            return file
        if request.param == "among others":
            return [ImageModel(), file]
        if request.param == "iterator":
            return iter([str(file)])
        os.chdir(tmp_path)
        return SEVERAL if request.param == "a mapping" else [LoadAsAssociation.load(str(file))]

    @pytest.fixture(autouse=True)
    def here(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)

    def starts(self, result):
        return [one for one in result.inputs[START] if one is not None]

    @pytest.mark.parametrize(
        ("filename", "expected"),
        [("jw1_i2d.fits", 0.0), ("jw1_nrca_i2d.fits", 1.0), ("jw1_nrca1.fits", 2.0)],
    )
    def test_by_what_the_product_says(self, given, filename, expected):
        product = ImageModel()
        product.meta.filename = filename
        assert self.starts(blendmodels(product, given)) == [expected]

    def test_by_the_products_file(self, given, tmp_path):
        ImageModel((4, 4)).save(str(tmp_path / "other.fits"))
        (tmp_path / "other.fits").rename(tmp_path / "jw1_nrca_i2d.fits")
        assert self.starts(blendmodels("jw1_nrca_i2d.fits", given)) == [1.0]

    def test_by_the_output(self, given):
        result = blendmodels(ImageModel((4, 4)), given, output="jw1_nrca1_i2d.fits")
        assert self.starts(result) == [2.0]

    def test_by_name(self, given):
        product = ImageModel()
        product.meta.filename = "jw1_nrca_i2d.fits"
        assert self.starts(blendmodels(product, given, asn_product="jw1")) == [0.0]

    def test_not_said(self, given):
        with pytest.raises(AssociationProductError) as caught:
            blendmodels(None, given)
        assert caught.value.products == ("jw1", "jw1_nrca", "jw1_nrca1")
        assert "has the products jw1, jw1_nrca and jw1_nrca1, and which of them" in str(
            caught.value
        )
        assert str(caught.value).endswith("Say which: asn_product='jw1', say")

    def test_names_that_disagree(self, given):
        product = ImageModel((4, 4))
        product.meta.filename = "jw1_nrca_i2d.fits"
        with pytest.raises(
            AssociationProductError,
            match=r"'jw1_nrca_i2d.fits' and 'jw1_new.fits', are those of different ones. Say which",
        ):
            blendmodels(product, given, output="jw1_new.fits")
        assert not Path("jw1_new.fits").exists()

    def test_none_of_that_name(self, given):
        with pytest.raises(
            AssociationProductError,
            match=r"none is called 'jw1_nrca2'\. Did you mean 'jw1_nrca'\?$",
        ):
            blendmodels(None, given, asn_product="jw1_nrca2")

    def test_a_blender(self, given):
        if isinstance(given, Path | dict):
            given = [given]
        given = list(given)
        with pytest.raises(AssociationProductError, match="which of them is blended is not said"):
            ModelBlender().accumulate_all(given)
        blender = ModelBlender(asn_product="jw1_nrca")
        blender.accumulate_all(given)
        assert self.starts(blender.finalize_model(None)) == [1.0]


def test_the_only_product_has_to_be_the_one_that_is_asked_for(make_library, tmp_path):
    make_library()
    file = tmp_path / "jw1_asn.json"
    assert len(blendmodels(None, [file], asn_product="p").inputs[START]) == 3
    with pytest.raises(
        AssociationProductError, match=r"has the product p, and none is called 'q'$"
    ):
        blendmodels(None, [file], asn_product="q")
    with pytest.raises(TypeError, match="asn_product is the name"):
        ModelBlender(asn_product=["p"])


def test_an_association_of_the_second_level():
    file = Path(jwst.__file__).parent / "associations/tests/data/asn_level2.json"
    products = json.loads(file.read_text())["products"]
    assert len(products) > 5
    for product in products:
        model = ImageModel()
        model.meta.filename = f"{product['name']}_cal.fits"
        choice = ProductChoice(names=lambda model=model: names_of_product(model.instance, None))
        resolved = resolve(file, "input 1", choice)
        (science,) = [one for one in product["members"] if one["exptype"].lower() == "science"]
        assert [path.name for path in resolved.files[1:]] == [science["expname"]]


def test_the_file_of_an_association_is_no_place_for_the_product(make_library, tmp_path):
    make_library()
    file = tmp_path / "jw1_asn.json"
    for given in (file, [file], [str(file)]):
        with pytest.raises(OutputError, match=r"0_cal\.fits"):
            blendmodels(ImageModel(), given, output=tmp_path / "0_cal.fits", overwrite=True)


def test_files_of_models_that_a_library_was_made_of(make_library, tmp_path):
    """The product must not replace them either, though only the borrowed models tell of them."""
    make_library()
    blender = ModelBlender()
    with datamodels.open(tmp_path / "0_cal.fits") as model:
        blender.accumulate(ModelLibrary([model]))
    result = blender.finalize_model(ImageModel())
    with pytest.raises(OutputError, match=r"0_cal\.fits"):
        result.save(tmp_path / "0_cal.fits", overwrite=True)
