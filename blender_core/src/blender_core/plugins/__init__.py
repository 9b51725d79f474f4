"""The contract with plugins: rules, overrides, hooks; and who offers which."""

__all__ = [
    "context",
    "hookspecs",
    "installed",
    "manager",
    "opened",
    "override",
    "parameters",
    "registry",
    "rule",
    "source",
]
