"""The small exposures go through whole stock pipelines, and the products are what those make."""

import pytest
from astropy.io import fits
from small_jwst import coronagraphy, cubes, imaging, spectra, time_series


def header_and_table(run):
    with fits.open(run.product) as hdus:
        header = hdus[0].header.copy()
        header.extend(hdus[1].header, update=True)
        return header, hdus["HDRTAB"].data.copy()


@pytest.mark.parametrize(
    ("name", "exposures"),
    [
        ("i2d", imaging.EXPOSURES),
        ("s2d", spectra.EXPOSURES),
        ("s3d", cubes.EXPOSURES),
        ("coronagraphic i2d", coronagraphy.TARGETS),
        ("x1dints", time_series.EXPOSURES),
    ],
)
def test_a_row_for_each_input(name, exposures, runs):
    header, table = header_and_table(runs[name])
    assert list(table["FILENAME"]) == [exposure.filename for exposure in exposures]
    assert list(table["EFFEXPTM"]) == [exposure.seconds for exposure in exposures]
    assert header["FILENAME"] == runs[name].product.name
    assert [path.name for path in runs[name].inputs] == list(table["FILENAME"])


def test_resampling_counts_an_exposure_once(runs):
    # Two exposures of 100 and 200 seconds, with two detectors each.
    header, table = header_and_table(runs["i2d"])
    assert header["EFFEXPTM"] == 300
    assert table["EFFEXPTM"].sum() == 600


def test_pixels_of_half_the_width_have_a_quarter_of_the_area(runs):
    header, table = header_and_table(runs["i2d"])
    assert header["PIXAR_A2"] == pytest.approx(0.25 * 0.031**2, rel=0.01)
    assert set(table["PIXAR_A2"]) == {imaging.AREA_ARCSECSQ}


def test_the_coronagraphic_pipeline_loses_the_area(runs):
    header, _ = header_and_table(runs["coronagraphic i2d"])
    assert header["PIXAR_SR"] == coronagraphy.AREA_STERADIANS
    assert runs["coronagraphic i2d"].blend.before["meta.photometry.pixelarea_steradians"] == (
        pytest.approx((0.063 / 206264.806) ** 2, rel=0.001)
    )


def test_pipelines_that_blend_last_say_the_inputs_version(runs):
    header, _ = header_and_table(runs["coronagraphic i2d"])
    assert header["CAL_VER"] == "1.20.0"
    header, _ = header_and_table(runs["i2d"])
    assert header["CAL_VER"] != "1.20.0"


def test_an_extracted_spectrum_has_no_table(runs):
    path = runs["s2d"].product
    with fits.open(path.with_name(path.name.replace("s2d", "x1d"))) as hdus:
        assert hdus[0].header["EFFEXPTM"] == 300
        assert "HDRTAB" not in hdus
