"""A limit for models that never return."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["at_most"]


class _OutOfTimeError(BaseException):
    """What a model is interrupted with; not an Exception, so that no model catches it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Interrupt Python code that takes longer, loops without end included.

    A single call into PyTorch is not interrupted, but what follows it is.

    >>> with at_most(seconds=0.1):
    ...     while True:
    ...         pass
    Traceback (most recent call last):
    TimeoutError: still running after 0.1 seconds

    Args:
        seconds: The limit, more than 0.

    Raises:
        TimeoutError: When the time is over.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    raise_there = ctypes.pythonapi.PyThreadState_SetAsyncExc
    lock, running = threading.Lock(), True

    def interrupt() -> None:
        with lock:
            if running:
                raise_there(thread, ctypes.py_object(_OutOfTimeError))

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    try:
        timer.start()
        yield
    except _OutOfTimeError:
        raise TimeoutError(f"still running after {seconds:g} seconds") from None
    finally:
        with lock:
            running = False
        timer.cancel()
