"""Rules files in formats that plugins read: ``KEYWORD: rule`` in each line, for one."""

import os

import pytest
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlendErrorGroup,
    BlendPlan,
    ModelBlender,
    Override,
    OverrideConflictError,
    PluginError,
    Plugins,
    Provider,
    ReaderConflictError,
    RulesFileError,
    Tier,
    UnknownAttributeError,
    UnknownRulesFileError,
    amend,
    blendmodels,
    hookimpl,
)

START = "meta.exposure.start_time"
END = "meta.exposure.end_time"
TIMES = [59000.5, 59000.25, 59000.75]

CODE = """
from blender_core import BlendErrorGroup, Override, RulesFileError, hookimpl


@hookimpl
def blender_rules_file(path, text):
    if path.suffix != ".rules":
        return None
    overrides, faults = {}, []
    for number, line in enumerate(text.splitlines(), start=1):
        keyword, colon, rule = line.partition(":")
        if not colon:
            faults.append(
                RulesFileError("there is no colon", line=number, column=len(line) + 1, key=keyword)
            )
            continue
        overrides[keyword] = Override(attribute=keyword, rule=rule.strip())
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise BlendErrorGroup("several", faults)
    return overrides.values()
"""


class Reader:
    """A plugin that answers for whatever file it is asked about, and keeps what it was given."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    @hookimpl
    def blender_rules_file(self, path, text):
        self.asked.append((path, text))
        return self.answer() if callable(self.answer) else self.answer


def with_reader(answer, provider, plugins=None):
    """Return plugins, and one more that reads rules files."""
    plugins = plugins or Plugins.discover()
    reader = Reader(answer)
    plugins.register(reader, provider)
    return plugins, reader


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a file in the current folder, and gives its path."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="team.rules"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def acme_reads(install):
    install("acme-rules", "acme", CODE, version="1.2")


def raising(error):
    def answer():
        raise error

    return answer


@pytest.mark.usefixtures("acme_reads")
class TestWhereItHolds:
    def test_a_plan_says_which_file_and_who_reads_it(self, write):
        write("EXPSTART: max\nEXPEND: min\n")
        plan = BlendPlan.for_model(ImageModel, rules="team.rules")
        assert (plan[START].name, plan[END].name) == ("max", "min")
        assert plan[START].tier is Tier.RULES_FILE
        assert plan[START].source == "team.rules (acme-rules 1.2 [acme])"
        assert "asked for by  team.rules (acme-rules 1.2 [acme]) (rules file)" in str(plan[START])

    def test_a_blend(self, write, make_models):
        path = write("EXPSTART: max\n")
        result = blendmodels(ImageModel(), make_models(START, TIMES), rules=[path])
        assert result.values[START] == 59000.75
        blender = ModelBlender(rules=path)
        for model in make_models(START, TIMES):
            blender.accumulate(model)
        product = ImageModel()
        blender.finalize_model(product)
        assert product[START] == 59000.75

    def test_an_amended_product(self, write, make_models):
        product = ImageModel()
        blendmodels(product, make_models(START, TIMES))
        assert product[START] == 59000.25
        amended = amend(product, rules=write("EXPSTART: max\n"))
        assert product[START] == 59000.75
        assert [each.attribute for each in amended.changes] == [START]

    def test_the_environment(self, write, make_models, monkeypatch):
        write("EXPSTART: max\n")
        write('[[override]]\nattribute = "EXPEND"\nrule = "min"\n', "night.toml")
        monkeypatch.setenv("MODEL_BLENDER_RULES", f"team.rules{os.pathsep}night.toml")
        plan = BlendPlan.for_model(ImageModel)
        assert plan[START].source == "team.rules (MODEL_BLENDER_RULES, acme-rules 1.2 [acme])"
        assert plan[END].source == "night.toml (MODEL_BLENDER_RULES)"
        assert blendmodels(None, make_models(START, TIMES)).values[START] == 59000.75

    def test_files_of_several_formats_are_of_one_rank(self, write):
        ours = write("EXPSTART: max\n")
        text = '[[override]]\nattribute = "EXPEND"\nrule = "first"\n'
        toml = write(text, "team.toml")
        for rules in ([ours, toml], [toml, ours]):
            plan = BlendPlan.for_model(ImageModel, rules=rules)
            assert (plan[START].name, plan[END].name) == ("max", "first")
        write(text.replace("EXPEND", "EXPSTART"), "team.toml")
        words = r"first by \S*team.toml.*max by \S*team.rules \(acme-rules 1.2 \[acme\]\)"
        with pytest.raises(OverrideConflictError, match=f"(?s){words}"):
            BlendPlan.for_model(ImageModel, rules=[ours, toml])

    def test_the_caller_wins_over_it_and_it_over_plugins(self, write):
        class Overriding:
            @hookimpl
            def blender_overrides(self):
                return [Override(attribute="EXPSTART", rule="median")]

        plugins = Plugins.discover()
        plugins.register(Overriding(), Provider("other", "1", "other"))
        settings = {"rules": write("EXPSTART: max\n"), "plugins": plugins}
        assert BlendPlan.for_model(ImageModel, **settings)[START].name == "max"
        plan = BlendPlan.for_model(ImageModel, **settings, overrides={"EXPSTART": "last"})
        assert plan[START].name == "last"
        assert [lost.name for lost in plan[START].won_over] == ["max", "median", "min", "first"]

    def test_later_lines_are_the_plugins_own_business(self, write):
        path = write("EXPSTART: max\nEXPSTART: last\n")
        assert BlendPlan.for_model(ImageModel, rules=path)[START].name == "last"

    def test_an_empty_file_says_nothing(self, write):
        plan = BlendPlan.for_model(ImageModel, rules=write(""))
        assert str(plan.diff(BlendPlan.for_model(ImageModel))) == "no difference"

    def test_a_name_that_there_is_not_is_told_with_the_file(self, write):
        path = write("EXPSTRT: max\n")
        words = r"'EXPSTRT' in an override by \S*team\.rules \(acme-rules 1\.2 \[acme\]\)"
        with pytest.raises(UnknownAttributeError, match=words):
            BlendPlan.for_model(ImageModel, rules=path)


class TestWhatPluginsAreGiven:
    @pytest.mark.parametrize(
        "content",
        [b"one\ntwo\n", b"one\r\ntwo\r\n", b"\xef\xbb\xbfone\ntwo\n"],
        ids=["plain", "of Windows", "with a byte order mark"],
    )
    def test_path_and_text(self, write, acme, content):
        path = write(content)
        plugins, reader = with_reader([], acme)
        BlendPlan.for_model(ImageModel, rules="team.rules", plugins=plugins)
        BlendPlan.for_model(ImageModel, rules=str(path), plugins=plugins)
        assert reader.asked == [
            (type(path)("team.rules"), "one\ntwo\n"),
            (path, "one\ntwo\n"),
        ]

    def test_arguments_may_be_left_out(self, write, acme):
        class OfText:
            @hookimpl
            def blender_rules_file(self, text):
                return [Override(attribute="EXPSTART", rule=text.strip())]

        plugins = Plugins.discover()
        plugins.register(OfText(), acme)
        plan = BlendPlan.for_model(ImageModel, rules=write("max"), plugins=plugins)
        assert plan[START].name == "max"

    @pytest.mark.parametrize("name", ["team.toml", "TEAM.TOML"])
    def test_toml_is_the_engines(self, write, acme, name):
        path = write('[[override]]\nattribute = "EXPSTART"\nrule = "max"\n', name)
        plugins, reader = with_reader([], acme)
        plan = BlendPlan.for_model(ImageModel, rules=path, plugins=plugins)
        assert plan[START].name == "max"
        assert plan[START].source == str(path)
        assert reader.asked == []

    @pytest.mark.parametrize(
        ("content", "words", "line"),
        [
            (b"one\n\xff\n", "line 2: it is not UTF-8 text", 2),
            (b"one\ntwo\n caf\xe9\n", "line 3: it is not UTF-8 text", 3),
            ("EXPTIME: max\n".encode("utf-16"), "line 1: it is not UTF-8 text", 1),
            (b"one\ntwo\0\n", "line 2: it is not text: there is a zero byte", 2),
            (b"x" * (4 << 20) + b"x", "4194305 bytes, which is more than 4 MB", None),
        ],
    )
    def test_what_is_no_text_is_refused_before(self, write, acme, content, words, line):
        path = write(content)
        plugins, reader = with_reader([], acme)
        with pytest.raises(RulesFileError, match=words) as caught:
            BlendPlan.for_model(ImageModel, rules=path, plugins=plugins)
        assert str(path) in str(caught.value)
        assert (caught.value.path, caught.value.line) == (path, line)
        assert reader.asked == []


class TestFaults:
    @pytest.mark.usefixtures("acme_reads")
    def test_of_one_line(self, write):
        path = write("EXPEND: max\nEXPSTART\n")
        with pytest.raises(RulesFileError) as caught:
            BlendPlan.for_model(ImageModel, rules=path)
        error = caught.value
        assert str(error) == (
            f"rules file {path} (acme-rules 1.2 [acme]), line 2, column 9, key 'EXPSTART': "
            "there is no colon"
        )
        assert (error.path, error.line, error.column, error.key) == (path, 2, 9, "EXPSTART")
        assert error.provider == Provider("acme-rules", "1.2", "acme")
        assert error.variable is None
        assert isinstance(error.__cause__, RulesFileError)

    @pytest.mark.usefixtures("acme_reads")
    def test_of_several_lines_are_told_at_once(self, write, monkeypatch):
        monkeypatch.setenv("MODEL_BLENDER_RULES", str(write("EXPSTART\nEXPEND: max\n\n")))
        with pytest.raises(BlendErrorGroup, match=r"team\.rules .*cannot be used") as caught:
            BlendPlan.for_model(ImageModel)
        faults = caught.value.exceptions
        assert [(one.line, one.variable) for one in faults] == [
            (1, "MODEL_BLENDER_RULES"),
            (3, "MODEL_BLENDER_RULES"),
        ]

    def test_without_a_place(self, write, acme):
        path = write("x")
        plugins, _ = with_reader(raising(RulesFileError("it is empty")), acme)
        with pytest.raises(RulesFileError, match=r"acme-rules 1.2 \[acme\]\): it is empty$"):
            BlendPlan.for_model(ImageModel, rules=path, plugins=plugins)

    def test_while_the_overrides_are_given(self, write, acme):
        def answer():
            yield Override(attribute="EXPSTART", rule="max")
            raise RulesFileError("it ends too soon", line=7)

        plugins, _ = with_reader(answer, acme)
        with pytest.raises(RulesFileError, match="line 7: it ends too soon"):
            BlendPlan.for_model(ImageModel, rules=write("x"), plugins=plugins)

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (raising(KeyError("lost")), r"failed for rules file .*team.rules: KeyError: 'lost'"),
            (raising(SystemExit(0)), "SystemExit: 0"),
            (raising(RulesFileError("wrong", line="3")), "line of a RulesFileError is a number"),
            (raising(RulesFileError("wrong", column=0)), "column of a RulesFileError is a number"),
            (raising(RulesFileError("wrong", key=3)), "key of a RulesFileError is a str, not 3"),
            (
                raising(BlendErrorGroup("two", [RulesFileError("a"), PluginError("b", provider=Provider("z", "1", "z"))])),
                "PluginError: b",
            ),
            ([7], "gives 7 where a blender_core.Override is asked for for rules file"),
            (7, "TypeError: 'int' object is not iterable"),
            (lambda: [Override(attribute="", rule="max")], "OverrideValueError: attribute of"),
        ],
    )  # fmt: skip
    def test_of_the_plugins_code(self, write, acme, answer, words):
        path = write("x")
        plugins, _ = with_reader(answer, acme)
        with pytest.raises(PluginError, match=words) as caught:
            BlendPlan.for_model(ImageModel, rules=path, plugins=plugins)
        assert caught.value.provider == acme
        assert str(path) in str(caught.value)
        assert "block=('acme',)" in str(caught.value)

    def test_overrides_without_an_end(self, write, acme):
        def answer():
            while True:
                yield Override(attribute="EXPSTART", rule="max")

        plugins, _ = with_reader(answer, acme)
        with pytest.raises(PluginError, match="more than 10,000 of them"):
            BlendPlan.for_model(ImageModel, rules=write("x"), plugins=plugins)


class TestWhoTakesIt:
    def test_two_plugins(self, write, acme):
        path = write("x")
        zeta = Provider("zeta-rules", "0.1", "zeta")
        taken, faulty = [], raising(RulesFileError("wrong"))
        for answers in ((taken, taken), (taken, faulty), (faulty, faulty)):
            plugins, _ = with_reader(answers[0], acme)
            plugins, _ = with_reader(answers[1], zeta, plugins)
            with pytest.raises(ReaderConflictError) as caught:
                BlendPlan.for_model(ImageModel, rules=path, plugins=plugins)
            assert caught.value.what == f"rules file {path}"
            assert caught.value.providers == (acme, zeta)
            (remedy,) = caught.value.remedies
            assert remedy.value == ("acme",)

    def test_none_of_them(self, write, acme):
        path = write("x", "team.yaml")
        zeta = Provider("zeta-rules", "0.1", "zeta")
        plugins, first = with_reader(None, acme)
        plugins, second = with_reader(None, zeta, plugins)
        with pytest.raises(UnknownRulesFileError) as caught:
            BlendPlan.for_model(ImageModel, rules=path, plugins=plugins)
        assert caught.value.providers == (acme, zeta)
        assert caught.value.path == path
        assert str(caught.value) == (
            f"rules file {path} is of no format that is known: its name does not end in .toml, as "
            "those in TOML do, and no plugin takes it: asked was acme-rules 1.2 [acme] and "
            "zeta-rules 0.1 [zeta]. If it is TOML, call it team.toml; if not, install a plugin "
            "that reads it."
        )
        assert first.asked == second.asked == [(path, "x")]

    def test_no_plugin_reads_any(self, write):
        with pytest.raises(UnknownRulesFileError, match="no installed plugin reads any") as caught:
            BlendPlan.for_model(ImageModel, rules=write("x"))
        assert caught.value.providers == ()

    @pytest.mark.parametrize("name", ["team", "team.rules", "team.toml~"])
    def test_the_advice_works_where_it_is_toml(self, write, name):
        path = write('[[override]]\nattribute = "EXPSTART"\nrule = "max"\n', name)
        with pytest.raises(UnknownRulesFileError) as caught:
            BlendPlan.for_model(ImageModel, rules=path)
        advised = path.rename(path.with_name(f"{path.stem}.toml"))
        assert f"call it {advised.name};" in str(caught.value)
        assert BlendPlan.for_model(ImageModel, rules=advised)[START].name == "max"

    @pytest.mark.usefixtures("acme_reads")
    def test_a_plugin_that_is_left_out_is_not_asked(self, write, monkeypatch):
        path = write("EXPSTART: max\n")
        with pytest.raises(UnknownRulesFileError, match="no installed plugin reads any"):
            BlendPlan.for_model(ImageModel, rules=path, block=["acme"])
        monkeypatch.setenv("MODEL_BLENDER_BLOCK", "acme-rules")
        with pytest.raises(UnknownRulesFileError, match="no installed plugin reads any"):
            blendmodels(None, [ImageModel()], rules=path)

    def test_a_plugin_that_fails_though_another_takes_it(self, write, acme):
        plugins, _ = with_reader([], acme)
        zeta = Provider("zeta-rules", "0.1", "zeta")
        plugins, _ = with_reader(raising(KeyError("lost")), zeta, plugins)
        with pytest.raises(PluginError, match=r"zeta-rules 0.1 \[zeta\] failed for rules file"):
            BlendPlan.for_model(ImageModel, rules=write("x"), plugins=plugins)
