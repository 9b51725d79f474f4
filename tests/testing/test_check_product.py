"""Products that are what they must be, and products with a fault each."""

import json
from pathlib import Path

import pytest
from acme_exposures import write_acme_file

from blender_core import DROP, FitsProduct, InputError, PluginCheckError, Product, hookimpl
from blender_core.testing import check_product

SCHEMA = {
    "properties": {
        "meta": {
            "properties": {
                "exptime": {"type": "number", "fits_keyword": "EXPTIME", "blend_rule": "sum"},
                "filter": {"type": "string", "fits_keyword": "FILTER", "enum": ["R", "V"]},
                "ncombine": {"type": "integer", "fits_keyword": "NCOMBINE"},
            }
        }
    }
}


OF_META = SCHEMA["properties"]["meta"]["properties"]
STEPS = {"steps": {"type": "object", "fits_keyword": "STEPS"}}
WITH_STEPS = {"properties": {"meta": {"properties": {**OF_META, **STEPS}}}}


class Combined(FitsProduct):
    model_type = "ACME"
    schema = SCHEMA


class Acme:
    product = Combined

    @hookimpl
    def blender_product(self, given, what, opened):
        if opened is None or opened.format != "fits":
            return None
        is_ours = opened.header("PRIMARY").get("TELESCOP") == "ACME"
        return self.product(given, what) if is_ours else None


@pytest.fixture
def combined(tmp_path):
    path = tmp_path / "combined.fits"
    write_acme_file(path, OBSERVER="Ann")
    return path


def test_a_sound_product(combined):
    before = combined.read_bytes()
    check_product(Acme(), combined)
    assert combined.read_bytes() == before
    assert [each.name for each in combined.parent.iterdir()] == ["combined.fits"]


def test_a_product_that_is_known_by_a_keyword(combined):
    class Red(Acme):
        @hookimpl
        def blender_product(self, given, what, opened):
            is_red = opened and opened.header("PRIMARY").get("FILTER") == "R"
            return Combined(given, what) if is_red else None

    with pytest.raises(PluginCheckError, match="is no product to blender_product"):
        check_product(Red(), combined)
    check_product(Red(), combined, keep=["FILTER"])


class Notes(Product):
    """A product in a format of its own, with both tables."""

    model_type = "notes"
    endings = (".json",)
    schema = SCHEMA

    def __init__(self, path, what):
        self.path, self.what = Path(path), what
        try:
            self.notes = json.loads(self.path.read_text())
            self.notes["n"]["hdrtab"]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{what}: {error}") from error

    @property
    def origin(self):
        return self.path

    def read(self, layout):
        return [self.notes.get(attribute.keyword) for attribute in layout.attributes]

    def n_rows(self, name):
        return self.notes["n"][name]

    def update(self, changes, tables, plan):
        for path, value in changes.items():
            self.notes[plan[path].attribute.keyword] = None if value is DROP else value
        self.notes["n"].update({name: len(table) for name, table in tables.items()})

    def save(self, target):
        target.file.write(json.dumps(self.notes).encode())


class Notebook:
    product = Notes

    @hookimpl
    def blender_product(self, given, what):
        return self.product(given, what) if str(given).endswith(".json") else None


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"EXPTIME": 2, "n": {"hdrtab": 0, "hdrrules": 0}}))
    return path


def test_a_sound_product_of_a_format_of_its_own(notes):
    check_product(Notebook(), notes)


class _SavesNothing(Notes):
    def save(self, target):
        pass


class _SavesWhatItHad(Notes):
    def save(self, target):
        target.file.write(self.path.read_bytes())


class _SavesElsewhere(Notes):
    def save(self, target):
        self.path.write_text(json.dumps(self.notes))
        target.file.write(json.dumps(self.notes).encode())


class _LeavesAFileBeside(Notes):
    def save(self, target):
        target.output.with_suffix(".lock").write_text("mine")
        super().save(target)


class _ForgetsOne(Notes):
    def save(self, target):
        kept = {key: value for key, value in self.notes.items() if key != "NCOMBINE"}
        target.file.write(json.dumps(kept).encode())


class _ForgetsWhatItHad(Notes):
    """It has nothing but what was blended."""

    schema = WITH_STEPS

    def update(self, changes, tables, plan):
        self.notes = {"n": self.notes["n"]}
        super().update(changes, tables, plan)


class _KeepsWhatIsDropped(Notes):
    def update(self, changes, tables, plan):
        changes = {path: value for path, value in changes.items() if value is not DROP}
        super().update(changes, tables, plan)


class _KeepsAFullDiskToItself(Notes):
    def save(self, target):
        try:
            super().save(target)
        except OSError:
            self.notes = {}


class _ChangesBeforeItIsSaved(Notes):
    def update(self, changes, tables, plan):
        super().update(changes, tables, plan)
        self.path.write_text(json.dumps(self.notes))


class _TellsNoBrokenFile(Notes):
    def __init__(self, path, what):
        self.path, self.what = Path(path), what
        self.notes = json.loads(self.path.read_text())


class _TakesOneNameOnly(Notes):
    def __init__(self, path, what):
        super().__init__(path.removesuffix(""), what)


@pytest.mark.parametrize(
    ("product", "problem"),
    [
        (_SavesNothing, r"save has written nothing to target\.file"),
        (_SavesWhatItHad, r"what save has written has meta\.\w+ \(\w+\) = "),
        (_SavesElsewhere, r"save has changed .*a\.json itself"),
        (_LeavesAFileBeside, r"save leaves a\.lock beside the file"),
        (_ForgetsOne, r"meta\.ncombine \(NCOMBINE\) = None instead of 3"),
        (_ForgetsWhatItHad, r"was there, and not blended for meta\.steps, .* has None"),
        (_KeepsWhatIsDropped, r"= 2.* instead of None|was dropped, and the file"),
        (_KeepsAFullDiskToItself, r"save says nothing where the disk has no room"),
        (_ChangesBeforeItIsSaved, r"saving it elsewhere changes the file"),
        (_TellsNoBrokenFile, r"of a\.json cut after 19 of 76 bytes, it raises no InputError"),
        (_TakesOneNameOnly, r"has no attribute 'removesuffix'"),
    ],
)
def test_a_product_with_a_fault(notes, product, problem):
    content = json.loads(notes.read_text())
    notes.write_text(json.dumps({**content, "STEPS": {"flat": "done"}}))
    plugin = Notebook()
    plugin.product = product
    with pytest.raises(PluginCheckError, match=problem):
        check_product(plugin, notes)


class _TakesAnything:
    @hookimpl
    def blender_product(self, given, what):
        path = given if isinstance(given, (str, Path)) else "a.json"
        return Notes(path, what) if isinstance(given, object) else None


def test_hooks_with_a_fault(notes, monkeypatch):
    monkeypatch.chdir(notes.parent)
    with pytest.raises(PluginCheckError, match="blender_product takes an object"):
        check_product(_TakesAnything(), notes)
    with pytest.raises(PluginCheckError, match="blender_product does not take it"):
        check_product(Acme(), notes)


def test_what_the_engine_knows_itself(tmp_path, small_exposures):
    path = tmp_path / "a_i2d.fits"
    small_exposures("NIRCAM", 1)[0].save(path)
    with pytest.raises(PluginCheckError, match="Model Blender knows it itself"):
        check_product(Acme(), path)


def test_no_file(tmp_path):
    with pytest.raises(ValueError, match="a product's file"):
        check_product(Acme(), tmp_path / "a.fits")
