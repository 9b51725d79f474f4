"""What others do to a product's file between the time it is read and the time it is written."""

import builtins
import gzip
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive

from blender_core import InputError, OutputExistsError, blendmodels

CHANGED = r"the product \(.*\) has been changed by somebody else since it was read"


ENDINGS = ["fits", "fits.gz", "asdf"]


@pytest.fixture(params=all_but_exhaustive(ENDINGS, ("fits", "asdf")))
def ending(request):
    return request.param


def make(path, value):
    """Write a product; two of them have the same length."""
    model = ImageModel(np.full((300, 400), value, np.float32))
    model.meta.target.catalog_name = f"N{value}"
    if path.suffix == ".gz":
        packed = path.with_name("unpacked.fits")
        model.save(str(packed))
        path.write_bytes(gzip.compress(packed.read_bytes(), mtime=0))
        packed.unlink()
    else:
        model.save(str(path))
    return path


@pytest.fixture(scope="module")
def products(tmp_path_factory):
    """Folders with products of each kind: value → folder."""
    folders = {value: tmp_path_factory.mktemp("products") for value in (1, 7)}
    for value, folder in folders.items():
        for ending in ENDINGS:
            make(folder / f"p.{ending}", value)
    return folders


@pytest.fixture
def product(tmp_path, products, ending):
    return Path(shutil.copy(products[1] / f"p.{ending}", tmp_path))


@pytest.fixture
def newer(tmp_path, products, ending):
    folder = tmp_path / "newer"
    folder.mkdir()
    return Path(shutil.copy(products[7] / f"p.{ending}", folder))


def replaced(product, newer):
    Path(shutil.copy(newer, newer.with_name("copy"))).replace(product)


def overwritten(product, newer):
    with product.open("r+b") as file:
        file.write(newer.read_bytes())
        file.truncate()


def shortened(product, newer):  # noqa: ARG001
    os.truncate(product, product.stat().st_size // 2)


def deleted(product, newer):  # noqa: ARG001
    product.unlink()


@pytest.mark.parametrize("how", [replaced, overwritten])
@pytest.mark.parametrize("output", ["p", "other"])
def test_changed_while_inputs_are_read(product, newer, inputs, how, output, contents):
    target = product if output == "p" else product.with_name(f"other.{product.name[2:]}")

    def meanwhile():
        yield inputs[0]
        how(product, newer)
        yield inputs[1]

    with pytest.raises(InputError, match=CHANGED):
        blendmodels(product, meanwhile(), output=target)
    assert contents(product.parent) == {product.name: newer.read_bytes()}


def test_deleted_while_inputs_are_read(product, newer, inputs, contents):
    def meanwhile():
        yield inputs[0]
        deleted(product, newer)

    with pytest.raises(InputError, match="cannot be read any more: No such file"):
        blendmodels(product, meanwhile(), output=product.with_name("other.fits"))
    assert contents(product.parent) == {}


@pytest.mark.parametrize("how", [replaced, overwritten, shortened, deleted])
def test_changed_while_it_is_copied(product, newer, inputs, how, contents, monkeypatch):
    def open_meanwhile(path, *arguments, **options):
        file = plain_open(path, *arguments, **options)
        if str(path).endswith(".tmp"):  # the copy
            how(product, newer)
            left.update(contents(product.parent))
        return file

    plain_open, left = open, {}
    monkeypatch.setattr(builtins, "open", open_meanwhile)
    with pytest.raises(InputError, match=f"{CHANGED}|cannot be read any more"):
        blendmodels(product, inputs, output=product.with_name(f"o{product.name}"))
    assert {name for name in left if not name.endswith(".tmp")} == (
        set() if how is deleted else {product.name}
    )
    assert contents(product.parent) == {
        name: content for name, content in left.items() if not name.endswith(".tmp")
    }


def test_the_current_directory_may_change(product, inputs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = blendmodels(product.name, [one.absolute() for one in inputs])
    other = tmp_path / "elsewhere"
    other.mkdir()
    monkeypatch.chdir(other)
    assert result.save(product.name) == (other / product.name).relative_to(other)
    with datamodels.open(other / product.name) as model:
        assert model.meta.instrument.detector == "MULTIPLE"
        assert (np.asarray(model.data) == 1).all()
    with result.product as model:
        assert model.meta.filename == product.name


class TestOrigin:
    """The file that a product was read from may be replaced; others only if that is asked for."""

    def test_after_it_was_written_elsewhere(self, product, inputs, tmp_path):
        result = blendmodels(product, inputs)
        first = result.save(tmp_path / f"first.{product.name[2:]}")
        with pytest.raises(OutputExistsError):
            result.save(first)
        first.unlink()  # nothing depends on it
        result.save(product)
        result.save(product)
        result.product.close()
        with datamodels.open(product) as model:
            assert model.meta.instrument.detector == "MULTIPLE"
            assert model.meta.filename == product.name

    def test_of_an_opened_datamodel(self, product, inputs):
        with datamodels.open(product) as model:
            blendmodels(model, inputs, output=product)
        with datamodels.open(product) as model:
            assert model.meta.instrument.detector == "MULTIPLE"
            assert (np.asarray(model.data) == 1).all()

    def test_names_tell_where_it_was_written(self, product, inputs, tmp_path):
        result = blendmodels(product, inputs)
        assert result.product_name == product.name
        result.save(tmp_path / f"first.{product.name[2:]}")
        assert result.product_name == f"first.{product.name[2:]}"
        result.product.close()


def test_a_target_that_may_be_written_and_not_read(product, inputs, tmp_path, unprivileged):  # noqa: ARG001
    target = tmp_path / f"t.{product.name[2:]}"
    target.write_bytes(b"old")
    target.chmod(0o200)
    result = blendmodels(product, inputs, output=target, overwrite=True)
    assert result.product_name == target.name
    assert target.stat().st_mode & 0o777 == 0o200
    target.chmod(0o600)
    with datamodels.open(target) as model:
        assert model.meta.instrument.detector == "MULTIPLE"
    result.product.close()
