"""The notebooks of the documentation show what they say."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
# What the last cells have to show, by hand: sums of the numbers that stand in the notebooks.
SHOWN = {
    "first_blend": ["MULTIPLE", "did you mean meta.exposure.exposure_time (EFFEXPTM)?"],
    "team_override": ["is 400.0", "200.0"],
    "amend_a_product": ["is 429.5", "is 322.0, amended, instead of 429.5"],
}


def test_all_are_known_and_in_the_index():
    assert set(NAMES) == set(SHOWN)
    entries = (FOLDER / "index.rst").read_text().partition("toctree::")[2].split()
    assert set(NAMES) <= set(entries)


@pytest.mark.exhaustive  # the documentation runs each by itself when it is built
def test_what_they_show(tmp_path):
    cells, ends = [], {}
    for name in NAMES:
        notebook = nbformat.read(FOLDER / f"{name}.ipynb", nbformat.NO_CONVERT)
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
        # A notebook knows nothing of another; but what is imported need not be so again.
        cells += [nbformat.v4.new_code_cell("%reset -f"), *code]
        ends[name] = code
    before = sorted(FOLDER.iterdir())
    whole = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(whole, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    assert (sorted(FOLDER.iterdir()), list(tmp_path.iterdir())) == (before, [])
    for name, code in ends.items():
        outputs = [output for cell in code for output in cell.outputs]
        assert [output for output in outputs if output.get("name") == "stderr"] == []
        plain = "\n".join(map(plain_text, outputs))
        assert " object at 0x" not in plain
        for text in SHOWN[name]:
            assert text in plain


def plain_text(output):
    return output["text"] if "text" in output else output["data"]["text/plain"]
