# syntax=docker/dockerfile:1
# The executor. Built with the folder of the whole project as context, for one named platform:
#   docker buildx build --platform linux/arm64 --build-arg ARCHITECTURE=ARM64 --file infra/executor.Dockerfile .
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ENV UV_NO_BUILD=1
WORKDIR /opt/reporting
COPY .ci/setup.py .ci/setup.py
COPY pyproject.toml uv.lock ./
# Exactly what the lock says, hashes checked, wheels only. The tool that does it stays in this stage.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    python .ci/setup.py . --extra executor --no-dev --no-emit-project && rm .venv/locked.txt

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
COPY sql sql
COPY executor executor
# The base holds the standard library without its compiled form: every start would compile what it imports, and keep
# three megabytes of that. It is done here, once, for exactly what a running executor imports.
RUN python -m compileall -q contract sql executor \
    && PYTHONDONTWRITEBYTECODE='' python -c "import executor.cli.main, executor.cli.serving, executor.health"
# The root is read-only when it runs. A volume declared here keeps the rights that /tmp has, for everybody to write.
VOLUME ["/tmp"]
USER 10001:10001
# What deploys is no business of the executor's, nor are commands for a person's machine.
RUN --mount=type=bind,source=infra/smoke.py,target=/smoke.py \
    python /smoke.py contract sql executor --without executor.cli executor.deploy \
    && python -m executor run --help && python -c "import executor.cli.serving"
ENTRYPOINT ["python", "-m", "executor"]
CMD ["run"]
