"""Record what one version of PyTorch exports, and what ONNX makes of it, for the chapter on export.

Each version needs an environment of its own, and the converter to ONNX is not needed elsewhere, so
the answers are kept in a file, one entry a version. To record a version anew:

    pip install torch==2.14.1 onnx onnxscript onnxruntime
    python tools/record_export.py

What is tried stands once, in the chapter: its own cells are run here.
"""

import importlib.metadata
import json
import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any, Final

import onnxruntime
import torch
from torch import nn
from torch._dynamo.exc import UserError
from torch.export import Dim, export
from torch.nn import functional as F

ROOT: Final = Path(__file__).resolve().parents[1]
CHAPTER: Final = ROOT / "notebooks" / "11_export.ipynb"
RECORD: Final = ROOT / "src" / "helpers" / "export_record.json"
CELLS: Final = ("net", "exported", "layers", "cuts", "same", "verdict", "graphs", "fold", "windows")
OLDER: Final = {"dynamo": False, "input_names": ["x"], "dynamic_axes": {"x": {2: "T"}}}
"""How the older converter is told that the length may change."""

BESIDE: Final = ("onnx", "onnxscript", "onnxruntime")


def chapter() -> dict[str, Any]:
    """Run the chapter's cells that define what is tried, and return their names."""
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "Dim": Dim}
    names |= {"export": export, "UserError": UserError}
    for name in CELLS:
        exec(sources[f"export-{name}"], names)
    return names


def compiled(names: dict[str, Any], recipe: Any) -> str:
    """Return how many graphs all lengths need, or that some length raises."""
    try:
        return str(names["graphs"](names["Net"](recipe).eval(), names["LENGTHS"]))
    except Exception:
        return "raises"


def onnx(net: nn.Module, examples: list[torch.Tensor], **how: Any) -> str:
    """Return for how many inputs ONNX Runtime returns what PyTorch returns."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        try:
            torch.onnx.export(net.eval(), (examples[0],), file, **how)
        except Exception as error:
            return f"refused: {type(error).__name__}"
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    kept = 0
    for x in examples:
        try:
            [y] = session.run(None, {session.get_inputs()[0].name: x.numpy()})
            kept += torch.allclose(torch.from_numpy(y), net(x), atol=1e-5)
        except Exception:
            continue
    return "every length" if kept == len(examples) else f"{kept} of {len(examples)}"


def windows(names: dict[str, Any]) -> dict[str, str]:
    """Return what both converters to ONNX make of overlap-add, written in two ways."""
    nets = {"F.fold": names["Fold"](), "transposed convolution": names["overlap_add"]()}
    examples = [torch.randn(1, 8, pieces) for pieces in (7, 2, 100)]
    newer = {"dynamo": True, "dynamic_shapes": ({2: Dim("T", min=2, max=4096)},)}
    return {
        f"{name}, dynamo={how['dynamo']}": onnx(net, examples, **how)
        for name, net in nets.items()
        for how in (newer, OLDER)
    }


def verdicts(names: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return what becomes of each recipe of the chapter, one way after the other."""
    found = {}
    lengths = sorted(names["LENGTHS"], key=lambda length: length != 100)  # 100 is the example
    examples = [torch.randn(1, 1, length) for length in lengths]
    ways = {"named": Dim("L", min=8, max=4096), "DYNAMIC": Dim.DYNAMIC}
    for name, recipe in names["recipes"].items():
        said = {way: names["verdict"](recipe, dim) for way, dim in ways.items()}
        said["compile"] = compiled(names, recipe)
        for way, dim in {"ONNX": ways["named"], "ONNX, no bounds": Dim("L")}.items():
            shapes = ({2: dim},)
            said[way] = onnx(names["Net"](recipe), examples, dynamo=True, dynamic_shapes=shapes)
        found[name] = said
    return found


def main() -> None:
    """Write the entry of the PyTorch that runs this, and leave the others as they are."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    version = str(torch.__version__).partition("+")[0]
    beside = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in BESIDE)
    names = chapter()
    found = {"with": beside, "recipes": verdicts(names), "windows": windows(names)}
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    record[version] = found
    RECORD.write_text(json.dumps(dict(sorted(record.items())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
