"""What is a URL, what messages show of one, and what it tells of the file."""

from pathlib import Path

import pytest

from blender_core.common.urls import beside, file_name, is_url, shown_url, url_named


@pytest.mark.parametrize(
    "given",
    [
        "https://archive.org/a.fits",
        "s3://bucket/a.fits",
        "HTTP://h/a.fits",
        "file:///data/a.fits",
        "simplecache::https://h/a.fits",
        "zip://a.fits::https://h/all.zip",
        "https://h",
    ],
)
def test_what_begins_with_a_scheme_is_a_url(given):
    assert is_url(given)


@pytest.mark.parametrize(
    "given",
    ["a.fits", "/data/a.fits", "C:\\a.fits", "C://a.fits", "a:b.fits", "x/s3://a", "", None, 3,
     Path("https://h/a.fits"), b"https://h/a.fits"],
)  # fmt: skip
def test_nothing_else_is_one(given):
    assert not is_url(given)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/a.fits", "https://h/a.fits"),
        ("https://me:secret@h/a.fits", "https://***@h/a.fits"),
        ("https://secret@h/a.fits", "https://***@h/a.fits"),
        ("sftp://me:se@cret@h:22/a.fits", "sftp://***@h:22/a.fits"),
        ("simplecache::https://me:secret@h/a", "simplecache::https://***@h/a"),
        (
            "https://h/file?uri=mast:JWST/product/jw01_nrca1_cal.fits",
            "https://h/file?uri=mast:JWST/product/jw01_nrca1_cal.fits",
        ),
        ("https://h/a.fits?version=3&token=secret", "https://h/a.fits?version=3&token=***"),
        (
            "https://h/a.fits?X-Amz-Credential=secret%2F2026&X-Amz-Signature=secret&x=1",
            "https://h/a.fits?X-Amz-Credential=***&X-Amz-Signature=***&x=1",
        ),
        ("https://h/a.fits?sv=2024-01-01&sig=secret%3D", "https://h/a.fits?sv=2024-01-01&sig=***"),
        ("https://h/a.fits?Authorization=secret", "https://h/a.fits?Authorization=***"),
        # Whatever it is called: it is long, and names no file.
        ("https://h/a?x=eyJhbGciOiJIUzI1.eyJzdWIiOiIx.secretsecret", "https://h/a?x=***"),
        ("https://h/a.fits#access_token=secret", "https://h/a.fits#***"),
        ("https://h/a%20b.fits", "https://h/a%20b.fits"),
        ("https://h/me@home/a.fits", "https://h/me@home/a.fits"),
        ("https://h:8080/me@home/a.fits", "https://h:8080/me@home/a.fits"),
        ("s3://bucket/a:b@c.fits", "s3://bucket/a:b@c.fits"),
        ("C:/me@home/a.fits", "C:/me@home/a.fits"),
        # As a path has it, and with characters in the password that should have been quoted.
        ("https:/me:secret@h/a.fits", "https:/***@h/a.fits"),
        ("https:///me:secret@h/a.fits", "https:///***@h/a.fits"),
        ("https://me:se/cret@h/a.fits", "https://***@h/a.fits"),
        ("https://me:se#cret@h/a.fits", "https://***@h/a.fits"),
        ("https://me:se?x=cret@h:80/a.fits", "https://***@h:80/a.fits"),
        ("https://me:se cret@h/a.fits", "https://***@h/a.fits"),
        ('https://me:se"cret@h/a.fits', "https://***@h/a.fits"),
    ],
)
def test_what_lets_somebody_in_is_not_shown(url, shown):
    assert shown_url(url) == shown
    assert shown_url(f"403 for '{url}'") == f"403 for '{shown}'"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h/x/a_cal.fits", "a_cal.fits"),
        ("https://h/x/a%20b.fits?sig=1", "a b.fits"),
        ("s3://bucket/x/a%20b.fits", "a%20b.fits"),
        ("s3://bucket/a?b.fits", "a?b.fits"),
        ("https://h/file?uri=mast:JWST/product/a_cal.fits", "a_cal.fits"),
        ("https://h/file?uri=mast%3AJWST%2Fproduct%2Fa_cal.asdf&n=1", "a_cal.asdf"),
        ("simplecache::https://h/a.fits", "a.fits"),
        ("https://h/download?id=12", "download"),
        ("https://h/", ""),
    ],
)
def test_the_name_of_the_file(url, name):
    assert file_name(url) == name


@pytest.mark.parametrize(
    ("url", "name", "expected"),
    [
        ("https://h/x/asn.json", "a.fits", "https://h/x/a.fits"),
        ("https://h/x/asn.json?token=1", "a.fits", "https://h/x/a.fits"),
        ("https://h/x/asn.json", "y/a#1 b.fits", "https://h/x/y/a%231%20b.fits"),
        ("https://h/x/asn.json", "jw:1.fits", "https://h/x/jw%3A1.fits"),
        ("https://h/x/asn.json", "/a.fits", "https://h/a.fits"),
        ("s3://bucket/x/asn.json", "a#1.fits", "s3://bucket/x/a#1.fits"),
        ("s3://bucket/x/asn.json", "https://h/a.fits", "https://h/a.fits"),
        ("simplecache::https://h/x/asn.json", "a.fits", "simplecache::https://h/x/a.fits"),
    ],
)
def test_a_file_beside_another(url, name, expected):
    assert beside(url, name) == expected


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("https://h/a.fits", "https://h/a.fits"),
        (Path("https://h/a.fits"), "https://h/a.fits"),
        (Path("s3://bucket/a.fits"), "s3://bucket/a.fits"),
        (Path("a.fits"), None),
        (Path("/x/a:/b.fits"), None),
    ],
)
def test_a_path_that_was_made_of_a_url(name, url):
    assert url_named(name) == url
