"""Whatever file somebody names: pipes and devices are not waited for, nor read without an end."""

import os
import socket
from pathlib import Path

import pytest
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import all_but_exhaustive
from time_limit import time_limit
from typer.testing import CliRunner

from blender_core import BlenderError, ProductFile, amend, blendmodels
from blender_core.cli.app import app

SPECIAL = {
    "device": lambda path: path.symlink_to("/dev/zero"),
    "terminal": lambda path: path.symlink_to("/dev/tty"),
    "pipe": os.mkfifo,
    "link to a pipe": lambda path: (os.mkfifo(f"{path}.pipe"), path.symlink_to(f"{path}.pipe")),
    "folder": Path.mkdir,
    "socket": lambda path: bind(path),
    "nothing": lambda _: None,
    "dangling link": lambda path: path.symlink_to("nowhere"),
    "circular link": lambda path: path.symlink_to(path.name),
    "file as a folder": lambda path: (path.touch(), path / "below.fits")[1],
    "without permission": lambda path: (path.write_bytes(b"x"), path.chmod(0))[1],
    "empty": Path.touch,
    "hole of a terabyte": lambda path: (path.touch(), os.truncate(path, 1 << 40))[1],
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 8),
}


def bind(path):
    here = Path.cwd()
    os.chdir(path.parent)  # the names of sockets are short
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(path.name)
    finally:
        os.chdir(here)


READER = """
from blender_core import hookimpl

@hookimpl
def blender_rules_file(text):
    assert not text, "nothing of these is a text"
    return []
"""
QUICK = ("device", "pipe")


@pytest.fixture(params=all_but_exhaustive(SPECIAL, QUICK))
def special(request, tmp_path):
    """Return a function that makes such a thing of a name."""
    if request.param == "without permission" and os.geteuid() == 0:
        pytest.skip("root may read everything")

    def make(name):
        path = tmp_path / name
        instead = SPECIAL[request.param](path)
        return instead if isinstance(instead, Path) else path

    with time_limit():
        yield make


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    path = tmp_path_factory.mktemp("products") / "product.fits"
    blendmodels(ImageModel(), [ImageModel()], output=path)
    return path


def require_refusal(path, call):
    with pytest.raises(BlenderError) as caught:
        call()
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("ending", ["fits", "fits.gz", "asdf", "json", "data"])
def test_inputs(special, ending):
    path = special(f"a.{ending}")
    require_refusal(path, lambda: blendmodels(None, [path]))
    require_refusal(path, lambda: blendmodels(None, [{"products": [{"members": [member(path)]}]}]))


def member(path):
    return {"expname": str(path), "exptype": "science"}


@pytest.mark.parametrize("ending", ["fits", "asdf"])
def test_products(special, ending):
    path = special(f"a.{ending}")
    for call in (
        lambda: blendmodels(path, [ImageModel()]),
        lambda: ProductFile(path),
        lambda: amend(path, overrides={"EFFEXPTM": "max"}),
    ):
        require_refusal(path, call)


@pytest.mark.parametrize("ending", ["toml", "rules"])
def test_rules_files(special, monkeypatch, install, ending):
    path = special(f"team.{ending}")
    install("acme-rules", "acme", READER)
    if path.is_file() and not path.stat().st_size:
        assert blendmodels(None, [ImageModel()], rules=path)
        return
    require_refusal(path, lambda: blendmodels(None, [ImageModel()], rules=path))
    monkeypatch.setenv("MODEL_BLENDER_RULES", str(path))
    require_refusal(path, lambda: blendmodels(None, [ImageModel()]))


@pytest.mark.parametrize(
    "arguments",
    [
        "blend PRODUCT @PATH --dry-run",
        "blend PRODUCT PATH --dry-run",
        "blend PATH PRODUCT --dry-run",
        "amend PATH --override EFFEXPTM=max --dry-run",
        "plan PATH",
        "check PATH",
        "table PATH",
        "explain PATH EXPSTART",
        "diff PRODUCT PATH",
        "report PATH --output r.html",
        "demo PATH PRODUCT",
        "plan --model ImageModel --rules PATH",
    ],
)
def test_commands(special, arguments, product, tmp_path, monkeypatch):
    path = special("a.fits")
    if "--rules" in arguments and path.is_file() and not path.stat().st_size:
        return
    monkeypatch.chdir(tmp_path)
    words = arguments.replace("PRODUCT", str(product)).replace("PATH", str(path)).split()
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2, done.output
    assert path.name in done.stderr or path.parent.name in done.stderr
    assert "Traceback" not in done.output


def test_what_is_read_is_bounded(tmp_path):
    rules = tmp_path / "team.toml"
    rules.write_text("# " + "x" * (4 << 20))
    with pytest.raises(BlenderError, match="has 4194306 bytes, which is more than 4 MB"):
        blendmodels(None, [ImageModel()], rules=rules)
    rules.write_text("# " + "x" * (3 << 20))
    assert blendmodels(None, [ImageModel()], rules=rules)


def with_its_array_in(source, folder):
    """Return a product whose table is in its tree, which says that the cells are elsewhere."""
    inputs = [ImageModel(), ImageModel()]
    for model in inputs:
        model.meta.exposure.exposure_time = 1.5
    blendmodels(ImageModel(), inputs, output=folder / "blended.asdf")
    path = folder / "product.asdf"
    with datamodels.open(folder / "blended.asdf") as model:
        model.save(path)
    raw = path.read_bytes()
    # After "hdrtab:" comes the array that it is.
    start = raw.index(b"source:", raw.index(b"\nhdrtab:"))
    end = raw.index(b"\n", start)
    new = f"source: {source}".encode()
    path.write_bytes(raw[:start] + new + raw[end:])
    return path


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "file://{}/pipe", "./a%20pipe"])
def test_an_array_that_is_said_to_be_elsewhere(tmp_path, name):
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "a pipe")
    path = with_its_array_in(name.format(tmp_path), tmp_path)
    before = path.read_bytes()
    for job in (
        lambda: ProductFile(path),
        lambda: blendmodels(None, [path]),
        lambda: blendmodels(path, [ImageModel()], output=tmp_path / "new.asdf"),
        lambda: amend(path, overrides={"EFFEXPTM": "max"}),
    ):
        with time_limit(), pytest.raises(BlenderError, match="no regular file") as caught:
            job()
        assert str(path) in str(caught.value)
    assert path.read_bytes() == before
    assert not (tmp_path / "new.asdf").exists()


@pytest.mark.filterwarnings("ignore:Invalid block index")
def test_an_array_in_another_file(tmp_path):
    # As asdf itself writes them if it is asked to.
    path = with_its_array_in("blended.asdf", tmp_path)
    assert ProductFile(path).inputs["meta.exposure.exposure_time"] == [1.5, 1.5]
