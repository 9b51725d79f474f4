"""What a library has written is looked at before it replaces anything, whatever it says itself."""

import io
import re

import numpy as np
import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import OutputError, blendmodels

CUT = "cut off"
CHANGES = {
    CUT: lambda content: content[:-3000],
    "nothing": lambda _: b"",
    "a block too many": lambda content: content + bytes(2880),
    "another value": lambda content: content.replace(
        b"exposure_time: 322.0", b"exposure_time: 323.0"
    ),
    "a value less": lambda content: content.replace(
        b"exposure_time: 322.0", b"exposure_tiem: 322.0"
    ),
    "an input less": lambda content: re.sub(
        rb"(XTENSION= 'BINTABLE'.*?NAXIS2  = +)2(?=.*HDRTAB)", rb"\g<1>1", content, flags=re.DOTALL
    ),
    "no table": lambda content: content.replace(b"hdrtab:", b"hdrtub:").replace(
        b"'HDRTAB  '", b"'HDRTUB  '"
    ),
}
TOLD = {
    "fits": {
        CUT: r"HDU 3 is truncated",
        "nothing": "the file is empty",
        "a block too many": "its last HDU ends at byte",
        "another value": "it has meta.exposure.exposure_time = 323.0 instead of 322.0",
        "a value less": "it has meta.exposure.exposure_time = None instead of 322.0",
        "an input less": "its table HDRTAB has 1 row of 2",
        "no table": "its table HDRTAB has 0 rows of 2",
    },
    "asdf": {
        CUT: r"block \d is truncated",
        "nothing": "not an ASDF file",
        "another value": "it has meta.exposure.exposure_time = 323.0 instead of 322.0",
        "a value less": "it has meta.exposure.exposure_time = None instead of 322.0",
        "no table": "its table HDRTAB has 0 rows of 2",
    },
    "fits.gz": {"nothing": "the file is empty"},
}


def spoiled(change):
    """Return a class of datamodels that write something else than they should."""

    def spoiling(save):
        def saving(model, file, *arguments, **options):
            whole = io.BytesIO()
            save(model, whole, *arguments, **options)
            file.write(change(whole.getvalue()))

        return saving

    return type(
        "SpoiledModel",
        (ImageModel,),
        {name: spoiling(getattr(ImageModel, name)) for name in ("to_fits", "to_asdf")},
    )


@pytest.mark.parametrize(
    ("ending", "what"), [(ending, what) for ending, told in TOLD.items() for what in told]
)
def test_what_a_library_writes_wrong(tmp_path, inputs, contents, ending, what):
    output = tmp_path / f"out.{ending}"
    output.write_bytes(b"old")
    before = contents(tmp_path)
    with spoiled(CHANGES[what])(np.zeros((50, 60), np.float32)) as model:
        with pytest.raises(OutputError, match=TOLD[ending][what]) as caught:
            blendmodels(model, inputs, output=output, overwrite=True)
        assert model.meta.exposure.exposure_time is None  # as it was before the blend
    assert "not what was meant" in str(caught.value)
    assert "The file that was there is as it was" in str(caught.value)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("ending", TOLD)
def test_what_is_written_right(tmp_path, inputs, ending):
    """The class itself is not what was refused."""
    with spoiled(bytes)(np.zeros((50, 60), np.float32)) as model:
        blendmodels(model, inputs, output=tmp_path / f"out.{ending}")
    assert (tmp_path / f"out.{ending}").exists()
