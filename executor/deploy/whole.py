"""A whole environment, in the order in which its parts need each other.

Stack without programs → images → Snowflake and the users → the stack with the programs → a first report. Each stage
may be repeated; whatever stops one leaves the version before at work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import snowflake.connector

from executor.deploy import (
    ground,
    guard,
    handshake,
    hours,
    images,
    lock,
    opening,
    procedures_zip,
    rest,
    signing_in,
    smoke,
    users,
    versions,
)
from executor.deploy import plan as snowflake_plan
from executor.deploy import snowflake as snowflake_side
from executor.deploy.environment import Environment
from executor.deploy.failed import Failed, Why
from executor.deploy.limit import Limit
from executor.deploy.stack import Proposal, Stack, StackError
from executor.settings import SnowflakeSettings

TEMPLATE: Final = Path("infra/stack.yaml")
_FROM_BEFORE: Final = (
    *versions.KEPT_IMAGES, "ExecutorSecretArn", "RunnerSecretArn", "ExecutorUser", "RunnerUser", "LinksUserArn",
    "LinksExternalId", "DoorbellUserArn", "DoorbellExternalId",
)  # fmt: skip


class GroundError(RuntimeError):
    """Something that a deployment stands on is wrong; the message lists all of it. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Site:
    """What deploys where.

    Attributes:
        environment: what shall be there.
        aws: clients of its region.
        sign_in: how the deployer signs in to Snowflake.
        root: the project's folder.
        build: runs the commands that build images.
        say: told each step.
    """

    environment: Environment
    aws: Callable[[str], Any]
    sign_in: SnowflakeSettings
    root: Path
    build: images.Run
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deployment would do, besides what is built."""

    account: str
    stack: Proposal
    snowflake: snowflake_plan.Plan

    def as_json(self) -> dict[str, Any]:
        """The plan for machines; its keys are stable."""
        return {"account": self.account, "stack": list(self.stack.changes), "snowflake": self.snowflake.as_json()}


class Deployment:
    """One deployment of one environment.

    Args:
        site: what deploys where.
        limit: until when there must be a verdict; it counts from now on.
        why: explains a service that does not come up.

    Attributes:
        limit: what is left of that.
    """

    def __init__(self, site: Site, limit: Limit | None = None, why: Why = lambda _failed: []) -> None:
        self._site, self._why = site, why
        self.limit = limit or Limit()
        self.stack = Stack(site.aws("cloudformation"), site.environment.stack_name, self.limit, site.say)

    def plan(self) -> Plan:
        """Look at everything, and say what would be done.

        Raises:
            GroundError: with everything that is wrong.
            StackError: CloudFormation refuses the template.
        """
        site = self._site
        found = ground.look(site.environment, site.aws, site.sign_in)
        if found.problems:
            lines = "".join(f"\n  {line}" for line in found.problems)
            raise GroundError(f"{site.environment.name} cannot be deployed, nothing was done:{lines}")
        site.say(f"account {found.account} as {found.identity}, {site.environment.region}; Snowflake: reached")
        self.stack.settle()
        before = self.stack.parameters()
        kept = {name: before[name] for name in _FROM_BEFORE if before.get(name)}
        return Plan(
            account=found.account,
            stack=self.stack.propose(self._template(), {**self._parameters(before), **kept}),
            snowflake=snowflake_side.planned(bucket=site.environment.bucket(found.account), **self._queue()),
        )

    def carry_out(self, plan: Plan) -> versions.Version:
        """Do what was planned; answers with the version that is at work then.

        Raises:
            StackError: a resource failed; the message says which, why, and what is at work.
            ImageError: an image could not be built or pushed.
            DeployError: a script was refused.
            SmokeError: the first report did not succeed.
            DeployedElsewhereError: somebody else deploys.
            LockedError: somebody else deploys the Snowflake side.
            snowflake.connector.errors.Error: Snowflake refused a statement, or cannot be reached.
        """
        site, environment = self._site, self._site.environment
        site.say(f"stack {self.stack.name}: {len(plan.stack.changes)} changes")
        where = (site.aws("s3"), environment.bucket(plan.account), environment.name, site.say)
        with guard.held_over(*where, lambda: self.stack.execute(plan.stack)) as left_behind:
            outputs = self.stack.outputs()
            registry = images.Registry(
                site.aws("ecr"), environment.name, environment.architecture, site.root, environment.base_image
            )
            with self.limit.stands_still():
                built = images.ensure(registry, site.say, site.build)
            site.say(f"images: in the registry; a verdict follows within {self.limit.left_s:.0f} s")
            trusted = self._snowflake_side(outputs, left_behind=left_behind)
            named = {f"{name.capitalize()}Image": address for name, address in built.items()}
            self._watched({**self._parameters(self.stack.parameters()), **named, **trusted}, outputs)
            self.smoke()
            kept = versions.Versions(site.aws("s3"), outputs["Bucket"], environment.name)
            return kept.keep(named, procedures_zip.build()[0])

    def smoke(self) -> None:
        """Let one report go the whole way.

        Raises:
            SmokeError: it did not arrive.
        """
        site = self._site
        arguments = signing_in.explicit(site.sign_in.connect_arguments(site.environment.names()))
        with snowflake.connector.connect(**arguments, paramstyle="qmark") as connection:
            smoke.check_leader(connection)
            smoke.run(connection, site.say, self.limit, lambda: opening.drain(self.stack, site.aws("ecs"), site.say))

    def go_back(self, to: versions.Version) -> None:
        """Let an earlier version's programs and procedures work again; tables stay as they are.

        Raises:
            StackError: the programs did not come up; what was at work is at work.
            DeployError: a script was refused.
            SmokeError: the first report did not succeed.
        """
        site, outputs = self._site, self.stack.outputs()
        with guard.held(site.aws("s3"), outputs["Bucket"], site.environment.name, site.say):
            self.stack.settle()
            before = self.stack.parameters()
            self._watched({**before, **to.images}, outputs)
            snowflake_side.use_code(to.code, bucket=outputs["Bucket"], **self._queue())
            site.say(f"procedures' code: {to.code}")
            self.smoke()

    def begin(self) -> None:
        """Count the time anew: a person's answer is not AWS's."""
        self.limit.begin()

    def _snowflake_side(self, outputs: Mapping[str, str], *, left_behind: bool) -> dict[str, str]:
        site, environment = self._site, self._site.environment
        keys = users.ensure_keys(environment, site.aws("secretsmanager"))
        arguments = signing_in.explicit(site.sign_in.connect_arguments(environment.names()))
        alone = {key: value for key, value in arguments.items() if key not in {"database", "schema", "warehouse"}}
        with snowflake.connector.connect(**alone) as connection:
            trusted = handshake.ensure(connection, environment, outputs)
            site.say("integrations: Snowflake knows bucket and topic, and whom the roles have to trust")
            rest.Rest(site.aws("s3"), outputs["Bucket"], environment.name).end(
                connection, environment.names(), site.say
            )
            # Whoever held the other lock held this one, too; what is dead here is dead there.
            snowflake_side.deploy(
                bucket=outputs["Bucket"],
                say=site.say,
                stale_lock_after_s=0.0 if left_behind else lock.STALE_AFTER_S,
                **self._queue(),
            )
            users.ensure(connection, environment, keys, outputs, site.say)
        for program, (arn, _) in keys.items():
            trusted[f"{program.capitalize()}SecretArn"] = arn
            trusted[f"{program.capitalize()}User"] = environment.user(program)
        return trusted

    def _watched(self, parameters: Mapping[str, str], outputs: Mapping[str, str]) -> None:
        began = datetime.now(UTC)  # noqa: TID251 - the edge reads the clock
        proposal = self.stack.propose(self._template(), parameters)
        self._site.say(f"executor: {len(proposal.changes)} changes")
        try:
            self.stack.execute(proposal)
        except StackError as error:
            found = self._why(Failed(outputs["Cluster"], outputs["ServiceName"], began))
            raise StackError("\n  ".join([str(error), *found])) from error
        until = ", until its next stop" if opening.start_outside(self.stack, self._site.aws("ecs")) else ""
        self._site.say(f"executor: at work{until}")

    def _template(self) -> str:
        return (self._site.root / TEMPLATE).read_text(encoding="utf-8")

    def _queue(self) -> dict[str, Any]:
        environment = self._site.environment
        return {
            "installation": environment.name,
            "names": environment.names(),
            "snowflake_settings": self._site.sign_in,
        }

    def _parameters(self, before: Mapping[str, str]) -> dict[str, str]:
        one, there = self._site.environment, self._site.environment.snowflake
        return {
            **hours.kept(before),
            "Environment": one.name,
            "Architecture": one.architecture,
            "VpcId": one.vpc,
            "SubnetIds": ",".join(one.subnets),
            "AssignPublicIp": str(one.assign_public_ip).lower(),
            "SnowflakeAccount": there.account,
            "SnowflakeHost": there.host,
            "SnowflakePort": str(there.port),
            "SnowflakeProtocol": there.protocol,
            "Database": there.database,
            "Schema": there.schema_name,
            "Warehouse": there.warehouse,
            **{name: str(value) for name, value in one.stack.items()},
        }
