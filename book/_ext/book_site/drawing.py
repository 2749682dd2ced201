"""The drawn states of what is live, made at build time by the modules that bring them to life."""

import atexit
import functools
import html
import json
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from queue import SimpleQueue
from threading import Thread

from py_mini_racer import MiniRacer

from helpers import frontend

PATIENCE = 60
"""Seconds after which a drawing that has not come is an error; it takes milliseconds."""


def markup(name: str, state: Mapping[str, object]) -> str:
    """Return the HTML that the named module draws for a state, made by that module itself."""
    drawn = evaluate(name, f"markup({json.dumps(state)})")
    if not isinstance(drawn, str):
        raise TypeError(f"{name}: markup must return a string, got {drawn!r}")
    return drawn


def evaluate(name: str, call: str) -> object:
    """Return what a call of one of the named module's exports returns.

    >>> evaluate("lengths.js", "conv1dOutputLength(100, { kernel_size: 3, stride: 2 })")
    49
    """
    return engine().evaluate(name, f"bookModules[{json.dumps(name)}].{call}")


def static_html(name: str, state: Mapping[str, object]) -> str:
    """Return the drawn state, complete without a script, for mount.js to bring to life.

    The root's class is the module's name: `playground` for playground.js, `self-check` for
    self_check.js.
    """
    kind = name.removesuffix(".js").replace("_", "-")
    stored = html.escape(json.dumps(state, separators=(",", ":")))
    return (
        f'<div class="{kind}" data-module="{name}" data-state="{stored}">'
        f"{markup(name, state)}</div>"
    )


class Engine:
    """The JavaScript engine, in a thread of its own that also closes it.

    Where an event loop runs, as in a notebook, the engine would take that loop for its own and
    stop answering once it has ended. And V8 locks its memory with keys (see `man 7 pkeys`) that
    only the thread which started it holds, and that thread's children: on processors with such
    keys, closing it from another thread crashes Python.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[tuple[Future[object], str, str] | None] = SimpleQueue()
        self._thread = Thread(target=self._answer, name="javascript", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def evaluate(self, name: str, call: str) -> object:
        """Return what JavaScript returns that needs the named module."""
        answer: Future[object] = Future()
        self._calls.put((answer, name, call))
        return answer.result()

    def close(self) -> None:
        """Let the thread close the engine and end; left to Python's end, that can hang."""
        self._calls.put(None)
        self._thread.join()

    def _answer(self) -> None:
        loaded: set[str] = set()
        with ExitStack() as ending:
            start = functools.cache(lambda: ending.enter_context(MiniRacer()))
            for answer, name, call in iter(self._calls.get, None):
                try:
                    for part in frontend.scripts(name):
                        if part not in loaded:
                            start().eval(f"{frontend.classic(part)}0", timeout_sec=PATIENCE)
                            loaded.add(part)
                    answer.set_result(start().eval(call, timeout_sec=PATIENCE))
                except Exception as error:
                    answer.set_exception(error)


@functools.cache
def engine() -> Engine:
    """Return the one engine of a build, started when it is first needed."""
    return Engine()
