"""Inputs by URL, from real servers on this machine: what comes out, and what had to be fetched."""

import json
import pickle
import shutil
from typing import ClassVar

import numpy as np
import pytest
from astropy.io import fits
from exposures_with_arrays import write_with_arrays
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.jwst.datamodels import open as open_model
from thoroughness import all_but_exhaustive
from web_server import WebServer

from blender_core import (
    BlendErrorGroup,
    InputError,
    ModelBlender,
    OutputError,
    Provider,
    Remote,
    RemoteError,
    Source,
    blendmodels,
    hookimpl,
)

START = "meta.exposure.start_time"


@pytest.fixture(scope="module")
def exposures(invented_exposures, tmp_path_factory):
    """Return four files with arrays of 100 kB each."""
    return write_with_arrays(invented_exposures[:4], tmp_path_factory.mktemp("with") / "arrays")


@pytest.fixture(scope="module")
def alone(exposures):
    """What a blend of the files comes to."""
    return blendmodels(None, exposures)


@pytest.fixture(scope="module")
def trees(invented_exposures, tmp_path_factory):
    """Return four such files in ASDF."""
    folder = tmp_path_factory.mktemp("in") / "asdf"
    return write_with_arrays(invented_exposures[:4], folder, ending=".asdf")


@pytest.fixture
def server(exposures):
    with WebServer(exposures[0].parent) as server:
        yield server


def urls_of(server, files):
    return [server.url(file.name) for file in files]


def same(result, other):
    """Tell whether two results are the same in all that was read and made of it."""
    assert result.values == other.values
    assert list(result.inputs) == list(other.inputs)
    for path, values in other.inputs.items():
        assert list(result.inputs[path]) == list(values), path
    return True


class TestWhatComesOut:
    def test_all_is_as_from_the_files(self, server, exposures):
        product, other = ImageModel(), ImageModel()
        assert same(blendmodels(product, urls_of(server, exposures)), blendmodels(other, exposures))
        assert (product.hdrtab == other.hdrtab).all()
        assert product.meta.exposure.exposure_time == pytest.approx(4 * 311.366)

    @pytest.mark.parametrize("settings", [{"every_header": True}, {"download": True}])
    def test_however_it_is_fetched(self, server, exposures, settings, alone):
        result = blendmodels(None, urls_of(server, exposures), remote=Remote(**settings))
        assert same(result, alone)

    @pytest.mark.parametrize("concurrent", all_but_exhaustive([1, 16], quick=[1]))
    def test_however_many_at_a_time(self, server, exposures, concurrent):
        urls = urls_of(server, exposures) * 3
        result = blendmodels(None, urls, remote=Remote(concurrent=concurrent))
        assert same(result, blendmodels(None, exposures * 3))

    def test_trees(self, trees):
        with WebServer(trees[0].parent) as server:
            assert same(blendmodels(None, urls_of(server, trees)), blendmodels(None, trees))

    def test_urls_beside_files_models_and_hdulists(self, server, exposures):
        urls = urls_of(server, exposures)
        with open_model(exposures[1]) as model, fits.open(exposures[2]) as hdulist:
            mixed = [urls[0], model, hdulist, exposures[3], urls[1]]
            result = blendmodels(None, iter(mixed))
        assert same(result, blendmodels(None, [*exposures, exposures[1]]))

    def test_one_at_a_time(self, server, exposures, alone):
        blender = ModelBlender()
        for url in urls_of(server, exposures):
            blender.accumulate(url)
        assert same(blender.finalize_model(None), alone)

    def test_packed_files(self, exposures, tmp_path):
        import gzip

        packed = tmp_path / "a_cal.fits.gz"
        packed.write_bytes(gzip.compress(exposures[0].read_bytes()))
        with WebServer(tmp_path) as server:
            result = blendmodels(None, [server.url(packed.name)])
        assert same(result, blendmodels(None, [packed]))

    def test_products_expanded(self, exposures, tmp_path):
        product = ImageModel()
        blendmodels(product, exposures)
        product.save(tmp_path / "p_i2d.fits")
        with WebServer(tmp_path) as server:
            result = blendmodels(None, [server.url("p_i2d.fits")], expand=True)
        assert result.values == blendmodels(None, [tmp_path / "p_i2d.fits"], expand=True).values
        assert len(result.table) == 4

    def test_a_service_that_is_asked_for_a_file(self, server, exposures):
        server.behave = lambda exchange: serve_any(exchange, exposures[0])
        url = f"{server.url('api/file')}?uri=mast:JWST/product/{exposures[0].name}"
        result = blendmodels(None, [url])
        assert result.inputs["meta.filename"] == (exposures[0].name,)

    @pytest.mark.exhaustive
    def test_asdf_from_a_service_that_does_not_say_so(self, server, trees):
        server.behave = lambda exchange: serve_any(exchange, trees[0])
        result = blendmodels(None, [server.url("download?id=3")])
        assert result.values[START] == blendmodels(None, [trees[0]]).values[START]

    @pytest.mark.exhaustive
    def test_a_local_file_by_its_url(self, exposures, alone):
        result = blendmodels(None, [file.as_uri() for file in exposures])
        assert same(result, alone)

    def test_other_file_systems_of_fsspec(self, exposures, alone):
        import fsspec

        memory = fsspec.filesystem("memory")
        urls = []
        for file in exposures:
            memory.pipe(f"/{file.name}", file.read_bytes())
            urls.append(f"memory://{file.name}")
        assert same(blendmodels(None, urls), alone)
        downloaded = blendmodels(None, urls, remote=Remote(download=True))
        assert same(downloaded, alone)


def serve_any(exchange, file):
    exchange.content = file.read_bytes()
    exchange.part()


class TestPlugins:
    def test_they_get_the_headers_of_files_of_their_own(self, tmp_path, make_plugins):
        asked = []

        class Headers(Source):
            model_type = "plain FITS"
            schema: ClassVar = {
                "properties": {
                    "meta": {
                        "properties": {
                            "exptime": {
                                "type": "number",
                                "fits_keyword": "EXPTIME",
                                "blend_rule": "sum",
                            }
                        }
                    }
                }
            }

            def __init__(self, header, what):
                self.header, self.what = header, what

            def read(self, layout):
                return [self.header.get(attribute.keyword) for attribute in layout.attributes]

        class Plugin:
            @hookimpl
            def blender_open(self, given, what, opened):
                asked.append((given, what, opened.path))
                return Headers(opened.header("SCI", 2), what)

        for i in range(3):
            hdus = [fits.PrimaryHDU()]
            for version in (1, 2):
                hdus.append(fits.ImageHDU(np.zeros((200, 200)), name="SCI", ver=version))
                hdus[-1].header["EXPTIME"] = 10.0 * version + i
            fits.HDUList(hdus).writeto(tmp_path / f"{i}.fits")
        plugins = make_plugins({})
        plugins.register(Plugin(), Provider("acme", "1", "acme"))
        with WebServer(tmp_path) as server:
            urls = [server.url(f"{i}.fits") for i in range(3)]
            result = blendmodels(None, urls, plugins=plugins)
        assert result.values["meta.exptime"] == 20.0 + 21.0 + 22.0
        assert asked[0] == (urls[0], f"input 1 ({urls[0]})", None)


class TestWhatIsFetched:
    def test_of_the_first_and_of_files_like_it(self, server, exposures):
        blendmodels(None, urls_of(server, exposures))
        first, *others = [server.of(file.name) for file in exposures]
        assert len(first) <= 3
        assert sum(each.sent for each in first) < 300_000
        for requests in others:
            assert len(requests) == 2
            assert sum(each.sent for each in requests) < 50_000
        assert {each.method for each in server.requests} == {"GET"}

    def test_all_headers_where_that_is_asked_for(self, server, exposures):
        blendmodels(None, urls_of(server, exposures[:2]), remote=Remote(every_header=True))
        # PRIMARY and SCI, six more, and the tree.
        assert len(server.of(exposures[1].name)) == 8

    def test_of_trees(self, trees):
        with WebServer(trees[0].parent) as server:
            blendmodels(None, urls_of(server, trees))
            first, *others = [server.of(file.name) for file in trees]
        assert len(first) <= 5
        assert sum(each.sent for each in first) < 300_000
        assert all(len(requests) == 3 for requests in others)

    def test_several_at_a_time(self, server, exposures):
        n_now, most = [], []

        def counting(exchange):
            n_now.append(1)
            most.append(len(n_now))
            import time

            time.sleep(0.2)
            n_now.pop()
            exchange.part()

        server.behave = counting
        blendmodels(None, urls_of(server, exposures))
        assert max(most) > 2  # of one input, two places at most
        most.clear()
        blendmodels(None, urls_of(server, exposures), remote=Remote(concurrent=1))
        assert max(most) <= 2

    def test_an_iterator_is_not_emptied_beforehand(self, server, exposures):
        given = []

        def urls():
            for url in urls_of(server, exposures * 10):
                given.append(url)
                yield url

        blender = ModelBlender(remote=Remote(concurrent=4))
        seen = []
        blender.accumulate_all(urls(), progress=lambda done: seen.append(len(given) - done))
        assert max(seen) <= 4

    def test_a_model_is_made_only_when_it_is_its_turn(self, server, exposures):
        n_alive, most = [0], [0]

        class Model(ImageModel):
            def __init__(self, *args):
                super().__init__(*args)
                n_alive[0] += 1
                most[0] = max(most[0], n_alive[0])

            def __del__(self):
                n_alive[0] -= 1

        def inputs():
            yield server.url(exposures[0].name)
            for _ in range(4):
                yield Model()

        blendmodels(None, inputs(), mixed=True)
        assert most[0] == 1


class TestExactness:
    """Where somebody has changed headers since, they count, as from a file."""

    @pytest.fixture
    def changed(self, exposures, tmp_path):
        def make(hdu, keyword, value, which=1):
            files = [shutil.copy(file, tmp_path) for file in exposures]
            fits.setval(files[which], keyword, value=value, extname=hdu)
            return [tmp_path / file.name for file in exposures]

        return make

    @pytest.mark.parametrize("which", [0, 1])
    @pytest.mark.parametrize(
        ("hdu", "keyword", "value"),
        [
            pytest.param("PRIMARY", "EXPSTART", 1.25, marks=pytest.mark.exhaustive),
            ("SCI", "PHOTMJSR", 0.5),
        ],
    )
    def test_a_header_before_the_first_array(self, changed, hdu, keyword, value, which):
        files = changed(hdu, keyword, value, which)
        with WebServer(files[0].parent) as server:
            result = blendmodels(None, urls_of(server, files))
        assert same(result, blendmodels(None, files))
        attribute = next(o for o in result.outcomes.values() if o.keyword == keyword)
        assert result.inputs[attribute.attribute][which] == value

    def test_a_header_between_arrays_where_all_are_asked_for(self, changed):
        files = changed("ERR", "BUNIT", "DN/s")
        with WebServer(files[0].parent) as server:
            urls = urls_of(server, files)
            blender = ModelBlender(remote=Remote(every_header=True))
            blender.accumulate_all(urls)
            assert same(blender.finalize_model(None), blendmodels(None, files))

    @pytest.mark.parametrize("step", all_but_exhaustive([1, -1], quick=[1]))
    def test_files_that_are_like_none_before(self, exposures, tmp_path, step):
        """Another order of HDUs, other arrays, a table among them, none at all."""
        with open_model(exposures[0]) as model:
            model.save(str(tmp_path / "0_cal.fits"))
            model.dq = np.zeros((200, 200), np.uint32)
            model.save(str(tmp_path / "1_cal.fits"))
            bare = ImageModel()
            bare.update(model)
            bare.save(str(tmp_path / "2_cal.fits"))
        with fits.open(exposures[1]) as hdulist:
            fits.HDUList([hdulist[0], hdulist[1], hdulist["DQ"], hdulist["ASDF"]]).writeto(
                tmp_path / "3_cal.fits"
            )
        with fits.open(exposures[1]) as hdulist:
            del hdulist["ASDF"]
            hdulist.writeto(tmp_path / "4_cal.fits")
        with fits.open(exposures[1]) as hdulist:
            hdulist.append(fits.ImageHDU(np.zeros(1000), name="LAST"))
            hdulist.writeto(tmp_path / "5_cal.fits")
        files = sorted(tmp_path.glob("*.fits"))
        with WebServer(tmp_path) as server:
            order = files[::step]
            result = blendmodels(None, urls_of(server, order), mixed=True)
            assert same(result, blendmodels(None, order, mixed=True))

    @pytest.mark.exhaustive
    def test_what_only_stdatamodels_can_read_wants_the_whole_file(self, exposures, tmp_path):
        with fits.open(exposures[0]) as hdulist:
            hdulist["ERR"] = fits.CompImageHDU(hdulist["ERR"].data, name="ERR")
            hdulist.writeto(tmp_path / "a_cal.fits")
        with WebServer(tmp_path) as server:
            url = server.url("a_cal.fits")
            with pytest.raises(
                RemoteError, match="to fetch whole files, pass remote=Remote\\("
            ) as e:
                blendmodels(None, [url])
            assert e.value.remedies[0].value == Remote(download=True)
            result = blendmodels(None, [url], remote=Remote(download=True))
        assert result.values[START] == blendmodels(None, [exposures[0]]).values[START]


class TestAssociations:
    @pytest.fixture
    def served(self, exposures, tmp_path):
        (tmp_path / "sub").mkdir()
        for file in exposures[1:]:
            shutil.copy(file, tmp_path / "sub")
        members = [{"expname": f"sub/{file.name}", "exptype": "science"} for file in exposures[1:]]
        members.append({"expname": "sub/dark.fits", "exptype": "dark"})
        association = {"products": [{"name": "p", "members": members}]}
        (tmp_path / "asn.json").write_text(json.dumps(association))
        with WebServer(tmp_path) as server:
            yield server

    @pytest.mark.parametrize("alone", all_but_exhaustive([True, False], quick=[True]))
    def test_by_url_with_members_beside_it(self, served, exposures, alone):
        url = served.url("asn.json")
        with pytest.warns(match="1 dark member, left out"):
            result = blendmodels(None, url if alone else [url])
        assert same(result, blendmodels(None, exposures[1:]))
        assert not served.of("dark")

    def test_a_file_here_with_members_elsewhere(self, served, exposures, tmp_path):
        members = [
            {"expname": served.url(f"sub/{file.name}"), "exptype": "science"}
            for file in exposures[1:]
        ]
        own = tmp_path / "own.json"
        own.write_text(json.dumps({"products": [{"name": "p", "members": members}]}))
        assert same(blendmodels(None, [own]), blendmodels(None, exposures[1:]))

    def test_one_that_is_not_there(self, served):
        with pytest.raises(RemoteError, match=r"the association \(http.*no such file") as caught:
            blendmodels(None, served.url("none.json"))
        assert caught.value.status == 404

    def test_one_that_is_none(self, served):
        (served.folder / "bad.json").write_text("[")
        with pytest.raises(InputError, match=r"bad.json.* is not an association in JSON"):
            blendmodels(None, [served.url("bad.json")])


class TestBadOnes:
    def test_all_are_told_together_in_their_order(self, server, exposures):
        urls = urls_of(server, exposures)
        with pytest.raises(BlendErrorGroup) as caught:
            blendmodels(None, [urls[0], server.url("b.fits"), "nothing.fits", server.url("c.fits")])
        labels = [str(each).partition(" cannot")[0] for each in caught.value.exceptions]
        assert labels == [
            f"input 2 ({server.url('b.fits')})",
            "input 3 (nothing.fits)",
            f"input 4 ({server.url('c.fits')})",
        ]
        assert [type(each) for each in caught.value.exceptions] == [
            RemoteError, InputError, RemoteError,
        ]  # fmt: skip

    def test_the_others_where_they_are_skipped(self, server, exposures, alone):
        urls = urls_of(server, exposures)
        urls.insert(2, server.url("none.fits"))
        result = blendmodels(None, urls, on_bad_input="skip")
        assert same(result, alone)
        assert len(result.skipped) == 1

    def test_an_iterator_that_fails_does_so_at_its_place(self, server, exposures):
        def urls():
            yield from urls_of(server, exposures[:2])
            raise LookupError

        blender = ModelBlender()
        done = []
        with pytest.raises(LookupError):
            blender.accumulate_all(urls(), progress=done.append)
        assert done == [1, 2]

    def test_the_product_stays_as_it_was(self, server, exposures):
        product = ImageModel()
        product.meta.exposure.exposure_time = 3.0
        with pytest.raises(RemoteError):
            blendmodels(product, [server.url(exposures[0].name), server.url("none.fits")])
        assert product.meta.exposure.exposure_time == 3.0
        assert not product.hasattr("hdrtab")

    def test_errors_go_to_other_processes(self, server):
        with pytest.raises(RemoteError) as caught:
            blendmodels(None, [server.url("none.fits")])
        again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
        assert (str(again), again.url, again.status) == (
            str(caught.value), caught.value.url, 404,
        )  # fmt: skip

    def test_a_single_url_is_no_collection(self):
        with pytest.raises(TypeError, match=r"such as \['https://\*\*\*@h/a.fits'\]"):
            blendmodels(None, "https://me:secret@h/a.fits")

    @pytest.mark.parametrize("url", ["https://me:secret@h/a_i2d.fits", "s3://bucket/a_i2d.fits"])
    def test_product_and_output_are_local(self, exposures, url):
        with pytest.raises(InputError, match=r"the product is a local file, and .* is a URL") as e:
            blendmodels(url, exposures)
        with pytest.raises(OutputError, match=r"is written to a local file, and .* is a URL") as o:
            blendmodels(ImageModel(), exposures, output=url)
        assert "secret" not in f"{e.value}{o.value}{o.value.path}"

    def test_a_scheme_that_fsspec_does_not_know(self):
        with pytest.raises(RemoteError, match=r"input 1 .*Protocol not known: nonsense"):
            blendmodels(None, ["nonsense://a.fits"])


class TestSecrets:
    """Nobody sees a password or a signature who reads what is told of a blend."""

    def test_in_messages(self, exposures, tmp_path):
        (tmp_path / "text_cal.fits").write_text("no FITS")
        shutil.copy(exposures[0], tmp_path)
        with WebServer(tmp_path) as server:
            texts = []
            for name in ("none.fits", "text_cal.fits"):
                for status in (None, 403, 500):
                    server.behave = (
                        (lambda exchange: exchange.part()) if status is None
                        else (lambda exchange, status=status: exchange.status(status))
                    )  # fmt: skip
                    url = f"http://me:hunter2@{server.host}/{name}?X-Amz-Signature=hunter2"
                    with pytest.raises(InputError) as caught:
                        blendmodels(None, [url], remote=Remote(retries=0))
                    texts += [*everything(caught.value)]
            assert len(texts) >= 6
            assert all("hunter2" not in text for text in texts)
            assert all(f"***@{server.host}/" in text for text in texts if "input 1" in text)

    def test_in_settings(self):
        remote = Remote(options={"key": "hunter2"})
        assert "hunter2" not in repr(remote)

    def test_in_a_product(self, server, exposures, tmp_path):
        from blender_core.report import write_report

        urls = [f"http://me:hunter2@{server.host}/{file.name}?token=hunter2" for file in exposures]
        product = ImageModel()
        result = blendmodels(product, urls, record_rules=True, output=tmp_path / "p.fits")
        write_report(result, tmp_path / "p.html")
        for file in ("p.fits", "p.html"):
            assert b"hunter2" not in (tmp_path / file).read_bytes()
        assert list(result.table["FILENAME"]) == [file.name for file in exposures]


def everything(error):
    """Give all that an error and those that it came from say, as a traceback shows them."""
    import traceback

    yield "".join(traceback.format_exception(error))
    yield repr(vars(error))


class TestExecutors:
    @pytest.mark.exhaustive
    def test_workers_fetch_what_is_named(self, server, exposures):
        """They are told the URLs, and how they are fetched."""
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        urls = urls_of(server, exposures * 6)
        urls.insert(9, server.url("none.fits"))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as executor:
            result = blendmodels(
                None,
                urls,
                executor=executor,
                on_bad_input="skip",
                remote=Remote(options={"headers": {"X-Mine": "told"}}),
            )
        assert same(result, blendmodels(None, exposures * 6))
        assert [f"input 10 ({urls[9]})" in str(fault) for fault in result.skipped] == [True]
        assert {request.headers.get("X-Mine") for request in server.requests} == {"told"}
