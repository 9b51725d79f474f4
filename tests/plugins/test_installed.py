"""Distributions with broken, doubled and left-over metadata, made in folders on the path.

They are passed over as pip passes them over, or are an error that names the place on disk, and whose
advice works when it is followed.
"""

import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from blender_core import (
    BlendErrorGroup,
    PluginError,
    Plugins,
    Provider,
    ReaderConflictError,
    Registry,
    Rule,
    RuleConflictError,
    blendmodels,
    hookimpl,
)
from blender_core.common.provider import engine

CODE = """
from blender_core import Rule, hookimpl

@hookimpl
def blender_rules():
    return [Rule(name={name!r}, blend=max, summary="The largest.")]
"""
ENTRIES = "[blender_core]\nacme = acme_module\n"
METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a function that puts a folder with files to the front of the path: path → content.

    A folder's content is None. Whatever plugin is announced can be imported.
    """

    def make(name, files):
        folder = tmp_path / name
        folder.mkdir()
        for module in ("acme_module", "other_module"):
            (folder / f"{module}.py").write_text(CODE.format(name=module))
            monkeypatch.delitem(sys.modules, module, raising=False)
        for path, content in files.items():
            file = folder / path
            file.parent.mkdir(exist_ok=True)
            if content is None:
                file.mkdir()
            else:
                file.write_bytes(content.encode() if isinstance(content, str) else content)
        monkeypatch.syspath_prepend(folder)
        return folder

    return make


OF_ACME = METADATA.format("acme-rules", "1.2")


def info(stem, metadata=OF_ACME, entries=ENTRIES):
    """Return the files of a distribution's metadata, without those whose content is `...`."""
    files = {f"{stem}/METADATA": metadata, f"{stem}/entry_points.txt": entries}
    return {path: content for path, content in files.items() if content is not ...}


def installed():
    return [str(provider) for provider in Plugins.discover() if provider.plugin != "std"]


def faults_of(error):
    return error.exceptions if isinstance(error, BlendErrorGroup) else (error,)


def blocks(error):
    """Return what an error advises to block."""
    (names,) = {remedy.value for remedy in error.remedies if remedy.name == "block"}
    return names


def assert_advice_works(error, monkeypatch, use=Plugins.discover):
    """Follow the advice of an error in both ways that it tells."""
    names = tuple(dict.fromkeys(name for fault in faults_of(error) for name in blocks(fault)))
    use(block=names)
    for fault in faults_of(error):
        assert f"MODEL_BLENDER_BLOCK={','.join(blocks(fault))}" in str(fault)
    with monkeypatch.context() as patch:
        patch.setenv("MODEL_BLENDER_BLOCK", ",".join(names))
        use(block=())


STEM = "acme_rules-1.2.dist-info"
WITHOUT_METADATA = {
    "no METADATA": info(STEM, ...),
    "an empty METADATA": info(STEM, ""),
    "a folder in place of METADATA": info(STEM, None),
    "neither METADATA nor sense": info(STEM, ..., "[blender_core]\nacme\n"),
}
BROKEN = WITHOUT_METADATA | {
    "a line without =": info(STEM, entries="[blender_core]\nacme acme_module\n"),
    "a heading that is not closed": info(STEM, entries="[blender_core\nacme = acme_module\n"),
    "an entry without a value": info(STEM, entries="[blender_core]\nacme =\n"),
    "an entry without a name": info(STEM, entries="[blender_core]\n= acme_module\n"),
    "not UTF-8": info(STEM, entries=b"[blender_core]\nacme = acme_\xe9\n"),
    "UTF-16": info(STEM, entries=ENTRIES.encode("utf-16")),
    "a byte order mark": info(STEM, entries="\ufeff" + ENTRIES),
}


@pytest.mark.parametrize("files", BROKEN.values(), ids=BROKEN)
class TestBroken:
    def test_it_is_an_error_that_names_the_place(self, site, files):
        folder = site("place", files)
        with pytest.raises(PluginError) as caught:
            Plugins.discover()
        assert str(folder / STEM) in str(caught.value)
        assert caught.value.provider.distribution == "acme-rules"
        assert caught.value.provider.version == "1.2"

    def test_to_block_it_helps(self, site, files, monkeypatch):
        site("place", files)
        with pytest.raises(PluginError) as caught:
            Plugins.discover()
        assert_advice_works(caught.value, monkeypatch)
        assert [one.plugin for one in Plugins.discover(block=blocks(caught.value))] == ["std"]

    def test_to_remove_it_helps(self, site, files):
        folder = site("place", files)
        with pytest.raises(PluginError, match="remove what is there"):
            Plugins.discover()
        shutil.rmtree(folder / STEM)
        assert installed() == []

    def test_others_are_reported_with_it(self, site, install, files):
        install("zeta-rules", "zeta", "import nowhere_to_be_found")
        site("place", files)
        with pytest.raises(BlendErrorGroup) as caught:
            Plugins.discover()
        assert [one.provider.distribution for one in caught.value.exceptions] == [
            "acme-rules",
            "zeta-rules",
        ]


@pytest.mark.parametrize("files", WITHOUT_METADATA.values(), ids=WITHOUT_METADATA)
def test_a_whole_one_of_its_name_counts_wherever_it_is(site, files):
    site("one", files)
    site("other", info("acme_rules-1.3.dist-info", METADATA.format("acme-rules", "1.3")))
    assert installed() == ["acme-rules 1.3 [acme]"]
    sys.path[:] = [*sys.path[1:2], *sys.path[:1], *sys.path[2:]]
    assert installed() == ["acme-rules 1.3 [acme]"]


PASSED_OVER = {
    "pip's leftover": info("~cme_rules-1.2.dist-info"),
    "pip's other leftover": info("~%me_rules-1.2.dist-info"),
    "no entry points": info(STEM, entries=...),
    "a folder in place of entry points": info(STEM, entries=None),
    "other entry points, broken": info(STEM, entries="[console_scripts]\nacme\n"),
    "other entry points, not UTF-8": info(STEM, entries=b"[console_scripts]\nacme = \xe9\n"),
    "entry points of others": info(STEM, ..., "[console_scripts]\nacme = acme:main\n"),
    "a file": {STEM: "not a folder"},
}


@pytest.mark.parametrize("files", PASSED_OVER.values(), ids=PASSED_OVER)
def test_what_is_none_is_passed_over(site, files):
    site("place", files)
    assert installed() == []


@pytest.mark.parametrize("leftover", ["~cme_rules-1.1.dist-info", "~~me_rules-1.2.dist-info"])
def test_a_leftover_beside_the_distribution(site, leftover):
    site("place", info(leftover) | info(STEM))
    assert installed() == ["acme-rules 1.2 [acme]"]


@pytest.mark.parametrize(
    "stems",
    [
        ("acme_rules-1.0.dist-info", "acme_rules-2.0.dist-info"),
        ("Acme.Rules-1.0.dist-info", "acme_rules-2.0.dist-info"),
        ("acme_rules.egg-info", "acme_rules-2.0.dist-info"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_first_on_the_path_counts(site, stems, order):
    for number, stem in list(enumerate(stems, start=1))[::order]:
        metadata = METADATA.format("acme-rules", f"{number}.0")
        files = info(stem, metadata)
        if stem.endswith("egg-info"):
            files[f"{stem}/PKG-INFO"] = files.pop(f"{stem}/METADATA")
        site(f"site{number}", files)
    assert installed() == [f"acme-rules {1 if order == -1 else 2}.0 [acme]"]


def test_two_versions_in_one_folder_are_one(site):
    other = info("acme_rules-1.1.dist-info", METADATA.format("acme-rules", "1.1"))
    site("place", info(STEM) | other)
    assert installed() in (["acme-rules 1.2 [acme]"], ["acme-rules 1.1 [acme]"])


def test_an_editable_installation_announces_itself_twice(site):
    # The checkout has metadata of its own, and the installer has written others.
    egg = {
        "acme_rules.egg-info/PKG-INFO": METADATA.format("acme-rules", "1.2"),
        "acme_rules.egg-info/entry_points.txt": ENTRIES,
    }
    site("place", info(STEM, entries=ENTRIES + "acme = acme_module\n") | egg)
    assert installed() == ["acme-rules 1.2 [acme]"]


@pytest.mark.parametrize(
    ("metadata", "provider"),
    [
        ("Metadata-Version: 2.1\nName: acme-rules\n", "acme-rules ? [acme]"),
        ("Metadata-Version: 2.1\nName: acme-rules\nVersion:\n", "acme-rules ? [acme]"),
        ("Metadata-Version: 2.1\nVersion: 3\n", "? 3 [acme]"),
        (b"Name: acme-rules\nVersion: 1.2\nAuthor: Jos\xe9\n", "acme-rules 1.2 [acme]"),
    ],
)
def test_metadata_that_lack_something(site, metadata, provider):
    site("place", info(STEM, metadata))
    assert installed() == [provider]
    assert [one.plugin for one in Plugins.discover(block=("acme",))] == ["std"]


def test_the_engine_tells_its_version_in_any_case(site):
    assert engine().version == version("blender-core")
    site("place", {"blender_core-0.dist-info/METADATA": ""})
    assert engine().version == "unknown"


class TestPluginsOfOneName:
    @pytest.mark.parametrize(
        "names",
        [
            {"alpha-rules": "acme", "beta-rules": "acme"},
            {"alpha-rules": "acme", "beta-rules": "ACME", "gamma-rules": "Acme"},
            {"alpha-rules": "my-plugin", "beta-rules": "my_plugin"},
            {"alpha-rules": "acme", "beta-rules": "acme", "gamma": "acme", "acme": "acme"},
            {"aaa-rules": "std"},
            {"zzz-rules": "std", "aaa-rules": "STD"},
        ],
    )
    def test_the_advice_leaves_one_of_them(self, install, names, monkeypatch):
        for distribution, plugin in names.items():
            install(distribution, plugin, CODE.format(name=f"{distribution}_max"))
        with pytest.raises(PluginError, match="plugins have the name") as caught:
            Plugins.discover()
        assert_advice_works(caught.value, monkeypatch)
        left = list(Plugins.discover(block=blocks(caught.value)))
        assert "blender-rules-std" in [one.distribution for one in left]
        assert len(left) == (1 if "std" in map(str.lower, names.values()) else 2)

    def test_one_distribution_with_two(self, site, monkeypatch):
        site("place", info(STEM, entries=ENTRIES + "acme = other_module\n"))
        with pytest.raises(PluginError, match="two plugins have the name 'acme'") as caught:
            Plugins.discover()
        assert_advice_works(caught.value, monkeypatch)

    def test_two_without_a_name(self, site, monkeypatch):
        site("one", info(STEM, "Metadata-Version: 2.1\n"))
        site("two", info("beta_rules-1.2.dist-info", "Metadata-Version: 2.1\n"))
        with pytest.raises(PluginError, match="two plugins have the name 'acme'") as caught:
            Plugins.discover()
        assert_advice_works(caught.value, monkeypatch)


class TestEntryPointsOfOneModule:
    @pytest.mark.parametrize("number", [2, 3])
    @pytest.mark.parametrize("value", ["acme_module", "acme_module:plugin"])
    def test_of_one_distribution(self, site, monkeypatch, number, value):
        names = ["acme", "acme_rules_too", "other"][:number]
        lines = "".join(f"{name} = {value}\n" for name in names)
        folder = site("place", info(STEM, entries=f"[blender_core]\n{lines}"))
        module = CODE.format(name="acme_max") + "import sys\nplugin = sys.modules[__name__]\n"
        (folder / "acme_module.py").write_text(module)
        with pytest.raises(PluginError) as caught:
            Plugins.discover()
        providers = " and ".join(f"acme-rules 1.2 [{name}]" for name in names)
        word = {2: "two", 3: "3"}[number]
        assert str(caught.value).startswith(
            f"{word} entry points are of one plugin, {value}: {providers}\n"
            "Remove all but one of them from its pyproject.toml and install it anew, or pass block="
        )
        assert_advice_works(caught.value, monkeypatch)
        (kept,) = [one for one in Plugins.discover(blocks(caught.value)) if one.plugin != "std"]
        assert kept.plugin == names[-1]
        (folder / STEM / "entry_points.txt").write_text(f"[blender_core]\nacme = {value}\n")
        assert installed() == ["acme-rules 1.2 [acme]"]
        assert "acme_max" in Registry(Plugins.discover().rules())

    def test_of_two_distributions(self, site, monkeypatch):
        # Python knows one module of a name: the other distribution's would never be imported.
        site("one", info(STEM))
        other = "[blender_core]\nzeta = acme_module\n"
        second = site("two", info("zeta-2.0.dist-info", METADATA.format("zeta", "2.0"), other))
        with pytest.raises(PluginError, match="two entry points are of one plugin") as caught:
            Plugins.discover()
        assert "acme-rules 1.2 [acme] and zeta 2.0 [zeta]" in str(caught.value)
        assert_advice_works(caught.value, monkeypatch)
        assert "Give each distribution a module of its own name" in str(caught.value)
        (second / "acme_module.py").rename(second / "zeta_module.py")
        file = second / "zeta-2.0.dist-info" / "entry_points.txt"
        file.write_text(other.replace("acme_module", "zeta_module"))
        (second / "zeta_module.py").write_text(CODE.format(name="zeta_max"))
        assert installed() == ["acme-rules 1.2 [acme]", "zeta 2.0 [zeta]"]
        registry = Registry(Plugins.discover().rules())
        assert {"acme_module", "zeta_max"} <= set(registry)

    def test_with_the_standard_rules(self, site, monkeypatch):
        entries = "[blender_core]\nacme = blender_rules_std.plugin\n"
        site("place", info(STEM, entries=entries))
        with pytest.raises(PluginError, match="two entry points are of one plugin") as caught:
            Plugins.discover()
        assert_advice_works(caught.value, monkeypatch)
        assert [one.plugin for one in Plugins.discover(blocks(caught.value))] == ["std"]

    def test_two_objects_of_one_module_are_two_plugins(self, site):
        entries = "[blender_core]\nacme = acme_module:one\nother = acme_module:two\n"
        folder = site("place", info(STEM, entries=entries))
        (folder / "acme_module.py").write_text(
            "from blender_core import Rule, hookimpl\n"
            "class Hooks:\n"
            "    def __init__(self, name): self.name = name\n"
            "    @hookimpl\n"
            "    def blender_rules(self): return [Rule(name=self.name, blend=max, summary='.')]\n"
            "one, two = Hooks('one'), Hooks('two')\n"
        )
        assert {"one", "two"} <= set(Registry(Plugins.discover().rules()))


CONFLICTS = [
    {"alpha-rules": "alpha"},
    {"alpha-rules": "alpha", "beta-rules": "beta"},
    {"alpha-rules": "alpha", "alpha": "beta"},
    {"alpha-rules": "alpha", "beta-rules": "blender-rules-std"},
]


class TestConflicts:
    @pytest.mark.parametrize("names", CONFLICTS)
    def test_of_rules(self, install, names, monkeypatch):
        def use(block):
            assert Registry(Plugins.discover(block).rules())["mean"]

        for distribution, plugin in names.items():
            install(distribution, plugin, CODE.format(name="mean"))
        with pytest.raises(RuleConflictError) as caught:
            use(())
        assert_advice_works(caught.value, monkeypatch, use)
        left = Registry(Plugins.discover(blocks(caught.value)).rules())["mean"]
        assert left.provider.distribution == "blender-rules-std"

    def test_of_rules_of_one_plugin(self, install, monkeypatch):
        code = (
            CODE.format(name="own")
            .replace("]", ", blender_core_rule]")
            .replace(
                "@hookimpl",
                "blender_core_rule = Rule(name='own', blend=min, summary='.')\n@hookimpl",
            )
        )
        install("acme-rules", "acme", code)
        with pytest.raises(RuleConflictError, match="offers the rule 'own' 2 times") as caught:
            Registry(Plugins.discover().rules())
        assert_advice_works(
            caught.value, monkeypatch, lambda block: Registry(Plugins.discover(block).rules())
        )

    @pytest.mark.parametrize("names", [names for names in CONFLICTS if len(names) > 1])
    def test_of_readers(self, names):
        class Reader:
            @hookimpl
            def blender_open(self, given):
                return given

        def use(block):
            plugins = Plugins()
            for distribution, plugin in names.items():
                if not {distribution, plugin} & set(block):
                    plugins.register(Reader(), Provider(distribution, "1", plugin))
            return plugins.open(7, "input 1")

        with pytest.raises(ReaderConflictError) as caught:
            use(())
        assert use(blocks(caught.value)) is not None


def test_what_plugins_do_when_they_are_imported(site, monkeypatch):
    codes = ["raise KeyboardInterrupt", "raise GeneratorExit", "import sys; sys.exit(0)",
             "def f(): f()\nf()", "raise MemoryError", "class E(BaseException): pass\nraise E"]  # fmt: skip
    for number, code in enumerate(codes):
        folder = site(f"site{number}", info(STEM))
        Path(folder, "acme_module.py").write_text(code)
        monkeypatch.delitem(sys.modules, "acme_module", raising=False)
        with pytest.raises(PluginError, match=r"acme-rules 1\.2 .acme. cannot be loaded") as caught:
            Plugins.discover()
        assert_advice_works(caught.value, monkeypatch)


def test_the_advice_where_a_rule_fails(make_plugins, acme, make_models):
    def leave(_):
        sys.exit(0)

    rule = Rule(name="leave", blend=leave, summary="Ends the program.")
    plugins = make_plugins({acme: [rule]})
    models = make_models("meta.exposure.exposure_time", [1.5, 2.5])
    settings = {"plugins": plugins, "overrides": {"EFFEXPTM": "leave"}}
    with pytest.raises(
        ValueError, match=r"rule 'leave' of acme-rules 1\.2 .*SystemExit: 0"
    ) as caught:
        blendmodels(None, models, **settings)
    (remedy,) = caught.value.remedies
    assert (remedy.name, remedy.value) == ("overrides", {"meta.exposure.exposure_time": "keep"})
    assert blendmodels(None, models, **settings | {remedy.name: remedy.value})
