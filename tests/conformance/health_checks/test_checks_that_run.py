"""The judge against the shell: every check here is run for real, and no verdict may be contradicted by its end."""

import re
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from doctor.health_checks.checks import Check
from doctor.health_checks.dockerfile import read
from doctor.health_checks.judge import judge
from doctor.health_checks.verdicts import Verdict
from tests.conformance.health_checks.container import Container

SLIM: list[str] = []
PROCPS = ["ps", "pgrep"]
CURL = ["curl"]
WGET = ["wget"]
# What is installed beside python:3.11-slim, the check, whether it can pass, whether it can fail, its fault.
CHECKS: list[tuple[list[str], list[str], bool, bool, str]] = [
    (SLIM, ["CMD-SHELL", "ps aux | grep -v grep | grep consumer.py || exit 1"], False, True, "program_missing"),
    (PROCPS, ["CMD-SHELL", "ps aux | grep -v grep | grep consumer.py || exit 1"], False, True, "pattern_cannot_match"),
    (PROCPS, ["CMD-SHELL", "ps aux | grep -v grep | grep src.consumer || exit 1"], True, True, ""),
    (PROCPS, ["CMD-SHELL", "ps aux | grep '[s]rc.consumer' || exit 1"], True, True, ""),
    (PROCPS, ["CMD-SHELL", "ps aux | grep src.consumer || exit 1"], True, False, "matches_itself"),
    (PROCPS, ["CMD-SHELL", "ps aux | grep -c '[s]rc.consumer'"], True, True, ""),
    (PROCPS, ["CMD-SHELL", "[ $(ps aux | grep -c src.consumer) -gt 0 ]"], True, False, "matches_itself"),
    (PROCPS, ["CMD-SHELL", "test \"$(ps aux | grep '[s]rc.consumer' | wc -l)\" -ge 1"], True, True, ""),
    (PROCPS, ["CMD-SHELL", 'test "$(ps aux | grep src.consumer | wc -l)" -ge 1'], True, False, "matches_itself"),
    (PROCPS, ["CMD-SHELL", "pgrep -f src.consumer || exit 1"], True, False, "matches_itself"),
    (PROCPS, ["CMD-SHELL", "pgrep -f '[s]rc.consumer' || exit 1"], True, True, ""),
    (PROCPS, ["CMD", "pgrep", "-f", "src.consumer"], True, True, ""),
    (PROCPS, ["CMD-SHELL", "pgrep consumer || exit 1"], False, True, "pattern_cannot_match"),
    (PROCPS, ["CMD-SHELL", "if pgrep -f '[s]rc.consumer' > /dev/null; then exit 0; else exit 1; fi"], True, True, ""),
    (PROCPS, ["CMD", "ps", "aux", "|", "grep", "consumer"], False, True, "operators_without_shell"),
    (SLIM, ["CMD-SHELL", "pgrep -f consumer || exit 1"], False, True, "program_missing"),
    (SLIM, ["CMD-SHELL", "curl -f http://localhost:{port}/health || exit 1"], False, True, "program_missing"),
    (CURL, ["CMD-SHELL", "curl -f http://localhost:{port}/health || exit 1"], True, True, ""),
    (CURL, ["CMD-SHELL", "curl -fsS -o /dev/null http://127.0.0.1:{port}/"], True, True, ""),
    (CURL, ["CMD", "curl", "-f", "http://127.0.0.1:{port}/"], True, True, ""),
    (CURL, ["CMD-SHELL", "curl http://127.0.0.1:{port}/ || exit 1"], True, True, "http_errors_ignored"),
    (CURL, ["CMD-SHELL", 'test "$(curl -s -w well%{{http_code}} http://{web}/)" = well200'], True, True, ""),
    (CURL, ["CMD-SHELL", "curl -f http://127.0.0.1:{port}/ || true"], True, False, "always_passes"),
    (CURL, ["CMD-SHELL", "curl -f http://127.0.0.1:{port}/; exit 0"], True, False, "always_passes"),
    (CURL, ["CMD-SHELL", "curl -fs http://127.0.0.1:{port}/ | head -1"], True, False, "always_passes"),
    (CURL, ["CMD-SHELL", "curl -fs http://127.0.0.1:{port}/ | cat || exit 1"], True, False, "always_passes"),
    (CURL, ["CMD-SHELL", "! curl -fs http://127.0.0.1:{port}/"], False, True, "inverted"),
    (CURL, ["CMD-SHELL", "curl -fs http://127.0.0.1:{port}/ && exit 1 || exit 0"], False, True, "inverted"),
    (CURL, ["CMD-SHELL", "curl -s -o /dev/null -w '%{{http_code}}' http://{web}/ | grep -q 200"], True, True, ""),
    (CURL, ["CMD-SHELL", "test $(curl -s -o /dev/null -w '%{{http_code}}' http://{web}/) = 200"], True, True, ""),
    (CURL, ["CMD-SHELL", "curl -f http://127.0.0.1:$PORT/ || exit 1"], True, True, ""),
    (CURL, ["CMD-SHELL", "curl -f http://127.0.0.1:${{WEB_PORT:-{port}}}/ || exit 1"], True, True, ""),
    (CURL, ["CMD", "curl", "-f", "http://127.0.0.1:$PORT/"], False, True, "variable_not_expanded"),
    (CURL, ["CMD", "curl", "-f", "http://{web}/", "||", "exit", "1"], False, True, "operators_without_shell"),
    (CURL, ["CMD", "curl -f http://127.0.0.1:{port}/ || exit 1"], False, True, "cmd_one_string"),
    (CURL, ["CMD-SHELL", "curl", "-f", "http://127.0.0.1:{port}/"], False, True, "cmd_shell_list"),
    (CURL, ["CMD-SHELL", "curl -f http://${{AWS::Region}}.example/ || exit 1"], False, True, "unresolved_substitution"),
    (CURL, ["CMD-SHELL", "curl -f 'http://127.0.0.1:{port}/ || exit 1"], False, True, "shell_syntax"),
    (WGET, ["CMD-SHELL", "wget -q --spider http://127.0.0.1:{port}/ || exit 1"], True, True, ""),
    (CURL, ["CMD-SHELL", "for i in 1 2; do curl -fs http://{web}/ && exit 0; done; exit 1"], True, True, ""),
    (CURL, ["CMD-SHELL", "set -e; curl -fs http://{web}/ > /dev/null; echo ok"], True, True, ""),
    (CURL, ["CMD-SHELL", "/bin/sh -ec 'curl -fs http://{web}/ > /dev/null; echo ok'"], True, True, ""),
    (CURL, ["CMD", "bash", "-c", "set -o pipefail; curl -fs http://{web}/ | cat"], True, True, ""),
    (CURL, ["CMD-SHELL", "set -o pipefail; curl -fs http://{web}/ | cat"], False, True, "needs_bash"),
    (WGET, ["CMD-SHELL", "wget -qO- http://127.0.0.1:{port}/ || exit 1"], True, True, ""),
    (WGET, ["CMD-SHELL", "wget -q --tries 1 --timeout 3 --spider http://{web}/ || exit 1"], True, True, ""),
    (SLIM, ["CMD-SHELL", "wget -qO- http://127.0.0.1:{port}/ || exit 1"], False, True, "program_missing"),
    (SLIM, ["CMD-SHELL", "exit 0"], True, False, "always_passes"),
    (SLIM, ["CMD-SHELL", "echo ok || exit 1"], True, False, "always_passes"),
    (SLIM, ["CMD", "exit", "0"], False, True, "program_missing"),
    (SLIM, ["CMD-SHELL", "exit 1"], False, True, "always_fails"),
    (SLIM, ["CMD-SHELL", "kill -0 $$ || exit 1"], True, True, ""),
    (SLIM, ["CMD-SHELL", "[[ -f /tmp ]] || exit 1"], False, True, "needs_bash"),
    (SLIM, ["CMD-SHELL", "</dev/tcp/127.0.0.1/{port}"], False, True, "needs_bash"),
    (SLIM, ["CMD", "bash", "-c", "</dev/tcp/127.0.0.1/{port}"], True, True, ""),
    (SLIM, ["CMD", "python", "-c", "import urllib.request as r; r.urlopen('http://{web}/')"], True, True, ""),
    (SLIM, ["CMD-SHELL", "python -c 'import socket as s; s.create_connection((\"0\", {port}))'"], True, True, ""),
    (SLIM, ["CMD-SHELL", "python -c 'import urllib.request || exit 1"], False, True, "shell_syntax"),
    (SLIM, ["CMD-SHELL", "python -c 'import socket; print(1' || exit 1"], False, True, "python_syntax"),
    (SLIM, ["CMD-SHELL", "python -c 'print(1)' || exit 1"], True, False, "always_passes"),
    (SLIM, ["CMD", "python", "-c", "import sys; sys.exit(0)"], True, False, "always_passes"),
    (SLIM, ["CMD-SHELL", "find src -mmin -1 || exit 1"], True, True, "find_always_zero"),
    (CURL, ["CMD-SHELL", "s=$(curl -s -o /dev/null -w '%{{http_code}}' {web}); [ \"$s\" = 200 ]"], True, True, ""),
    (CURL, ["CMD-SHELL", "curl -fs http://{web}/; RC=$?; exit $RC"], True, True, ""),
    (CURL, ["CMD-SHELL", 'out=$(curl -fs http://{web}/) || exit 1; echo "$out"'], True, True, ""),
    (CURL, ["CMD-SHELL", "X=$(curl -fs http://{web}/); [ $? -eq 0 ]"], True, True, ""),
    (CURL, ["CMD-SHELL", "curl -fs http://{web}/ || exit"], True, True, ""),
    (CURL, ["CMD-SHELL", "curl -fs http://{web}/ || exit 255"], True, True, ""),
    (CURL, ["CMD-SHELL", "for i in 1 2; do curl -fs http://{web}/ && exit 0; done; exit 1"], True, True, ""),
    (CURL, ["CMD-SHELL", "probe() {{ curl -fs http://{web}/; }}; probe || exit 1"], True, True, ""),
    (CURL, ["CMD-SHELL", "if curl -fs http://{web}/; then echo ok; else exit 1; fi"], True, True, ""),
    (CURL, ["CMD-SHELL", "curl -fs http://{web}/ &"], True, False, "always_passes"),
    (CURL, ["CMD-SHELL", "trap 'exit 0' EXIT; curl -fs http://{web}/ || exit 1"], True, False, "always_passes"),
    (CURL, ["CMD-SHELL", "trap 'echo done' EXIT; curl -fs http://{web}/ || exit 1"], True, True, ""),
    (CURL, ["CMD-SHELL", "trap 'exit $?' 0; curl -fs http://{web}/"], True, True, ""),
    (CURL, ["CMD-SHELL", "trap 'exit 0' EXIT; exec curl -fs http://{web}/"], True, True, ""),
    (CURL, ["CMD-SHELL", "trap 'exit 0' EXIT; trap - EXIT; curl -fs http://{web}/"], True, True, ""),
    (CURL, ["CMD-SHELL", "n=$((2 - 2)); curl -fs http://{web}/ || exit $n"], True, False, "always_passes"),
    (CURL, ["CMD-SHELL", "curl -fs http://{web}/; exit $(( $? != 0 ))"], True, True, ""),
    (CURL, ["CMD-SHELL", "curl -fs http://{web}/; exit $(($? == 0))"], False, True, "inverted"),
    (CURL, ["CMD-SHELL", "i=0; while [ $i -lt 5 ]; do curl -fs http://{web}/ && exit 0; i=$((i+1)); done; exit 1"],
     True, True, ""),
    (CURL, ["CMD-SHELL", "i=0; until [ $i -ge 5 ]; do curl -fs http://{web}/ && exit 0; i=$((i + 1)); done; exit 0"],
     True, False, "always_passes"),
    (CURL, ["CMD-SHELL", "exit $(curl -fs http://{web}/ > /dev/null || echo 1)"], True, True, ""),
    (SLIM, ["CMD-SHELL", "(( 1 > 0 )) || exit 1"], False, True, "needs_bash"),
    (SLIM, ["CMD", "bash", "-c", "(( 7 / 2 == 3 )) || exit 1"], True, False, "always_passes"),
    (SLIM, ["CMD", "bash", "-c", "(( -7 % 2 == -1 && !0 )) && exit 3"], False, True, "always_fails"),
    (SLIM, ["CMD-SHELL", '[ "$(echo ok)" == ok ]'], False, True, "needs_bash"),
    (SLIM, ["CMD-SHELL", 'case "$(echo ok)" in ok) exit 1;; *) exit 0;; esac'], False, True, "always_fails"),
    (SLIM, ["CMD", "python", "-c", "import socket as s; print(s.socket().connect_ex(('0', {port})))"], True, False, "always_passes"),  # noqa: E501 -- one row, one line
]  # fmt: skip


class Web(BaseHTTPRequestHandler):
    answer = 200

    def do_GET(self) -> None:
        self.send_response(type(self).answer)
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 -- the server looks for this name

    def log_message(self, *_: Any) -> None: ...


class Broken(Web):
    answer = 500


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """A port for each state of the service: it answers, it answers with errors, nobody is there."""
    servers = [HTTPServer(("127.0.0.1", 0), handler) for handler in (Web, Broken)]
    for server in servers:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        well, failing = (server.server_address[1] for server in servers)
        yield {"well": well, "failing": failing, "gone": nobody.getsockname()[1]}
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def containers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Container]:
    kinds = {tuple(programs) for programs, *_ in CHECKS}
    return {
        " ".join(programs): Container(tmp_path_factory.mktemp("container"), ["bash", *programs]) for programs in kinds
    }


def judged(programs: list[str], command: list[str], port: int) -> Verdict:
    packages = " ".join({"ps": "procps", "pgrep": "procps"}.get(name, name) for name in programs)
    install = f"RUN apt-get update && apt-get install -y {packages}\n" if packages else ""
    built = read(f'FROM python:3.11-slim\n{install}ENV PORT={port}\nCMD ["python", "-m", "src.consumer"]\n')
    verdict = judge(
        Check("service", "app", command=tuple(word.format(port=port, web=f"127.0.0.1:{port}") for word in command)),
        built,
    )
    assert verdict is not None
    return verdict


@pytest.mark.parametrize(("programs", "command", "passes", "fails", "fault"), CHECKS)
def test_a_check_gets_its_verdict(
    programs: list[str], command: list[str], passes: bool, fails: bool, fault: str
) -> None:
    verdict = judged(programs, command, 8080)
    assert (verdict.can_ever_pass, verdict.can_ever_fail) == (passes, fails), verdict
    assert [found.id for found in verdict.faults][:1] == ([fault] if fault else [])


@pytest.mark.thorough
@pytest.mark.parametrize(("programs", "command", "passes", "fails", "fault"), CHECKS)
def test_what_a_check_ends_with_never_contradicts_its_verdict(
    programs: list[str],
    command: list[str],
    passes: bool,
    fails: bool,
    fault: str,
    ports: dict[str, int],
    containers: dict[str, Container],
) -> None:
    ended = {}
    for state, port in ports.items():
        words = [word.format(port=port, web=f"127.0.0.1:{port}") for word in command]
        ended[state] = containers[" ".join(programs)].status(words, {"PORT": str(port)}, running=state != "gone")
    assert (ended["well"] == 0) is passes, ended
    if not fails:
        assert set(ended.values()) == {0}
    elif passes and not re.search(r"\$\$|find", command[-1]):
        assert ended["gone"] != 0, ended


@pytest.mark.parametrize(("programs", "command", "passes", "fails", "fault"), [row for row in CHECKS if row[4]])
def test_the_better_check_can_pass_and_can_fail_and_has_no_fault(
    programs: list[str],
    command: list[str],
    passes: bool,
    fails: bool,
    fault: str,
) -> None:
    better = judged(programs, command, 8080).better
    assert better is not None
    again = judged(programs, better.health_check["command"], 8080)
    assert (again.can_ever_pass, again.can_ever_fail, again.faults) == (True, True, ()), better
