"""Completion: in a bash that somebody types into, and as the other shells ask for it."""

import fcntl
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import sysconfig
import termios
import time

import pytest
from astropy.io import fits
from typer.testing import CliRunner

from blender_core.cli.app import app

HEAVY = {"stdatamodels", "asdf", "jwst", "jinja2"}


@pytest.fixture(scope="module")
def names_kept(tmp_path_factory):
    """A folder for what is kept of names, the same for all of these tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def cache(names_kept, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(names_kept))
    return names_kept


def ask(**variables):
    done = CliRunner().invoke(app, [], env=variables, prog_name="model-blender")
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def offered():
    """Return a function that gives what bash is offered for the last of some words."""

    def run(*words, **variables):
        asked = {
            "_MODEL_BLENDER_COMPLETE": "complete_bash",
            "COMP_WORDS": "\n".join(("model-blender", *words)),
            "COMP_CWORD": str(len(words)),
        }
        return ask(**asked, **variables).split()

    return run


@pytest.fixture
def blended(command, product, exposures):
    command("blend", product, *exposures, "--quiet")
    return str(product)


class TestNames:
    def test_commands_and_options(self, offered):
        assert offered("pre") == ["preview"]
        assert offered("plan", "--ov") == ["--override"]

    def test_classes(self, offered):
        assert offered("plan", "--model", "IFUI") == ["IFUImageModel"]
        assert "ImageModel" in offered("rules", "mean", "--model", "")

    def test_rules(self, offered):
        assert offered("rules", "wei") == ["weighted_mean"]
        assert offered("rules", "std", ":", "wei") == ["weighted_mean"]

    def test_rules_of_a_plugin(self, offered, install):
        install(
            "acme-rules",
            "acme",
            "from blender_core import Rule, hookimpl\n\n\n@hookimpl\ndef blender_rules():\n"
            "    return [Rule(name='wettest', blend=max, summary='The wettest.')]\n",
        )
        assert offered("rules", "we") == ["weighted_mean", "wettest"]
        assert offered("plugins", "--block", "ac") == ["acme", "acme-rules"]

    def test_plugins(self, offered):
        assert offered("plan", "--block", "") == ["std", "blender-rules-std"]
        assert offered("check", "--plugin", "bl") == ["blender-rules-std"]

    def test_columns(self, offered, blended):
        assert offered("table", blended, "-c", "FILEN") == ["FILENAME"]
        assert offered("table", blended, "--columns", "FILENAME,EXPST") == ["FILENAME,EXPSTART"]
        assert offered("table", blended, "--sort", "EXPST") == ["EXPSTART"]
        assert offered("diff", blended, "b.fits", "--ignore", "DATE,EXPST") == ["DATE,EXPSTART"]

    def test_attributes_of_a_product(self, offered, blended):
        assert "EFFEXPTM" in offered("explain", blended, "EFF")
        columns = fits.getdata(blended, "HDRTAB").names
        assert offered("explain", blended, "") == columns
        assert "EXPSTART" in offered("explain", blended, "EFFEXPTM", "EXP")
        paths = offered("explain", blended, "meta.exposure.start_time_m")
        assert paths == ["meta.exposure.start_time_mjd"]

    def test_attributes_of_a_class(self, offered):
        model = ["plan", "--model", "IFUCubeModel"]
        assert "IFUALIGN" in offered(*model, "--override", "IFU") or offered(
            *model, "--override", "DETECT"
        )
        assert "meta.wcsinfo" in offered(*model, "--ignore", "meta.wcsi")

    def test_overrides(self, offered):
        plan = ["plan", "--model", "ImageModel", "--override"]
        assert {"EXPSTART", "EXPMID", "EXPEND"} <= set(offered(*plan, "EXP"))
        # A single word would be followed by a blank; and a rule is to come.
        assert "EFFEXPTM=sum" in offered(*plan, "EFFEXPT")
        assert offered(*plan, "EFFEXPTM", "=", "wei") == ["weighted_mean"]
        assert {"sum", "keep", "drop"} <= set(offered(*plan, "EFFEXPTM", "="))
        assert offered(*plan, "EFFEXPTM", "=", "std", ":", "wei") == ["weighted_mean"]
        assert offered(*plan[:-1], "--override", "=", "EFFEXPTM", "=", "wei") == ["weighted_mean"]

    def test_nothing_to_offer(self, offered):
        assert offered("table", "none.fits", "-c", "F") == []
        assert offered("plan", "--model", "NoModel", "--override", "EXP") == []
        assert offered("rules", "qqq") == []

    def test_files_that_are_none(self, offered, here):
        (here / "note.fits").write_text("hello")
        assert offered("table", "note.fits", "-c", "F") == []

    def test_a_broken_plugin_says_nothing(self, offered, install):
        install("broken-rules", "broken", "raise RuntimeError('no licence')")
        assert offered("rules", "me") == []
        assert "broken" in offered("rules", "--block", "b")


@pytest.mark.parametrize(
    ("variables", "answer"),
    [
        ({"_MODEL_BLENDER_COMPLETE": "complete_zsh"}, '"weighted_mean":"The mean weighted'),
        (
            {
                "_MODEL_BLENDER_COMPLETE": "complete_fish",
                "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            },
            "weighted_mean\tThe mean weighted",
        ),
    ],
)
def test_other_shells(variables, answer):
    assert answer in ask(_TYPER_COMPLETE_ARGS="model-blender rules wei", **variables)
    whole = "model-blender plan --override EFFEXPTM=wei"
    assert "EFFEXPTM=weighted_mean" in ask(_TYPER_COMPLETE_ARGS=whole, **variables)


class Terminal:
    """A shell that somebody types into."""

    def __init__(self, path, *shell):
        self.master, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 500, 0, 0))
        kind = "xterm" if shell[0] == "fish" else "dumb"
        variables = {**os.environ, "PATH": path, "TERM": kind, "COLUMNS": "500", "PS1": "$ "}
        self.process = subprocess.Popen(
            shell,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=variables,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        os.close(inner)

    def type(self, keys, until):
        """Type, and return what is shown until something is."""
        os.write(self.master, keys.encode())
        shown = ""
        end = time.monotonic() + 60
        while not re.search(until, shown):
            ready, _, _ = select.select([self.master], [], [], end - time.monotonic())
            assert ready, f"after {keys!r} there was no {until!r} in {shown!r}"
            shown += os.read(self.master, 65536).decode()
        return shown

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


@pytest.fixture
def open_terminal():
    """Return a function that opens a terminal with a shell, if that is installed."""
    opened = []

    def run(*shell):
        if shutil.which(shell[0]) is None:
            pytest.skip(f"there is no {shell[0]}")
        path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
        opened.append(Terminal(path, *shell))
        return opened[-1]

    yield run
    for shell in opened:
        shell.close()


@pytest.fixture
def terminal(open_terminal):
    # The program looks for the shell among its own parents: it is to be a child of this one.
    shell = open_terminal("bash", "--norc", "--noprofile", "-i")
    shell.type("bind 'set enable-bracketed-paste off'\n", r"\$ ")
    script = 'eval "$(SHELL=/bin/bash model-blender --show-completion bash)"; echo rea""dy\n'
    shell.type(script, "ready")
    return shell


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("shell", "options", "ready", "source"),
    [
        ("zsh", "-f", r"\$ ", "autoload -Uz compinit; compinit -u; source completion"),
        ("fish", "--no-config", "[>#]", "source completion"),
    ],
)
def test_in_other_shells_that_somebody_types_into(
    open_terminal, blended, here, shell, options, ready, source
):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    variables = {"_MODEL_BLENDER_COMPLETE": f"source_{shell}"}
    (here / "completion").write_text(ask(**variables))
    with fits.open(blended, mode="update") as hdus:
        table = hdus["HDRTAB"]
        odd = [
            fits.Column(name, "1A", array=["a"] * len(table.data))
            for name in ("ZZ", "ZZ\\$(touch run)", "ZZ\\`touch run`", 'ZZ"; touch run; "')
        ]
        hdus["HDRTAB"] = fits.BinTableHDU.from_columns([*table.columns, *odd], name="HDRTAB")
    terminal = open_terminal(shell, options, "-i")
    terminal.type("", ready)
    terminal.type(f"{source}; echo rea''dy\n", "ready")
    for typed, rest in (
        ("model-blender rules wei", "ghted_mean"),
        ("model-blender plan --override EFFEXPTM=std:wei", "ghted_mean"),
        (f"model-blender table {blended} -c FILENAME,EXPST", "ART"),
        (f"model-blender table {blended} -c ZZ", " "),
        ("model-blender plan --model IFUI", "mageModel"),
    ):
        word = re.escape(typed.rpartition(" ")[2] + rest)
        terminal.type(f"{typed}\t", word)
        terminal.type("\x15echo to''ld\n", "told")
    assert not (here / "run").exists()


def test_in_a_bash_that_somebody_types_into(terminal, blended):
    for typed, word in (
        ("model-blender rules wei", "weighted_mean"),
        ("model-blender plan --override EFFEXPTM=wei", "EFFEXPTM=weighted_mean"),
        ("model-blender plan --override EFFEXPTM=std:wei", "EFFEXPTM=std:weighted_mean"),
        ("model-blender plan --override EFFEXPT", "EFFEXPTM="),
        (f"model-blender table {blended} -c FILENAME,EXPST", "FILENAME,EXPSTART"),
        ("model-blender plan --model IFUI", "IFUImageModel"),
    ):
        completed = f"{typed.rpartition(' ')[0]} {word}"
        terminal.type(f"{typed}\t", re.escape(completed[len(typed) :]))
        # To the beginning of the line: what is on it is printed, and not run.
        shown = terminal.type("\x01echo told: \n", r"\ntold: .*\n")
        assert re.search(r"\ntold: (.*?) ?\r?\n", shown)[1] == completed


def test_names_that_a_shell_would_not_take_as_they_are(offered, blended):
    with fits.open(blended, mode="update") as hdus:
        table = hdus["HDRTAB"]
        odd = [
            fits.Column(name, "1A", array=["a"] * len(table.data))
            for name in (
                "Q_1",
                "Q$(a)",
                "Q`a`",
                "Q\\$(a)",
                "Q'a",
                'Q"a',
                "Q a",
                "Q;a",
                "Q|a",
                "Q>a",
            )
        ]
        hdus["HDRTAB"] = fits.BinTableHDU.from_columns([*table.columns, *odd], name="HDRTAB")
    assert offered("table", blended, "-c", "Q") == ["Q_1"]


def test_texts_that_a_shell_would_not_take_as_they_are(install):
    install(
        "acme-rules",
        "acme",
        "from blender_core import Rule, hookimpl\n\n\n@hookimpl\ndef blender_rules():\n"
        "    summary = 'In \"$HOME\" `a` \\\\$(a), 5 % more'\n"
        "    return [Rule(name='wettest', blend=max, summary=summary)]\n",
    )
    answer = ask(
        _TYPER_COMPLETE_ARGS="model-blender rules wet", _MODEL_BLENDER_COMPLETE="complete_zsh"
    )
    assert '"wettest":"In HOME a (a), 5 % more"' in answer


def test_what_its_installation_says_has_no_colours(here):
    variables = {**os.environ, "HOME": str(here), "SHELL": "/bin/bash"}
    program = os.path.join(sysconfig.get_path("scripts"), "model-blender")  # noqa: PTH118
    done = subprocess.run(
        ["bash", "-c", '"$0" --install-completion; exit $?', program],
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("bash completion installed in ")
    assert (here / ".bash_completions/model-blender.sh").exists()


class TestWhatIsKept:
    def test_nothing_heavy_is_imported(self, offered, blended, names_kept):
        offered("plan", "--model", "Im")
        offered("plan", "--model", "ImageModel", "--override", "EXP")
        code = (
            "import sys\n"
            "from blender_core.cli import main\n"
            "sys.argv = ['model-blender']\n"
            "try:\n"
            "    main()\n"
            "except SystemExit as done:\n"
            "    assert not done.code\n"
            "print('', *{name.partition('.')[0] for name in sys.modules}, sep='\\n:')\n"
        )
        for words in (
            ["rules", "me"],
            ["plan", "--model", "Im"],
            ["plan", "--model", "ImageModel", "--override", "EXP"],
            ["table", blended, "-c", "FILE"],
        ):
            asked = {
                "_MODEL_BLENDER_COMPLETE": "complete_bash",
                "COMP_WORDS": "\n".join(("model-blender", *words)),
                "COMP_CWORD": str(len(words)),
                "XDG_CACHE_HOME": str(names_kept),
            }
            done = subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, **asked},
                capture_output=True,
                text=True,
                check=True,
            )
            loaded = {line[1:] for line in done.stdout.splitlines() if line.startswith(":")}
            assert "typer" in loaded
            assert loaded.isdisjoint(HEAVY), words
            assert len(done.stdout.splitlines()) > len(loaded) + 0, "something is offered"

    def test_what_is_broken_is_made_anew(self, offered, names_kept):
        assert offered("plan", "--model", "IFUI") == ["IFUImageModel"]
        (path,) = (names_kept / "model-blender").glob("classes*.json")
        for content in ("", "{", "[]", '{"a": 1}', "\x00"):
            path.write_text(content)
            assert offered("plan", "--model", "IFUI") == ["IFUImageModel"]
            assert "IFUImageModel" in json.loads(path.read_text())

    def test_nothing_can_be_kept(self, offered, here):
        (here / "file").write_text("")
        assert offered("plan", "--model", "IFUI", XDG_CACHE_HOME=str(here / "file")) == [
            "IFUImageModel"
        ]

    def test_a_relative_name_is_none(self, offered, here):
        offered("plan", "--model", "IFUI", XDG_CACHE_HOME="cache", HOME=str(here / "home"))
        assert not (here / "cache").exists()
        assert list((here / "home/.cache/model-blender").glob("classes*.json"))
