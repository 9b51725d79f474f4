"""Places that are no places for a product: each is refused before anything is done."""

import os
import re
import socket
from types import SimpleNamespace

import jwst.datamodels
import pytest
from astropy.io import fits
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import InputError, ModelBlender, OutputError, OutputExistsError, blendmodels
from blender_core.formats.files.target import Target
from blender_core.inputs.files import files_behind


def refused(output, message, inputs=None, error=OutputError, **options):
    """Check that a blend refuses an output, without so much as a look at the inputs."""

    class Untouchable:
        def __getattr__(self, name):
            raise AssertionError(name)

    with pytest.raises(error) as caught:
        blendmodels(ImageModel(), inputs or iter([Untouchable()]), output=output, **options)
    assert type(caught.value) is error
    assert re.search(message, str(caught.value)), str(caught.value)
    assert str(caught.value.path) == str(output)


def test_a_folder(tmp_path):
    refused(tmp_path, r" is a folder: name a file, such as .*/product\.fits")


def test_no_folder(tmp_path):
    refused(tmp_path / "none" / "p.fits", r"there is no folder .*/none to write p\.fits to")


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "file").write_text("")
    refused(tmp_path / "file" / "p.fits", r"there is no folder .*/file to write p\.fits to")


@pytest.mark.parametrize("name", ["p.txt", "p", "p.fits.bz2", "fits"])
def test_an_ending_that_tells_nothing(tmp_path, name):
    refused(tmp_path / name, r"it ends in \.fits or \.fits\.gz or \.asdf")


def test_a_file_that_is_there(tmp_path):
    there = tmp_path / "p.fits"
    there.write_text("mine")
    refused(there, r"there is a file .*p\.fits: choose another name", error=OutputExistsError)
    assert there.read_text() == "mine"


def test_a_link_to_a_file_that_is_there(tmp_path):
    (tmp_path / "p.fits").write_text("mine")
    link = tmp_path / "link.fits"
    link.symlink_to("p.fits")
    refused(link, r"there is a file .*link\.fits", error=OutputExistsError)


@pytest.mark.parametrize(("link", "file"), [("l.asdf", "p.fits"), ("l.fits", "p.fits.gz")])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_to_another_format(tmp_path, link, file, there):
    if there:
        (tmp_path / file).write_text("mine")
    (tmp_path / link).symlink_to(file)
    refused(
        tmp_path / link, r" is a link to .*/p\.fits.*, whose name tells another", overwrite=True
    )
    assert (tmp_path / file).exists() is there


def test_a_link_to_a_name_that_tells_nothing(tmp_path):
    (tmp_path / "l.fits").symlink_to("annexed")
    blendmodels(ImageModel(), [ImageModel()], output=tmp_path / "l.fits")
    assert fits.getval(tmp_path / "annexed", "FILENAME") == "l.fits"


def test_a_link_to_no_folder(tmp_path):
    (tmp_path / "l.fits").symlink_to("none/p.fits")
    refused(tmp_path / "l.fits", r"l\.fits is a link to .*, and there is no folder .*/none$")


@pytest.mark.parametrize("name", ["\xe9.fits", "a\nb.fits", "\u2192.fits.gz"])
def test_a_name_that_no_header_can_have(tmp_path, name):
    refused(tmp_path / name, "has characters that no FITS header can have")


def test_a_name_that_asdf_can_have(tmp_path):
    blendmodels(ImageModel(), [ImageModel()], output=tmp_path / "\xe9.asdf")
    with datamodels.open(tmp_path / "\xe9.asdf") as model:
        assert model.meta.filename == "\xe9.asdf"


def test_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "p.fits")
    refused(tmp_path / "p.fits", "is not a regular file", overwrite=True)


def test_a_socket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("p.fits")
        refused("p.fits", "is not a regular file", overwrite=True)


def test_a_loop_of_links(tmp_path):
    (tmp_path / "a.fits").symlink_to("b.fits")
    (tmp_path / "b.fits").symlink_to("a.fits")
    refused(tmp_path / "a.fits", r"cannot be written to .*a\.fits: .*[Ll]oop")


def test_a_name_that_is_too_long(tmp_path):
    refused(tmp_path / f"{'p' * 300}.fits", r"cannot be written to .*: File name too long")


def test_a_name_with_a_zero_byte(tmp_path):
    refused(tmp_path / "p\0.fits", r"cannot be written to .*: .*null")


@pytest.mark.usefixtures("unprivileged")
class TestPermissions:
    def test_folder(self, tmp_path):
        folder = tmp_path / "closed"
        folder.mkdir(0o555)
        refused(folder / "p.fits", "you have no permission to write to the folder .*/closed")

    def test_folder_of_a_file(self, tmp_path):
        folder = tmp_path / "closed"
        folder.mkdir()
        (folder / "p.fits").write_text("mine")
        folder.chmod(0o555)
        message = "you have no permission to write to the folder .*/closed"
        refused(folder / "p.fits", message, overwrite=True)

    def test_file(self, tmp_path):
        (tmp_path / "p.fits").write_text("mine")
        (tmp_path / "p.fits").chmod(0o444)
        refused(tmp_path / "p.fits", r"the file .*p\.fits is protected", overwrite=True)

    def test_folder_that_cannot_be_looked_into(self, tmp_path):
        folder = tmp_path / "closed"
        folder.mkdir(0o000)
        refused(folder / "p.fits", r"cannot be written to .*p\.fits: Permission denied")


class TestInputs:
    """An input is not replaced, even if it may be overwritten."""

    @pytest.fixture
    def refused(self, inputs, contents):
        before = contents(inputs[0].parent)

        def check(output, given, named):
            message = f"the product would replace the input {re.escape(str(named))}: choose another"
            refused(output, message, inputs=given, overwrite=True)
            assert contents(inputs[0].parent) == before

        return check

    def test_its_name(self, refused, inputs):
        refused(inputs[1], inputs, inputs[1])

    def test_a_text(self, refused, inputs):
        refused(str(inputs[1]), [str(one) for one in inputs], inputs[1])

    def test_relative(self, refused, inputs, monkeypatch):
        monkeypatch.chdir(inputs[0].parent)
        refused(inputs[1].name, inputs, inputs[1])

    def test_symbolic_link(self, refused, inputs, tmp_path):
        (tmp_path / "link.fits").symlink_to(inputs[0])
        refused(tmp_path / "link.fits", inputs, inputs[0])

    def test_hard_link(self, inputs, tmp_path):
        (tmp_path / "link.fits").hardlink_to(inputs[0])
        refused(tmp_path / "link.fits", "would replace the input", inputs=inputs, overwrite=True)

    def test_one_of_an_iterator(self, refused, inputs):
        refused(inputs[1], iter(inputs), inputs[1])

    def test_a_member_of_an_association(self, refused, inputs):
        members = [{"expname": str(one), "exptype": "science"} for one in inputs]
        association = {"products": [{"name": "p", "members": members}]}
        refused(inputs[1], association, inputs[1])
        refused(inputs[1], [association], inputs[1])

    def test_a_model_of_a_library(self, refused, inputs, monkeypatch):
        monkeypatch.chdir(inputs[0].parent)
        members = [{"expname": one.name, "exptype": "science"} for one in inputs]
        association = {"products": [{"name": "p", "members": members}]}
        refused(inputs[1], jwst.datamodels.ModelLibrary(association), inputs[1])

    def test_by_a_blender(self, inputs, tmp_path, contents):
        blender = ModelBlender()
        blender.accumulate_all(map(str, inputs))
        with pytest.raises(InputError):
            blender.accumulate("none.fits")
        result = blender.finalize_model(ImageModel())
        before = contents(inputs[0].parent)
        with pytest.raises(OutputError, match=r"replace the input .*nrca2_cal\.fits"):
            result.save(inputs[1], overwrite=True)
        assert contents(inputs[0].parent) == before
        result.save(tmp_path / "p.fits")

    @pytest.fixture
    def refused_to_save(self, inputs, tmp_path, contents):
        """Return a function that checks that a blender's result replaces no input."""

        def check(blender, *outputs):
            result = blender.finalize_model(ImageModel())
            before = contents(inputs[0].parent)
            for output in outputs:
                with pytest.raises(
                    OutputError, match=r"would replace the input .*: choose another"
                ):
                    result.save(output, overwrite=True)
            assert contents(inputs[0].parent) == before
            result.save(tmp_path / "p.fits")

        return check

    def test_files_of_datamodels_by_a_blender(self, refused_to_save, inputs):
        blender = ModelBlender()
        for path in inputs:
            with datamodels.open(path) as model:
                blender.accumulate(model)
        # They have been closed since.
        refused_to_save(blender, *inputs)

    def test_the_asdf_file_of_a_datamodel_by_a_blender(self, refused_to_save, tmp_path):
        path = tmp_path / "a b.asdf"
        ImageModel().save(path)
        blender = ModelBlender()
        with datamodels.open(path) as model:
            blender.accumulate(model)
        refused_to_save(blender, path)

    def test_files_of_lists_of_hdus_by_a_blender(self, refused_to_save, inputs):
        blender = ModelBlender()
        for path in inputs:
            with fits.open(path) as hdulist:
                blender.accumulate(hdulist)
        refused_to_save(blender, *inputs)

    @pytest.mark.parametrize("on_disk", [True, False])
    def test_files_of_a_library_by_a_blender(self, refused_to_save, inputs, monkeypatch, on_disk):
        monkeypatch.chdir(inputs[0].parent)
        members = [{"expname": one.name, "exptype": "science"} for one in inputs]
        association = {"products": [{"name": "p", "members": members}]}
        blender = ModelBlender()
        blender.accumulate(jwst.datamodels.ModelLibrary(association, on_disk=on_disk))
        refused_to_save(blender, *inputs)

    def test_what_is_refused_with_others_leaves_no_file(self, inputs):
        blender = ModelBlender()
        with datamodels.open(inputs[0]) as model:
            blender.accumulate(ImageModel())
            with pytest.raises(InputError):
                blender.accumulate_all([model, "none.fits"])
        result = blender.finalize_model(ImageModel())
        result.save(inputs[0], overwrite=True)

    def test_a_name_alone_is_no_file(self, inputs, monkeypatch):
        monkeypatch.chdir(inputs[0].parent)
        model = ImageModel()
        model.meta.filename = inputs[0].name
        blender = ModelBlender()
        blender.accumulate(model)
        blender.finalize_model(ImageModel()).save(inputs[0].name, overwrite=True)

    def test_the_file_of_a_datamodel(self, refused, inputs):
        with datamodels.open(inputs[0]) as model:
            refused(inputs[0], [model], inputs[0])


def test_a_library_of_datamodels_stands_for_no_files(exposures):
    library = jwst.datamodels.ModelLibrary(exposures)
    assert list(files_behind(library)) == []


def test_files_of_lists_of_hdus(inputs):
    with fits.open(inputs[0]) as hdulist:
        assert list(files_behind(hdulist)) == [inputs[0]]
    assert list(files_behind(fits.HDUList())) == []


@pytest.mark.parametrize(
    "given", [None, 3, SimpleNamespace(), SimpleNamespace(_file_references=3), {"products": []}]
)
def test_what_is_no_input_stands_for_no_files(given):
    assert list(files_behind(given)) == []


class TestFound:
    def test_a_new_file(self, tmp_path):
        target = Target.find(tmp_path / "p.fits", overwrite=False)
        assert (target.path, target.replaces, target.ending) == (
            tmp_path / "p.fits",
            False,
            ".fits",
        )

    def test_a_link_is_followed(self, tmp_path):
        (tmp_path / "folder").mkdir()
        (tmp_path / "link.fits").symlink_to("folder/p.fits")
        target = Target.find(tmp_path / "link.fits", overwrite=False)
        assert target.path == tmp_path / "folder" / "p.fits"
        assert target.output == tmp_path / "link.fits"

    def test_the_product_itself(self, tmp_path):
        product = tmp_path / "p.fits"
        product.write_text("")
        (tmp_path / "link.fits").symlink_to("p.fits")
        target = Target.find(tmp_path / "link.fits", overwrite=False, product=product)
        assert (target.replaces, target.is_product) == (True, True)
        target.require_apart([product])
