"""The report: what a blend came to, as one HTML file. An optional extra."""

from blender_core.report.writing import write_report

__all__ = ["write_report"]
