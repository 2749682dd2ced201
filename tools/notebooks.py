"""Run the chapters and store their outputs, normalised: `make notebooks`."""

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

from tools import colab

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = ROOT / "notebooks"
KEPT_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# A live view needs the kernel that drew it; its picture needs nothing and is kept.
DROPPED_MIMES = {"application/vnd.jupyter.widget-view+json"}

# A kernel warns of anyone on the machine who could listen, unless what it says is encrypted.
KERNEL = Config(KernelManager={"transport_encryption": "auto"})


def normalise(notebook: Any) -> Any:
    """Keep what a reader sees and drop what changes from run to run or machine to machine."""
    notebook.metadata = nbformat.from_dict(KEPT_METADATA)
    count = 0
    for cell in notebook.cells:
        for key in ("execution", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        cell.outputs = merged_streams(cell.outputs)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            for mime in DROPPED_MIMES & set(output.get("data", {})):
                del output.data[mime]
            if output.output_type in ("display_data", "execute_result"):
                output.metadata = {}
    return notebook


def with_colab_cell(notebook: Any) -> Any:
    """Put the cell that only Colab needs before the first code cell, or renew it there."""
    index = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    if notebook.cells[index].get("id") == "colab":
        del notebook.cells[index]
    cell = nbformat.v4.new_code_cell(colab.CELL, id="colab", metadata=colab.METADATA)
    notebook.cells.insert(index, cell)
    return notebook


def with_last_cell(notebook: Any) -> Any:
    """End the chapter with the cell that says which PyTorch its outputs come from."""
    if notebook.cells[-1].get("id") == "checked":
        del notebook.cells[-1]
    metadata = {"tags": ["remove-input"]}
    cell = nbformat.v4.new_code_cell("notebook.checked()", id="checked", metadata=metadata)
    notebook.cells.append(cell)
    return notebook


def merged_streams(outputs: list[Any]) -> list[Any]:
    """Join neighboring pieces of one stream: how they were cut depends on the clock."""
    merged: list[Any] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def run(path: Path) -> None:
    """Execute one notebook in its own folder and write it back."""
    notebook = with_last_cell(with_colab_cell(nbformat.read(path, as_version=4)))
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        config=KERNEL,
        resources={"metadata": {"path": path.parent}},
    )
    client.execute()
    nbformat.write(normalise(notebook), path)
    print(f"ran {path.name}")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(map(str, CHAPTERS.glob("*.ipynb"))):
        run(Path(name).resolve())
