"""Trees that are short as a text, and without end for who follows their aliases."""

import numpy as np
import pytest
from astropy.io import fits
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import BlendErrorGroup, InputError, blendmodels
from blender_core.inputs.opener import Opener
from blender_core.readers.datamodel import DatamodelReader
from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout

HEAD = (
    b"#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n%TAG ! tag:stsci.edu:asdf/\n"
    b"--- !core/asdf-1.1.0\nmeta:\n  model_type: ImageModel\n"
)
NAME = "meta.target.catalog_name"


def aliases(first, group, times, levels):
    """Return lines that stand for ``times ** levels`` of the first."""
    lines = ["  x0: &x0 " + first]
    for level in range(1, levels + 1):
        items = (group[1].format(i) + f"*x{level - 1}" for i in range(times))
        lines.append(f"  x{level}: &x{level} {group[0]}{', '.join(items)}{group[2]}")
    return "\n".join(lines).encode() + b"\n"


MAPPINGS, LISTS, MERGED = ("{", "k{}: ", "}"), ("[", "", "]"), ("{<<: [", "", "]}")


def wanted(value):
    return b"  target: {catalog_name: " + value + b"}\n"


@pytest.fixture(params=[".asdf", ".fits"])
def write(request, tmp_path):
    """Return a function that writes a file with what is below ``meta`` in its tree."""

    def write(body):
        tree = HEAD + body + b"...\n"
        path = tmp_path / f"a_cal{request.param}"
        if request.param == ".asdf":
            path.write_bytes(tree)
            return path
        row = np.frombuffer(tree, np.uint8)[None]
        column = fits.Column("ASDF_METADATA", f"{len(tree)}B", array=row)
        hdus = fits.HDUList(
            [fits.PrimaryHDU(), fits.BinTableHDU.from_columns([column], name="ASDF")]
        )
        hdus[0].header["DATAMODL"] = "ImageModel"
        hdus.writeto(path, overwrite=True)
        return path

    return write


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (aliases("{a: 1}", MAPPINGS, 9, 9), "its aliases stand for more than"),
        (aliases("[a]", LISTS, 9, 9) + wanted(b"*x9"), "its aliases stand for more than"),
        (aliases("{a: 1}", MERGED, 9, 9), "its aliases stand for more than"),
        (b"  x: &a {b: *a}\n", "what begins in its line 8 contains itself"),
        (b"  y: 1\n" + wanted(b"&a [[*a]]"), "what begins in its line 9 contains itself"),
        (b"  x: &a {<<: *a}\n", "what begins in its line 8 contains itself"),
        (aliases("[a]", LISTS, 1, 300) + wanted(b"*x300"), "it has more than 240 levels"),
        (wanted(b"[" * 300 + b"]" * 300), "it has more than 240 levels"),
        (wanted(b"[" * 10**5 + b"]" * 10**5), "nesting"),
    ],
)
def test_trees_without_end(write, body, message):
    path = write(body)
    with pytest.raises(
        InputError, match=rf"(?s)^input 1 \(.*a_cal.*\) cannot be read: .*{message}"
    ):
        blendmodels(ImageModel(), [path])
    with pytest.raises(InputError, match=rf"(?s)the product \(.*\) cannot be read: .*{message}"):
        blendmodels(path, [ImageModel()])
    with pytest.raises(BlendErrorGroup) as caught:
        blendmodels(ImageModel(), [ImageModel(), path, path])
    assert [str(error)[:7] for error in caught.value.exceptions] == ["input 2", "input 3"]
    result = blendmodels(ImageModel(), [ImageModel(), path], on_bad_input="skip")
    assert len(result.skipped) == 1


def test_files_that_are_opened_as_datamodels(write, monkeypatch):
    """Stdatamodels does not get to see a tree that it would never come to an end with."""
    path = write(aliases("[a]", LISTS, 9, 9) + wanted(b"!time/time-1.1.0 '2026-01-02'"))
    if path.suffix == ".fits":
        with fits.open(path) as hdus:
            # The header of a compressed image is one that only stdatamodels takes for the image's.
            hdus.insert(1, fits.CompImageHDU(np.zeros((4, 5), "f4"), name="SCI"))
            hdus.writeto(path, overwrite=True)
    monkeypatch.setattr(datamodels, "open", None)
    with pytest.raises(InputError, match="its aliases stand for more than"):
        blendmodels(None, [path])


@pytest.mark.parametrize(
    "body",
    [
        wanted(b"&a NGC1") + b"  more: {a: *a, b: *a}\n",
        b"  x: &a {b: [1, 2]}\n  y: {c: *a, d: *a, e: {<<: *a, f: 1}}\n",
        aliases("[1.5, text]", LISTS, 3, 4),
        aliases("{a: 1}", MAPPINGS, 3, 4),
        # Things of their own that share one which is far larger, as slits share a WCS.
        b"  x: &x [" + b"1.25, " * 2000 + b"]\n"
        b"  slits:\n" + b"".join(b"  - {n: %0200d, x: *x}\n" % i for i in range(100)),
        b"  x: &x " + b"x" * 10**4 + b"\n" + wanted(b"[" + b"*x, " * 10**3 + b"]"),
        b"  x: " + b"[" * 230 + b"]" * 230 + b"\n",
    ],
)
def test_ordinary_aliases(write, body):
    path = write(body)
    ours = Opener().open(path, "input 1")
    with datamodels.open(path) as model:
        theirs = DatamodelReader(model, "theirs")
        made_up = {"meta.filename", "meta.date"}
        assert ours.paths_beyond(made_up) == theirs.paths_beyond(made_up)
        layout = Layout(map(Attribute, {NAME, "meta.x", "meta.y", "meta.x4", "meta.slits"}))
        assert ours.read(layout) == theirs.read(layout)


def test_what_a_datamodel_shares_is_written_as_an_alias(tmp_path):
    shared = [1, 2, {"a": 0.5}]
    model = ImageModel()
    model.instance["meta"] |= {"one": {"list": shared}, "other": [shared, shared]}
    layout = Layout([Attribute("meta.one.list"), Attribute("meta.other")])
    for ending in (".asdf", ".fits"):
        path = tmp_path / f"a_cal{ending}"
        model.save(str(path))
        assert b"*id001" in path.read_bytes()
        values = Opener().open(path, "input 1").read(layout)
        assert dict(zip(layout.paths, values, strict=True)) == {
            "meta.one.list": shared,
            "meta.other": [shared, shared],
        }
