"""Blends whose files are read by workers: to the bit, the word and the order, those of one process."""

import os
import signal
import sys
import warnings
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from astropy.io import fits
from blends_elsewhere import Inline, make_distribution, prepare_worker, told
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import (
    BlenderError,
    BlendWarning,
    ExecutorError,
    MixedModelTypesError,
    ModelBlender,
    Override,
    PluginError,
    Plugins,
    Provider,
    Rule,
    blendmodels,
    hookimpl,
)

N_FILES = 54
RULES = """
from blender_core import Rule, hookimpl

def longest(values):
    return max(values, key=len)

@hookimpl
def blender_rules():
    return [Rule(name="longest", blend=longest, summary="The longest text.")]
"""
TEXTS = """
import warnings
from pathlib import Path
from blender_core import InputError, Source, hookimpl

class Lines(Source):
    model_type = "lines"
    schema = {"properties": {"meta": {"properties": {
        "line": {"type": "string", "fits_keyword": "LINE", "blend_rule": "multi", "blend_table": True},
        "length": {"type": "integer", "fits_keyword": "LENGTH", "blend_rule": "sum", "blend_table": True},
    }}}}

    def __init__(self, line, what, kind):
        self.line, self.what = line, what
        self.files = [Path("/origins", kind.__name__, line)]

    def read(self, layout):
        if self.line == "line 10":
            warnings.warn(f"{self.what} is odd", UserWarning)
        line = None if self.line == "line 14" else self.line
        values = {"meta.line": line, "meta.length": len(self.line)}
        return [values.get(path) for path in layout.paths]

@hookimpl
def blender_open(given, what):
    if Path(given).suffix == ".txt":
        lines = Path(given).read_text().splitlines()
        if not lines:
            raise InputError(f"{what} is empty")
        return [Lines(line, what, type(given)) for line in lines]
"""


@pytest.fixture(scope="module")
def acme_site(tmp_path_factory):
    """A folder with plugins that the workers have, and the caller only if a test says so."""
    folder = tmp_path_factory.mktemp("site")
    make_distribution(folder, "acme-rules", "1.2", "acme", RULES)
    return make_distribution(folder / "texts", "text-files", "2.0", "texts", TEXTS).parent


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """The current folder of the workers."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def pool(request, acme_site, elsewhere):
    """Workers that Python starts anew: one in a quick run, as each takes seconds to begin."""
    is_quick = request.config.option.markexpr == "not exhaustive"
    with ProcessPoolExecutor(
        1 if is_quick else 2,
        mp_context=get_context("spawn"),
        initializer=prepare_worker,
        initargs=([acme_site, acme_site / "texts"], elsewhere),
    ) as pool:
        yield pool


@pytest.fixture
def paths(many_files):
    return many_files(N_FILES)


def come_to(inputs, executor=None, product=None, **settings):
    """Return all that a blend comes to: what it tells, its tables' bytes, or its error; and warnings."""
    counts = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = blendmodels(
                product,
                inputs() if callable(inputs) else inputs,
                executor=executor,
                progress=lambda *numbers: counts.append(numbers),
                **settings,
            )
            tables = [(hdu.columns.names, hdu.data.tobytes()) for hdu in result.hdus()]
            skipped = [str(fault) for fault in result.skipped]
            how = told(result), tables, skipped, [*map(str, result.files)]
        except BlenderError as error:
            how = type(error), str(error)
    return how, counts, [(each.category, str(each.message), each.filename) for each in caught]


def assert_the_same(inputs, pool, **settings):
    alone = come_to(inputs, **settings)
    assert come_to(inputs, pool, **settings) == alone
    return alone


class TestTheSame:
    def test_files_of_names_and_paths(self, paths, pool):
        (told, tables, *_), counts, caught = assert_the_same(paths, pool)
        assert "NRCA1" in told
        assert len(tables) == 1
        assert counts == [(number, N_FILES) for number in range(1, N_FILES + 1)]
        assert not caught
        (_, tables, *_), *_ = assert_the_same(
            [*map(str, paths)], pool, overrides={"DETECTOR": "join"}
        )
        assert len(tables) == 2

    @pytest.mark.exhaustive
    def test_few_files(self, paths, pool):
        for number in (1, 2):
            assert_the_same(paths[:number], pool)

    @pytest.mark.exhaustive
    def test_an_iterator(self, paths, pool):
        assert_the_same(lambda: iter(paths), pool)

    def test_bad_files_and_a_file_of_another_class(self, paths, pool, tmp_path):
        given = [*paths]
        bad = tmp_path / "bad.fits"
        bad.write_bytes(b"SIMPLE  =                    T")
        given[0:0] = [bad]
        given[30:30] = [tmp_path / "lacking.fits", bad]
        other = tmp_path / "other.fits"
        datamodels.CubeModel((1, 2, 2)).save(other)
        given.insert(50, other)
        how, *_ = assert_the_same(given, pool)
        assert "lacking.fits" in how[1]
        assert str(other) in how[1]
        how, *_ = assert_the_same(given, pool, on_bad_input="skip")
        assert len(how[2]) == 4

    @pytest.mark.exhaustive
    def test_mixed_classes(self, paths, pool, tmp_path):
        cube = datamodels.CubeModel((1, 2, 2))
        cube.meta.exposure.exposure_time = 5.5
        cube.meta.instrument.detector = "NRCB1"
        cube.save(tmp_path / "cube.fits")
        given = []
        for number, path in enumerate(paths):
            given += [path, tmp_path / "cube.fits"] if number % 3 == 0 else [path]
        with pytest.raises(BlenderError) as caught:
            blendmodels(None, given[:3], executor=pool)
        assert isinstance(caught.value, MixedModelTypesError)
        (told, *_), *_ = assert_the_same(given, pool, mixed=True)
        assert "NRCB1" in told

    def test_models_hdulists_associations_and_libraries_in_their_places(
        self, paths, pool, tmp_path
    ):
        association = tmp_path / "asn.json"
        members = ",".join(
            f'{{"expname": "{path}", "exptype": "science"}}' for path in paths[40:50]
        )
        members += ', {"expname": "no.fits", "exptype": "background"}'
        association.write_text(f'{{"products": [{{"name": "p", "members": [{members}]}}]}}')
        with datamodels.open(paths[20]) as model, fits.open(paths[30]) as hdulist:
            given = [*paths[:20], model, *paths[21:30], hdulist, *paths[31:40], association]
            given += [paths[50], model, "no_such_file.fits", *paths[52:]]
            _, _, caught = assert_the_same(given, pool)
        assert "background" in caught[0][1]

    def test_products_that_are_expanded(self, paths, pool, tmp_path):
        products = []
        for number in range(2):
            product = tmp_path / f"product{number}.fits"
            product.write_bytes(paths[number].read_bytes())
            blendmodels(product, paths[number : number + 2], output=product)
            products.append(product)
        # The worker can tell of products like the first, the caller of the others.
        given = [*products, *products, *paths[:5]]
        (_, ((_, content), *_), *_), *_ = assert_the_same(given, pool, expand=True)
        assert len(content) % (2 + 2 + 2 + 2 + 5) == 0  # rows

    def test_rows_of_a_plugins_files(self, pool, tmp_path, acme_site, monkeypatch):
        monkeypatch.syspath_prepend(acme_site / "texts")
        files = []
        for number in range(40):
            file = tmp_path / f"{number}.txt"
            file.write_text("".join(f"line {number * row}\n" for row in range(number % 4)))
            files.append(file)
        (told, *_, names), *_ = assert_the_same(files, pool, on_bad_input="skip")
        assert "meta.length" in told
        assert f"/origins/{type(files[0]).__name__}/line 0" in names
        assert_the_same([*map(str, files)], pool, on_bad_input="skip")
        assert_the_same([*map(str, files[:20]), *files[20:]], pool, on_bad_input="skip")
        how, _, caught = assert_the_same(files, pool)
        assert [Path(filename).name for *_, filename in caught] == ["texts_plugin.py"]
        assert how[1].count("is empty") == 10
        full = [file for file in files if file.stat().st_size]
        lacking = Override(attribute="LINE", rule="multi", missing="require")
        how, *_ = assert_the_same(full, pool, overrides=[lacking])
        assert "7.txt), row 3 and input" in how[1]

    def test_more_inputs_afterwards(self, paths, pool):
        blender = ModelBlender()
        blender.accumulate(paths[0])
        blender.accumulate_all(paths[1:40], executor=pool)
        blender.accumulate_all(paths[40:])
        assert told(blender.finalize_model(None)) == told(blendmodels(None, paths))


class Vanishing(Executor):
    """Files are gone once workers have read them, all that were given until then."""

    num_workers = 1

    def __init__(self, paths, pool):
        self.paths = paths
        self.pool = pool
        self.n_given = 0

    def give(self):
        for path in self.paths:
            self.n_given += 1
            yield path

    def submit(self, function, /, *args):
        future = self.pool.submit(function, *args)
        future.result()
        for path in self.paths[: self.n_given]:
            path.unlink(missing_ok=True)
        return future


class TestWorkersRead:
    """What is left to the caller is the same, too; but only what has to be is left to it."""

    def test_files(self, paths, pool, tmp_path):
        copies = [tmp_path / path.name for path in paths]
        for copy, path in zip(copies, paths, strict=True):
            copy.write_bytes(path.read_bytes())
        fits.setval(copies[3], "VISITYPE", value="NONE_OF_THESE")
        executor = Vanishing(copies, pool)
        with pytest.warns(BlendWarning, match="VISITYPE"):
            result = blendmodels(None, executor.give(), executor=executor)
        assert len(result.table) == N_FILES
        assert not copies[3].exists()

    def test_asdf_files_and_products(self, paths, pool, tmp_path):
        files = []
        with datamodels.open(paths[0]) as model:
            model.save(tmp_path / "0.asdf")
        for number in range(3):
            files.append(tmp_path / f"{number}.asdf")
            files[number].write_bytes((tmp_path / "0.asdf").read_bytes())
        executor = Vanishing(files, pool)
        assert len(blendmodels(None, executor.give(), executor=executor).table) == 3
        assert not files[1].exists()
        products = [tmp_path / f"product{number}.fits" for number in range(3)]
        blendmodels(paths[0], paths[:2], output=products[0])
        for product in products[1:]:
            product.write_bytes(products[0].read_bytes())
        executor = Vanishing(products, pool)
        result = blendmodels(None, executor.give(), expand=True, executor=executor)
        assert len(result.table) == 6
        assert not products[1].exists()

    def test_rows_of_a_plugins_files(self, pool, tmp_path, acme_site, monkeypatch):
        monkeypatch.syspath_prepend(acme_site / "texts")
        files = [tmp_path / f"{number}.txt" for number in range(5)]
        for number, file in enumerate(files):
            file.write_text("a\n" * (number + 1))
        executor = Vanishing(files, pool)
        result = blendmodels(None, executor.give(), executor=executor)
        assert result.values["meta.length"] == 15
        assert not files[1].exists()

    @pytest.mark.exhaustive
    def test_names_in_another_folder(self, paths, pool, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for path in paths:
            (tmp_path / path.name).write_bytes(path.read_bytes())
        executor = Vanishing([Path(path.name) for path in paths], pool)
        result = blendmodels(None, executor.give(), executor=executor)
        assert told(result) == told(blendmodels(None, paths))


class TestWarnings:
    def test_they_come_in_order_and_point_at_the_caller(self, paths, pool, tmp_path):
        given = [*paths]
        for place in (3, 21, 22, 50):
            given[place] = tmp_path / paths[place].name
            given[place].write_bytes(paths[place].read_bytes())
            fits.setval(given[place], "VISITYPE", value="NONE_OF_THESE")
        _, _, caught = assert_the_same(given, pool)
        assert [text.split(" ")[1] for _, text, _ in caught] == ["4", "22", "23", "51"]
        assert {category for category, *_ in caught} == {BlendWarning}

    def test_one_that_is_an_error_adds_nothing(self, paths, pool, tmp_path):
        odd = tmp_path / "odd.fits"
        odd.write_bytes(paths[0].read_bytes())
        fits.setval(odd, "VISITYPE", value="NONE_OF_THESE")
        blender = ModelBlender()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(BlendWarning, match=r"input 41 .*odd.fits"):
                blender.accumulate_all([*paths[:40], odd, *paths[40:]], executor=pool)
        blender.accumulate_all(paths[:3])
        assert told(blender.finalize_model(None)) == told(blendmodels(None, paths[:3]))


class TestWhatAWorkerCannotRead:
    def test_files_that_only_the_caller_sees(self, paths, pool, tmp_path, monkeypatch):
        """/proc/self/cwd is another folder for each process, as a mount may be."""
        monkeypatch.chdir(tmp_path)
        given = []
        for number, path in enumerate(paths):
            if number % 2:
                (tmp_path / path.name).write_bytes(path.read_bytes())
                path = Path("/proc/self/cwd") / path.name
            given.append(path)
        with pytest.warns(BlendWarning, match="could not be read by workers") as caught:
            result = blendmodels(None, given, executor=pool)
        assert told(result) == told(blendmodels(None, given))
        (warning,) = caught
        assert f"27 inputs of {N_FILES - 1} " in str(warning.message)
        assert os.uname().nodename in str(warning.message)

    def test_names_that_mean_other_files_in_a_workers_folder(
        self, paths, pool, tmp_path, elsewhere, monkeypatch
    ):
        monkeypatch.chdir(tmp_path)
        for path in paths:
            (tmp_path / path.name).write_bytes(path.read_bytes())
            (elsewhere / path.name).write_bytes(paths[0].read_bytes())
        names = [path.name for path in paths]
        fits.setval(names[40], "VISITYPE", value="NONE_OF_THESE")
        _, _, caught = assert_the_same(names, pool)
        assert f"input 41 ({names[40]})" in caught[0][1]

    @pytest.mark.exhaustive
    def test_one_in_a_hundred_is_not_worth_a_word(self, many_files, tmp_path):
        paths = many_files(102)

        class Elsewhere(Inline):
            """A worker whose disk lacks one file."""

            def submit(self, function, /, *args):
                hidden = paths[50].rename(tmp_path / "hidden")
                try:
                    return super().submit(function, *args)
                finally:
                    hidden.rename(paths[50])

        assert told(blendmodels(None, paths, executor=Elsewhere())) == told(
            blendmodels(None, paths)
        )


class Acme:
    """A plugin that is not installed."""

    def __init__(self, blend):
        self.blend = blend

    @hookimpl
    def blender_rules(self):
        return [Rule(name="longest", blend=self.blend, summary="The longest text.")]


def with_acme(blend):
    plugins = Plugins.discover()
    plugins.register(Acme(blend), Provider("acme-rules", "1.2", "acme"))
    return plugins


class TestSamePlugins:
    """The workers have acme-rules 1.2."""

    def test_the_same(self, paths, pool, acme_site, monkeypatch):
        monkeypatch.syspath_prepend(acme_site)
        (told, *_), *_ = assert_the_same(paths, pool, overrides={"DETECTOR": "longest"})
        assert "'longest'" in told

    @pytest.mark.exhaustive
    def test_what_a_worker_has_besides_is_not_used(self, paths, pool):
        assert_the_same(paths, pool)

    @pytest.mark.exhaustive
    def test_what_is_left_out_need_not_be_there(self, paths, pool, install):
        install("other-rules", "other", RULES.replace("longest", "widest"))
        assert_the_same(paths, pool, block=["other"])

    def test_another_version(self, paths, pool, tmp_path, monkeypatch):
        site = make_distribution(tmp_path / "new", "acme-rules", "1.3", "acme", RULES)
        monkeypatch.syspath_prepend(site)
        monkeypatch.delitem(sys.modules, "acme_plugin", raising=False)
        blender = ModelBlender()
        with pytest.raises(PluginError) as caught:
            blender.accumulate_all(paths, executor=pool)
        error = caught.value
        assert error.provider == Provider("acme-rules", "1.3", "acme")
        assert "acme-rules 1.3 [acme]: there is acme-rules 1.2 [acme]" in str(error)
        assert f"on {os.uname().nodename}" in str(error)
        assert str(os.getpid()) not in str(error)

    def test_a_plugin_that_a_worker_lacks(self, paths, pool, install):
        install("other-rules", "other", RULES.replace("longest", "widest"))
        with pytest.raises(PluginError, match=r"other-rules 1.0 \[other\]: it is not installed"):
            blendmodels(None, paths, executor=pool)

    def test_other_settings_of_validation(self, paths, pool, monkeypatch):
        monkeypatch.setenv("PASS_INVALID_VALUES", "0")  # as if it were not set
        monkeypatch.setenv("STRICT_VALIDATION", "Yes")
        with pytest.raises(PluginError) as caught:
            blendmodels(None, paths, executor=pool)
        assert "STRICT_VALIDATION is false there, and true here" in str(caught.value)
        assert "PASS_INVALID_VALUES" not in str(caught.value)

    @pytest.mark.exhaustive
    def test_settings_of_the_environment_are_the_callers(self, paths, pool, acme_site, monkeypatch):
        monkeypatch.syspath_prepend(acme_site)
        monkeypatch.setenv("MODEL_BLENDER_BLOCK", "acme")
        assert_the_same(paths, pool)

    def test_a_rule_that_cannot_be_sent(self, paths, pool):
        plugins = with_acme(lambda values: max(values, key=len))
        with pytest.raises(
            PluginError, match=r"rule 'longest' of .*acme.*cannot be pickled"
        ) as caught:
            blendmodels(None, paths, plugins=plugins, executor=pool)
        assert caught.value.provider.plugin == "acme"
        blendmodels(None, paths[:2], plugins=plugins)

    def test_a_plugin_that_is_sent(self, paths):
        """Of a worker that can import this module, as one that is forked."""
        plugins = with_acme(max)
        settings = {"plugins": plugins, "overrides": {"DETECTOR": "longest"}}
        assert_the_same(paths, Inline(), **settings)

    def test_a_plugin_that_a_worker_cannot_unpack(self, paths, pool):
        with pytest.raises(PluginError, match=r"acme-rules 1.2 \[acme\]: it cannot be loaded"):
            blendmodels(None, paths, plugins=with_acme(max), executor=pool)


class TestFaults:
    def test_killed_workers(self, paths):
        blender = ModelBlender()
        with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:

            def kill(done):
                if done == 17:
                    for process in list(pool._processes.values()):
                        process.kill()

            with pytest.raises(ExecutorError, match="Nothing was added") as caught:
                blender.accumulate_all(paths * 3, kill, pool)
        first, last = caught.value.numbers
        assert 17 < first <= last <= 3 * N_FILES
        assert caught.value.__cause__ is not None
        blender.accumulate_all(paths)
        assert told(blender.finalize_model(None)) == told(blendmodels(None, paths))

    @pytest.mark.parametrize(
        "interrupt",
        [pytest.param(False, marks=pytest.mark.exhaustive), True],
        ids=["progress", "Ctrl-C"],
    )
    def test_what_waits_is_cancelled(self, paths, interrupt):
        executor = Inline(n_done=1)

        def fail(done):
            if done == 2:
                if not interrupt:
                    raise RuntimeError
                os.kill(os.getpid(), signal.SIGINT)

        blender = ModelBlender()
        with pytest.raises(KeyboardInterrupt if interrupt else RuntimeError):
            blender.accumulate_all(paths, fail, executor)
        first, *others = executor.futures
        assert first.done()
        assert not first.cancelled()
        assert others
        assert all(future.cancelled() for future in others)
        blender.accumulate_all(paths)
        assert told(blender.finalize_model(None)) == told(blendmodels(None, paths))

    def test_an_executor_that_was_shut_down(self, paths):
        executor = ThreadPoolExecutor(1)
        executor.shutdown()
        with pytest.raises(ExecutorError, match="ThreadPoolExecutor"):
            blendmodels(None, paths, executor=executor)

    @pytest.mark.parametrize("n_good", [0, 2])
    @pytest.mark.parametrize("how", ["refused", "cancelled", "no future"])
    def test_executors_that_do_not_do_what_they_should(self, paths, how, n_good):
        class Odd(Inline):
            def submit(self, function, /, *args):
                if len(self.futures) < n_good:
                    return super().submit(function, *args)
                if how == "refused":
                    raise OSError(how)
                future = super().submit(int) if how == "no future" else Future()
                future.cancel()
                return future

        blender = ModelBlender()
        blender.accumulate(paths[0])
        executor = Odd()
        with pytest.raises(ExecutorError, match="the executor, Odd, could not") as caught:
            blender.accumulate_all(paths * 2, executor=executor)
        assert caught.value.numbers[0] == 2 + 16 * n_good
        blender.accumulate_all(paths[1:])
        assert told(blender.finalize_model(None)) == told(blendmodels(None, paths))

    @pytest.mark.exhaustive
    def test_answers_fit_in_a_pipe(self, tmp_path, acme_site, monkeypatch):
        """A pool of Python's waits for ever for the rest of one whose worker was killed."""
        monkeypatch.syspath_prepend(acme_site / "texts")
        sizes = []

        class Measured(Inline):
            def submit(self, function, /, *args):
                future = super().submit(function, *args)
                sizes.append(len(future.result()))
                return future

        files = [tmp_path / f"{number}.txt" for number in range(90)]
        for file in files:
            file.write_text("".join(f"{os.urandom(16).hex()}\n" for _ in range(200)))
        ModelBlender().accumulate_all(files, executor=Measured())
        assert len(sizes) > 4
        # Three are made before it is known how long their answers are.
        assert max(sizes[3:]) < 64 << 10 < max(sizes)

    def test_something_else_than_an_executor(self, paths):
        with pytest.raises(TypeError, match=r"executor is a concurrent.futures.Executor, not 4"):
            blendmodels(None, paths, executor=4)

    def test_the_executor_is_not_shut_down(self, pool):
        assert pool.submit(int, "7").result() == 7


class TestIterators:
    def test_they_are_not_far_ahead(self, paths):
        n_given = 0
        ahead = []

        def give():
            nonlocal n_given
            for path in paths * 3:
                n_given += 1
                yield path

        with ThreadPoolExecutor(1) as executor:
            blendmodels(
                None, give(), executor=executor, progress=lambda n, _: ahead.append(n_given - n)
            )
        # Two runs on their way, one that is read, and one in the making; the first ones are short.
        assert max(ahead[:17]) <= 4 * 16
        assert max(ahead) <= 4 * 256

    def test_an_error_of_theirs_comes_after_what_was_before(self, paths, tmp_path, pool):
        def give():
            yield from paths[:20]
            yield tmp_path / "lacking.fits"
            msg = "the end"
            raise RuntimeError(msg)

        counts = []
        with pytest.raises(RuntimeError, match="the end"):
            blendmodels(None, give(), executor=pool, progress=lambda n, _: counts.append(n))
        assert counts == [*range(1, 22)]


@pytest.mark.exhaustive
def test_overrides_once_per_exposure(paths, pool):
    overrides = [
        Override(attribute="EFFEXPTM", rule="sum", once_per=("OBSERVTN", "EXPOSURE")),
        Override(attribute="DETECTOR", rule="last", order_by="EXPSTART"),
    ]
    assert_the_same(paths, pool, overrides=overrides)


@pytest.mark.exhaustive
def test_a_product(paths, pool, tmp_path):
    products = []
    for name, executor in (("alone", None), ("spread", pool)):
        product = ImageModel()
        blendmodels(product, paths, executor=executor, output=tmp_path / f"{name}.fits")
        with fits.open(tmp_path / f"{name}.fits") as hdulist:
            products.append(hdulist["HDRTAB"].data.tobytes())
    assert products[0] == products[1]
