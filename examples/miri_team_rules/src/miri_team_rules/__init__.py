"""What the MIRI team wants of Model Blender: a rule of its own, and overrides for its instrument."""
