"""A trace comes down to its innermost error, and what tools put around lines changes no answer."""

import pytest

from executor.causes import load
from executor.core.classify import classify
from executor.core.families import Family
from executor.core.traces import flowed, innermost, plain_lines, without_frames

CATALOGUE = load()
TRACE = 'Traceback (most recent call last):\n  File "/app/main.py", line 7, in <module>\n    main()\n'


def family(text: str, where: str | None = None) -> Family:
    return classify(CATALOGUE, text, where).family


def test_a_python_trace_comes_down_to_its_last_error_with_all_its_lines() -> None:
    said = f"{TRACE}KeyError: 'A'\n\nDuring handling of the above exception, another exception occurred:\n\n{TRACE}"
    assert innermost(f"{said}app.errors.Refused: no\nmore of it") == "app.errors.Refused: no\nmore of it"


def test_a_trace_of_a_jvm_comes_down_to_the_last_cause_that_it_names() -> None:
    said = "java.lang.RuntimeException: a\n\tat b.C.d(C.java:1)\nCaused by: e.F: g\n\tat h\nCaused by: i.J: k"
    assert innermost(said) == "i.J: k"


@pytest.mark.parametrize("text", ["KeyError: 'A'", f"{TRACE}    stop()", "nothing"])
def test_a_text_without_a_trace_or_an_error_in_it_comes_down_to_nothing(text: str) -> None:
    assert innermost(text) is None


def test_the_error_at_the_end_outranks_what_was_logged_before_it() -> None:
    before = (
        "ThrottlingException: Rate exceeded, once more in 2 s\nOSError: [Errno 28] No space left on device, ignoring\n"
    )
    assert family(f"{before}{TRACE}ModuleNotFoundError: No module named 'polars'") is Family.APP_IMPORT_ERROR


def test_what_a_library_says_around_an_error_does_not_hide_it() -> None:
    inner = "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"
    outer = (
        "snowflake.connector.errors.OperationalError: 250001: Could not connect to Snowflake backend after 2 attempt(s)"
    )
    chain = "\n\nDuring handling of the above exception, another exception occurred:\n\n"
    assert family(f"{TRACE}{inner}{chain}{TRACE}{outer}") is Family.TLS


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("report-1  | exec /app/run: exec format error", Family.IMAGE_ARCHITECTURE),
        ("\u2502 Error: 390100 (08004): Incorrect username or password was specified.", Family.SNOWFLAKE_AUTH),
        ("> E   botocore.exceptions.NoRegionError: You must specify a region.", Family.APP_CONFIG_MISSING),
        ("FAILED tests/test_db.py::test_read - psycopg2.OperationalError: could not translate host name", Family.DNS),
        ("FAILED tests/test_db.py::test_read - AssertionError: could not translate host name", Family.UNKNOWN),
    ],
)
def test_frames_quotation_marks_and_names_of_containers_are_not_part_of_a_line(text: str, means: Family) -> None:
    assert family(text) is means


def test_a_comment_stays_one_behind_the_name_of_a_container() -> None:
    assert plain_lines("web-1  | # no such host").startswith("#")
    assert family("web-1  | # no such host") is Family.UNKNOWN


@pytest.mark.parametrize("where", [None, "event", "log"])
def test_a_sentence_that_was_broken_into_lines_is_read_in_one(where: str | None) -> None:
    said = "ClientException: The container\n    reports does not exist\n    in the task definition."
    assert flowed(said) == "ClientException: The container reports does not exist in the task definition."
    assert family(said, where) is Family.TASK_DEFINITION_MISSING


@pytest.mark.parametrize(
    "frame",
    [
        '  File "/opt/anaconda3/lib/site-packages/snowflake/connector/ocsp_snowflake.py", line 9, in f\n    g()',
        '  File "/venv/snowflake/snowpark/session.py", line 1, in lock_timeout\n    wait()',
        "\tat net.snowflake.client.core.LockTimeout.await(LockTimeout.java:3)",
    ],
)
def test_the_names_of_files_and_functions_in_a_trace_are_no_cause(frame: str) -> None:
    traceback = f"Traceback (most recent call last):\n{frame}\nTypeError: 'NoneType' object is not callable"
    assert family(traceback) is Family.APP_EXIT
    assert "snowflake" in without_frames(frame)
    assert "position 7" in without_frames("syntax error\nat position 7 unexpected '('.")


def test_what_says_that_a_container_ended_yields_to_what_says_how() -> None:
    assert family("Essential container in task exited") is Family.UNKNOWN  # and not how
    assert family("Essential container in task exited, exit code: 137") is Family.SIGNAL_KILLED


@pytest.mark.parametrize("text", ["Request failed with status code 403", "call failed with status: 400 Bad Request"])
def test_the_status_of_an_answer_is_no_exit_code(text: str) -> None:
    assert family(text) is Family.UNKNOWN


@pytest.mark.parametrize("text", ["| 3cb07c3e | UserInitiated | nightly | 137 |", "stop code: UserInitiated"])
def test_a_stop_code_is_found_among_other_words(text: str) -> None:
    assert family(text) is Family.STOPPED_BY_USER


NOISE = """Starting
Reading secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:db
Using proxy http://proxy.internal:3128
Connecting to Snowflake, warehouse REPORTS_WH
GET /health 200
GET /report 404 137
npm WARN deprecated request@2.88.2: it is old
image 123456789012.dkr.ecr.eu-west-1.amazonaws.com/report:1.2.3 runs
Uploading to s3://reports/2026 with role arn:aws:iam::123456789012:role/task
"""


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("KeyError: 'DATABASE_URL'", Family.APP_CONFIG_MISSING),
        ("Lock wait timeout exceeded; try restarting transaction", Family.UNKNOWN),
        ("/bin/sh: 1: report: not found\nexit status 127", Family.COMMAND_NOT_FOUND),
        ("panic: runtime error: x\n[signal SIGSEGV: segmentation violation]\ngoroutine 1 [running]:", Family.APP_EXIT),
        ("FATAL ERROR: JavaScript heap out of memory\nAborted (core dumped)", Family.OUT_OF_MEMORY),
        ("002003 (42S02): SQL compilation error:\nObject 'A.B' does not exist", Family.SNOWFLAKE_OBJECT_MISSING),
    ],
)
def test_lines_of_a_log_that_have_nothing_to_do_with_each_other_make_no_sentence(said: str, means: Family) -> None:
    assert family(f"{NOISE}{said}\nShutting down\nClosed 3 connections", "log") is means
    assert family(NOISE, "log") is Family.UNKNOWN


def test_the_last_line_of_a_log_that_says_why_counts_before_how_it_ended() -> None:
    first = "ThrottlingException: Rate exceeded\n" + NOISE
    assert family(f"{first}OSError: [Errno 28] No space left on device\nKilled\n", "log") is Family.DISK_FULL


def test_a_text_that_was_escaped_is_read_without_that() -> None:
    assert family(r'ERROR payload="starting\nKilled\nbye"') is Family.SIGNAL_KILLED


def test_the_exit_status_of_a_helper_of_ecs_is_not_the_containers() -> None:
    assert family("ResourceInitializationError: failed to validate logger args: : exit status 137") is Family.UNKNOWN
    assert family("npm start: exit status 137") is Family.SIGNAL_KILLED


@pytest.mark.parametrize("frames", [1, 12])
def test_a_module_that_a_procedure_lacks_is_a_package_of_snowflake_however_long_its_trace(frames: int) -> None:
    frame = '  File "_udf_code.py", line 3, in call\n    from calling.service import call as made\n'
    text = (
        "100357 (P0000): 01c0ffee: Python Interpreter Error:\nTraceback (most recent call last):\n"
        + frame * frames
        + "ModuleNotFoundError: No module named 'xlsxwriter'\n"
        + " in function CALL_SERVICE with handler calling.service.call"
    )
    assert classify(load(), text).cause_id == "snowflake_package"
