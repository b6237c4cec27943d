"""The heartbeat file and its judge."""

import subprocess
import sys
import time
from pathlib import Path

from executor import health
from executor.adapters.heartbeat_file import HeartbeatFile


def test_the_judge_of_the_heartbeat_tells_young_from_old_missing_and_foreign(tmp_path: Path) -> None:
    path = str(tmp_path / "heartbeat")
    assert "no heartbeat" in str(health.fault(path, 60, 1000))
    HeartbeatFile(path).beat(1000.0, {"claim": 0.0})
    assert health.fault(path, 60, 1060) is None
    assert "61 s old" in str(health.fault(path, 60, 1061))
    assert "before this machine was started" in str(health.fault(path, 60, 999))
    Path(path).write_text("[]", encoding="utf-8")
    assert "no heartbeat" in str(health.fault(path, 60, 1000))


def test_the_health_check_is_a_program_that_imports_next_to_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "heartbeat")
    HeartbeatFile(path).beat(time.monotonic(), {})
    code = "import sys, executor.health as h; sys.argv[1:] = [sys.argv[1]]; h.main(); print(len(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    bare = [sys.executable, "-c", "import sys, json; print(len(sys.modules))"]
    known = subprocess.run(bare, capture_output=True, text=True, check=True)
    assert int(done.stdout) <= int(known.stdout) + 15
    missing = [sys.executable, "-m", "executor.health", path + ".not"]
    wrong = subprocess.run(missing, capture_output=True, text=True, check=False)
    assert (wrong.returncode, "no heartbeat" in wrong.stderr) == (1, True)
    assert subprocess.run([sys.executable, "-m", "executor.health"], capture_output=True, check=False).returncode == 2
