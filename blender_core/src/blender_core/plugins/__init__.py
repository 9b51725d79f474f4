"""The contract with plugins: rules, overrides, hooks; and who offers which."""

__all__ = [
    "context",
    "contract",
    "hookspecs",
    "installed",
    "manager",
    "override",
    "registry",
    "rule",
    "source",
]
