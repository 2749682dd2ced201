"""What the questions say is what real PyTorch layers do, and their working is true."""

import json
import math
import re
from importlib import resources
from typing import Any

import pytest
import torch
from playwright.sync_api import Page
from tests.self_check.oracles import (
    CHOICES,
    DRAWS,
    EVEN_KERNELS,
    ORACLES,
    SETTINGS,
    conv,
    length_after,
    matrix,
    row,
    settings,
    stack,
    under,
    up,
)
from torch import Tensor, nn
from torch._dynamo.exc import UserError
from torch.export import Dim, ExportedProgram, export
from torch.nn import functional as F

from helpers.self_check import kinds

pytestmark = EVEN_KERNELS


def test_each_question_has_a_judge() -> None:
    assert set(ORACLES) == set(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_answers_are_what_real_layers_do(drawn: dict[str, list[Any]], kind: str) -> None:
    torch.manual_seed(0)
    wrong = [one["v"] for one in drawn[kind] if ORACLES[kind](one["v"]) != one["answer"]]
    assert wrong == []


def test_the_judge_notices_wrong_answers(drawn: dict[str, list[Any]]) -> None:
    draws = drawn["transposed-length"]
    wrong = [one["v"] for one in draws if ORACLES["conv-length"](one["v"]) != one["answer"]]
    assert len(wrong) == DRAWS


@pytest.mark.parametrize("kind", kinds())
def test_numbers_change_and_do_not_soon_repeat(drawn: dict[str, list[Any]], kind: str) -> None:
    draws = [json.dumps(one["v"]) for one in drawn[kind]]
    assert all(draws[at] not in draws[max(0, at - 12) : at] for at in range(1, DRAWS))
    answers = {json.dumps(one["answer"]) for one in drawn[kind]}
    assert len(answers) >= (2 if kind in CHOICES else 4)


@pytest.mark.parametrize("kind", kinds())
def test_no_answer_comes_too_often(drawn: dict[str, list[Any]], kind: str) -> None:
    answers = [json.dumps(one["answer"]) for one in drawn[kind]]
    assert max(map(answers.count, answers)) <= DRAWS * (0.7 if kind in CHOICES else 0.5)


@pytest.mark.parametrize("kind", CHOICES)
def test_every_wrong_choice_gets_its_hint(drawn: dict[str, list[Any]], kind: str) -> None:
    for one in drawn[kind]:
        keys = [key for key, _ in one["choices"]]
        labels = [label for _, label in one["choices"]]
        hinted = {given for [given], _ in one["slips"]}
        assert one["answer"][0] in keys
        assert hinted | set(one["answer"]) == set(keys), one["v"]
        assert len(set(labels)) == len(labels), one["v"]


@pytest.mark.parametrize("kind", sorted(set(kinds()) - set(CHOICES)))
def test_usual_slips_are_known(drawn: dict[str, list[Any]], kind: str) -> None:
    hints = {re.sub(r"\d+", "#", hint) for one in drawn[kind] for _, hint in one["slips"]}
    assert len(hints) >= 3
    for one in drawn[kind]:
        given = [slip for slip, _ in one["slips"]]
        assert one["answer"] not in given
        assert len(set(map(tuple, given))) == len(given)
        assert all(len(slip) == len(one["fields"]) for slip in given)
        assert sum(one["answer"]) > 0 or kind in (
            "unread-samples", "required-output-padding", "mirror-output-padding",
            "largest-output-padding", "odd-stride-loss",
        )  # fmt: skip


def test_the_error_to_read_is_the_real_one(drawn: dict[str, list[Any]]) -> None:
    for one in drawn["output-size-error"]:
        v = one["v"]
        with pytest.raises(ValueError, match="requested an output size") as error:
            up(v)(row(v["length"]), output_size=[v["wanted"]])
        assert one["code"] == f"ValueError: {error.value}"


def test_the_errors_told_are_the_real_ones(drawn: dict[str, list[Any]]) -> None:
    told = 0
    for one in drawn["does-it-raise"]:
        v, [what] = one["v"], one["answer"]
        if what == "runs" or (v.get("up") and v["padding"] == "same"):
            continue
        layer = nn.ConvTranspose1d if v.get("up") else nn.Conv1d
        with pytest.raises((RuntimeError, ValueError)) as error:
            layer(1, 1, **settings(v))(row(v["length"]))
        assert one["says"] == f"“{error.value}”."
        told += 1
    assert told > 50


def test_the_code_builds_what_was_drawn(drawn: dict[str, list[Any]]) -> None:
    for kind in ("conv-length", "dilated-length", "unread-samples", "effective-kernel"):
        for one in drawn[kind]:
            layer = eval(one["code"], {"nn": nn})
            assert (
                settings(one["v"]).items()
                <= {name: getattr(layer, name)[0] for name in SETTINGS}.items()
            )
    for one in drawn["stack-length"]:
        model = eval(one["code"], {"nn": nn})
        assert [length_after(model, one["v"]["length"])] == one["answer"]
    for one in drawn["upsampling-rates"][:10]:
        model = eval(one["code"].replace("512, ", "1, ", 1), {"nn": nn})
        assert [length_after(model, one["v"]["length"])] == one["answer"]


def test_the_guard_is_the_one_of_the_layers(drawn: dict[str, list[Any]]) -> None:
    for one in drawn["passing-guard"]:
        v = one["v"]
        [guard] = re.findall(r"`(L == .*?)`", one["ask"])
        for length in range(50, 70):
            back = length_after(up(v), length_after(under(v), length))
            assert eval(guard, {"L": length}) == (back == length)


@pytest.mark.slow
def test_the_exporter_makes_that_guard_and_that_promise(drawn: dict[str, list[Any]]) -> None:
    for one in drawn["passing-guard"][:2]:
        program = exported(Skip(under(one["v"]), up(one["v"])), one["answer"][0], Dim.DYNAMIC)
        program.module()(row(one["answer"][0] + one["v"]["stride"]))
        with pytest.raises(AssertionError, match="Guard failed"):
            program.module()(row(one["v"]["length"]))
    for one in drawn["promised-length"][:2]:
        model, [least] = stack(one["v"]["layers"]), one["answer"]
        exported(model, 2 * least, Dim("L", min=least, max=4096))
        with pytest.raises(UserError, match=rf"{least} <= L\["):
            exported(model, 2 * least, Dim("L", min=least - 1, max=4096))


class Skip(nn.Module):
    """Two layers under a skip, which asks for one length on both ways."""

    def __init__(self, down: nn.Module, back: nn.Module) -> None:
        super().__init__()
        self.down, self.back = down, back

    def forward(self, x: Tensor) -> Tensor:
        return x + self.back(self.down(x))


def exported(model: nn.Module, length: int, dim: Any) -> ExportedProgram:
    return export(model.eval(), (row(length),), dynamic_shapes=({2: dim},))


def test_conversions_agree_with_what_keras_tensorflow_and_onnx_returned(everything: Page) -> None:
    record = json.loads((resources.files("helpers") / "other_frameworks.json").read_text("utf-8"))
    compared = {"kerasSame": 0, "kerasCrop": 0}
    for name, case, values in record["cases"]:
        length, size = case["length"], case["kernel_size"]
        x = torch.arange(1.0, length + 1, dtype=torch.float64)[None, None]
        weight = (10.0 ** torch.arange(size, dtype=torch.float64))[None, None]
        how = {"stride": case["stride"], "dilation": case["dilation"]}
        if (name, case.get("padding")) in (
            ("keras.layers.Conv1D", "same"),
            ("tf.nn.conv1d", "SAME"),
        ):
            pads = everything.evaluate(
                "(v) => bookModules['question_arithmetic.js'].kerasSame(v)", case
            )
            assert F.conv1d(F.pad(x, pads), weight, **how)[0, 0].tolist() == values
            compared["kerasSame"] += 1
        crops = (name, case.get("padding"), case.get("output_padding")) == (
            "keras.layers.Conv1DTranspose", "same", None,
        )  # fmt: skip
        if crops and size > case["stride"] and case["dilation"] == 1:
            begin, end = everything.evaluate(
                "(v) => bookModules['question_arithmetic.js'].kerasSame(v)",
                {**case, "length": 100 * case["stride"]},
            )
            whole = F.conv_transpose1d(x, weight, **how)[0, 0]
            assert whole[begin : len(whole) - end].tolist() == values
            compared["kerasCrop"] += 1
    assert min(compared.values()) >= 15


# --- The working ----------------------------------------------------------------------------------


def test_the_working_is_true_step_by_step(drawn: dict[str, list[Any]]) -> None:
    compared = sum(
        equal_parts(one["working"]["steps"]) for draws in drawn.values() for one in draws
    )
    assert compared > 10 * DRAWS * 2


def equal_parts(steps: list[str]) -> int:
    """Check that both sides of each = are worth the same; return how many were compared."""
    compared, value = 0, None
    for step in steps:
        text = re.sub(r"^(?!max)[\w .,]*[a-z][\w ]*: ", "", step)
        goes_on = text.startswith("=")
        parts = [worth(part) for part in text.strip("= ").split(" = ")]
        known = [part for part in parts if part is not None]
        chain = [value, *known] if goes_on and value is not None else known
        assert len(set(chain)) <= 1, step
        compared += max(0, len(chain) - 1)
        value = known[-1] if known else value if goes_on else None
    return compared


def worth(text: str) -> float | None:
    """Work out an expression of numbers only; None for one with names in it."""
    plain = text.translate({ord("·"): "*", ord("\N{MINUS SIGN}"): "-"}).replace(" mod ", " % ")
    plain = re.sub(r"⌊(.*?)⌋", r"math.floor(\1)", plain)
    plain = re.sub(r"⌈(.*?)⌉", r"math.ceil(\1)", plain)
    bare = re.sub(r"math\.(floor|ceil)|max", "", plain)
    if not re.fullmatch(r"[-+*/%(),\d. ]+", bare) or ("," in bare and "max" not in plain):
        return None
    return float(eval(plain, {"math": math, "max": max}))


@pytest.mark.parametrize(
    "wrong", [["= 3 + 1 = 5"], ["L_out = ⌊9 / 2⌋ + 1 = 6"], ["x = 2·3", "= 7"]]
)
def test_false_working_is_noticed(wrong: list[str]) -> None:
    with pytest.raises(AssertionError):
        equal_parts(wrong)


@pytest.mark.parametrize("kind", sorted(set(kinds()) - set(CHOICES)))
def test_the_working_ends_at_the_answer(drawn: dict[str, list[Any]], kind: str) -> None:
    for one in drawn[kind]:
        found = [int(number) for number in re.findall(r"\d+", " ".join(one["working"]["steps"]))]
        assert set(one["answer"]) <= set(found)
        assert found[-1] == one["answer"][-1] or kind in ("next-valid-length", "onnx-pads")
        plain = one["says"].replace(",", "")
        assert str(one["answer"][0]) in plain or plain.startswith("none")


def test_the_transpose_that_is_named_is_the_matrix_of_the_layer_named(
    drawn: dict[str, list[Any]],
) -> None:
    for one in drawn["matrix-shape"]:
        v, note = one["v"], one["working"]["note"]
        rows, columns = map(int, re.findall(r"(\d+) \S (\d+)", note)[0])
        if v["up"]:
            layer: nn.Module = conv(v)
        else:
            added = re.search(r"output_padding=(\d+)", note)
            layer = up({**v, "output_padding": int(added[1]) if added else 0})
        assert list(matrix(layer.double(), columns).shape) == [rows, columns]


def test_a_fixed_padding_that_is_said_to_do_for_every_length_does(
    drawn: dict[str, list[Any]],
) -> None:
    for one in drawn["strided-same"]:
        v = one["v"]
        assert "do for every length" in one["working"]["note"]
        padded = nn.ConstantPad1d((v.get("dilation", 1) * (v["kernel_size"] - 1), 0), 0.0)
        for length in range(1, 30):
            made = length_after(nn.Sequential(padded, conv(v)), length)
            assert made == math.ceil(length / v["stride"])
