"""The fixture for the authors of plugins, used as they would."""

import subprocess
import sys

import pytest
from astropy.time import Time
from stdatamodels.jwst import datamodels

from blender_core import UnknownAttributeError, blendmodels

CONFTEST = 'pytest_plugins = ["blender_core.testing.fixtures"]\n'

TESTS = """
import types
from importlib.metadata import version

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Override, Plugins, Provider, Rule, RuleConflictError, blendmodels, hookimpl

VERSION = version("blender-rules-std")


def shortest(values):
    return min(values, key=len)


class Rules:
    @hookimpl
    def blender_rules(self):
        return [Rule(name="shortest", blend=shortest, summary="The shortest text.")]


class Overrides:
    @hookimpl
    def blender_overrides(self):
        return [Override(attribute="TARGPROP", rule="shortest")]


def inputs(*names):
    models = [ImageModel() for _ in names]
    for model, name in zip(models, names):
        model.meta.target.proposer_name = name
    return models


def test_a_plugin_is_installed_for_one_test(load_plugin):
    plugins = load_plugin(Rules())
    assert list(map(str, plugins)) == [
        f"blender-rules-std {VERSION} [std]",
        "plugin-under-test 0 [under_test]",
    ]
    product = ImageModel()
    blendmodels(product, inputs("NGC 1300", "M31"), overrides={"TARGPROP": "shortest"})
    assert product.meta.target.proposer_name == "M31"


def test_and_then_it_is_gone():
    assert [one.plugin for one in Plugins.discover()] == ["std"]


def test_modules_and_several_plugins(load_plugin):
    module = types.ModuleType("acme_rules")
    module.blender_rules = hookimpl(lambda: [Rules().blender_rules()[0]])
    module.blender_rules.__name__ = "blender_rules"
    load_plugin(module, Provider("acme-rules", "1.2", "acme"))
    load_plugin(Overrides(), Provider("acme-overrides", "3", "acme_overrides"))
    product = ImageModel()
    result = blendmodels(product, inputs("NGC 1300", "M31"))
    assert product.meta.target.proposer_name == "M31"
    assert str(result.outcomes["meta.target.proposer_name"].provider) == "acme-rules 1.2 [acme]"
    with pytest.raises(RuleConflictError, match="acme-rules 1.2"):
        load_plugin(Rules())
        blendmodels(product, inputs("M31"))


def test_another_plugin_of_the_same_name(load_plugin):
    load_plugin(Rules())
    assert [one.plugin for one in Plugins.discover()] == ["std", "under_test"]


@pytest.fixture
def others(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "rival.py").write_text(
        "from blender_core import Override, Rule, hookimpl\\n\\n\\n@hookimpl\\n"
        "def blender_rules():\\n"
        "    return [Rule(name='shortest', blend=max, summary='Not it.')]\\n\\n\\n@hookimpl\\n"
        "def blender_overrides():\\n"
        "    return [Override(attribute='TARGPROP', rule='last')]\\n"
    )
    for name, entries in {
        # Also by the name of its distribution, the plugin of another is left out.
        "rival-rules": "plugin-under-test = rival",
        "broken": "broken = nowhere",
        "gone": "[",
    }.items():
        folder = tmp_path / f"{name.replace('-', '_')}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {name}\\nVersion: 1\\n")
        (folder / "entry_points.txt").write_text(f"[blender_core]\\n{entries}\\n")


def test_whatever_else_is_installed(load_plugin, others):
    load_plugin(Rules())
    load_plugin(Overrides(), Provider("acme-overrides", "3", "acme_overrides"))
    result = blendmodels(None, inputs("NGC 1300", "M31"))
    assert result.values["TARGPROP"] == "M31"


def test_whatever_is_left_out_already(load_plugin, others, monkeypatch):
    monkeypatch.setenv("MODEL_BLENDER_BLOCK", "std")
    assert [one.plugin for one in load_plugin(Rules())] == ["under_test"]


def test_what_is_wanted_beside_it(load_plugin, others):
    plugins = load_plugin(Overrides(), beside=["Rival_Rules"])
    assert [one.distribution for one in plugins] == [
        "blender-rules-std", "plugin-under-test", "rival-rules"
    ]
    with pytest.raises(ValueError, match="no plugin 'nix' is installed"):
        load_plugin(Overrides(), beside=["nix"])
    with pytest.raises(TypeError, match="beside takes a collection of names"):
        load_plugin(Overrides(), beside="rival")


def test_a_plugin_that_is_installed(load_plugin, others):
    import rival

    assert [one.plugin for one in load_plugin(rival)] == ["std", "plugin-under-test"]
"""


def test_the_fixture_in_a_project_of_its_own(tmp_path, warm_programs):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_plugin.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    done = subprocess.run(
        [warm_programs.folder / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1].startswith("8 passed"), done.stdout


def test_nobody_is_given_pytest_who_does_not_ask_for_it():
    code = "import sys, blender_core.testing; print('pytest' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


DETECTORS = {"NIRCAM": "NRC", "MIRI": "MIR", "NIRSPEC": "NRS", "NIRISS": "NIS", "FGS": "GUIDER"}


@pytest.mark.parametrize("instrument", DETECTORS)
def test_small_exposures_of_each_instrument(small_exposures, instrument, tmp_path):
    first, second = small_exposures(instrument)
    assert first.meta.instrument.name == instrument
    assert first.meta.instrument.detector.startswith(DETECTORS[instrument])
    assert first.meta.exposure.type.startswith(DETECTORS[instrument][:3].replace("GUI", "FGS"))
    # What times say agrees with each other.
    for model in (first, second):
        exposure, observation = model.meta.exposure, model.meta.observation
        begin, end = Time(exposure.start_time, format="mjd"), Time(exposure.end_time, format="mjd")
        assert abs((Time(observation.date_beg) - begin).sec) < 2e-3
        assert abs((end - begin).sec - exposure.exposure_time) < 1e-3
        assert begin < Time(exposure.mid_time, format="mjd") < end
    assert (Time(second.meta.observation.date_beg) - Time(first.meta.observation.date_beg)).sec == (
        pytest.approx(1800)
    )
    # The schema has nothing against them, and they can be written, and blended.
    paths = [first.save(tmp_path / "1_cal.fits"), second.save(tmp_path / "2_cal.fits")]
    first.validate()
    with datamodels.open(paths[0]) as again:
        assert type(again) is type(first)
    result = blendmodels(None, paths)
    assert result.values["EFFEXPTM"] == pytest.approx(2 * first.meta.exposure.exposure_time)


def test_small_exposures_as_a_test_wants_them(small_exposures):
    first, second, third = small_exposures(
        "miri", 3, datamodels.SlitModel, FILTER=["F770W", None, "F1000W"], TITLE="mine"
    )
    assert type(first) is datamodels.SlitModel
    filters = [model.meta.instrument.filter for model in (first, second, third)]
    assert filters == ["F770W", None, "F1000W"]
    assert {model.meta.program.title for model in (first, second, third)} == {"mine"}
    with pytest.raises(ValueError, match="there are no exposures of 'WFC3': the instruments are"):
        small_exposures("WFC3")
    with pytest.raises(ValueError, match="2 values for FILTER, and 3 exposures"):
        small_exposures("MIRI", 3, FILTER=["F770W", "F1000W"])
    with pytest.raises(UnknownAttributeError, match=r"'FILTR' .*\n.*FILTER"):
        small_exposures("MIRI", FILTR="F770W")
