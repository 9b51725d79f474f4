"""What jwst's blender leaves in a product, and what is set in the product afterwards."""

import contextlib
import copy
from dataclasses import dataclass

from jwst.model_blender import blender


def leaves(path, value):
    """Return the paths of a value, or of all values in a group."""
    if not isinstance(value, dict):
        return {path}
    return set().union(*(leaves(f"{path}.{name}", below) for name, below in value.items()))


class Watched(dict):
    """A group of a product's metadata that notes what is set and removed in it, and below.

    A group that is made later stays what it is, as whoever made it goes on to fill it: all that it
    has in the end was set later.
    """

    # For asdf, which makes what it saves of new objects of this class.
    __class__ = property(lambda _: dict)

    def __init__(self, values, path):
        super().__init__(
            {
                name: Watched(value, f"{path}.{name}") if isinstance(value, dict) else value
                for name, value in values.items()
            }
        )
        self.path, self.noted = path, set()

    def __setitem__(self, name, value):
        self.noted |= leaves(f"{self.path}.{name}", value)
        super().__setitem__(name, value)

    def __delitem__(self, name):
        self.noted |= leaves(f"{self.path}.{name}", self[name])
        super().__delitem__(name)

    def pop(self, name, *default):
        if name in self:
            self.noted |= leaves(f"{self.path}.{name}", self[name])
        return super().pop(name, *default)

    def setdefault(self, name, default=None):
        if name not in self:
            self[name] = default
        return self[name]

    def update(self, *args, **kwargs):
        for name, value in dict(*args, **kwargs).items():
            self[name] = value

    def __deepcopy__(self, memo):
        # A copy is another product, and nothing that is done to it is noted.
        return copy.deepcopy(dict(self), memo)

    def set_later(self):
        """Return the paths of all that was set or removed here and below."""
        paths = set(self.noted)
        for name, value in self.items():
            if type(value) is Watched:
                paths |= value.set_later()
            elif isinstance(value, dict):
                paths |= leaves(f"{self.path}.{name}", value)
        return paths


@dataclass
class Blend:
    """One blend: what was ignored, what the product had before and after it, what was set since."""

    ignored: list
    before: dict
    values: dict
    watched: Watched

    @property
    def set_later(self):
        """Paths of what was set or removed since, whether or not it is another value now."""
        return self.watched.set_later()


@contextlib.contextmanager
def watching():
    """Patch jwst's blender: each blend of this process is noted in the list that this gives."""
    blends = []
    begin, finalize = blender.ModelBlender.__init__, blender.ModelBlender.finalize_model

    def noted_begin(self, blend_ignore_attrs=None):
        begin(self, blend_ignore_attrs)
        self.noted_ignored = list(blend_ignore_attrs or [])

    def noted_finalize(self, model):
        before = model.to_flat_dict(include_arrays=False)
        finalize(self, model)
        values = model.to_flat_dict(include_arrays=False)
        watched = Watched(model.instance["meta"], "meta")
        model.instance["meta"] = watched
        blends.append(Blend(self.noted_ignored, before, values, watched))

    blender.ModelBlender.__init__, blender.ModelBlender.finalize_model = noted_begin, noted_finalize
    try:
        yield blends
    finally:
        blender.ModelBlender.__init__, blender.ModelBlender.finalize_model = begin, finalize
