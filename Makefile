# Works with GNU Make 3.81 (macOS) and later; every path is relative, so the folder's own path may hold spaces.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?=
# Three at a time on two cores, because servers and tasks are waited for; in the order of tests/together.py, what shares servers stays together, so that they start once.
PYTEST_ARGS ?= -n 3
BENCH_ARGS ?=
SOAK_ARGS ?=
CHAOS_ARGS ?=
IMAGE_ARGS ?=
DEPLOY_ARGS ?=
BIN := .venv/bin
PROCEDURES := tests/procedure_packages/oldest tests/procedure_packages/newest

.PHONY: help setup demo up doctor test test-thorough test-deployment test-browser check simulate format bench bench-executor bench-runner bench-local soak chaos verify-account image deploy rollback hours destroy recover clean
.PHONY: format-check lint types layers house

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "Every target sets up what it needs. PYTHON=/path/to/python3.11 chooses another Python (3.11 or 3.12)."

setup: .venv/.ready ## make .venv with everything that the lock names
	@:

demo: .venv/.ready ## the whole way on this machine: local cloud, executor, CALL, reports in build/demo/
	@$(BIN)/reporting demo

up: .venv/.ready ## the same stack in the foreground for your own clients; Ctrl-C stops it, .local/ keeps the data
	@$(BIN)/reporting up

doctor: .venv/.ready ## the checks of the deployment that the environment names; DOCTOR_ARGS=... goes to reporting doctor
	@$(BIN)/reporting doctor $(DOCTOR_ARGS)

test: .venv/.ready tests/clients/.venv/.ready $(PROCEDURES:%=%/.venv/.ready) ## the test suite, 2,000 seeded scenarios among it; PYTEST_ARGS=... goes to pytest
	@$(BIN)/pytest --without-thorough --seeds 2000 $(PYTEST_ARGS)

test-thorough: .venv/.ready tests/clients/.venv/.ready ## what make test leaves out: restarts, kills, upgrades, fifty callers; minutes more
	@$(BIN)/pytest -m thorough --ignore=tests/acceptance/deployment $(PYTEST_ARGS)

test-deployment: .venv/.ready ## make deploy, rollback, destroy of ENV=local, with all that may fail on the way; minutes
	@$(BIN)/pytest tests/acceptance/deployment $(PYTEST_ARGS)

test-browser: .venv/.ready ## the HTML of the business reports in a headless Chromium of this machine: values, requests, phone, print
	@$(BIN)/pytest -n 0 tests/browser

check: format-check lint types layers house ## format, lint, types, layers, house rules; make -k check goes on after a failure

format-check: .venv/.ready
	$(BIN)/ruff format --check .

lint: .venv/.ready
	$(BIN)/ruff check .

types: .venv/.ready
	$(BIN)/mypy
	$(BIN)/mypy .ci/setup.py

layers: .venv/.ready
	$(BIN)/lint-imports

house: .venv/.ready
	$(BIN)/pytest -q tests/house

format: .venv/.ready ## write the format, repair what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.ready bench-executor bench-runner ## executor and runner beside what most teams write, hours; BENCH_ARGS="--small" is minutes

bench-executor: .venv/.ready build/executor/.venv/.ready ## the executor's figures in one table; BENCH_ARGS="--small", or names
	@$(BIN)/python -m benchmarks.executor $(BENCH_ARGS)

bench-runner: .venv/.ready benchmarks/runner/rival/.venv/.ready ## the runner beside a pandas script; BENCH_ARGS="--small"
	@$(BIN)/python -m benchmarks.runner $(BENCH_ARGS)

bench-local: .venv/.ready ## the local cloud beside plain fakesnow and moto: speed, start, memory of large answers, CALLs
	@$(BIN)/python -m benchmarks.local_cloud_speed
	@$(BIN)/python -m benchmarks.local_cloud_results
	@$(BIN)/python -m benchmarks.procedure_calls

soak: .venv/.ready ## the whole stack under load for 30 minutes after a warm-up: does anything grow or fail; SOAK_ARGS="--minutes 2"
	@$(BIN)/python -m benchmarks.soak $(SOAK_ARGS)

simulate: .venv/.ready ## of make test only the scenarios: 2,000 of 20 jobs and 10 of 1,000 in virtual time
	@$(BIN)/pytest -n 2 tests/simulation/test_seeds.py --seeds 2000

chaos: .venv/.ready ## executors killed, frozen and cut off while jobs run, and the jobs counted; CHAOS_ARGS="--size small"
	@$(BIN)/python -m tests.chaos $(CHAOS_ARGS)

verify-account: .venv/.ready ## what only a real account can prove, step by step, in the one that the settings name
	@$(BIN)/python -m tests.account $(STEPS)

image: .venv/.ready ## build the images with Docker and push them to the registry of ENV=...; IMAGE_ARGS="--architecture X86_64"
	@$(BIN)/reporting deploy images $(ENV) $(IMAGE_ARGS)

deploy: .venv/.ready ## all of an environment, from nothing or from the version before; ENV=local is this machine; DEPLOY_ARGS="--plan"
	@$(BIN)/reporting deploy --env "$(ENV)" $(DEPLOY_ARGS)

rollback: .venv/.ready ## let the version before work again in ENV=...; DEPLOY_ARGS="--to 3"
	@$(BIN)/reporting rollback --env "$(ENV)" $(DEPLOY_ARGS)

hours: .venv/.ready ## when the executor of ENV=... runs; DEPLOY_ARGS="--from 06:00 --to 20:00 --zone Europe/Berlin" sets it
	@$(BIN)/reporting hours --env "$(ENV)" $(DEPLOY_ARGS)

recover: .venv/.ready ## put lost states, history and requests back from the files of ENV=..., or of what the settings name
	@$(BIN)/reporting recover $(if $(ENV),--env "$(ENV)") $(DEPLOY_ARGS)

destroy: .venv/.ready ## remove ENV=... but for its data, which are listed
	@$(BIN)/reporting destroy --env "$(ENV)" $(DEPLOY_ARGS)

clean: ## remove environments, caches and build/; the data of make up in .local/ stays
	rm -rf .venv .tools tests/clients/.venv tests/procedure_packages/*/.venv benchmarks/runner/rival/.venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Finds a Python 3.11 or 3.12 that really starts (a shim on the PATH may not) and hands it a script.
run_python = \
	for found in $(if $(PYTHON),"$(PYTHON)",python3.11 python3.12 python3 python); do \
		if "$$found" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then \
			exec "$$found" $(1); \
		fi; \
	done; \
	echo 'setup: no Python 3.11 or 3.12 found ($(if $(PYTHON),PYTHON=$(PYTHON) is none,tried python3.11 python3.12 python3 python)). Install one, or name it: make PYTHON=/path/to/python3.11' >&2; \
	exit 1

.venv/.ready: pyproject.toml uv.lock .ci/setup.py
	@$(call run_python,.ci/setup.py . --all-extras)
	@touch $@

# What the executor's image holds and nothing else, for its benchmarks: memory is what is imported first of all.
build/executor/.venv/.ready: pyproject.toml uv.lock .ci/setup.py | .venv/.ready
	@mkdir -p build/executor
	@cp pyproject.toml uv.lock build/executor/
	@$(call run_python,.ci/setup.py build/executor --extra executor --no-dev --no-emit-project)
	@touch $@

# The official Snowflake and AWS command lines, which the tests use as strangers would.
tests/clients/.venv/.ready: tests/clients/pyproject.toml tests/clients/uv.lock .ci/setup.py | .venv/.ready
	@$(call run_python,.ci/setup.py tests/clients)
	@touch $@

# What Snowflake gives our procedures, with the oldest and with the newest pydantic that the contract takes.
$(PROCEDURES:%=%/.venv/.ready): %/.venv/.ready: %/pyproject.toml %/uv.lock .ci/setup.py | .venv/.ready
	@$(call run_python,.ci/setup.py $*)
	@touch $@

# The script that most teams write, which the benchmark of the runner measures beside ours.
benchmarks/runner/rival/.venv/.ready: benchmarks/runner/rival/pyproject.toml benchmarks/runner/rival/uv.lock .ci/setup.py
	@$(call run_python,.ci/setup.py benchmarks/runner/rival)
	@touch $@
