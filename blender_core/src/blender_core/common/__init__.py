"""Words, plain values, dotted paths, dates and times: what knows nothing of astronomy."""
