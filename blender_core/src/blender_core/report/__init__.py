"""The report: what a blend came to, as one HTML file. An optional extra."""

from blender_core.report.write import write_report

__all__ = ["write_report"]
