"""The page on what jwst sets after its blend, held to what steps do when they are run."""

import importlib.metadata
import re
from functools import partial
from pathlib import Path

import pytest
from jwst.datamodels import ModelLibrary
from jwst.resample import resample
from small_jwst import imaging
from stdatamodels.schema import walk_schema

from blender_core import ModelBlender

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "set_after_the_blend.rst"
# Name of what was made → the section of the page, and whether a step has returned it.
SECTIONS = {
    "i2d": ("resample", True),
    "s2d": ("resample_spec", True),
    "s3d": ("cube_build", True),
    "coronagraphic i2d": ("calwebb_coron3", False),
    "x1dints": ("calwebb_tso3", False),
}
LITERAL = re.compile(r"``(meta\.[\w.]+)``")


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


def changed(run):
    """Return what is another value in the file than it was right after the blend."""
    then, now = run.blend.values, run.final
    paths = {path for path in {**then, **now} if path.startswith("meta.")} - {"meta.wcs"}
    return {path for path in paths if then.get(path) != now.get(path)}


@pytest.mark.parametrize("name", SECTIONS)
def test_the_page_lists_what_is_set(name, runs, sections):
    section, of_a_step = SECTIONS[name]
    saved, of_any_step = (attributes_of(table) for table in tables(sections["Every product"]))
    own = attributes_of(tables(sections[section])[0])
    listed = own | saved | (of_any_step if of_a_step else set())
    run = runs[name]
    assert listed == run.blend.set_later | changed(run)
    assert not own & (saved | of_any_step)


def test_a_moving_target_has_more(runs, sections):
    _, more = tables(sections["cube_build"])
    fixed, moving = (runs[name].blend.set_later for name in ("s3d", "moving s3d"))
    assert moving - fixed == attributes_of(more)
    assert fixed <= moving


@pytest.mark.parametrize("name", SECTIONS)
def test_what_has_changed_was_seen_to_be_set(name, runs):
    assert changed(runs[name]) - {"meta.date"} <= runs[name].blend.set_later


@pytest.mark.parametrize("name", SECTIONS)
def test_the_page_says_what_is_ignored(name, runs, sections):
    said, _, _ = sections[SECTIONS[name][0]].partition(".. list-table::")
    assert LITERAL.findall(said) == runs[name].blend.ignored
    assert ("with no ``ignore``" in " ".join(said.split())) == (not runs[name].blend.ignored)


def test_the_page_lists_what_the_coronagraphic_blend_overwrites(runs, sections):
    before, after = (
        getattr(runs["coronagraphic i2d"].blend, name) for name in ("before", "values")
    )
    (saved, _), (_, lost) = map(tables, (sections["Every product"], sections["calwebb_coron3"]))
    set_by_resampling = runs["i2d"].blend.set_later - attributes_of(saved) - {"meta.wcs"}
    overwritten = {path for path in set_by_resampling if before.get(path) != after.get(path)}
    assert attributes_of(lost) == overwritten


def test_keywords_are_those_of_the_schemas(runs, sections):
    keywords = {}

    def note(subschema, path, *_):
        if "fits_keyword" in subschema:
            keywords[".".join(map(str, path))] = subschema["fits_keyword"]

    for run in runs.values():
        walk_schema(run.schema, note)
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
