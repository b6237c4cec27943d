"""Stopping a Python handler whose statement is cancelled."""

import ctypes


class HandlerStopped(BaseException):
    """Raised in a handler's thread, at its next step of Python; no `except Exception` of the handler's catches it."""


def raise_in_thread(thread: int) -> None:
    """Raise `HandlerStopped` in the thread of this identifier; code that waits in C is stopped when it comes back."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(HandlerStopped))


def forgive_thread(thread: int) -> None:
    """Take back what `raise_in_thread` has not raised yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)
