"""Without inputs, a product's own association says which they are."""

import json

import pytest
from astropy.io import fits
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    AssociationProductError,
    BlendWarning,
    InputError,
    NoInputsError,
    NotADatamodelError,
    blendmodels,
)
from blender_core.inputs.inputs import files_of

START = "meta.exposure.start_time"


def write_association(path, **products):
    """Write an association of products, each with the numbers of its members."""
    found = [
        {"name": name, "members": [{"expname": f"{i}_cal.fits", "exptype": "science"} for i in ids]}
        for name, ids in products.items()
    ]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"products": found}))
    for i in {i for ids in products.values() for i in ids}:
        model = ImageModel((4, 4))
        model.meta.exposure.start_time = 100.0 + i
        model.save(path.parent / f"{i}_cal.fits")
    return path


@pytest.fixture
def make_product(tmp_path):
    """Return a function that writes a product's file, and opens it."""

    def make(name="jw1_i2d.fits", table="jw1_asn.json"):
        (tmp_path / "products").mkdir(exist_ok=True)
        path = str(tmp_path / "products" / name)
        model = ImageModel((4, 4))
        model.meta.asn.table_name = table
        model.save(path)
        model.close()
        return datamodels.open(path)

    return make


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize("name", ["jw1_i2d.fits", "jw1_i2d.asdf", "an odd näme.asdf"])
def test_beside_the_products_file_first(make_product, tmp_path, here, name):
    write_association(tmp_path / "products" / "jw1_asn.json", jw1=[1, 2])
    write_association(here / "jw1_asn.json", jw1=[3])
    with make_product(name) as product:
        result = blendmodels(product)
    assert list(result.inputs[START]) == [101.0, 102.0]


def test_then_in_the_current_directory(make_product, here):
    write_association(here / "jw1_asn.json", jw1=[3, 4, 5])
    told = []
    with make_product() as product:
        result = blendmodels(product, None, progress=lambda *now: told.append(now))
    assert list(result.inputs[START]) == [103.0, 104.0, 105.0]
    assert told == [(1, 3), (2, 3), (3, 3)]
    product = ImageModel()
    product.meta.asn.table_name = "jw1_asn.json"
    assert list(blendmodels(product).inputs[START]) == [103.0, 104.0, 105.0]


def test_a_table_of_any_name(here):
    write_association(here / "jw1.asn", jw1=[7])
    product = ImageModel()
    product.meta.asn.table_name = "jw1.asn"
    assert list(blendmodels(product).inputs[START]) == [107.0]


def test_a_table_with_its_folder(here, tmp_path):
    path = write_association(tmp_path / "elsewhere" / "jw1_asn.json", jw1=[6])
    for table in (str(path), "../elsewhere/jw1_asn.json"):
        product = ImageModel()
        product.meta.asn.table_name = table
        assert list(blendmodels(product).inputs[START]) == [106.0]
    assert here.is_dir()


def test_an_association_of_several_products(here):
    write_association(here / "jw1_asn.json", jw1_nrca=[1], jw1_nrca1=[2], jw1_nrcb=[3, 4])
    for name, expected in {
        "jw1_nrca_i2d.fits": [101.0],
        "jw1_nrca1_i2d.fits": [102.0],
        "jw1_nrcb.fits": [103.0, 104.0],
    }.items():
        product = ImageModel()
        product.meta.asn.table_name = "jw1_asn.json"
        product.meta.filename = name
        assert list(blendmodels(product).inputs[START]) == expected
    product.meta.filename = "jw1_nrcb2_i2d.fits"
    with pytest.raises(
        AssociationProductError,
        match=r"^the product's own association \(.*jw1_asn.json\) has the products jw1_nrca, jw1_nrca1 "
        r"and jw1_nrcb, and none is that of 'jw1_nrcb2_i2d.fits'. Say which: asn_product='jw1_nrca'",
    ) as caught:
        blendmodels(product)
    assert caught.value.products == ("jw1_nrca", "jw1_nrca1", "jw1_nrcb")
    assert list(blendmodels(product, asn_product="jw1_nrcb").inputs[START]) == [103.0, 104.0]


def test_members_that_are_no_inputs(here):
    path = write_association(here / "jw1_asn.json", jw1=[1, 2, 3])
    content = json.loads(path.read_text())
    content["products"][0]["members"][1]["exptype"] = "background"
    path.write_text(json.dumps(content))
    product = ImageModel()
    product.meta.asn.table_name = "jw1_asn.json"
    warning = (
        r"^the product's own association \(.*jw1_asn.json\) has 1 background member, left out: only "
        "science members are inputs$"
    )
    with pytest.warns(BlendWarning, match=warning) as told:
        result = blendmodels(product)
    assert list(result.inputs[START]) == [101.0, 103.0]
    assert len(told) == 1


@pytest.mark.parametrize("table", [None, "", " "])
def test_none_is_named(table):
    product = ImageModel()
    if table is not None:
        product.meta.asn.table_name = table
    with pytest.raises(
        NoInputsError,
        match=r"^no inputs are given, and the product names no association \(meta.asn.table_name, ASNTABLE\)",
    ):
        blendmodels(product)
    assert "hdrtab" not in product.instance


def test_where_it_was_looked_for(make_product, tmp_path, here):
    with (
        make_product() as product,
        pytest.raises(NoInputsError) as caught,
    ):
        blendmodels(product)
    assert str(caught.value) == (
        "no inputs are given, and the product's own association 'jw1_asn.json' "
        "(meta.asn.table_name, ASNTABLE) is neither in "
        f"{tmp_path / 'products'} nor in {here}"
    )
    product = ImageModel()
    product.meta.asn.table_name = "jw1_asn.json"
    with pytest.raises(NoInputsError, match=rf"is not in {here}$"):
        blendmodels(product)


def test_a_name_that_no_file_can_have():
    product = ImageModel()
    for table in ("a" * 300 + ".json", "a\0.json", "\ud800.json"):
        product.meta.asn.table_name = table
        with pytest.raises(NoInputsError, match=r"own association '.*' .* is not in "):
            blendmodels(product)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not an association in JSON"),
        ("[]", "is not an association with products and members"),
        ('{"products": []}', "without members of the type science"),
        ('{"products": [1, {"name": "jw1"}]}', "is not an association with products and members"),
    ],
)
def test_one_that_is_none(here, content, words):
    (here / "jw1_asn.json").write_text(content)
    product = ImageModel()
    product.meta.asn.table_name = "jw1_asn.json"
    product.meta.filename = "jw1_i2d.fits"
    with pytest.raises(
        InputError, match=rf"the product's own association \(.*jw1_asn.json\) .*{words}"
    ):
        blendmodels(product)


def test_a_member_that_is_gone(here):
    write_association(here / "jw1_asn.json", jw1=[1, 2])
    (here / "2_cal.fits").unlink()
    product = ImageModel()
    product.meta.asn.table_name = "jw1_asn.json"
    with pytest.raises(InputError, match=r"input 2 \(.*2_cal.fits\) cannot be read: No such file"):
        blendmodels(product)


def test_no_product_either():
    with pytest.raises(NotADatamodelError, match="the product is not a datamodel but int: 7"):
        blendmodels(7)


def test_the_file_of_a_datamodel_that_has_let_go_of_it_is_unknown(make_product, tmp_path):
    for name in ("an odd näme.asdf", "jw1_i2d.fits"):
        product = make_product(name)
        assert files_of(product) == [tmp_path / "products" / name]
        product.close()
        assert files_of(product) == []
    with fits.open(tmp_path / "products" / "jw1_i2d.fits") as hdulist:
        assert files_of(ImageModel(hdulist)) == []


@pytest.mark.parametrize("name", ["jw1_i2d.fits", "jw1_i2d.asdf"])
def test_a_product_that_is_given_by_its_name(make_product, tmp_path, here, name):
    write_association(tmp_path / "products" / "jw1_asn.json", jw1=[1, 2])
    write_association(here / "jw1_asn.json", jw1=[3])
    make_product(name).close()
    for given in (tmp_path / "products" / name, f"../products/{name}"):
        result = blendmodels(given)
        assert list(result.inputs[START]) == [101.0, 102.0]
