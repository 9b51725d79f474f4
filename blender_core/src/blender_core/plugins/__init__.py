"""The contract with plugins: rules, overrides, hooks; and who offers which."""

__all__ = [
    "context",
    "hookspecs",
    "installed",
    "manager",
    "named_file",
    "opened",
    "override",
    "parameters",
    "registry",
    "rule",
    "sent",
    "source",
    "when",
]
