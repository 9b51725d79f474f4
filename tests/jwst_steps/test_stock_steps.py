"""Stock steps, run on small exposures: what they set after their blend, and what becomes of it.

One module, so that tests in several processes run each step once.
"""

import importlib.metadata
import re
from functools import partial
from pathlib import Path

import pytest
from astropy.io import fits
from jwst.datamodels import ModelLibrary
from jwst.resample import resample
from small_jwst import coronagraphy, cubes, imaging, spectra, time_series
from stdatamodels.schema import walk_schema
from thoroughness import all_but_exhaustive

from blender_core import ModelBlender, blendmodels

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "set_after_the_blend.rst"
# Name of what was made → the section of the page, and whether a step has returned it.
SECTIONS = {
    "i2d": ("resample", True),
    "s2d": ("resample_spec", True),
    "s3d": ("cube_build", True),
    "coronagraphic i2d": ("calwebb_coron3", False),
    "x1dints": ("calwebb_tso3", False),
}
NAMES = all_but_exhaustive(SECTIONS, ("i2d",))
LITERAL = re.compile(r"``(meta\.[\w.]+)``")
# Of the file, or of a WCS, which nobody blends.
NEVER_BLENDED = ("meta.filename", "meta.date", "meta.model_type", "meta.wcs")
# Cards of a product's primary header that the inputs' files tell otherwise than the pipeline did,
# which had written its version into them before it blended them in memory.
OTHERWISE = {"CAL_VER", "DATE"}


def header_and_table(run):
    with fits.open(run.product) as hdus:
        header = hdus[0].header.copy()
        header.extend(hdus[1].header, update=True)
        return header, hdus["HDRTAB"].data.copy()


@pytest.mark.parametrize(
    ("name", "exposures"),
    [
        ("i2d", imaging.EXPOSURES),
        pytest.param("s2d", spectra.EXPOSURES, marks=pytest.mark.exhaustive),
        pytest.param("s3d", cubes.EXPOSURES, marks=pytest.mark.exhaustive),
        pytest.param("coronagraphic i2d", coronagraphy.TARGETS, marks=pytest.mark.exhaustive),
        pytest.param("x1dints", time_series.EXPOSURES, marks=pytest.mark.exhaustive),
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


@pytest.mark.exhaustive
def test_the_coronagraphic_pipeline_loses_the_area(runs):
    header, _ = header_and_table(runs["coronagraphic i2d"])
    assert header["PIXAR_SR"] == coronagraphy.AREA_STERADIANS
    assert runs["coronagraphic i2d"].blend.before["meta.photometry.pixelarea_steradians"] == (
        pytest.approx((0.063 / 206264.806) ** 2, rel=0.001, abs=0)
    )


@pytest.mark.exhaustive
def test_pipelines_that_blend_last_say_the_inputs_version(runs):
    header, _ = header_and_table(runs["coronagraphic i2d"])
    assert header["CAL_VER"] == "1.20.0"
    header, _ = header_and_table(runs["i2d"])
    assert header["CAL_VER"] != "1.20.0"


@pytest.mark.exhaustive
def test_an_extracted_spectrum_has_no_table(runs):
    path = runs["s2d"].product
    with fits.open(path.with_name(path.name.replace("s2d", "x1d"))) as hdus:
        assert hdus[0].header["EFFEXPTM"] == 300
        assert "HDRTAB" not in hdus


@pytest.fixture(scope="module")
def sections():
    """Return title → text of the sections of the page."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", PAGE.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def tables(text):
    """Return the rows of each table: keywords, and attributes."""
    found = []
    for table in text.split(".. list-table::")[1:]:
        rows = []
        for row in re.split(r"^   \* - ", table, flags=re.MULTILINE)[2:]:
            keywords, attributes, _ = re.split(r"^     - ", row, flags=re.MULTILINE)
            rows.append((re.split(r",\s+", keywords.strip()), LITERAL.findall(attributes)))
        found.append(rows)
    return found


def attributes_of(table):
    listed = [path for _, paths in table for path in paths]
    assert len(listed) == len(set(listed))
    return set(listed)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_lists_what_is_set(name, runs, sections):
    section, of_a_step = SECTIONS[name]
    saved, of_any_step = (attributes_of(table) for table in tables(sections["Every product"]))
    own = attributes_of(tables(sections[section])[0])
    listed = own | saved | (of_any_step if of_a_step else set())
    run = runs[name]
    assert listed == run.blend.set_later | run.changed()
    assert not own & (saved | of_any_step)


@pytest.mark.exhaustive
def test_a_moving_target_has_more(runs, sections):
    _, more = tables(sections["cube_build"])
    fixed, moving = (runs[name].blend.set_later for name in ("s3d", "moving s3d"))
    assert moving - fixed == attributes_of(more)
    assert fixed <= moving


@pytest.mark.parametrize("name", NAMES)
def test_what_has_changed_was_seen_to_be_set(name, runs):
    assert runs[name].changed() - {"meta.date"} <= runs[name].blend.set_later


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_what_is_ignored(name, runs, sections):
    said, _, _ = sections[SECTIONS[name][0]].partition(".. list-table::")
    assert LITERAL.findall(said) == runs[name].blend.ignored
    assert ("with no ``ignore``" in " ".join(said.split())) == (not runs[name].blend.ignored)


@pytest.mark.exhaustive
def test_the_page_lists_what_the_coronagraphic_blend_overwrites(runs, sections):
    before, after = (
        getattr(runs["coronagraphic i2d"].blend, name) for name in ("before", "values")
    )
    (saved, _), (_, lost) = map(tables, (sections["Every product"], sections["calwebb_coron3"]))
    set_by_resampling = runs["i2d"].blend.set_later - attributes_of(saved) - {"meta.wcs"}
    overwritten = {path for path in set_by_resampling if before.get(path) != after.get(path)}
    assert attributes_of(lost) == overwritten


@pytest.mark.exhaustive
def test_keywords_are_those_of_the_schemas(runs, sections):
    keywords = {}

    def note(subschema, path, *_):
        if "fits_keyword" in subschema:
            keywords[".".join(map(str, path))] = subschema["fits_keyword"]

    for name in SECTIONS:
        walk_schema(runs[name].schema, note)
    rows = [row for text in sections.values() for table in tables(text) for row in table]
    assert len(rows) > 20
    for listed, paths in rows:
        assert listed == [keywords.get(path, "none") for path in paths]


def test_the_page_is_of_the_installed_jwst():
    assert f"jwst {importlib.metadata.version('jwst')}." in PAGE.read_text()


def test_no_rule_inside_the_step_changes_them(monkeypatch):
    overrides = {
        "meta.exposure.exposure_time": "min",
        "meta.exposure.start_time": "max",
        "meta.exposure.mid_time": "max",
    }
    blender = partial(ModelBlender, overrides=overrides)
    monkeypatch.setattr(resample, "ModelBlender", blender)
    models = imaging.images()
    library = ModelLibrary(models, on_disk=False)
    product = resample.ResampleImage(library, enable_var=False).resample_many_to_one()
    assert product.meta.exposure.exposure_time == 300
    assert product.meta.exposure.start_time == models[0].meta.exposure.start_time
    # Nothing sets this one later.
    assert product.meta.exposure.mid_time == models[-1].meta.exposure.mid_time


def cards(header):
    """Return keyword → value, numbers but for the last digit of a mean, which jwst rounds less."""
    values = {keyword: header[keyword] for keyword in header if keyword not in {"", *OTHERWISE}}
    return {
        keyword: float(f"{value:.14g}") if isinstance(value, float) else value
        for keyword, value in values.items()
    }


@pytest.fixture(params=all_but_exhaustive(("i2d", "s2d", "s3d", "coronagraphic i2d"), ("i2d",)))
def run(request, runs):
    return runs[request.param]


def test_later_values_are_what_the_step_was_seen_to_set(run):
    then, now = run.blend.values, run.final
    expected = {
        path: now.get(path)
        for path in run.changed()
        # Where no input says anything, nothing is there to replace the step's value.
        if then.get(path) is not None and not path.startswith(NEVER_BLENDED)
    }
    assert blendmodels(run.product, run.inputs).later == expected


def test_a_second_blend_leaves_the_headers_as_the_step_made_them(run, tmp_path):
    again = tmp_path / run.product.name
    blendmodels(run.product, run.inputs, output=again)
    with fits.open(run.product) as before, fits.open(again) as after:
        assert cards(after[0].header) == cards(before[0].header)
        for old, new in zip(before[1:], after[1:], strict=True):
            if old.name not in ("HDRTAB", "ASDF"):
                assert new.header.tostring() == old.header.tostring()
                assert new.data.tobytes() == old.data.tobytes()


def test_replaced_if_asked_for(runs):
    run = runs["i2d"]
    result = blendmodels(run.product, run.inputs, later="replace")
    assert result.values["meta.photometry.pixelarea_steradians"] == imaging.AREA_STERADIANS
    assert result.values["meta.exposure.exposure_time"] == 600
    assert not result.later
