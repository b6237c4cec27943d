"""The check of the rate: Fargate launches no more tasks per second than the account's quota says."""

from typing import Final

from contract.resources import Capacity
from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place

# Codes of burst and sustained rate (per second), from the Fargate page of Service Quotas.
_ON_DEMAND: Final = ("L-6BAD92DD", "L-551A4E9D", "on demand")
_SPOT: Final = ("L-F6E37E82", "L-FAA52651", "Spot")


class LaunchRate:
    """The account's quotas of launches."""

    id = "launch_rate"
    question = "Fargate launches tasks as fast as the executor is told to"
    severity = Severity.WARNING
    reads = ("servicequotas:GetServiceQuota",)
    theory = (
        "Younger regions launch 5 tasks a second instead of 20, and all of the account share it: what is asked for"
        " beyond is refused as throttled, and asked again."
    )

    def look(self, place: Place) -> list[Fault]:
        """Compare both quotas with the settings."""
        if place.is_local:
            raise NotAskedError("the local cloud has no quotas")
        settings = place.settings
        kinds = [_ON_DEMAND] if settings.capacity is Capacity.ON_DEMAND else [_ON_DEMAND, _SPOT]
        found: list[Fault] = []
        for burst, sustained, kind in kinds:
            for code, setting, wanted in (
                (sustained, "REPORTING_LAUNCHES_PER_S", settings.launches_per_s),
                (burst, "REPORTING_LAUNCH_BURST", float(settings.launch_burst)),
            ):
                answer = place.aws("service-quotas", "get_service_quota", ServiceCode="fargate", QuotaCode=code)
                value = float(answer["Quota"]["Value"])
                if value < wanted:
                    says = f"{setting} is {wanted:g}, Fargate {kind} launches {value:g} here ({code})"
                    command = "aws service-quotas request-service-quota-increase --service-code fargate"
                    remedy = f"Set {setting}={value:g}, or: {command} --quota-code {code} --desired-value {wanted:g}"
                    found.append(Fault(says, remedy))
        return found
