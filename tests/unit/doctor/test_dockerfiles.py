"""What is in an image, as its Dockerfile tells."""

import pytest

from doctor.health_checks.dockerfile import DockerfileError, read
from doctor.health_checks.images import Contents, known


def has(contents: Contents, *programs: str) -> list[bool | None]:
    return [contents.has(program) for program in programs]


@pytest.mark.parametrize(
    ("image", "programs", "there"),
    [
        (
            "python:3.11-slim",
            ["ps", "curl", "wget", "nc", "bash", "sh", "python"],
            [False, False, False, False, True, True, True],
        ),
        ("python:3.12", ["ps", "curl", "wget", "git"], [True, True, True, True]),
        ("python:3.12-alpine", ["ps", "wget", "nc", "curl", "bash"], [True, True, True, False, False]),
        ("public.ecr.aws/docker/library/node:22-slim", ["node", "curl", "ps"], [True, False, False]),
        ("docker.io/library/nginx:1.29", ["curl", "ps"], [True, False]),
        ("gcr.io/distroless/python3-debian12", ["python3", "sh", "ls"], [True, False, False]),
        ("gcr.io/distroless/static-debian12:debug", ["sh", "wget"], [True, True]),
        ("ubuntu:24.04", ["ps", "curl"], [True, False]),
        ("amazonlinux:2023", ["curl", "ps", "wget"], [True, False, False]),
        ("scratch", ["sh"], [False]),
    ],
)
def test_published_images_are_known_by_their_names(image: str, programs: list[str], there: list[bool]) -> None:
    contents = known(image)
    assert contents is not None
    assert has(contents, *programs) == there


def test_an_image_of_somebody_is_not_known() -> None:
    assert known("123456789012.dkr.ecr.eu-central-1.amazonaws.com/consumer:1") is None


def test_packages_that_are_installed_are_there_and_those_removed_are_not() -> None:
    built = read(
        "FROM debian:bookworm-slim\n"
        "RUN apt-get update \\\n"
        "    # what the health check needs\n"
        " && apt-get install -y --no-install-recommends curl=7.88.1-10 procps netcat-openbsd \\\n"
        " && rm -rf /var/lib/apt/lists/*\n"
        "RUN apt-get purge -y --auto-remove curl\n"
    )
    assert has(built.contents, "ps", "pgrep", "nc", "curl") == [True, True, True, False]


def test_virtual_packages_of_alpine_go_together() -> None:
    built = read(
        "FROM alpine:3.22\nRUN apk add --no-cache --virtual .build curl git && apk add bash && apk del .build\n"
    )
    assert has(built.contents, "curl", "git", "bash") == [False, False, True]


def test_only_the_last_stage_counts_and_what_it_takes_from_others() -> None:
    built = read(
        "ARG VERSION=3.11\n"
        "FROM golang:1.25 AS build\nRUN go build -o /out/app\n"
        "FROM python:${VERSION}-slim\n"
        "COPY --from=build /out/app /usr/local/bin/app\n"
        "COPY --from=busybox:1.37-uclibc /bin/wget /usr/bin/wget\n"
        "ADD https://example.com/grpc_health_probe /bin/grpc_health_probe\n"
    )
    assert built.base == "python:3.11-slim"
    assert has(built.contents, "curl", "wget", "app", "grpc_health_probe", "git") == [False, True, True, True, False]


def test_a_stage_can_be_chosen_by_name() -> None:
    text = "FROM python:3.12-slim AS web\nFROM web AS tested\nRUN apt-get install -y curl\n"
    assert [has(read(text, target=name).contents, "curl") for name in ("web", "tested")] == [[False], [True]]
    with pytest.raises(DockerfileError, match="no stage is named 'prod'; there are: tested, web"):
        read(text, target="prod")


def test_a_script_that_may_install_anything_leaves_it_open() -> None:
    built = read("FROM debian:stable-slim\nCOPY install.sh /\nRUN /install.sh\n")
    assert has(built.contents, "curl", "grep") == [None, True]


def test_a_program_of_ones_own_may_be_there_but_a_distributions_is_not() -> None:
    built = read("FROM python:3.12-slim\nCOPY . /app\nRUN pip install -r requirements.txt\n")
    assert has(built.contents, "gunicorn", "/app/check.sh", "ps") == [None, None, False]


def test_what_starts_and_what_is_set_are_read() -> None:
    built = read(
        'FROM node:22\nENV PORT=8080 MODE="a b"\nEXPOSE $PORT 9000/tcp\nENTRYPOINT ["tini","--"]\nCMD node a.js\n'
    )
    assert built.environment == {"PORT": "8080", "MODE": "a b"}
    assert built.ports == (8080, 9000)
    assert (built.contents.entry_point, built.contents.command) == (("tini", "--"), ("/bin/sh", "-c", "node a.js"))


def test_an_entry_point_takes_the_place_of_an_earlier_command() -> None:
    assert read('FROM nginx\nCMD ["x"]\nENTRYPOINT ["y"]\n').contents.command == ()


def test_a_file_without_from_is_no_dockerfile() -> None:
    with pytest.raises(DockerfileError, match="no FROM"):
        read("RUN true\n")


@pytest.mark.parametrize(
    "lines",
    [
        'ARG TOOLS="curl jq"\nRUN apt-get install -y $TOOLS',
        "RUN for tool in curl jq; do apt-get install -y $tool; done",
        "COPY tools.txt .\nRUN xargs apt-get install -y < tools.txt",
        "RUN wget -qO- https://get.example/ | bash",
    ],
)
def test_what_is_installed_under_a_name_that_is_not_read_may_be_there(lines: str) -> None:
    contents = read(f"FROM python:3.11-slim\n{lines}\n").contents
    assert has(contents, "curl", "sh") == [None, True]


def test_commands_in_a_here_document_are_read() -> None:
    contents = read(
        "FROM python:3.11-slim\nRUN <<EOF\nset -e\n# tools\napt-get install -y curl\nEOF\nUSER 1\n"
    ).contents
    assert has(contents, "curl", "wget") == [True, False]


def test_what_a_library_brings_may_be_there() -> None:
    contents = read("FROM python:3.11-slim\nRUN pip install -r requirements.txt\n").contents
    assert has(contents, "supervisorctl", "curl") == [None, False]


def test_a_program_that_no_list_names_is_missing_for_sure_only_where_there_is_nothing() -> None:
    for image, there in (("nginx:1.29", None), ("scratch", False)):
        contents = known(image)
        assert contents is not None
        assert has(contents, "vendors-own-probe") == [there]
