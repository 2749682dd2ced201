"""The rules of layers as plain data, against the layers of torch.nn themselves."""

import inspect

import pytest
from torch import nn

from helpers.kinds import Signal, check_built, shape_after, undo
from helpers.signals import LAZY, RULED
from helpers.sizes import OPTIONAL, SizeError


def test_what_nothing_is_said_of_is_what_pytorch_takes() -> None:
    taken = inspect.signature(nn.ConvTranspose1d).parameters
    assert {name: taken[name].default for name in OPTIONAL} == OPTIONAL
    taken = inspect.signature(nn.Conv1d).parameters
    assert all(taken[name].default == usual for name, usual in OPTIONAL.items() if name in taken)


def test_what_a_lazy_layer_becomes_has_a_rule() -> None:
    assert set(LAZY.values()) <= RULED


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: nn.Conv1d(4, 4, 3, groups=0), "groups must be a positive integer"),
        (lambda: nn.Conv1d(3, 4, 3, groups=2), "in_channels must be divisible by groups"),
        (lambda: nn.Conv1d(4, 3, 3, groups=2), "out_channels must be divisible by groups"),
        (lambda: nn.Conv1d(1, 1, 3, padding="full"), "Invalid padding string 'full'"),
        (lambda: nn.Conv1d(1, 1, 3, 2, padding="same"), "padding='same' is not supported"),
        (lambda: nn.Conv1d(1, 1, 3, padding_mode="odd"), "padding_mode must be one of"),
        (lambda: nn.ConvTranspose1d(1, 1, 3, padding_mode="reflect"), 'Only "zeros" padding'),
        (lambda: nn.Conv1d(4, 2, -1), "negative dimension -1: [2, 4, -1]"),
        (lambda: nn.ConvTranspose1d(4, 2, -1, groups=2), "negative dimension -1: [4, 1, -1]"),
        (lambda: nn.GroupNorm(3, 4), "num_channels (4) must be divisible by num_groups (3)"),
    ],
)
def test_what_cannot_be_built(build: object, words: str) -> None:
    """PyTorch's refusal of the call, and the rule's of the same arguments."""
    assert callable(build)
    with pytest.raises((ValueError, RuntimeError)) as real:
        build()
    asked: list[tuple[str, dict[str, object]]] = []
    with pytest.MonkeyPatch.context() as patched:
        for kind in (nn.Conv1d, nn.ConvTranspose1d, nn.GroupNorm):
            signature = inspect.signature(kind)

            def taken(
                *given: object,
                _name: str = kind.__name__,
                _of: inspect.Signature = signature,
                **more: object,
            ) -> None:
                bound = _of.bind(*given, **more)
                bound.apply_defaults()
                asked.append((_name, bound.arguments))

            patched.setattr(nn, kind.__name__, taken)
        build()
    [(name, settings)] = asked
    with pytest.raises(SizeError) as ours:
        check_built(name, settings)
    assert words in str(ours.value.pytorch)
    # PyTorch prints sets, whose order differs from run to run.
    assert sorted(ours.value.pytorch or "") == sorted(str(real.value))


def reasons(kind: str, settings: dict[str, object], length: int) -> list[tuple[str, str]]:
    """Return what undoes a layer, with why."""
    before = Signal(1, length)
    undone = undo(kind, settings, before, shape_after(kind, settings, before)) or []
    return [(one.kind, one.why) for one in undone]


def test_the_reason_of_a_crop_is_true() -> None:
    pool = {"kernel_size": 2, "stride": 3, "ceil_mode": True}
    moved = "3 · 3 = 9 samples, brought to 9 and to the middle of their windows"
    assert reasons("MaxPool1d", pool, 9)[-1] == ("ConstantPad1d", moved)
    plain = {"kernel_size": 3}
    assert reasons("MaxPool1d", plain, 10)[-1][1] == "3 · 3 = 9 samples, brought to 10"
    assert reasons("MaxPool1d", plain, 9) == [("Upsample", "each sample becomes 3 again")]
