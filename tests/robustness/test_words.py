"""Texts of others, in whatever they come, go to a terminal without anything that it obeys.

Each place from which a text can come to the command line is made hostile in turn: the names of
files, arguments, variables of the environment, lists, associations, rules files, headers, trees and
plugins. All commands that come past it are run, and whatever they say is looked through.
"""

import itertools
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive
from typer.testing import CliRunner

from blender_core import blendmodels
from blender_core.cli.app import app

# What terminals obey (ECMA-48 and xterm's own), what turns writing round (Unicode's annex 9), what
# ends lines or has no width, and what no encoding has. Each is told apart from what rich writes.
ATTACKS = {
    "colour": "\x1b[5;41m",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;evil:link\x1b\\",
    "clear": "\x1b[2J\x1b[H",
    "c1": "\x9b5;41m\x9d0;owned\x9c\x85",
    "overwritten": "\rError\x08\x7f\x0b\x0c",
    "bidi": "\u202e\u2066\u2069\u200e\u200f\u061c",
    "invisible": "\u2028\u2029\u200b\u2060\ufeff\x1c\x1f",
    "forged": "\nError: forged",
}
HARMLESS = "naïve 日本 η עברית 🔭"
ALL = "".join(ATTACKS.values())
EACH = bool(os.environ.get("EACH_ATTACK"))
"""Whether each attack is tried by itself, in each way of saying it: that takes half an hour."""
TEXTS = list(ATTACKS.values()) if EACH else [ALL]
IDS = list(ATTACKS) if EACH else ["all"]
WAYS = ("plain", "colours", "json", "debug")

OWN_COLOURS = re.compile(r"\x1b\[(?!5;41m)[\d;]*m")
CURSOR = re.compile(r"\x1b\[(\?25[lh]|[12]?[AK])|\r")
"""What rich writes while there is something to wait for, and takes away again."""
OBEYED = re.compile(
    "[^\\n\\t\\x20-\\x7e\\xa0-\\U0010ffff]|[\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def looked_through(text, *, has_colours=False):
    """Return what was printed, which has nothing in it that a terminal obeys."""
    if has_colours:
        text = OWN_COLOURS.sub("", CURSOR.sub("", text))
    caught = OBEYED.findall(text)
    assert not caught, (caught, text)
    assert "\nError: forged" not in text, text
    return text


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two exposures and a product of them, each as FITS and as ASDF."""
    folder = tmp_path_factory.mktemp("made")
    for number, name in enumerate(("a", "b")):
        model = ImageModel((2, 2))
        model.meta.instrument.name = "NIRCAM"
        model.meta.instrument.detector = f"NRCA{number + 1}"
        model.meta.exposure.start_time = 59000.5 + number
        model.meta.target.proposer_name = f"NGC {number}"
        for ending in ("fits", "asdf"):
            model.save(folder / f"{name}.{ending}")
    for ending in ("fits", "asdf"):
        inputs = [folder / f"{name}.{ending}" for name in ("a", "b")]
        product = ImageModel((2, 2))
        product.meta.target.proposer_name = "NGC"
        blendmodels(product, inputs, record_rules=True)
        product.save(folder / f"p.{ending}")
    return folder


@pytest.fixture(autouse=True)
def here(made, tmp_path, monkeypatch):
    """A folder with these files, which is the current one."""
    folder = Path(shutil.copytree(made, tmp_path / "here"))
    monkeypatch.chdir(folder)
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def say(monkeypatch):
    """Return a function that gives what a command says, in some or each of its ways of saying it.

    Where not each is tried, they take turns.
    """
    turns = itertools.cycle(WAYS)

    def run(*arguments, ways=()):
        said = []
        ways = ways or (WAYS if EACH else [next(turns)])
        arguments = list(map(str, arguments))
        for way in ways:
            extra = {"json": ["--json"], "debug": ["--debug"]}.get(way, [])
            if way == "json" and arguments[0] in ("report", "demo"):
                continue
            with monkeypatch.context() as patch:
                if way == "colours":
                    patch.setenv("FORCE_COLOR", "1")
                done = CliRunner().invoke(app, [arguments[0], *extra, *arguments[1:]])
            assert done.exception is None or isinstance(done.exception, SystemExit), (
                done.exception,
                arguments,
            )
            for text in (done.stdout, done.stderr):
                said.append(looked_through(text, has_colours=way == "colours"))
            if way == "json" and done.stdout:
                json.loads(done.stdout)
        return "".join(said)

    return run


def commands_of(product, exposure):
    """All commands that are about a product, or blend an exposure into it."""
    output = f"out{Path(product).suffix}"
    return [
        ["plan", exposure],
        ["check", exposure],
        ["blend", product, exposure, "--dry-run", "--all"],
        ["blend", product, exposure, "-o", output, "--overwrite"],
        ["amend", product, "--override", "TARGPROP=last", "--dry-run", "--all"],
        ["amend", product, "--override", "TARGPROP=last", "-o", output, "--overwrite"],
        ["explain", product, "--all"],
        ["explain", product, "TARGPROP", "EXPSTART"],
        ["table", product, "--all"],
        ["table", product, "--all", "-o", "t.html", "--overwrite"],
        ["diff", product, exposure],
        ["report", product, "-o", "r.html", "--overwrite"],
    ]


def shown(text):
    """How an attack looks when it is shown, each character of it by itself."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class TestNamesOfFiles:
    @pytest.mark.parametrize("name", TEXTS, ids=IDS)
    def test_of_files_that_are_there(self, say, name):
        for ending in ("fits", "asdf") if EACH else ("asdf",):
            product, exposure = f"p{name}.{ending}", f"a{name}.{ending}"
            Path(f"p.{ending}").rename(product)
            Path(f"a.{ending}").rename(exposure)
            for command in commands_of(product, exposure):
                said = say(*command, ways=() if EACH else ("plain",))
                if command[0] in ("check", "diff", "report"):
                    assert shown(name) in said, command

    @pytest.mark.parametrize("attack", TEXTS, ids=IDS)
    def test_of_files_that_are_not(self, say, attack):
        name = f"none{attack}.fits"
        for command in [
            *commands_of(name, "a.fits"),
            *commands_of("p.fits", name),
            ["blend", "p.fits", f"@{name}"],
            ["blend", "p.fits", f"{name}*"],
            ["demo", name],
            ["blend", "p.fits", "a.fits", "-o", f"{name}/x.fits"],
            ["blend", "p.fits", "a.fits", "-o", f"{name}.txt"],
            ["table", "p.fits", "-o", f"{name}.txt"],
            ["table", "p.fits", "-o", f"{name}/x.csv"],
            ["report", "p.fits", "-o", f"{name}/x.html"],
            ["plan", "a.fits", "--rules", name],
        ]:
            if name in "".join(command):
                assert shown(attack) in say(*command, ways=() if EACH else ("plain",)), command

    @pytest.mark.exhaustive
    @pytest.mark.parametrize("attack", TEXTS, ids=IDS)
    def test_of_files_that_are_nothing(self, say, attack):
        for ending, content in (("fits", b"SIMPLE  "), ("asdf", b"#ASDF 1.0.0\n"), ("json", b"{}")):
            name = f"bad{attack}.{ending}"
            Path(name).write_bytes(content)
            commands = [*commands_of(name, "a.fits"), *commands_of("p.fits", name)]
            for command in [
                *(commands if EACH else commands[::3]),
                ["blend", "p.fits", f"@{name}"],
                ["demo", name],
                ["plan", "a.fits", "--rules", name],
                ["blend", "p.fits", "a.fits", name, "--on-bad-input", "skip", "-o", "x.fits"],
            ]:
                say(*command)

    def test_of_bytes_that_are_no_text(self, say):
        name = os.fsdecode(b"a\xff\xfe.fits")
        Path("a.fits").rename(name)
        for command in commands_of("p.fits", name) if EACH else []:
            say(*command)
        assert "\\udcff" in say("diff", "p.fits", name)


class TestArguments:
    @pytest.mark.parametrize("text", TEXTS, ids=IDS)
    def test_of_options(self, say, text):
        product, exposure = "p.fits", "a.fits"
        for command in [
            ["plan", "--model", text],
            ["plan", exposure, "--override", text],
            ["plan", exposure, "--override", f"{text}=max"],
            ["plan", exposure, "--override", f"EXPSTART={text}"],
            ["plan", exposure, "--ignore", text],
            ["plan", exposure, "--block", text],
            ["plan", exposure, "--instrument", text, "--detector", text, "--exp-type", text],
            ["check", "--plugin", text],
            ["check", exposure, "--except", text],
            ["blend", product, exposure, "--asn-product", text, "--dry-run"],
            ["blend", product, exposure, "--on-bad-input", text],
            ["amend", product, "--override", f"{text}=last", "--dry-run"],
            ["explain", product, text],
            ["table", product, "--columns", text],
            ["table", product, "--sort", text],
            ["rules", "--block", text],
            ["plugins", "--block", text],
        ]:
            say(*command)

    @pytest.mark.parametrize("attack", TEXTS, ids=IDS)
    def test_that_typer_refuses(self, say, attack):
        # Not all line ends are escaped by typer, and these are the user's own.
        text = attack.replace("\n", " ")
        for command in [
            [f"x{text}"],
            [f"--{text}"],
            ["plan", f"--{text}"],
            ["plan", "a", text, "b"],
        ]:
            # Some of it typer has escaped already, as \\x0d.
            assert ascii(attack.strip())[1:4] in say(*command, ways=("plain",)), command

    @pytest.mark.parametrize("variable", ["RULES", "BLOCK", "RECORD_RULES"])
    def test_of_the_environment(self, say, monkeypatch, variable):
        for attack in TEXTS:
            monkeypatch.setenv(f"MODEL_BLENDER_{variable}", f"x{attack}")
            for command in (
                ["plan", "a.fits"],
                ["plugins"],
                ["blend", "p.fits", "a.fits", "--dry-run"],
            ):
                say(*command)


class TestContents:
    def test_of_an_association(self, say):
        for attack in TEXTS:
            member = {"expname": "a.fits", "exptype": "science"}
            for name, content in {
                "expname": {"name": "p", "members": [{**member, "expname": f"{attack}.fits"}]},
                "exptype": {"name": "p", "members": [member, {**member, "exptype": attack}]},
                "no science": {"name": "p", "members": [{**member, "exptype": attack}]},
                "product": {"name": attack, "members": [member]},
                "key": {attack: attack, "members": [member]},
            }.items():
                for products in ([content], [content, {**content, "name": f"{attack}x"}]):
                    text = json.dumps({"asn_type": attack, "products": products})
                    Path("asn.json").write_text(text)
                    said = say("blend", "p.fits", "asn.json", "--dry-run", ways=("plain",))
                    assert shown(attack) in said or name != "expname"
            Path("asn.json").write_text(f'{{"products": {attack}}}')
            say("blend", "p.fits", "asn.json", "--dry-run")

    def test_of_a_list(self, say):
        for attack in TEXTS:
            for text in (f"{attack}.fits", f"@{attack}", f"{attack}*.fits", f"~{attack}/x"):
                Path("list.txt").write_text(f"a.fits\n{text}\n")
                say("blend", "p.fits", "@list.txt", "--dry-run")

    def test_of_a_rules_file(self, say):
        for attack in TEXTS:
            text = json.dumps(f"x{attack}").replace("\x7f", "\\u007f")  # TOML escapes as JSON does
            for content in (
                f"[[override]]\nattribute = {text}\nrule = 'max'\n",
                f"[[override]]\nattribute = 'EXPSTART'\nrule = {text}\n",
                f"[[override]]\nattribute = 'EXPSTART'\nrule = 'max'\nreason = {text}\n",
                f"[[override]]\nattribute = 'EXPSTART'\nrule = 'max'\nwhen.instrument = {text}\n",
                f"[[override]]\nattribute = 'EXPSTART'\nrule = 'max'\nmissing = {text}\n",
                f"[[override]]\nattribute = 'EXPSTART'\nrule = 'max'\norder_by = {text}\n",
                f"[[override]]\nattribute = 'EXPSTART'\ncolumn = {text}\n",
                f"[[override]]\n{text} = 3\n",
                f"x{attack}",
                f'[[override]]\nattribute = "{attack}"\n',
            ):
                Path("rules.toml").write_text(content)
                say("plan", "a.fits", "--rules", "rules.toml")

    @pytest.mark.parametrize("attack", TEXTS, ids=IDS)
    def test_of_a_tree(self, say, attack):
        text = f"{HARMLESS}{attack}"
        for name in ("a", "p"):
            with datamodels.open(f"{name}.asdf") as model:
                model.meta.target.proposer_name = text
                model.meta.instrument.detector = "NRCA1"
                model.meta.filename = f"{text}.asdf"
                model.meta.telescope = "JWST"
                model.meta.instance[f"x{text}"] = text
                model.save(f"bad_{name}.asdf")
        for command in commands_of("bad_p.asdf", "bad_a.asdf"):
            say(*command)
        said = say("diff", "bad_p.asdf", "a.asdf")
        assert HARMLESS in said
        assert shown(attack) in said
        assert HARMLESS in say("explain", "bad_p.asdf", "TARGPROP", ways=("plain",))
        page = Path("r.html").read_text(encoding="utf-8")
        assert not set(attack.replace("\n", "")) & set(page) - set(map(chr, range(32, 127)))

    def test_of_damaged_cards(self, say):
        raw = Path("p.fits").read_bytes()
        texts = (b"'NGC 0   '", b"'NIRCAM  '", b"'ImageModel'")
        assert all(text in raw for text in texts)
        for attack in (b"\x1b[5;41m", b"\x9b5;41m\x7f", b"\x00\x07\x08\r"):
            for old in texts if EACH else texts[:2]:
                Path("bad.fits").write_bytes(raw.replace(old, b"'" + attack.ljust(8) + b"'"))
                for command in [
                    ["plan", "bad.fits"],
                    ["diff", "bad.fits", "a.fits"],
                    ["explain", "bad.fits", "--all"],
                    ["blend", "bad.fits", "bad.fits", "--dry-run", "--all"],
                    ["blend", "a.fits", "bad.fits", "-o", "x.fits", "--overwrite"],
                ]:
                    say(*command)


PLUGIN = """
import logging, sys, warnings
from blender_core import Override, Rule, hookimpl
TEXT = {text!r}
LINE = TEXT.replace("\\n", " ")  # the lines that it prints are its own
print(LINE)
print(LINE, file=sys.stderr)
logging.getLogger("acme").error(LINE)
warnings.warn(TEXT)

def blend(values):
    print(LINE)
    sys.stderr.writelines([LINE, LINE])
    logging.getLogger("acme").warning("%s", LINE)
    warnings.warn(TEXT)
    {does}

@hookimpl
def blender_rules():
    return [Rule(name={name}, blend=blend, summary={summary})]

@hookimpl
def blender_overrides(model_type, instrument):
    return [Override(attribute="EXPSTART", rule={name}, reason=TEXT)]
"""


BEHAVIOURS = [
    ("'acme'", "TEXT[:8]", "raise ValueError(TEXT)"),
    ("'acme'", "TEXT", "return values[0]"),
    ("'acme'", "'x'", "raise OSError(2, TEXT, TEXT)"),
    ("'acme'", "'x'", "return TEXT"),
    ("'acme'", "'x'", "return type(TEXT[0:0] + 'T', (), {'__repr__': lambda _: TEXT})()"),
    ("TEXT", "'x'", "return values[0]"),
    ("'acme'", "'x'.nothing(TEXT)", "return values[0]"),
    ("'acme'", "{}[TEXT]", "return values[0]"),
]


class TestPlugins:
    @pytest.mark.parametrize("behaviour", all_but_exhaustive(BEHAVIOURS, BEHAVIOURS[:2]))
    def test_what_they_say(self, say, install, behaviour):
        name, summary, does = behaviour
        text = f"x{ALL}"
        install(
            "acme-rules", "acme", PLUGIN.format(text=text, name=name, summary=summary, does=does)
        )
        commands = [["rules"], ["blend", "p.fits", "b.fits", "--dry-run"]]
        if EACH:
            commands += [
                ["plugins"],
                ["check", "--plugin", "acme"],
                *commands_of("p.fits", "b.fits"),
            ]
        for command in commands:
            for way in ("plain", "colours", "debug") if EACH else ("plain",):
                sys.modules.pop("acme_rules_acme", None)
                say(*command, ways=(way,))

    def test_what_they_are_called(self, say, install):
        code = PLUGIN.format(text="x", name="'acme'", summary="'x'", does="return values[0]")
        for number, attack in enumerate(("\x1b[5;41m", "\u202e", "\x9b")):
            install(
                f"acme-{number}", "acme", code.replace("'acme'", f"'acme{number}'"), f"1.{attack}0"
            )
        for command in [["rules"], ["plugins"], ["plan", "a.fits"]]:
            say(*command)


class TestTerminals:
    """The same with real programs, whose output is a terminal."""

    @pytest.fixture
    def on_a_terminal(self, warm_programs):
        def run(*arguments, **variables):
            outer, inner = pty.openpty()
            variables = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **variables}
            program = [warm_programs.folder / "model-blender", *arguments]
            with subprocess.Popen(program, stdout=inner, stderr=inner, env=variables) as done:
                os.close(inner)
                printed = b""
                try:
                    while more := os.read(outer, 65536):
                        printed += more
                except OSError:  # what Linux has for an end
                    pass
            os.close(outer)
            encoding = variables.get("PYTHONIOENCODING", "utf-8")
            return done.returncode, printed.decode(encoding).replace("\r\n", "\n")

        return run

    def test_all_commands(self, on_a_terminal, here, install, monkeypatch):
        text = f"x{ALL}"
        product, exposure = f"p{text[:80]}.fits", f"b{text[:80]}.fits"
        Path("p.fits").rename(product)
        Path("b.fits").rename(exposure)
        code = PLUGIN.format(text=text, name="'acme'", summary="TEXT[:8]", does="return values[0]")
        install("acme-rules", "acme", code)
        monkeypatch.setenv("PYTHONPATH", str(here.parent / "site" / "acme-rules"))
        commands = [["rules"], ["plugins"], *commands_of(product, exposure)]
        for command in commands if EACH else commands[::5]:
            _, said = on_a_terminal(*command)
            said = looked_through(said, has_colours=True)
            assert "\\x1b[5;41m" in said or command[0] in ("explain", "amend")
        for command in (
            ["demo", exposure],
            [text],
            ["plan", f"--{text}"],
            ["plan", text, "--debug"],
        ):
            status, said = on_a_terminal(*command)
            # Not all line ends in arguments are escaped by typer, and these are the user's own.
            own = said.replace("\nError: forged", "") if command[0] == text else said
            assert "\\u202e" in looked_through(own, has_colours=True)
            assert status == 2, said

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
    def test_an_encoding_that_lacks_characters(self, on_a_terminal, encoding):
        name = f"{HARMLESS}\x9b\u202e.fits"
        for command in (["plan", name], ["plan", f"--{name}"]):
            status, said = on_a_terminal(*command, PYTHONIOENCODING=encoding)
            assert status == 2
            said = looked_through(said)
            assert "\\x9b\\u202e" in said
            assert ("日本" in said) == (encoding == "utf-8")
            assert ("\\u65e5\\u672c" in said) == (encoding != "utf-8")
