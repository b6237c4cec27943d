"""Plans the trouble of a scenario along its time, and ends it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from contract.commands import ALL_TYPES, CommandKind
from contract.states import JobState
from tests.simulation.seeded.aging_lease import AgingLease
from tests.simulation.seeded.plan import TYPES, Fault
from tests.simulation.seeded.process import Process

if TYPE_CHECKING:
    from tests.simulation.seeded.stage import Stage


class Trouble:
    """Each kind strikes a few times, at moments that the seed decides."""

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage
        self._number = 0
        self._more = 4
        self._nobody = False

    def begin(self) -> None:
        """Start the executors, and plan what will happen to them and to the world."""
        stage = self._stage
        plan, dice = stage.plan, stage.dice
        for number in range(plan.executors):
            begins_s = 0.0 if number == 0 else dice.choice((0.0, dice.uniform(0, plan.trouble_s)))
            self._at(begins_s, self._start)
        for fault, strikes in self._strikes().items():
            if plan.has(fault):
                for _ in range(dice.choice((1, 1, 2, 4))):
                    self._at(dice.uniform(0.5, plan.trouble_s), strikes)
        stage.launcher.unseen_s = dice.uniform(5, 45) if plan.has(Fault.UNSEEN) else 0.0
        if plan.has(Fault.SKEW):
            stage.containers.clock_off_s = dice.uniform(-600, 600)
            stage.struck(Fault.SKEW)

    def meanwhile(self) -> None:
        """A statement waits just now, or goes on alone: the best moment for something else."""
        worse = [fault for fault in (Fault.STOP, Fault.KILL, Fault.LEASE_DELETED) if self._stage.plan.has(fault)]
        if worse and self._more > 0 and self._stage.dice.random() < 0.5:
            self._more -= 1
            self._at(self._stage.dice.uniform(0, 0.5), self._strikes()[self._stage.dice.choice(worse)])

    def _strikes(self) -> dict[Fault, Callable[[], None]]:
        stage, dice = self._stage, self._stage.dice
        return {
            Fault.KILL: self._kill,
            Fault.KILL_AT_STEP: lambda: self._any().strikes_in(dice.randrange(1, 60), Fault.KILL_AT_STEP),
            Fault.FREEZE: self._freeze,
            Fault.FREEZE_AT_STEP: lambda: self._any().strikes_in(dice.randrange(1, 60), Fault.FREEZE_AT_STEP),
            Fault.STOP: self._stop,
            Fault.STORE_AWAY: lambda: self._be_away("store", Fault.STORE_AWAY),
            Fault.AWS_AWAY: lambda: self._be_away("aws", Fault.AWS_AWAY),
            Fault.THROTTLED: stage.answer_next,
            Fault.NO_ROOM: stage.answer_next,
            Fault.FORBIDDEN: stage.answer_next,
            Fault.FORGOTTEN: self._forget,
            Fault.LEASE_DELETED: self._delete_lease,
            Fault.RIVAL: self._rival,
            Fault.ROW_GONE: self._lose_row,
            Fault.DAY_PASSES: self._let_a_day_pass,
            Fault.CANCEL: self._cancel,
            Fault.PAUSE: self._pause,
            Fault.STOP_LOST: self._lose_stops,
        }

    def end(self) -> None:
        """Everything works again, and one executor at least is there."""
        stage = self._stage
        stage.calm = True
        stage.store.order(CommandKind.RESUME, ALL_TYPES)
        stage.be_away("store", 0)
        stage.be_away("aws", 0)
        stage.launcher._next.clear()
        for process in stage.processes:
            process.wake_up()
            if process.lease is not stage.lease:
                process.kill()
        if not self._alive():
            self._start()
        if all(stage.store.state.get(key) and not stage.store.state[key].open for key in stage.store.intake):
            stage.over.set()

    def _at(self, seconds: float, what: Callable[[], object]) -> None:
        asyncio.get_running_loop().call_later(seconds, lambda: None if self._stage.calm or self._nobody else what())

    def _start(self) -> None:
        self._number += 1
        self._stage.start(f"executor-{self._number}")

    def _alive(self) -> list[Process]:
        return [process for process in self._stage.processes if not process.dead and not process.stopping]

    def _any(self) -> Process:
        alive = self._alive()
        if not alive:
            self._start()
        # Mostly the one that leads: trouble with the others is no trouble.
        leads = [process for process in alive if process.name == (self._leader() or "")]
        return leads[0] if leads and self._stage.dice.random() < 0.8 else self._stage.dice.choice(self._alive())

    def _leader(self) -> str | None:
        row = self._stage.store.leader_row
        return row.holder if row else None

    def _kill(self) -> None:
        self._stage.struck(Fault.KILL)
        self._any().kill()
        self._at(self._stage.dice.choice((0.5, 5.0, 30.0)), self._start)

    def _freeze(self) -> None:
        self._stage.struck(Fault.FREEZE)
        self._any().stand_still()

    def _stop(self) -> None:
        self._stage.struck(Fault.STOP)
        self._any().stop()
        self._at(self._stage.dice.choice((0.5, 5.0, 30.0)), self._start)

    def _be_away(self, part: str, fault: Fault) -> None:
        self._stage.struck(fault)
        self._stage.be_away(part, self._stage.dice.choice((2.0, 15.0, 40.0, 90.0)))

    def _forget(self) -> None:
        # ECS keeps a stopped task for an hour at least; after a longer outage it and its token are gone.
        stage = self._stage
        for task in stage.launcher.tasks.values():
            if task.view(stage.clock.now()).stopped and stage.dice.random() < 0.5:
                task.forgotten = True
                stage.struck(Fault.FORGOTTEN)

    def _delete_lease(self) -> None:
        self._stage.struck(Fault.LEASE_DELETED)
        self._stage.lease.remove()

    def _rival(self) -> None:
        self._stage.struck(Fault.RIVAL)
        self._number += 1
        self._stage.start(f"rival-{self._number}", AgingLease(self._stage.clock.monotonic_s))

    def _let_a_day_pass(self) -> None:
        # Best when a launch is on its way: its task may be there, and its row does not say so yet.
        rows = self._stage.store.state.values()
        if any(row.job.status is JobState.CLAIMED and row.job.launch_token is not None for row in rows):
            self._let_a_day_pass_now()
        else:
            self._at(0.5, self._let_a_day_pass)

    def _let_a_day_pass_now(self) -> None:
        # ECS keeps a token for a day at most: nobody asks for so long, and the tasks that run on are long ones.
        stage = self._stage
        for process in stage.processes:
            process.kill()
        stage.struck(Fault.DAY_PASSES)
        self._nobody = True
        asyncio.get_running_loop().call_later(40.0, self._a_day_later)

    def _a_day_later(self) -> None:
        if self._stage.calm:
            return
        self._nobody = False
        launcher = self._stage.launcher
        launcher._calls.clear()
        for task in launcher.tasks.values():
            if task.view(self._stage.clock.now()).stopped:
                task.forgotten = True
        launcher.unseen_s = 0.0
        self._start()

    def _cancel(self) -> None:
        asked = sorted({row.request.job_id for row in self._stage.store.intake.values()})
        for job_id in self._stage.dice.sample(asked, min(len(asked), 2)):
            self._stage.store.order(CommandKind.CANCEL, job_id)
            self._stage.struck(Fault.CANCEL)

    def _pause(self) -> None:
        self._stage.store.order(CommandKind.PAUSE, self._stage.dice.choice(TYPES))
        self._stage.store.order(CommandKind.PRUNE, keep_days=30)
        self._stage.struck(Fault.PAUSE)

    def _lose_stops(self) -> None:
        self._stage.launcher.lose_stops(2)
        self._stage.struck(Fault.STOP_LOST)

    def _lose_row(self) -> None:
        # Only one that nothing was launched for yet and that was asked for once: all else is for recovery.
        rows = self._stage.store.state
        asked = Counter(row.request.job_id for row in self._stage.store.intake.values())
        lost = [
            key
            for key, row in rows.items()
            if row.job.status is JobState.CLAIMED
            and row.job.attempt == 1
            and row.job.launch_token is None
            and asked[row.job.job_id] == 1
        ]
        if lost:
            self._stage.struck(Fault.ROW_GONE)
            del rows[self._stage.dice.choice(lost)]
