"""Which attribute gets which rule, and why."""
