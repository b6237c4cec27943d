# syntax=docker/dockerfile:1
# The runner: data files and XLSX; with EXTRAS="--extra runner --extra documents" also charts, HTML and PDF, which weigh
# more than all the rest. Built with the folder of the whole project as context, for one named platform:
#   docker buildx build --platform linux/arm64 --build-arg ARCHITECTURE=ARM64 --file infra/runner.Dockerfile .
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ARG EXTRAS="--extra runner"
ENV UV_NO_BUILD=1
WORKDIR /opt/reporting
COPY .ci/setup.py .ci/setup.py
COPY pyproject.toml uv.lock ./
# Exactly what the lock says, hashes checked, wheels only. The tool that does it stays in this stage.
# hadolint ignore=SC2086
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    python .ci/setup.py . ${EXTRAS} --no-dev --no-emit-project && rm .venv/locked.txt

FROM ${BASE}
ARG ARCHITECTURE
# An image for another processor than its tasks' fails here and not as "exec format error" in an account.
RUN python -c "import platform, sys; sys.exit({'ARM64': 'aarch64', 'X86_64': 'x86_64'}['${ARCHITECTURE}'] != platform.machine())"
ENV PATH=/opt/reporting/.venv/bin:$PATH \
    PYTHONPATH=/opt/reporting \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp
WORKDIR /opt/reporting
COPY --from=build /opt/reporting/.venv .venv
COPY contract contract
COPY runner runner
# The base holds the standard library without its compiled form: every task would compile what it imports. It is done here,
# once, for what each of them imports.
RUN python -m compileall -q contract runner \
    && PYTHONDONTWRITEBYTECODE='' python -c "import runner.__main__, botocore.session, pyarrow, snowflake.connector"
# The root is read-only when it runs. A volume declared here keeps the rights that /tmp has, for everybody to write.
VOLUME ["/tmp"]
USER 10001:10001
# What documents are made of is tried where it is meant to be.
ARG WITHOUT="--without runner.documents runner.writers.html runner.writers.pdf runner.writers.shown"
RUN --mount=type=bind,source=infra/smoke.py,target=/smoke.py \
    python /smoke.py contract runner ${WITHOUT}
ENTRYPOINT ["python", "-m", "runner"]
