"""The one road: inputs are accumulated, a plan is followed, a product is blended."""

__all__ = ["amend", "amendment", "blender", "blendmodels", "result", "worker"]
