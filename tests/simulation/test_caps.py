"""The caps hold while everything gets its turn."""

import pytest

from contract.policy import NO_CAPS, Caps
from contract.states import TERMINAL, JobState
from tests.jobs import definition
from tests.simulation.world import World


@pytest.mark.parametrize("caps", [Caps(per_type=3), Caps(per_requester=2), NO_CAPS])
async def test_p11_the_caps_of_types_and_requesters_hold_and_everything_gets_its_turn(world: World, caps: Caps) -> None:
    for name in ("SALES_REPORT", "OTHER_REPORT"):
        world.define(name, definition())
    world.executor(max_running_per_type=caps.per_type, max_running_per_requester=caps.per_requester)
    for number in range(12):
        world.ask(report_type="SALES_REPORT" if number % 3 else "OTHER_REPORT")

    def ended() -> bool:
        busy = [row.job for row in world.store.state.values() if row.job.task_arn and row.job.status not in TERMINAL]
        for cap, key in ((caps.per_type, "report_type"), (caps.per_requester, "requested_by")):
            for value in {getattr(job, key) for job in busy}:
                assert cap is None or sum(getattr(job, key) == value for job in busy) <= cap, "caps_never_exceeded"
        return all(world.status(asked.request) is JobState.SUCCEEDED for asked in world.store.intake.values())

    await world.until(ended, within_s=300)
