"""Metrics as lines of CloudWatch's embedded metric format on standard output, which the log driver carries there.

The format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TextIO

from executor.core.metrics import FORMS, Measure, Metric

NAMESPACE: Final = "Reporting"
MOST_VALUES: Final = 100
"""So many values one line may hold of one metric (the format's specification)."""
KEPT: Final = 10_000
"""So many values of one metric are kept until they are written; of more, the latest."""


class EmbeddedMetrics:
    """The ``Metrics`` port on CloudWatch, without a call to it."""

    def __init__(self, installation: str, out: TextIO | None = None) -> None:
        """Lines go to ``out``, else to standard output."""
        self._installation, self._out = installation, out or sys.stdout
        self._values: dict[tuple[Metric, str | None], list[float]] = defaultdict(list)

    def add(self, measure: Measure) -> None:
        """Keep a value until the next write; counts are summed."""
        values = self._values[measure.metric, measure.of]
        if FORMS[measure.metric].unit == "Count" and measure.metric is not Metric.FLUSH_ROWS:
            values[:] = [sum(values) + measure.value]
        elif len(values) < KEPT:
            values.append(measure.value)

    def write(self, now: datetime) -> None:
        """Write what was measured since the last time, a line for each dimension and each hundred values."""
        kept, self._values = self._values, defaultdict(list)
        by_dimension: dict[tuple[str | None, str | None], dict[Metric, list[float]]] = defaultdict(dict)
        for (metric, of), values in kept.items():
            by_dimension[FORMS[metric].dimension, of][metric] = values
        for (_, of), metrics in by_dimension.items():
            for start in range(0, max(map(len, metrics.values())), MOST_VALUES):
                part = {metric: values[start : start + MOST_VALUES] for metric, values in metrics.items()}
                line = self._line(now, of, {metric: values for metric, values in part.items() if values})
                self._out.write(json.dumps(line) + "\n")
        self._out.flush()

    def _line(self, now: datetime, of: str | None, metrics: Mapping[Metric, list[float]]) -> dict[str, Any]:
        own = sorted({str(form.dimension) for metric in metrics if (form := FORMS[metric]).dimension})
        described = {
            "Namespace": NAMESPACE,
            "Dimensions": [["Installation", *own]],
            "Metrics": [{"Name": str(metric), "Unit": FORMS[metric].unit} for metric in metrics],
        }
        return {
            "_aws": {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [described]},
            "action": "metrics",
            "Installation": self._installation,
            **dict.fromkeys(own, of),
            **{str(metric): values[0] if len(values) == 1 else values for metric, values in metrics.items()},
        }
