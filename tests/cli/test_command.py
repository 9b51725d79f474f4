"""What all commands have in common: help, errors, pipes, colours, bars."""

import json
import os
import pty
import re
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path

import pytest
from release import VERSION
from thoroughness import all_but_exhaustive

from blender_core import BlendWarning, Plugins
from blender_core.cli import main
from blender_core.cli.captured_warnings import Notes
from blender_core.cli.console import Output
from blender_core.cli.progress import Bar, bar
from blender_core.common.wording import named, visible
from blender_core.errors import warn

SCRIPT = Path(sysconfig.get_path("scripts")) / "model-blender"
COMMANDS = (
    "blend",
    "preview",
    "amend",
    "plan",
    "check",
    "rules",
    "plugins",
    "explain",
    "table",
    "diff",
    "report",
    "demo",
    "new-plugin",
)


@pytest.fixture
def on_a_terminal(warm_programs):
    """Return a function that gives what a command prints where standard output is a terminal."""

    def run(*arguments, width=80, program=warm_programs.folder / "model-blender", **variables):
        outer, inner = pty.openpty()
        variables = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(width), **variables}
        with subprocess.Popen([program, *arguments], stdout=inner, stderr=inner, env=variables):
            os.close(inner)
            printed = b""
            try:
                while more := os.read(outer, 65536):
                    printed += more
            except OSError:  # what Linux has for an end
                pass
        os.close(outer)
        return printed.decode().replace("\r\n", "\n")

    return run


class TestHelp:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_no_types_of_python(self, command, name):
        text = command(name, "--help").stdout
        assert not re.search(r"<(path|str|list)|\{", text, re.IGNORECASE)

    def test_arguments(self, command):
        lines = command("blend", "--help").stdout.splitlines()
        assert lines[0] == "Usage: model-blender blend [OPTIONS] PRODUCT [INPUT]..."
        product, first, second = lines[lines.index("Arguments:") + 1 :][:3]
        assert product.split() == ["PRODUCT", "The", "product's", "file.", "[required]"]
        assert product.index("The") == first.index("Exposures:") == second.index(second.split()[0])
        assert "{" not in command("blend", status=2).stderr

    @pytest.mark.parametrize("arguments", [["--help"], ["blend", "--help"], ["--version"]])
    def test_nothing_heavy_is_imported(self, arguments):
        code = (
            "import sys\n"
            "from blender_core.cli import main\n"
            "sys.argv = ['model-blender', *sys.argv[1:]]\n"
            "try:\n"
            "    main()\n"
            "except SystemExit as done:\n"
            "    assert not done.code\n"
            "print('\\n', *{name.partition('.')[0] for name in sys.modules})\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
        )
        loaded = set(done.stdout.splitlines()[-1].split())
        assert "typer" in loaded
        heavy = {"numpy", "pluggy", "rich", "astropy", "stdatamodels", "asdf", "jwst", "jinja2"}
        assert loaded.isdisjoint(heavy)

    def test_commands(self, command):
        text = command("--help").stdout
        for name in COMMANDS:
            (line,) = (line for line in text.splitlines() if line.startswith(f"  {name} "))
            assert line.endswith(".")
            assert not line.endswith("...")
            assert "--debug" in command(name, "-h").stdout

    def test_version(self, command):
        assert command("--version").stdout == f"model-blender {VERSION}\n"

    def test_without_arguments(self, command):
        assert "Usage: " in command(status=2).output

    @pytest.mark.parametrize("shell", all_but_exhaustive(("bash", "zsh", "fish"), ("bash",)))
    def test_completion(self, script, shell):
        done = script("--show-completion", shell, env={**os.environ, "SHELL": f"/bin/{shell}"})
        assert "_MODEL_BLENDER_COMPLETE" in done.stdout
        # As the shell's function asks for it.
        asks = {"bash": "complete_bash", "zsh": "complete_zsh", "fish": "complete_fish"}
        asked = {
            "_MODEL_BLENDER_COMPLETE": asks[shell],
            "COMP_WORDS": "model-blender pl",
            "COMP_CWORD": "1",
            "_TYPER_COMPLETE_ARGS": "model-blender pl",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        }
        done = script(env={**os.environ, **asked})
        assert "plan" in done.stdout
        assert "plugins" in done.stdout
        assert "rules" not in done.stdout.split()

    @pytest.mark.parametrize("lacking", ["typer", "rich"])
    def test_without_the_extra(self, lacking):
        code = (
            "import importlib.util as util, sys\n"
            "found = util.find_spec\n"
            f"util.find_spec = lambda name, *a: None if name == {lacking!r} else found(name, *a)\n"
            "from blender_core.cli import main\n"
            "main()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert lacking in done.stderr
        assert 'pip install "blender-core[cli]"' in done.stderr


class TestErrors:
    def test_debug(self, command):
        done = command("plan", "none.fits", "--debug", status=2)
        assert "Traceback" in done.stderr
        assert done.stderr.endswith("Error: there is no file none.fits\n")

    def test_nobody_foresaw(self, refused, command, monkeypatch):
        def fails(*_):
            raise KeyError("a")

        monkeypatch.setattr(Plugins, "discover", fails)
        message = refused("rules")
        assert "KeyError: 'a'" in message
        assert "--debug" in message
        assert "in fails" in command("rules", "--debug", status=2).stderr

    @pytest.mark.parametrize("error", [StopIteration, RuntimeError("\n"), RecursionError])
    def test_errors_that_frames_treat_in_their_own_way(self, refused, monkeypatch, error):
        def fails(*_):
            raise error

        monkeypatch.setattr(Plugins, "discover", fails)
        assert "--debug" in refused("rules")

    def test_interrupted(self, command, monkeypatch):
        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(Plugins, "discover", interrupted)
        assert command("rules", status=130).stderr == "Interrupted.\n"

    def test_interrupted_before_it_begins(self, monkeypatch, capsys):
        class Hasty:
            def __getattr__(self, name):
                raise KeyboardInterrupt

        monkeypatch.setitem(sys.modules, "blender_core.cli.app", Hasty())
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 130
        assert capsys.readouterr().err == "Interrupted.\n"

    def test_options_instead_of_arguments(self, refused, install):
        install("other-std", "std", "import blender_core")
        message = refused("plan", "--model", "ImageModel")
        assert "or pass --block other-std" in message
        assert "block=(" not in message

    def test_options_in_sentences(self, refused, install):
        install("acme-rules", "acme", "import blender_cor")
        last = refused("rules").splitlines()[-1]
        assert (
            last == "Repair or uninstall it, or pass --block acme or set MODEL_BLENDER_BLOCK=acme."
        )

    def test_a_reader_that_goes_away(self):
        done = subprocess.run(
            ["bash", "-c", f"'{SCRIPT}' plan --model ImageModel | true; echo ${{PIPESTATUS[0]}}"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        assert done.stdout == "141\n"

    @pytest.mark.exhaustive
    def test_a_reader_of_the_demo_that_goes_away(self, warm_programs):
        done = subprocess.run(
            ["bash", "-c", "model-blender demo | true; echo ${PIPESTATUS[0]}"],
            env={**os.environ, "PATH": warm_programs.path},
            capture_output=True,
            text=True,
            check=True,
        )
        assert (done.stdout, done.stderr) == ("141\n", "")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
    @pytest.mark.parametrize("buffering", [{}, {"PYTHONUNBUFFERED": "1"}])
    @pytest.mark.parametrize(
        "arguments",
        all_but_exhaustive(
            (["--help"], ["rules"], ["plan", "--model", "ImageModel"]), (["--help"], ["rules"])
        ),
    )
    def test_no_room_for_what_is_printed(self, arguments, buffering):
        usual = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [SCRIPT, *arguments],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                env={**usual, **buffering},
            )
        assert done.returncode == 2
        assert done.stderr == "Error: standard output: No space left on device\n"

    @pytest.mark.parametrize("buffering", ["", "PYTHONUNBUFFERED=1"])
    def test_room_for_part_of_what_is_printed(self, tmp_path, buffering):
        """A limit of 4096 bytes, which is within the first write where nothing is kept back."""
        printed = tmp_path / "plan.json"
        command = f"unset PYTHONUNBUFFERED; ulimit -f 4; {buffering} '{SCRIPT}' plan --model ImageModel --json"
        done = subprocess.run(
            ["bash", "-c", f"{command} > '{printed}'"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert json.loads(done.stderr)["error"]["message"] == "standard output: File too large"
        assert printed.stat().st_size == 4096

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
    @pytest.mark.parametrize("arguments", [["table", "none.fits"], ["nothing"]])
    def test_no_room_for_errors(self, arguments):
        with Path("/dev/full").open("w") as full:
            assert subprocess.run([SCRIPT, *arguments], stderr=full, check=False).returncode == 2

    @pytest.mark.parametrize(
        ("closing", "arguments", "status"),
        [(">&-", "rules", 0), (">&-", "--help", 0), ("<&- >&- 2>&-", "plan none.fits", 2)],
    )
    def test_closed_streams(self, closing, arguments, status):
        done = subprocess.run(
            ["bash", "-c", f"'{SCRIPT}' {arguments} {closing}"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (status, "")

    def test_characters_that_the_output_has_not(self, script, product, exposures):
        environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
        done = script("blend", product, exposures[0], "--dry-run", env=environment)
        assert done.returncode == 0
        Path("\u03b7.fits").write_bytes(exposures[0].read_bytes())
        done = script("diff", "\u03b7.fits", "\u03b7.fits", env=environment)
        assert "\\u03b7.fits and \\u03b7.fits say the same." in done.stdout


class TestTerminal:
    @pytest.mark.exhaustive
    def test_a_width_that_is_not_known(self, script, on_a_terminal):
        assert "weighted_mean" in on_a_terminal("rules", width=0)
        done = script("demo", env={**os.environ, "COLUMNS": "0"})
        assert "24 exposures, one product" in done.stdout

    # Superscript two is a digit to Unicode, and no number to Python.
    @pytest.mark.parametrize("size", ["\u00b2", "9" * 5000, "wide"])
    def test_a_width_that_is_none(self, script, size):
        done = script("rules", env={**os.environ, "COLUMNS": size, "LINES": size})
        assert done.returncode == 0
        assert "weighted_mean" in done.stdout

    def test_piped(self, script):
        done = script("rules", env={**os.environ, "COLUMNS": "40"})
        assert "\x1b" not in done.stdout
        assert max(map(len, done.stdout.splitlines())) > 80

    def test_colours(self, on_a_terminal):
        assert "\x1b[1;36m" in on_a_terminal("rules", program=SCRIPT)
        assert "36m" not in on_a_terminal("rules", NO_COLOR="1")

    def test_kinds_of_findings_are_told(self, on_a_terminal):
        # By them one says which to leave out.
        arguments = ["check", "--model", "ImageModel", "--override", "DATE-OBS=mintime"]
        lines = on_a_terminal(*arguments, NO_COLOR="1").splitlines()
        text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(line.rstrip() for line in lines))
        assert text.count("\n  deprecated: min") == 1
        assert (
            "1 finding in ImageModel: 1 deprecated.\n"
            "--except deprecated leaves out those of this kind.\n"
            "For information: the schema asks for the deprecated rules"
        ) in text

    @pytest.mark.parametrize("width", [48, 60, 70])
    def test_long_names_are_folded_where_their_parts_end(self, capsys, monkeypatch, width):
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(width))
        path, number = "meta.exposure.effective_exposure_time", "59777.79166666666412345678901"
        Output().table(("attribute", "value"), [(path, number)], folded=(0, 1))
        text = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
        head, *lines = text.splitlines()
        place = head.index("value")
        names, numbers = zip(*((line[:place], line[place:]) for line in lines), strict=True)
        parts = [part.strip() for part in names if part.strip()]
        assert "".join(parts) == path
        assert len(parts) > 1 or width == 70
        assert all(part[-1] in "._" for part in parts[:-1])
        assert "".join(map(str.strip, numbers)) == number
        assert numbers[0].strip() != "59777."

    @pytest.mark.parametrize("width", all_but_exhaustive((60, 80, 120), (60,)))
    def test_no_line_is_too_long(self, on_a_terminal, width):
        arguments = ["check", "--model", "ImageModel", "--override", "EXPSTART=join"]
        for one in (["rules"], ["plan", "--model", "ImageModel"], arguments):
            text = re.sub(r"\x1b\[[0-9;]*m", "", on_a_terminal(*one, width=width))
            assert "\x1b" not in text
            assert width * 0.6 < max(map(len, text.splitlines())) <= width

    def test_control_characters(self):
        assert visible("NGC 6302") == "NGC 6302"
        assert visible("η Car\x1b[2J\n\u202e") == "η Car\\x1b[2J\\n\\u202e"


class TestBar:
    def test_only_on_a_terminal(self, monkeypatch):
        with bar("Reading") as shown:
            assert shown is None
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        with bar("Reading") as shown:
            assert shown is not None
        with bar("Reading", quiet=True) as shown:
            assert shown is None

    def test_only_after_a_second(self, monkeypatch, capsys):
        now = [10.0]
        monkeypatch.setattr("time.monotonic", lambda: now[0])
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("FORCE_COLOR", "1")  # for rich, it is a terminal
        shown = Bar("Reading", "Writing p.fits")
        now[0] = 10.9
        shown(1, 4)
        assert capsys.readouterr().err == ""
        now[0] = 11.1
        shown(2, 4)
        assert "Reading" in (text := capsys.readouterr().err)
        assert "2/4" in text
        shown(4, 4)
        shown.vanish()
        assert "Writing p.fits" in capsys.readouterr().err


class TestNotes:
    def test_of_many_inputs(self, capsys):
        notes = Notes()
        with notes.about(""):
            for number, name in enumerate(["a.fits", "b.fits", "a.fits"], start=1):
                label = named(f"input {number}", name)
                warn(f"{label} has x", label=label, problem="x")
            warnings.warn("something\nelse\nSo it is.", BlendWarning, stacklevel=1)
            warnings.warn("for developers", DeprecationWarning, stacklevel=1)
        assert notes.lines() == ["a.fits and 1 more: x", "something else. So it is."]
        notes.print()
        assert (
            capsys.readouterr().err
            == "Warning: a.fits and 1 more: x\nWarning: something else. So it is.\n"
        )

    def test_too_many(self, capsys):
        notes = Notes()
        with notes.about(""):
            for number in range(25):
                warnings.warn(f"value {number}", BlendWarning, stacklevel=1)
        notes.print()
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 21
        assert lines[-1] == "Warning: and 5 warnings more"


@pytest.mark.parametrize(
    ("width", "head"),
    [
        (60, ["keyword", "value", "rule", "values"]),
        (120, ["keyword", "attribute", "value", "rule", "values"]),
    ],
)
def test_products_on_terminals(command, on_a_terminal, product, exposures, width, head):
    command("blend", product, *exposures, "--record-rules", "--quiet")
    for arguments in (["explain", product], ["table", product, "--all"]):
        text = re.sub(r"\x1b\[[0-9;]*m", "", on_a_terminal(*arguments, width=width))
        assert "NRCA4" in text or "MULTIPLE" in text
        assert max(map(len, text.splitlines())) <= width
        if arguments[0] == "explain":
            assert text.split("\n")[0].split() == head
