"""What becomes of a blend into a damaged product: what its datamodel does, or a clear error."""

import gzip
import io

from stdatamodels.jwst import datamodels

from blender_core import BlenderError, blendmodels
from blender_core.common.values import identity
from blender_core.formats.fits.scan import scan


def data_of(raw):
    """Return the data of all HDUs but those that a blend writes, by place."""
    hdus = list(scan(io.BytesIO(raw), len(raw)))
    return [
        (hdu.name, raw[hdu.start : hdu.start + hdu.size])
        for hdu in hdus
        if hdu.name not in ("HDRTAB", "HDRRULES", "ASDF")
    ]


def metadata(path):
    with datamodels.open(path) as model:
        flat = model.to_flat_dict(include_arrays=False)
    own = ("meta.date", "meta.filename", "meta.model_type")
    return {
        key: identity(value)
        for key, value in flat.items()
        if key.startswith("meta.") and key not in own and type(value).__module__ == "builtins"
    }


def by_datamodel(product, inputs, output):
    """Have the datamodel of a product blended; None if there is no such thing."""
    try:
        with datamodels.open(product) as model:
            blendmodels(model, inputs, output=output)
        return metadata(output)
    except Exception:  # noqa: BLE001  # whatever astropy and stdatamodels make of it
        return None


def require_same_data(before, after):
    """Require that a blend has left pixels, other tables and their order alone."""
    old, new = data_of(before), data_of(after)
    assert [name for name, _ in old if name] == [name for name, _ in new if name][: len(old)]
    assert all(one == other for (_, one), (_, other) in zip(old, new, strict=False))


def require_same_metadata(mine, theirs):
    assert {
        key: (mine.get(key), theirs.get(key))
        for key in mine.keys() | theirs.keys()
        if mine.get(key) != theirs.get(key)
    } == {}


def check(raw, inputs, folder, ending):
    """Blend into a damaged product; return what became of it."""
    product, ours = folder / f"p{ending}", folder / f"ours{ending}"
    content = gzip.compress(raw, 1, mtime=0) if ending == ".fits.gz" else raw
    product.write_bytes(content)
    fault = None
    try:
        blendmodels(product, inputs, output=ours)
    except BlenderError as error:
        fault = str(error)
    assert product.read_bytes() == content
    if fault is not None:
        assert str(product) in fault
        assert [path.name for path in folder.iterdir()] == [product.name]
        return "refused"
    new = ours.read_bytes()
    require_same_data(raw, gzip.decompress(new) if ending == ".fits.gz" else new)
    theirs = by_datamodel(product, inputs, folder / "theirs.fits")
    if theirs is None:
        return "no datamodel"
    require_same_metadata(metadata(ours), theirs)
    return "blended"
