"""Inputs by URL on the command line."""

import json

import pytest
from stdatamodels.jwst.datamodels import ImageModel
from web_server import WebServer, without_ranges

from blender_core import blendmodels


@pytest.fixture
def server(invented_exposures):
    with WebServer(invented_exposures[0].parent) as server:
        yield server


@pytest.fixture
def files(invented_exposures):
    return invented_exposures[:3]


@pytest.fixture
def urls(server, files):
    return [server.url(file.name) for file in files]


@pytest.fixture
def expected(files):
    return blendmodels(None, files).values["meta.exposure.exposure_time"]


@pytest.fixture
def product(here):
    ImageModel((4, 4)).save(here / "p_i2d.fits")
    return here / "p_i2d.fits"


def time_of(product):
    with ImageModel(product) as model:
        return model.meta.exposure.exposure_time


def test_blend(command, product, urls, expected):
    command("blend", product, *urls)
    assert time_of(product) == expected


def test_a_list_of_urls(command, product, urls, expected, here):
    (here / "list.txt").write_text("\n".join(["# exposures", *urls]))
    command("blend", product, "@list.txt")
    assert time_of(product) == expected


def test_preview(printed_json, urls):
    printed = printed_json("preview", *urls, "--json")
    assert printed["inputs"] == urls


@pytest.mark.parametrize("name", ["plan", "check"])
def test_a_plan(printed_json, urls, files, name):
    rules = "--override", "DATE-OBS=mindatetime"
    status = {"plan": 0, "check": 1}[name]

    def of(exposure):
        said = json.dumps(printed_json(name, exposure, *rules, status=status))
        return json.loads(said.replace(str(exposure).removeprefix("file://"), "it"))

    assert of(urls[0]) == of(f"file://{files[0]}") == of(files[0])


def test_a_plan_of_a_file_that_has_to_be_downloaded(command, refused, urls, server):
    server.behave = without_ranges
    for name in ("plan", "check"):
        assert "to fetch whole files, pass --download" in refused(name, urls[0])
        command(name, urls[0], "--download", "--timeout", 9.5)


def test_a_plan_of_what_is_not_there(refused, server):
    url = server.url("none.fits").replace("//", "//me:secret@") + "?token=abcdef"
    message = refused("plan", url)
    assert "there is no such file" in message
    assert "secret" not in message
    assert "abcdef" not in message


def test_what_would_be_done(command, product, urls):
    done = command("blend", product, *urls, "--dry-run")
    assert all(url in done.stdout.replace("\n", "") or url[-20:] in done.stdout for url in urls)
    assert "there is no such file" not in done.stdout


def test_downloads(command, refused, product, urls, expected, server):
    server.behave = without_ranges
    assert "to fetch whole files, pass --download" in refused("blend", product, urls[0])
    command("blend", product, *urls, "--download", "--concurrent", 2, "--timeout", 9.5)
    assert time_of(product) == expected


def test_the_same_twice_is_told(command, product, urls):
    told = command("blend", product, urls[0], *urls)
    assert "is given 2 times" in " ".join((told.stdout + told.stderr).split())


@pytest.mark.parametrize("option", [("--concurrent", 0), ("--timeout", -1), ("--most-bytes", 0)])
def test_settings_that_are_none(refused, product, urls, option):
    assert refused("blend", product, *urls, *option).startswith(f"Error: {option[0]} is a")


@pytest.mark.parametrize("url", ["https://me:hunter2@h/p.fits", "s3://bucket/p.fits"])
def test_product_output_and_report_are_local(command, product, urls, url):
    told = [
        command("blend", *arguments, status=2).stderr
        for arguments in (
            [url, *urls],
            [product, *urls, "--output", url],
            [product, *urls, "--report", url],
        )
    ]
    assert all("is a URL" in message and "://" in message for message in told)
    assert all("hunter2" not in message for message in told)


def test_nobody_sees_a_password(command, product, server, files):
    urls = [f"http://me:hunter2@{server.host}/{file.name}?sig=hunter2" for file in files]
    said = []
    for options in (["--json"], ["--dry-run", "--debug"]):
        done = command(
            "blend", product, *urls, urls[0], "--report", "r.html", "--overwrite", *options
        )
        said += [done.stdout, done.stderr]
    for options in (["--json"], ["--debug"]):
        done = command(
            "blend", product, f"{urls[0]}&x", urls[1].replace("jw", "no"), *options, status=2
        )
        said += [done.stdout, done.stderr]
    said += [command("table", product).stdout, (product.parent / "r.html").read_text()]
    assert all("hunter2" not in text for text in said)
    assert b"hunter2" not in product.read_bytes()
    assert any("***" in text for text in said)


def test_a_report_of_faults_for_programs(command, product, server):
    done = command("blend", product, server.url("none.fits"), "--json", status=2)
    told = json.loads(done.stderr)
    assert server.url("none.fits") in json.dumps(told)
