"""``python -m blender_hst`` is the command ``hst-rules``."""

import sys

from blender_hst.to_toml import main

sys.exit(main())
