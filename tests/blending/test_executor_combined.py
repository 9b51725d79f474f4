"""Workers that read what is more than files of names: URLs of products and associations."""

import json

import pytest
from astropy.io import fits
from blends_elsewhere import Inline, told
from web_server import WebServer

from blender_core import ModelBlender, Remote, blendmodels


@pytest.fixture
def folder(invented_exposures, tmp_path):
    """A folder with exposures, products of some and an association."""
    for path in invented_exposures[:6]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    exposures = sorted(tmp_path.iterdir())
    for number in range(2):
        product = tmp_path / f"p{number}_i2d.fits"
        blendmodels(exposures[number], exposures[number : number + 2], output=product)
    # A column that no schema knows, which only the second product has.
    with fits.open(product) as hdulist:
        table = hdulist["HDRTAB"]
        extra = fits.ColDefs([fits.Column("MYEXTRA", "D", array=[1.5, -0.0])])
        names = {key: table.header[key] for key in table.header if key.startswith("TTYPE")}
        hdulist["HDRTAB"] = fits.BinTableHDU.from_columns(table.columns + extra, name="HDRTAB")
        assert len(names) + 1 == len(hdulist["HDRTAB"].columns)
        hdulist.writeto(product, overwrite=True)
    members = [{"expname": path.name, "exptype": "science"} for path in exposures]
    association = {"products": [{"name": "p", "members": members}]}
    (tmp_path / "asn.json").write_text(json.dumps(association))
    return tmp_path


@pytest.fixture
def server(folder):
    with WebServer(folder) as server:
        yield server


def names_in(folder):
    exposures = sorted(path.name for path in folder.glob("jw*"))
    return [*exposures, "asn.json", *exposures, "p0_i2d.fits", *exposures, "p1_i2d.fits"]


@pytest.mark.parametrize("expand", [False, True])
def test_urls_products_associations_and_what_is_not_there(server, folder, expand):
    names = names_in(folder)
    names[9:9] = ["none.fits"]
    names += ["p1_i2d.fits", "p0_i2d.fits", "none.fits"] * 2
    settings = {
        "expand": expand,
        "on_bad_input": "skip",
        # astropy has changed the header of the HDRTAB of the second product, which is between arrays.
        "remote": Remote(every_header=True),
    }
    results = [
        blendmodels(None, given, executor=executor, **settings)
        for given, executor in (
            ([folder / name for name in names], None),
            ([folder / name for name in names], Inline()),
            ([server.url(name) for name in names], Inline()),
        )
    ]
    first, *others = results
    for other in others:
        assert told(other) == told(first)
        assert len(other.skipped) == 3
    assert [hdu.data.tobytes() for hdu in others[1].hdus()] == [
        hdu.data.tobytes() for hdu in first.hdus()
    ]


@pytest.mark.parametrize("executor", [None, Inline()])
def test_an_association_by_url_is_fetched_as_is_said(server, executor):
    blender = ModelBlender(remote=Remote(options={"headers": {"X-Mine": "told"}}))
    blender.accumulate_all([server.url("asn.json")] * 2, executor=executor)
    assert {request.headers.get("X-Mine") for request in server.requests} == {"told"}
    assert len(blender.finalize_model(None).table) == 12
