"""Words, plain values, dotted paths, dates and times: what knows nothing of astronomy."""

__all__ = [
    "advice",
    "attribute_paths",
    "cached",
    "caught_warnings",
    "datetimes",
    "environment",
    "foreign",
    "forks",
    "json_text",
    "listing",
    "patterns",
    "plain_values",
    "provider",
    "urls",
    "values",
    "wording",
]
