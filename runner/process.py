"""The process: the worker makes the report, the main thread sees to it that the process ends."""

import logging
import queue
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Final, TextIO

from contract.manifest import ReportFailure
from contract.outcome import ExitCode
from runner.clock import monotonic_s, utc_now
from runner.ending import Ending, Finished, Message, StopAsked, await_end
from runner.log import LibraryMessages, Log
from runner.worker import Worker

# Together well below the 30 s that ECS leaves between SIGTERM and SIGKILL (ECS developer guide, stopTimeout).
_GIVE_UP_S: Final = 5.0
_CANCEL_S: Final = 2.0
_PUBLISH_S: Final = 15.0
_SIGN_OUT_S: Final = 5.0
_STOPS: Final = (signal.SIGTERM, signal.SIGINT)


def run_process(environment: Mapping[str, str], stdout: TextIO) -> ExitCode:
    """Make the report that the environment orders; what the process ends with.

    Takes SIGTERM and SIGINT for a stop. Threads may still hang when it returns, so the caller ends the process hard.
    """
    mailbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
    _listen_for_stops(mailbox)
    events = Log(stdout, utc_now)
    logging.getLogger().addHandler(LibraryMessages(events))
    events.info("runner_started", "the runner starts")
    ending = Ending()
    worker = Worker(environment, events, mailbox, ending)
    worker.start()
    exit_code = await_end(mailbox, monotonic_s)
    if exit_code in {ExitCode.DEADLINE, ExitCode.STOPPED}:
        exit_code = _end_early(exit_code, worker, ending, mailbox, events)
    else:
        worker.join(_SIGN_OUT_S)
    events.info("runner_ended", f"the runner ends with {int(exit_code)}", exit_code=int(exit_code))
    return exit_code


def _listen_for_stops(mailbox: "queue.SimpleQueue[Message]") -> None:
    # A handler runs only when the main thread next executes bytecode, and a main thread that waits for its mailbox
    # may not do so before its time is up. So the signals are blocked in every thread and one thread waits for them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)

    def listen() -> None:
        while True:
            signal.sigwait(_STOPS)
            mailbox.put(StopAsked())

    threading.Thread(target=listen, name="stops", daemon=True).start()


def _end_early(
    exit_code: ExitCode, worker: Worker, ending: Ending, mailbox: "queue.SimpleQueue[Message]", events: Log
) -> ExitCode:
    if not ending.claim():
        # The worker already writes its manifest: that is the last word, if it comes in time.
        published = _published(mailbox)
        return exit_code if published is None else published
    failure = ReportFailure(kind=exit_code.name, message=_why(exit_code, worker), query=_current_query(worker))
    events.error("report_failed", failure.message, exit_code=int(exit_code), kind=failure.kind)
    if worker.uploads is not None:
        _within(_GIVE_UP_S, worker.uploads.give_up, events)
    if worker.source is not None:
        _within(_CANCEL_S, worker.source.cancel, events)
    if exit_code is ExitCode.DEADLINE:
        _within(_PUBLISH_S, lambda: worker.leave_failed_manifest(exit_code, failure), events)
    return exit_code


def _published(mailbox: "queue.SimpleQueue[Message]") -> ExitCode | None:
    until_s = monotonic_s() + _PUBLISH_S
    while (left_s := until_s - monotonic_s()) > 0:
        try:
            message = mailbox.get(timeout=left_s)
        except queue.Empty:
            return None
        if isinstance(message, Finished):
            return message.exit_code
    return None


def _why(exit_code: ExitCode, worker: Worker) -> str:
    query = _current_query(worker)
    at = f"at query {query}" if query else "outside a query"
    if exit_code is ExitCode.STOPPED or worker.record is None:
        return f"told to stop (SIGTERM) {at}"
    limit_s = worker.record.spec.definition.timeout_s
    return f"not done after {limit_s} s, the report's timeout_s; it was {at}; make it faster or raise timeout_s"


def _current_query(worker: Worker) -> str | None:
    return worker.record.current_query if worker.record else None


def _within(limit_s: float, step: Callable[[], object], events: Log) -> None:
    """Take a step on a thread of its own, and wait no longer than the limit for it."""

    def attempt() -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - the process ends in any case; what could not be undone is said
            events.warning("clean_up_failed", str(error))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(limit_s)
