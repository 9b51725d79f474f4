"""Readers that are what they must be, and readers with a fault each."""

import os
from pathlib import Path

import numpy as np
import pytest
from acme_exposures import write_acme_file

from blender_core import InputError, PluginCheckError, Source, hookimpl
from blender_core.testing import check_source

SCHEMA = {
    "properties": {
        "meta": {
            "properties": {
                "exptime": {"type": "number", "fits_keyword": "EXPTIME", "blend_rule": "sum"},
                "filter": {"type": "string", "fits_keyword": "FILTER", "enum": ["R", "V"]},
                "detector": {"type": "string", "fits_keyword": "DETECTOR"},
            }
        }
    }
}


class Headers(Source):
    """What a plugin gives for a file of this telescope."""

    model_type = "ACME"
    schema = SCHEMA

    def __init__(self, opened, what):
        self.header, self.what = opened.header("PRIMARY"), what

    def read(self, layout):
        return [self.value(attribute.keyword) for attribute in layout.attributes]

    def value(self, keyword):
        return self.header.get(keyword)


def open_exposure(what, opened, source=Headers):
    if opened is None or opened.format != "fits":
        return None
    if opened.header("PRIMARY").get("TELESCOP") != "ACME":
        return None
    return source(opened, what)


class Acme:
    """A plugin that reads them, as it should."""

    source = Headers

    @hookimpl
    def blender_open(self, what, opened):
        return open_exposure(what, opened, self.source)


@pytest.fixture
def exposure(tmp_path):
    path = tmp_path / "exposures" / "a_raw.fits"
    path.parent.mkdir()
    write_acme_file(path, DETECTOR="A1")
    return path


def test_a_sound_reader(exposure):
    before = exposure.read_bytes()
    check_source(Acme(), exposure)
    check_source(Acme(), str(exposure), exposure)
    assert exposure.read_bytes() == before


def test_a_sound_reader_of_several_rows(exposure):
    class Rows(Acme):
        @hookimpl
        def blender_open(self, what, opened):
            one = open_exposure(what, opened)
            return None if one is None else iter([one, Headers(opened, what)])

    check_source(Rows(), exposure)


def test_a_sound_reader_of_an_object_and_of_a_format_of_its_own(tmp_path):
    class Notes(Source):
        model_type = "notes"
        schema = SCHEMA

        def __init__(self, values, what):
            self.values, self.what = values, what

        def read(self, layout):
            return [self.values.get(attribute.keyword) for attribute in layout.attributes]

    class Reader:
        @hookimpl
        def blender_open(self, given, what):
            if type(given) is dict:
                return Notes(given, what)
            if not str(given).endswith(".notes"):
                return None
            try:
                pairs = [line.split("=") for line in open(given).read().splitlines()]  # noqa: PTH123, SIM115
                values = {key: value if key == "FILTER" else float(value) for key, value in pairs}
            except ValueError as error:
                raise InputError(f"{what}: {error}") from error
            return Notes(values, what)

    path = tmp_path / "a.notes"
    path.write_text("FILTER=V\nEXPTIME=3\n")
    check_source(Reader(), {"FILTER": "R"})
    with pytest.raises(PluginCheckError, match="leaves a file open"):
        check_source(Reader(), path)


class _Numpy(Headers):
    def value(self, keyword):
        value = super().value(keyword)
        return np.float64(value) if isinstance(value, float) else value


class _Forbidden(Headers):
    def value(self, keyword):
        return "U" if keyword == "FILTER" else super().value(keyword)


class _InItsOwnOrder(Headers):
    def read(self, layout):
        row = [self.value(keyword) for keyword in ("DETECTOR", "EXPTIME", "FILTER")]
        return row[: len(layout.attributes)]


class _Unsteady(Headers):
    n_calls = 0

    def value(self, keyword):
        type(self).n_calls += 1
        return float(self.n_calls) if keyword == "EXPTIME" else super().value(keyword)


class _Short(Headers):
    def read(self, layout):
        return super().read(layout)[:-1]


class _Strict(Headers):
    """It takes for granted what a header has."""

    def value(self, keyword):
        value = super().value(keyword)
        return float(value) if keyword == "EXPTIME" else value


class _Empty(Headers):
    def value(self, keyword):  # noqa: ARG002
        return None


class _Beyond(Headers):
    def paths_beyond(self, known):  # noqa: ARG002
        return ["meta.exptime"]


class _Printing(Headers):
    def read(self, layout):  # noqa: ARG002
        raise SystemExit(3)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (_Numpy, r"meta\.exptime \(EXPTIME\) is .*100\.5.*, of the type float64, and not a plain"),
        (_Forbidden, r"has meta\.filter \(FILTER\) = 'U', which the schema .* forbids"),
        (_InItsOwnOrder, r"when nothing else is wanted: read is to follow layout\.attributes"),
        (_Unsteady, r"meta\.exptime is \d+\.0, and \d+\.0 when"),
        (_Short, r"read returns 2 values for 3 attributes"),
        (_Strict, r"of a_raw\.fits without the schema's keywords, .* TypeError"),
        (_Empty, r"it reads no value at all"),
        (_Beyond, r"paths_beyond gives meta\.exptime, which the schema has"),
        (_Printing, r"read fails: SystemExit"),
    ],
)
def test_a_source_with_a_fault(exposure, source, problem):
    plugin = Acme()
    plugin.source = source
    with pytest.raises(PluginCheckError, match=problem) as caught:
        check_source(plugin, exposure)
    assert str(caught.value.provider) == "plugin-under-test 0 [under_test]"
    assert len(caught.value.problems) >= 1


def faulty(hook):
    """Return a plugin of one hook."""

    class Faulty:
        blender_open = staticmethod(hookimpl(hook))

    return Faulty()


def _writes(given, what, opened):
    with open(given, "ab") as file:  # noqa: PTH123
        file.write(b" ")
    return open_exposure(what, opened)


def _writes_beside(given, what, opened):
    # What is no file is given to a hook as well, and "3.lock" would stay in the current folder.
    if isinstance(given, os.PathLike):
        Path(f"{given}.lock").write_text("mine")
    return open_exposure(what, opened)


def _wants_text(given, what, opened):
    return open_exposure(what, opened) if given.endswith(".fits") else None


def _takes_anything(what, opened):
    return open_exposure(what, opened) or Headers.__new__(_OfAnything)


class _OfAnything(Headers):
    what = "anything"
    header = {}  # noqa: RUF012


def _takes_nothing():
    return None


def _takes_more_each_time(what, opened, n_calls=[]):  # noqa: B006
    n_calls.append(1)
    one = open_exposure(what, opened)
    return one if one is None else [one] * len(n_calls)


@pytest.mark.parametrize(
    ("hook", "problem"),
    [
        (_writes, r"reading changes the file"),
        (_writes_beside, r"reading changes the folder"),
        (_wants_text, r"'PosixPath' object has no attribute 'endswith'"),
        (_takes_anything, r"blender_open takes an object"),
        (_takes_nothing, r"blender_open does not take it"),
        (_takes_more_each_time, r"it has 1 rows?, and \d+ when given"),
    ],
)
def test_a_hook_with_a_fault(exposure, hook, problem):
    with pytest.raises(PluginCheckError, match=problem):
        check_source(faulty(hook), exposure)


def test_an_object_that_is_changed():
    class Takes(Acme):
        @hookimpl
        def blender_open(self, given, what):
            if type(given) is not dict:
                return None
            given["seen"] = True
            source = Headers.__new__(Headers)
            source.what, source.header = what, given
            return source

    with pytest.raises(PluginCheckError, match="reading changes it"):
        check_source(Takes(), {"EXPTIME": 1.5})


def test_what_the_engine_reads_itself(small_exposures):
    with pytest.raises(PluginCheckError, match="Model Blender reads it itself"):
        check_source(Acme(), small_exposures("MIRI", 1)[0])


def test_without_inputs():
    with pytest.raises(TypeError, match="one or more inputs"):
        check_source(Acme())
