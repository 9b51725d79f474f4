"""Whatever a plugin's code or object does, it is told as that plugin's, and nothing else happens.

Each place at which the engine touches something of a plugin's is tried with all kinds of what that
can raise: some of them here, more in ``.ci/run``, and all, some two thousand, with
``HOSTILE_PLUGINS=all``. What a plugin does to the process itself (``os._exit``, a loop without an
end, another ``sys.stdout``) cannot be defended against.
"""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hostile_plugins import (
    EVERYTHING,
    KINDS,
    PLACES,
    DictSource,
    OverridesPlugin,
    ReaderPlugin,
    RulesPlugin,
    hostile,
)
from hostile_plugins import giving as source_giving
from hostile_plugins import rule as plugin_with_rule
from hostile_plugins import source as plugin_with_source
from release import VERSION
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive
from typer.testing import CliRunner

import blender_rules_std.plugin
from blender_core import (
    BlenderError,
    BlendPlan,
    ExpansionError,
    Gives,
    Override,
    Plugins,
    Provider,
    Rule,
    RuleCheckError,
    blendmodels,
)
from blender_core.cli.app import app
from blender_core.testing import check_rule

HOSTILE = Provider("hostile-rules", "1.2", "hostile")
STANDARD = Provider("blender-rules-std", VERSION, "std")
INPUTS = [{"EXPTIME": 1.5, "FILTER": "A", "FREE": [1]}, {"EXPTIME": 2.5, "FILTER": "B"}]
RULES_FILE = Path(__file__)
"""A text; to hostile plugins it is a rules file."""
PLAIN = {bool, int, float, str, type(None)}
N_KINDS = {"quick": 1, "usual": 4, "all": len(KINDS)}


def plugins_with(plugin):
    plugins = Plugins()
    plugins.register(blender_rules_std.plugin, STANDARD)
    plugins.register(plugin, HOSTILE)
    if not plugins.readers:
        plugins.register(ReaderPlugin(DictSource), Provider("reader", "1", "reader"))
    return plugins


def assert_plain(value):
    """All that comes in from a plugin is the engine's own."""
    if type(value) is dict:
        assert_plain([*value, *value.values()])
    elif type(value) in (list, tuple):
        for item in value:
            assert_plain(item)
    else:
        assert type(value) in PLAIN


def use(plugin):
    """Do with a plugin what commands and callers do."""
    plugins = plugins_with(plugin)
    rules = (RULES_FILE,) if plugins.rules_file_readers else ()
    plan = BlendPlan.for_model(INPUTS[0], plugins=plugins, rules=rules)
    assert all(map(str, (plan, plan.check(), plan.diff(plan), *plan.values())))
    result = blendmodels(None, INPUTS, plugins=plugins)
    assert_plain(dict(result.values))
    assert_plain([list(values) for values in result.inputs.values()])
    assert result.explain("meta")
    assert result.table is not None
    return result


def kinds_for(place, number):
    """Return some kinds, others for each place, in the same order each time."""
    others = random.Random(place).sample(sorted(KINDS), len(KINDS))  # noqa: S311
    first = next(itertools.islice(itertools.cycle(["exit", "interrupt"]), len(place) % 2, None))
    return [first, *(kind for kind in others if kind != first)][:number]


def number_of_kinds(thoroughness):
    return len(KINDS) if os.environ.get("HOSTILE_PLUGINS") == "all" else N_KINDS[thoroughness]


@pytest.mark.filterwarnings("ignore:.*It is left out", "ignore:.*forbids the blended value")
@pytest.mark.parametrize(
    "thoroughness", ["quick", pytest.param("usual", marks=pytest.mark.exhaustive)]
)
@pytest.mark.parametrize("place", PLACES)
def test_it_is_told_as_the_plugins(place, thoroughness):
    for kind in kinds_for(place, number_of_kinds(thoroughness)):
        told = ""
        try:
            use(PLACES[place](KINDS[kind]))
        except BlenderError as error:
            told = str(error)
            assert "hostile-rules 1.2 [hostile]" in told, kind
            assert len(told) < 10_000
        except AssertionError:
            raise
        except BaseException as error:  # noqa: BLE001  # what would end pytest
            pytest.fail(f"{place} with {kind}: {type.__repr__(type(error))}")


@pytest.mark.parametrize("kind", all_but_exhaustive(KINDS, ["exit", "interrupt"]))
@pytest.mark.parametrize(
    "make",
    [
        lambda raise_it: {"hdrtab": raise_it},
        lambda raise_it: {"hdrtab": property(raise_it)},
        lambda raise_it: {"hdrtab": lambda _: hostile(raise_it, *EVERYTHING)},
        lambda raise_it: {"hdrtab": lambda _: [hostile(raise_it, *EVERYTHING)]},
        lambda raise_it: {"hdrtab": lambda _: hostile_table(raise_it)},
    ],
)
def test_so_is_what_is_told_of_a_table(make, kind):
    plugins = plugins_with(plugin_with_source(**make(KINDS[kind])))
    with pytest.raises(BlenderError) as caught:
        blendmodels(None, INPUTS[:1], plugins=plugins, expand=True)
    assert isinstance(caught.value, ExpansionError) or "hostile-rules 1.2" in str(caught.value)


def hostile_table(raise_it):
    """Return an array whose class has methods of its own."""
    members = dict.fromkeys(("__getitem__", "__len__", "__array__", "tolist", "view"), raise_it)
    own = type("Own", (np.ndarray,), members)
    return np.zeros(2, [("EXPTIME", object)]).view(own)


def endless(value):
    """Give the same for ever, as far as anybody will look."""
    for _ in range(5_000_000):
        yield value
    msg = "asked for more than anybody needs"
    raise AssertionError(msg)


class EndlessList(list):
    def __iter__(self):
        return endless(1)


class EndlessDict(dict):
    def items(self):
        return ((number, 1) for number in endless(1))


FINE = Rule(name="fine", blend=max, summary=".")
ASKS = Override(attribute="EXPTIME", rule="max")
DEEP = [[]]
for _ in range(500):
    DEEP = [DEEP]
CIRCLE = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: RulesPlugin(lambda: endless(FINE)), "blender_rules .* seem to have no end"),
        (lambda: RulesPlugin(lambda: endless(7)), "blender_rules .* gives 7 where"),
        (lambda: RulesPlugin(lambda: iter(int, 1)), "blender_rules .* gives 0 where"),
        (lambda: OverridesPlugin(lambda: endless(ASKS)), "blender_overrides .* to have no end"),
        pytest.param(
            lambda: plugin_with_rule(lambda _: EndlessList()),
            "more than 1,000,000: it seems",
            marks=pytest.mark.exhaustive,
        ),
        (lambda: plugin_with_rule(lambda _: endless(1)), "of type generator, and not a str"),
        (lambda: plugin_with_rule(lambda _: CIRCLE), "more than 100 lists and dicts"),
        (lambda: plugin_with_rule(lambda _: DEEP), "more than 100 lists and dicts"),
        (lambda: plugin_with_source(read=lambda *_: EndlessList()), "read fails: TooManyError"),
        (lambda: plugin_with_source(paths_beyond=lambda *_: EndlessList()), "paths_beyond fails"),
        (lambda: plugin_with_source(schema=EndlessDict()), "schema fails: TooManyError"),
        (lambda: source_giving(EndlessList), r"read returns for meta.exptime \(EXPTIME\) fails"),
        (lambda: source_giving(lambda: CIRCLE), "read returns for .* fails: RecursionError"),
    ],
)
def test_what_has_no_end(make, words):
    with pytest.raises(BlenderError, match=f"(?s)hostile-rules 1.2 .*{words}|{words}") as caught:
        use(make())
    assert "hostile-rules 1.2 [hostile]" in str(caught.value)


def test_values_of_subclasses_are_pythons_own():
    class Text(str):
        def __eq__(self, _):
            return True

        def __hash__(self):
            return 1

        def __str__(self):
            return "another"

        def upper(self):
            return "another"

        __repr__ = __str__

    class Number(float):
        def __add__(self, _):
            return 1e9

        def __float__(self):
            return 1e9

        __radd__ = __add__

    def read(_, layout):
        return [
            {"EXPTIME": Number(1.5), "FILTER": Text("A"), "FREE": [Text("B")]}[each.keyword]
            for each in layout.attributes
        ]

    result = blendmodels(None, INPUTS, plugins=plugins_with(plugin_with_source(read=read)))
    assert result.values == {"meta.exptime": 3.0, "meta.filter": "A", "meta.free": ["B"]}
    assert_plain(dict(result.values))


def test_what_a_rule_puts_into_its_list_is_no_input():
    class Foreign:
        pass

    def blend(values):
        values.append(Foreign())
        return values[-1]

    plugin = plugin_with_rule(blend, gives=Gives.INPUT)
    with pytest.raises(BlenderError, match="of type Foreign, and not a str"):
        use(plugin)


def test_long_values_are_shown_briefly():
    def blend(values):
        raise ValueError("x" * 10_000_000 + str(values))

    def read(_, layout):
        return ["y" * 10_000_000 if each.keyword == "FILTER" else 1.0 for each in layout.attributes]

    class Both:
        hooks = plugin_with_rule(blend)
        blender_rules, blender_overrides = hooks.blender_rules, hooks.blender_overrides
        blender_open = plugin_with_source(read=read).blender_open

    with pytest.raises(BlenderError) as caught:
        use(Both())
    assert len(str(caught.value)) < 5000


def leaves(_):
    sys.exit(0)


def interrupts(_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("blend", [leaves, interrupts])
def test_the_check_of_rules_goes_on(blend):
    rule = Rule(name="leaves", blend=blend, summary="Ends the program.")
    with pytest.raises(RuleCheckError, match=r"SystemExit|KeyboardInterrupt") as caught:
        check_rule(rule)
    assert caught.value.rule == "leaves"


CODE = """
import sys
from blender_core import Override, Rule, hookimpl

def leave(values):
    {blend}

@hookimpl
def blender_rules():
    {rules}
    return [Rule(name="leave", blend=leave, summary="Ends the program.")]

@hookimpl
def blender_overrides():
    {overrides}
    return [Override(attribute="EFFEXPTM", rule="leave")]
"""


@pytest.fixture(scope="module")
def exposures(tmp_path_factory):
    """A product, and two inputs."""
    paths = [tmp_path_factory.mktemp("exposures") / f"{name}_cal.fits" for name in "abc"]
    for path in paths:
        model = ImageModel((2, 2))
        model.meta.exposure.exposure_time = 1.5
        model.save(path)
    return paths


@pytest.mark.parametrize("statement", ["sys.exit(0)", "raise KeyboardInterrupt"])
@pytest.mark.parametrize(
    "case",
    all_but_exhaustive(
        [
            "blend: blend",
            "blend: blend --dry-run",
            "rules: blend",
            "rules: rules",
            "rules: plugins",
            "overrides: plan",
            "overrides: check",
            "overrides: plugins",
        ],
        quick=["blend: blend", "rules: rules"],
    ),
)
def test_commands_end_with_a_status_and_say_why(install, exposures, tmp_path, case, statement):
    where, _, arguments = case.partition(": ")
    settings = {"blend": "pass", "rules": "pass", "overrides": "pass", where: statement}
    install("hostile-rules", "hostile", CODE.format(**settings), version="1.2")
    command, *options = arguments.split()
    output = tmp_path / "product.fits"
    if command == "blend":
        files = [*exposures] + (["--output", output] if not options else [])
    else:
        files = exposures[:1] if command in ("plan", "check") else []
    done = CliRunner().invoke(app, [command, *map(str, files), *options])
    assert done.exit_code == 2, done.output
    assert "hostile-rules 1.2 [hostile]" in done.stderr
    assert statement.partition("(")[0].split()[-1].replace("sys.exit", "SystemExit") in done.stderr
    assert "fault of the program" not in done.stderr
    assert not output.exists()
    if "--block hostile" in done.stderr:
        done = CliRunner().invoke(app, [command, *map(str, files), *options, "--block", "hostile"])
    else:
        assert "--override meta.exposure.exposure_time=keep" in done.stderr
        option = ["--override", "meta.exposure.exposure_time=keep"]
        done = CliRunner().invoke(app, [command, *map(str, files), *options, *option])
    assert done.exit_code in (0, 1), done.output


@pytest.mark.exhaustive
def test_a_real_interrupt_in_a_rule_ends_the_command(exposures, tmp_path):
    site, started = tmp_path / "place", tmp_path / "started"
    info = site / "hostile_rules-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile-rules\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[blender_core]\nhostile = hostile_module\n")
    waits = f"open({str(started)!r}, 'w').close()\n    while True: pass"
    code = CODE.format(blend=waits, rules="pass", overrides="pass")
    (site / "hostile_module.py").write_text(code)
    program = Path(sys.executable).with_name("model-blender")
    with subprocess.Popen(
        [program, "blend", *exposures, "--output", tmp_path / "product.fits"],
        env={**os.environ, "PYTHONPATH": str(site)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        for _ in range(600):
            if started.exists() or process.poll() is not None:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=60)
    assert process.returncode == 130, message
    assert message.endswith("Interrupted.\n")
