"""The pre-hook: this engine blends instead of jwst's own, as long as a step works."""

import ast
import importlib
import importlib.metadata
import logging
import sys
import threading
from pathlib import Path

import jwst
import jwst.pipeline
import jwst.resample.resample
import pytest
from astropy.io import fits
from jwst.model_blender import blender
from jwst.stpipe import Pipeline, Step
from small_jwst import coronagraphy
from stdatamodels.jwst.datamodels import ImageModel

import blender_core
from blender_core import BlendResult, PluginError, RulesFileError
from blender_core.jwst import use_model_blender

HOOK = "blender_core.jwst.use_model_blender"
OWN = "jwst.model_blender"
JWST = Path(jwst.__file__).parent
REFUSES = """
from blender_core import RulesFileError, hookimpl

@hookimpl
def blender_rules_file():
    raise RulesFileError("it is not ours", line=2)
"""


def blending_names():
    """Return by which names modules of jwst call its blender: module and name."""
    for path in sorted(JWST.rglob("*.py")):
        parts = path.relative_to(JWST.parent).with_suffix("").parts
        text = path.read_text()
        if "tests" in parts or OWN not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OWN):
                for alias in node.names:
                    if alias.name in ("ModelBlender", "blendmodels", "blendmeta"):
                        yield ".".join(parts), alias.asname or alias.name


NAMES = tuple(blending_names())


def blenders():
    """Return what modules of jwst blend with."""
    found = {}
    for module, name in NAMES:
        what = getattr(importlib.import_module(module), name)
        found[module, name] = what.blendmodels if name == "blendmeta" else what
    return found


def is_ours(name, blend):
    if name == "ModelBlender":
        return isinstance(blend(), blender_core.ModelBlender)
    return isinstance(blend(ImageModel(), [ImageModel()]), BlendResult)


def whose():
    """Tell whose blender the modules of jwst have: all the same."""
    different = {(name, one) for (_, name), one in blenders().items()}
    (found,) = {"ours" if is_ours(name, one) else "theirs" for name, one in different}
    return found


class Work(Step):
    """A step that notes who blends while it works."""

    class_alias = "work"
    spec = "fails = boolean(default=False)"

    def process(self, given):
        given.append(whose())
        if self.fails:
            raise ArithmeticError(given)


class Outer(Pipeline):
    class_alias = "outer"
    step_defs = {"first": Work, "second": Work}  # noqa: RUF012

    def process(self, given):
        for step in (self.first, self.second):
            step.run(given)
            given.append(whose())


@pytest.fixture(autouse=True)
def own():
    """Each test leaves jwst as it was, to the object."""
    before = blenders()
    assert before["jwst.resample.resample", "ModelBlender"] is blender.ModelBlender
    assert {name for name, _ in before} >= {
        "jwst.pipeline.calwebb_coron3",
        "jwst.pipeline.calwebb_tso3",
        "jwst.cube_build.ifu_cube",
    }
    yield
    after = blenders()
    assert all(after[name] is before[name] for name in before)
    assert not [
        name
        for name, module in sys.modules.items()
        if name.partition(".")[0] == "jwst"
        for one in vars(module).values()
        if type(one).__module__ == "blender_core.jwst"
    ]


def test_a_step():
    notes = []
    step = Work(pre_hooks=[HOOK])
    step.run(notes)
    assert notes == ["ours"]
    assert whose() == "theirs"
    step.run(notes)
    step.process(notes)  # the hook was for the runs
    assert notes == ["ours", "ours", "theirs"]


@pytest.mark.exhaustive
def test_steps_without_the_hook_blend_as_ever():
    notes = []
    Work(pre_hooks=[HOOK]).run(notes)
    Work().run(notes)
    assert notes == ["ours", "theirs"]


def test_a_pipeline_and_its_steps():
    notes = []
    Outer(pre_hooks=[HOOK]).run(notes)
    Outer().run(notes)
    assert notes == ["ours"] * 4 + ["theirs"] * 4


@pytest.mark.exhaustive
def test_one_step_of_a_pipeline():
    notes = []
    Outer(steps={"second": {"pre_hooks": [HOOK]}}).run(notes)
    assert notes == ["theirs", "theirs", "ours", "theirs"]


def test_a_pipeline_and_a_step_of_it():
    notes = []
    Outer(pre_hooks=[HOOK], steps={"first": {"pre_hooks": [HOOK]}}).run(notes)
    assert notes == ["ours"] * 4


@pytest.mark.exhaustive
def test_the_hook_twice():
    notes = []
    step = Work(pre_hooks=[HOOK, HOOK])
    step.run(notes)
    step.run(notes)
    assert notes == ["ours", "ours"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("given", [{"pre_hooks": [HOOK]}, {}])
def test_a_step_that_fails(given):
    notes = []
    pipeline = Outer(**given, steps={"first": {"fails": True, "pre_hooks": [HOOK]}})
    with pytest.raises(ArithmeticError):
        pipeline.run(notes)
    assert notes == ["ours"]
    pipeline.first.fails = False
    pipeline.run(notes)
    outside = "ours" if given else "theirs"
    assert notes == ["ours", "ours", outside, outside, outside]


@pytest.mark.exhaustive
def test_a_step_that_is_skipped():
    notes = []
    pipeline = Outer(steps={"first": {"skip": True, "pre_hooks": [HOOK]}})
    pipeline.run(notes)
    assert notes == ["theirs"] * 3
    # The hook of then has no part in what the step does without it.
    pipeline.first.process(notes)
    assert notes[-1] == "theirs"


def test_a_step_by_itself_is_not_skipped():
    notes = []
    Work(pre_hooks=[HOOK], skip=True).run(notes)
    assert notes == ["ours"]


def test_what_is_imported_meanwhile(tmp_path, monkeypatch):
    (tmp_path / "late.py").write_text("from jwst.model_blender import ModelBlender\n")
    monkeypatch.setattr(jwst, "__path__", [*jwst.__path__, str(tmp_path)])
    monkeypatch.setattr(jwst, "late", None, raising=False)  # and away with it at the end

    class Imports(Step):
        class_alias = "imports"
        spec = ""

        def process(self, given):
            module = importlib.import_module("jwst.late")
            given += [module, is_ours("ModelBlender", module.ModelBlender)]

    notes = []
    Imports(pre_hooks=[HOOK]).run(notes)
    monkeypatch.delitem(sys.modules, "jwst.late")
    module, was_ours = notes
    assert was_ours
    assert module.ModelBlender is blender.ModelBlender


def test_what_somebody_has_replaced_already_stays(monkeypatch):
    monkeypatch.setattr(jwst.resample.resample, "ModelBlender", blender_core.ModelBlender)
    notes = []
    Work(pre_hooks=[HOOK]).run(notes)
    assert notes == ["ours"]
    assert jwst.resample.resample.ModelBlender is blender_core.ModelBlender


def test_steps_at_once_in_threads():
    begun, ended, notes = threading.Event(), threading.Event(), []

    class Waits(Step):
        class_alias = "waits"
        spec = ""

        def process(self, events):
            if events:
                begun.set()
                assert ended.wait(30)
            notes.append(whose())

    long = Waits(pre_hooks=[HOOK])
    thread = threading.Thread(target=long.run, args=(["until the other has ended"],))
    thread.start()
    assert begun.wait(30)
    Waits(pre_hooks=[HOOK]).run([])
    assert whose() == "ours"  # the first has not ended
    ended.set()
    thread.join()
    assert notes == ["ours", "ours"]


class Begins(Step):
    class_alias = "begins"
    spec = ""

    def process(self, given):
        given.append("begun")


def test_a_plugin_that_is_broken_is_told_before_any_work(install):
    install("broken-rules", "broken", "raise RuntimeError('no licence')")
    notes = []
    with pytest.raises(PluginError, match="MODEL_BLENDER_BLOCK=broken"):
        Begins(pre_hooks=[HOOK]).run(notes)
    assert notes == []


def test_a_rules_file_that_a_plugin_refuses_is_told_before_any_work(install, tmp_path, monkeypatch):
    install("acme-rules", "acme", REFUSES)
    (tmp_path / "team.rules").write_text("one\ntwo\n")
    monkeypatch.setenv("MODEL_BLENDER_RULES", str(tmp_path / "team.rules"))
    notes = []
    with pytest.raises(RulesFileError, match=r"team\.rules .*acme-rules.*, line 2: it is not ours"):
        Begins(pre_hooks=[HOOK]).run(notes)
    assert notes == []


def test_nothing_but_a_step_may_call_it():
    with pytest.raises(TypeError, match="for the pre_hooks of a step of jwst"):
        use_model_blender()


PIPELINES = """
import sys
from pathlib import Path
from small_jwst import products

def hooked(pipeline):
    class Hooked(pipeline):
        def __init__(self, *args, **settings):
            super().__init__(*args, pre_hooks=["blender_core.jwst.use_model_blender"], **settings)
    return Hooked

for name in ("Coron3Pipeline", "Image3Pipeline", "Spec3Pipeline", "Tso3Pipeline"):
    setattr(products, name, hooked(getattr(products, name)))
for name, (path, _) in products.make_products(Path.cwd()).items():
    print("made", name, path, sep="|")
"""


@pytest.mark.exhaustive
@pytest.mark.usefixtures("plugin")
def test_all_pipelines_that_blend(run_program):
    """Each of them saves its products itself, and returns nothing that could be amended."""
    times, areas = {}, {}
    for name, path in run_program(PIPELINES):
        with fits.open(path) as product:
            # Tables of jwst have no units.
            assert product["HDRTAB"].columns["EFFEXPTM"].unit == "s", name
            times[name] = product[0].header["EFFEXPTM"]
            areas[name] = product["SCI"].header.get("PIXAR_SR") if "SCI" in product else None
    # Resampling counts exposures once, 100 and 200 s, after its blend and whatever that gave. Where
    # nothing is set after the blend, the plugin's rule holds: the largest.
    assert times == {
        "i2d": 300,
        "s2d": 300,
        "s3d": 200,
        "coronagraphic i2d": 200,
        "x1dints": 200,
    }
    # The pipeline has its step resample without a blend, so that the product has no table which
    # could tell that its area is not of the inputs.
    assert areas["coronagraphic i2d"] == coronagraphy.AREA_STERADIANS


def test_the_log_tells_who_blends(caplog):
    caplog.set_level(logging.INFO, "stpipe.model_blender")
    Work(name="work", pre_hooks=[HOOK]).run([])
    version = importlib.metadata.version("blender-core")
    assert caplog.messages == [
        f"Model Blender {version} blends for step work instead of jwst.model_blender"
    ]
