"""What is forked off a process that has loaded everything ends, and is ended, like one that was started."""

import os
import signal
import subprocess

from tests.forking import Forked, run

BARE = {"PATH": os.environ["PATH"]}


def test_each_fork_has_an_environment_of_its_own_and_tells_how_it_ended() -> None:
    ordered = run("runner", env=BARE | {"REPORTING_TASK_SPEC": "no order"})
    bare = run("runner", env=BARE)
    assert (ordered.returncode, bare.returncode) == (11, 11)
    assert "not 'no order'" in ordered.stdout
    assert "no task spec" in bare.stdout


def test_a_fork_is_polled_without_waiting_and_tells_which_signal_ended_it() -> None:
    with Forked(["runner"], env=BARE, stdout=subprocess.PIPE) as process:
        os.kill(process.pid, signal.SIGSTOP)
        assert process.poll() is None
        process.kill()
        process.communicate(timeout=60)
        assert process.returncode == process.poll() == -signal.SIGKILL
