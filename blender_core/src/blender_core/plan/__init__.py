"""Which attribute gets which rule, and why."""

__all__ = [
    "assignment",
    "claims",
    "columns",
    "conditions",
    "findings",
    "override_sources",
    "plan",
    "planner",
    "rules_file_schema",
    "schema_choices",
    "union",
]
