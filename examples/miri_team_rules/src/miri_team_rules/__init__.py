"""What the MIRI team wants of Model Blender: its own rule, and overrides for its instrument."""
