"""The contract with plugins: rules, overrides, hooks; and who offers which."""
