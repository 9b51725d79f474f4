import pytest

from blender_core.common.attribute_paths import specificity

PATH, KEYWORD = "meta.exposure.start_time", "EXPSTART"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("meta.exposure.start_time", (2, 0)),
        ("EXPSTART", (2, 0)),
        ("expstart", (2, 0)),
        ("meta.exposure", (1, 2)),
        ("meta", (1, 1)),
        ("meta.expo", None),
        ("meta.exposure.start", None),
        ("meta.exposure.*", (0, 0)),
        ("meta.*.start_time", (0, 0)),
        ("meta.*", None),  # a star stays within one part
        ("meta.**", (-2, 0)),
        ("**.start_time", (0, 0)),
        ("meta.exposure.s????_time", (0, 0)),
        ("meta.exposure.?_time", None),
        ("meta.exposure.[rs]tart_time", (0, 0)),
        ("meta.exposure.[!s]tart_time", None),
        ("meta.exposure.[s", None),
        ("metaXexposure.*", None),  # a dot is a dot
        ("EXP*", (0, 0)),
        ("EXP", None),
        ("start_time", None),
    ],
)
def test_what_a_text_means(text, expected):
    assert specificity(text, PATH, KEYWORD) == expected


def test_keywords_mean_nothing_without_one():
    assert specificity("EXPSTART", PATH, None) is None
    assert specificity("*", PATH, None) is None


def test_narrower_is_greater():
    texts = ["meta.*.start_time", "meta", "meta.exposure", PATH]
    found = [specificity(text, PATH, KEYWORD) for text in texts]
    assert found == sorted(found)
    assert len(set(found)) == 4
