"""Let docstrings and pages say `Rule` and `Rule.gives`, as their readers do, for what is public.

Fields of dataclasses are described among the parameters of their class, and lead there.
"""

import blender_core


def resolve(app, env, node, contnode):
    """Return the reference to a public name of the library, or to the class that it belongs to."""
    name = node.get("reftarget", "").removeprefix("blender_core.")
    first, _, member = name.partition(".")
    if node.get("refdomain") != "py" or first not in blender_core.__all__:
        return None
    has_member = hasattr(getattr(blender_core, first), member) or member in getattr(
        getattr(blender_core, first), "__annotations__", ()
    )
    targets = [f"blender_core.{name}"] if not member or has_member else []
    if has_member:
        targets.append(f"blender_core.{first}")
    for target in targets:
        found = env.domains["py"].resolve_xref(
            env, node["refdoc"], app.builder, "obj", target, node, contnode
        )
        if found is not None:
            return found
    return None


def setup(app):
    """Register with Sphinx."""
    app.connect("missing-reference", resolve)
    return {"version": "1", "parallel_read_safe": True}
