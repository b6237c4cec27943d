"""Alarms and dashboards."""

from typing import Any

from local_cloud.aws.cloudformation.kinds.kind import Hands, Kind, Made, Properties, tag_list

_NUMBERS = {"Period": int, "EvaluationPeriods": int, "DatapointsToAlarm": int, "Threshold": float}
_TEXTS = {
    "AlarmName", "AlarmDescription", "AlarmActions", "OKActions", "Namespace", "MetricName", "Dimensions", "Statistic",
    "ComparisonOperator", "TreatMissingData",
}  # fmt: skip


def _make_alarm(hands: Hands, properties: Properties) -> Made:
    request: dict[str, Any] = {key: value for key, value in properties.items() if key in _TEXTS}
    request |= {key: number(properties[key]) for key, number in _NUMBERS.items() if key in properties}
    watch, name = hands.client("cloudwatch"), str(properties["AlarmName"])
    watch.put_metric_alarm(**request, Tags=tag_list(properties))
    (found,) = watch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return Made(name, {"Arn": str(found["AlarmArn"])})


ALARM = Kind(
    knows=frozenset({"Tags", *_TEXTS, *_NUMBERS}),
    make=_make_alarm,
    change=lambda hands, _made, _before, after: _make_alarm(hands, after),
    delete=lambda hands, made, _properties: hands.client("cloudwatch").delete_alarms(AlarmNames=[made.physical_id]),
    fixed=frozenset({"AlarmName"}),
)


def _make_dashboard(hands: Hands, properties: Properties) -> Made:
    name = str(properties["DashboardName"])
    hands.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=properties["DashboardBody"])
    return Made(name)


def _delete_dashboard(hands: Hands, made: Made, _properties: Properties) -> None:
    watch = hands.client("cloudwatch")
    try:
        watch.delete_dashboards(DashboardNames=[made.physical_id])
    except watch.exceptions.DashboardNotFoundError:
        return


DASHBOARD = Kind(
    knows=frozenset({"DashboardName", "DashboardBody", "Tags"}),
    make=_make_dashboard,
    change=lambda hands, _made, _before, after: _make_dashboard(hands, after),
    delete=_delete_dashboard,
    fixed=frozenset({"DashboardName"}),
)
