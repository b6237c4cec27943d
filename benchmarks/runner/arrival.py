"""Reads a query's rows as the runner does, and drops them: the pace at which a result arrives.

``python -m benchmarks.runner.arrival``, with the environment of a runner. Its last line says what it took, as JSON.
"""

import json
import os

from contract.task_spec import SPEC_ENV, TaskSpec
from runner.settings import snowflake_arguments
from runner.source import Source
from runner.usage import usage_so_far


def main() -> None:
    """Read all rows of the first query."""
    spec = TaskSpec.model_validate_json(os.environ[SPEC_ENV])
    source = Source.connect(snowflake_arguments(os.environ), spec)
    rows = sum(batch.num_rows for batch in source.run(spec.definition.queries[0], ()).batches)
    used = usage_so_far()
    print(json.dumps({"rows": rows, "cpu_s": used.cpu_seconds, "peak_mb": used.peak_memory_mb}))


if __name__ == "__main__":
    main()
