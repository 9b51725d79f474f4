"""Words, plain values, dotted paths, dates and times: what knows nothing of astronomy."""

__all__ = [
    "advice",
    "attribute_paths",
    "caught_warnings",
    "datetimes",
    "environment",
    "foreign",
    "listing",
    "plain_values",
    "provider",
    "values",
    "wording",
]
