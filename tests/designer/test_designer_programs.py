"""Pasted programs: what the page says of each is what PyTorch makes of it, or it stops in time.

Each file says in its first lines an input length and what the answer is: complete, refused,
nothing, or stopped at a line.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.designer.asking import agrees, answers, given, ran, returns, space

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
HEAD = re.compile(r"# input: (\d+)\n# answer: (complete|refused|nothing|stopped at line (\d+))\n")


def lengths(length: int) -> list[int]:
    """Return the length itself and others, of which some are refused."""
    return [length, length + 1, length + 2, length + 7, 2 * length + 3, 1, 4]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_programs(engine: Page, path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    head = HEAD.match(code)
    assert head, "The first lines say input and answer."
    cases = [(code, length) for length in lengths(int(head[1]))]
    found = answers(engine, cases)
    assert found[0]["kind"] == head[2].split()[0], found[0]
    if head[3]:
        stop = found[0]["stop"]
        assert stop["line"] == int(head[3])
        assert stop["text"].split("\N{HORIZONTAL ELLIPSIS}")[0] in code
        assert stop["why"]
    for (_, length), answer in zip(cases, found, strict=True):
        if answer["kind"] in ("stopped", "nothing"):
            continue
        assert agrees(answer, code, length), (length, answer, ran(code, answer, length))
        check_offers(answer, code, length)


def check_offers(found: dict[str, Any], code: str, length: int) -> None:
    """Run what is offered: the decoder, other lengths, and another output_padding."""
    shape, _ = ran(code, found, length)
    for other in found["fixes"]:
        assert ran(code, found, other)[0], (length, other)
    if found["decoder"]:
        channels = shape[1]
        assert (
            returns(found["decoder"].replace("\N{HORIZONTAL ELLIPSIS}", "1"), channels, shape[2])[
                -1
            ]
            == length
        )
        for other in found["same"]:
            [_, channels, samples], _ = ran(code, found, other)
            assert returns(found["decoder"], channels, samples)[-1] == other, (length, other)
    for near in (found["own"] or {"near": {}})["near"].values():
        assert near is None or ran(code, found, near)[0][-1] == near


def test_the_checker_can_fail(engine: Page) -> None:
    code = "model = nn.Sequential(nn.Conv1d(1, 1, 3, stride=2), nn.ReLU())"
    [found] = answers(engine, [(code, 21)])
    assert agrees(found, code, 21)
    assert not agrees(found, code, 25)
    assert not agrees(found, code.replace("3,", "5,"), 21)
    [refused] = answers(engine, [(code, 2)])
    assert agrees(refused, code, 2)
    assert not agrees(refused, code, 3)
    assert not agrees({**found, "kind": "stopped"}, code, 21)


def test_there_are_programs_of_each_kind() -> None:
    kinds = [HEAD.match(path.read_text(encoding="utf-8")) for path in PROGRAMS]
    count = {
        kind: sum(found[2].startswith(kind) for found in kinds if found)
        for kind in ("complete", "refused", "stopped")
    }
    assert len(PROGRAMS) > 100
    assert min(count.values()) >= 5, count


NOT_SAID = {
    "return self.conv(x[..., :n])": "the code does not say what n is",
    "return self.conv(F.pad(x, (1, n)))": "the code does not say what n is",
    "return self.conv(F.interpolate(x, size=n))": "the code does not say what n is",
    "return self.conv(x) if flag else x": "its two ways differ",
    "if flag:\n    x = x[..., 1:]\nreturn self.conv(x)": "its two ways differ",
    "while flag:\n    x = self.conv(x)\nreturn x": "the code does not say what flag is",
    "for layer in layers:\n    x = layer(x)\nreturn x": "the code does not say what layers is",
    "return self.conv(utils.crop(x))": "the code does not say what utils is",
    "assert flag\nreturn self.conv(x)": "whether this holds is not known",
    "if x.sum() > 0:\n    x = x[..., 1:]\nreturn self.conv(x)": "the numbers in a tensor",
    "return self.conv(x.view(1, 1, -1)[..., : x.numel()])": "the size of the batch",
    "return self.conv(x.to_sparse())": "is not evaluated here",
    "return torch.stft(x.squeeze(1), 64)": "is not evaluated here",
    "return x.sum()": "a single number",
    "x = self.conv(x)": "nothing is returned",
}


@pytest.mark.parametrize("forward", NOT_SAID)
def test_it_stops_where_the_code_does_not_say_it(engine: Page, forward: str) -> None:
    lines = "".join(f"        {line}\n" for line in forward.split("\n"))
    code = (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.conv = nn.Conv1d(1, 1, 3)\n    def forward(self, x):\n{lines}"
    )
    [found] = answers(engine, [(code, 30)])
    assert found["kind"] == "stopped", found
    assert NOT_SAID[forward] in found["stop"]["why"]
    assert found["stop"]["line"] >= 5
    assert (found["after"], found["decoder"], found["fixes"]) == (None, None, [])


def test_an_answer_goes_by_nothing_that_was_asked_before(engine: Page) -> None:
    [path] = [path for path in PROGRAMS if path.stem == "time_before_as_many_channels"]
    code = path.read_text(encoding="utf-8")
    [at_once] = answers(engine, [(code, 4)])
    _, _, later = answers(engine, [(f"{code}\n", 9), (f"{code}\n", 21), (f"{code}\n", 4)])
    assert (at_once["input"], at_once["after"]) == ("(batch, 4, 4)", 4)
    assert (later["input"], later["after"]) == ("(batch, 4, 4)", 4)


def test_a_length_of_which_nothing_is_certain_is_not_said_to_be_refused(engine: Page) -> None:
    code = (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.conv = nn.Conv1d(1, 4, 5)\n    def forward(self, x):\n"
        "        return {}\n"
    )
    spectrum, cut = answers(
        engine,
        [
            (code.format("torch.fft.rfft(self.conv(x)).abs()"), 3),
            (code.format("self.conv(x)[:, :, :2] + self.conv(x)[:, :, :3]"), 30),
        ],
    )
    assert (spectrum["kind"], spectrum["fixes"], spectrum["isOpen"]) == ("refused", [], True)
    assert (cut["kind"], cut["isOpen"]) == ("refused", False)


def test_what_is_certain_up_to_a_stop_is_kept(engine: Page) -> None:
    code = "nn.Sequential(nn.Conv1d(1, 1, 3), nn.MaxPool1d(2), nn.Conv1d(1, 1, k), nn.ReLU())"
    [found] = answers(engine, [(code, 30)])
    assert found["kind"] == "stopped"
    assert found["lengths"] == [28, 14]


@pytest.mark.parametrize(
    ("code", "chosen"),
    [
        ("small = nn.ReLU()\nnet = nn.Sequential(nn.Conv1d(1, 1, 3), nn.ReLU())", "net"),
        ("net = nn.Sequential(nn.Conv1d(1, 1, 3), nn.ReLU())\nmodel = nn.ReLU()", "model"),
        ("layer = nn.Conv1d(1, 1, 3)\nnet = nn.Sequential(layer, layer)", "net"),
        ("down = nn.Conv1d(1, 1, 3)\nup = nn.ConvTranspose1d(1, 1, 3)", "down"),
    ],
)
def test_of_several_models_one_is_said(engine: Page, code: str, chosen: str) -> None:
    [found] = answers(engine, [(code, 20)])
    assert found["models"][found["chosen"]] == chosen


def test_names_are_those_of_the_modules(engine: Page) -> None:
    code = "model = nn.Sequential(nn.Conv1d(1, 1, 3), nn.ModuleDict({'a': nn.ReLU()})['a'])"
    [found] = answers(engine, [(code, 20)])
    names = {id(part): name for name, part in space(code)["model"].named_modules()}
    assert found["names"] == [name for name in names.values() if name]


def test_the_shape_that_is_said_is_what_the_model_takes(engine: Page) -> None:
    code = "nn.Sequential(nn.AvgPool1d(10), nn.GLU(1), nn.Conv1d(3, 1, 1))"
    for length, kind in ((100, "complete"), (5, "refused")):
        [found] = answers(engine, [(code, length)])
        assert found["kind"] == kind
        assert found["input"] == f"(batch, 6, {length})"
        assert given(found, length)[0].shape == (1, 6, length)  # type: ignore[attr-defined]
