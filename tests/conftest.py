"""Fixtures that several folders of tests share."""

import hashlib
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
from stdatamodels.jwst.datamodels import ImageModel
from warm_programs import WarmPrograms

from blender_core import Plugins, Provider, hookimpl
from blender_core.demo.exposures import write_exposures
from blender_core.formats.fits.scan import scan

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def make_model():
    """Return a function that makes a datamodel from dotted paths and values."""

    def make(values=None, model_class=ImageModel, **settings):
        model = model_class(**settings)
        for path, value in (values or {}).items():
            model[path] = value
        return model

    return make


@pytest.fixture
def make_models(make_model):
    """Return a function that makes a datamodel for each value of one attribute."""

    def make(path, values, **kwargs):
        return [make_model({} if value is None else {path: value}, **kwargs) for value in values]

    return make


class RulesPlugin:
    def __init__(self, rules):
        self.offered = rules

    @hookimpl
    def blender_rules(self):
        return self.offered


@pytest.fixture
def make_plugins():
    """Return a function that puts rules into plugins: provider → rules."""

    def make(offers, installed=True):
        plugins = Plugins.discover() if installed else Plugins()
        for provider, rules in offers.items():
            plugins.register(RulesPlugin(rules), provider)
        return plugins

    return make


@pytest.fixture
def acme():
    return Provider("acme-rules", "1.2", "acme")


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a distribution with one plugin, as far as Python can tell."""

    def make(distribution, plugin, code, version="1.0", group="blender_core"):
        module = f"{distribution}_{plugin}".replace("-", "_")
        folder = tmp_path / "site" / distribution
        info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (folder / f"{module}.py").write_text(code)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        (info / "entry_points.txt").write_text(f"[{group}]\n{plugin} = {module}\n")
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, module, raising=False)

    return make


@pytest.fixture
def install_project(tmp_path, monkeypatch):
    """Return a function that installs a folder with a project, as far as Python can tell."""

    def make(folder):
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        name = project["name"].replace("-", "_")
        info = tmp_path / "installed" / name / f"{name}-{project['version']}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        )
        (entries,) = project["entry-points"].values()
        lines = [f"{plugin} = {module}\n" for plugin, module in entries.items()]
        (info / "entry_points.txt").write_text("[blender_core]\n" + "".join(lines))
        sources = folder / "src"
        for place in (sources if sources.is_dir() else folder, info.parent):
            monkeypatch.syspath_prepend(place)
            # Programs that are started have it, too.
            monkeypatch.setenv("PYTHONPATH", str(place), prepend=os.pathsep)

    return make


@pytest.fixture
def install_examples(install_project):
    """Return a function that installs folders of ``examples``, as far as Python can tell."""

    def make(*names):
        for name in names:
            install_project(EXAMPLES / name)

    return make


@pytest.fixture(scope="session")
def warm_programs():
    """``model-blender``, ``strun`` and ``python`` in new processes that have begun already."""
    programs = WarmPrograms()
    yield programs
    programs.close()


class ManyFiles:
    """Files of small exposures that differ in their times and names, as many as are asked for.

    Each is a copy of one that a datamodel was saved to, in which some digits are others, in the
    headers and in the tree alike, and the checksum of the headers is what it then has to be. A
    datamodel takes a thousand times as long to save.
    """

    def __init__(self, folder, exposures):
        self.folder = folder
        self.templates = [self._template(path) for path in exposures]

    def _template(self, path):
        raw = path.read_bytes()
        with path.open("rb") as file:
            hdus = [hdu for hdu in scan(file, len(raw)) if hdu.name != "ASDF"]
        headers = [slice(hdu.start - len(hdu.header.raw), hdu.start) for hdu in hdus]
        (checksum,) = re.findall(rb"_fits_hash: ([0-9a-f]{64})", raw)
        return raw, path.name.encode(), headers, checksum

    def __call__(self, number):
        return [self._file(i) for i in range(number)]

    def _file(self, i):
        path = self.folder / f"jw01234{i:05d}_cal.fits"
        if not path.exists():
            raw, name, headers, checksum = self.templates[i % len(self.templates)]
            assert raw.count(b"59777.") > 10
            raw = raw.replace(b"59777.", b"%05d." % (50000 + i))
            raw = raw.replace(name, b"jw01234%05d%b" % (i, name[12:]))
            found = hashlib.sha256(b"".join(raw[header] for header in headers)).hexdigest()
            path.write_bytes(raw.replace(checksum, found.encode()))
        return path


@pytest.fixture(scope="session")
def invented_exposures(make_once):
    """The demo's exposures: two filters, three dithers each, four detectors. Nobody changes them."""
    return sorted(make_once("exposures", write_exposures).iterdir())


@pytest.fixture(scope="session")
def many_files(invented_exposures, tmp_path_factory):
    """Return a function that writes files of small exposures, all of them different."""
    return ManyFiles(tmp_path_factory.mktemp("many"), invented_exposures)
