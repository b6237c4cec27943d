"""The theory that a container cannot sign in to Snowflake, or not get there, as far as its settings tell."""

from collections.abc import Iterator
from typing import Any, Final

from contract import sign_in
from contract.account_name import FORMS, wrong
from doctor.checks.frame import Fault, Severity
from doctor.health_checks.checks import UNKNOWN_TEXT
from doctor.offline.documents import Definition, Documents, items, known, objects, part, text
from doctor.offline.frame import FileCheck

_PREFIX: Final = "SNOWFLAKE_"
_HTTP: Final = 80


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        for entry in definition.containers:
            where = definition.at(entry)
            plain = {text(one.get("name")): text(one.get("value")) for one in objects(entry.get("environment"))}
            account = plain.get("SNOWFLAKE_ACCOUNT", "")
            if known(account) and account and (why := wrong(account)):
                yield Fault(f"{where}: SNOWFLAKE_ACCOUNT `{account}` {why}", f"Write it as {FORMS}.")
            yield from _of_ways(where, entry, plain)
    for definition in documents.definitions:
        if any(text(one.get("name")).startswith(_PREFIX) for each in definition.containers for one in _named(each)):
            yield from _of_groups(documents, definition)


def _named(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [*objects(entry.get("environment")), *objects(entry.get("secrets"))]


def _of_ways(where: str, entry: dict[str, Any], plain: dict[str, str]) -> Iterator[Fault]:
    """Whether the variables make one whole way to sign in; what a secret holds nobody can tell here."""
    if not plain.get("SNOWFLAKE_AUTHENTICATOR") or not known(plain["SNOWFLAKE_AUTHENTICATOR"]):
        return  # a program of somebody's own may read other names
    listed = [*items(entry.get("environment")), *items(entry.get("secrets"))]
    if not all(isinstance(one, dict) and known(one.get("name")) for one in listed):
        return
    hidden = {text(one.get("name")): UNKNOWN_TEXT for one in objects(entry.get("secrets"))}
    given = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in (plain | hidden).items()
        if name.startswith(_PREFIX) and value
    }
    unknown = {f"{_PREFIX}{name.upper()}" for name, value in given.items() if not known(value)}
    for problem in sign_in.problems(given, is_file=lambda _: True, service=True):
        if problem.field not in unknown:
            yield Fault(f"{where}: {problem}", "docs/how-to/sign-in.md tells each way, and what it needs.")


def _of_groups(documents: Documents, definition: Definition) -> Iterator[Fault]:
    """Whether the groups of its services let its certificate checks out."""
    for service in documents.services:
        if service.definition is not definition or service.stack is None:
            continue
        network = part(part(service.source, "NetworkConfiguration"), "AwsvpcConfiguration")
        for value in items(network.get("SecurityGroups")):
            group = service.stack.named(value)
            out = group.properties.get("SecurityGroupEgress") if group else None
            if group is not None and out and known(out) and not any(_lets_out(rule) for rule in objects(out)):
                where = f"{service.stack.where}: {group.name}"
                says = f"{where} lets no TCP 80 out, by which Snowflake's certificates are checked"
                yield Fault(says, "Allow 80 outbound beside 443.", Severity.WARNING)


def _lets_out(rule: dict[str, Any]) -> bool:
    low, high = rule.get("FromPort", 0), rule.get("ToPort", 65535)
    return text(rule.get("IpProtocol")) == "-1" or int(low) <= _HTTP <= int(high)


SNOWFLAKE: Final = FileCheck(
    "snowflake_sign_in",
    "Every container that signs in to Snowflake names the account in its form and one whole way to sign in",
    Severity.ERROR,
    ("definitions",),
    "A pasted address, half a key pair or a password of a service user is refused at each start; without port 80 the"
    " connector waits for certificate checks.",
    _look,
)
