"""Clients of AWS read certificate authorities once, and verify as ever."""

import ssl
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from executor.adapters.lean_aws import lean
from executor.adapters.lean_tls import one_tls_context

SERVICES = ("ecs", "s3", "sqs")


async def contexts(*configs: AioConfig, proxy: str | None = None, **more: Any) -> list[ssl.SSLContext]:
    """What the clients of one session verify with: each service with each configuration."""
    session: Any = one_tls_context(lean(get_session()))
    session.set_credentials("AKIDEXAMPLE", "secret")
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                session.create_client(service, region_name="eu-central-1", config=config, **more)
            )
            for service in SERVICES
            for config in configs or (AioConfig(read_timeout=20),)
        ]
        return [client._endpoint.http_session._build_ssl_contexts(proxy)[0] for client in clients]


async def test_all_clients_share_one_context_that_verifies_who_answers() -> None:
    one, *others = await contexts()
    assert all(other is one for other in others)
    assert (one.verify_mode, one.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert one.cert_store_stats()["x509_ca"] > 100


async def test_who_trusts_others_has_a_context_of_its_own(tmp_path: Path) -> None:
    few = tmp_path / "authority.pem"
    first = (await contexts())[0].get_ca_certs(binary_form=True)[0]
    few.write_text(ssl.DER_cert_to_PEM_cert(first), encoding="ascii")
    by_file = await contexts(verify=str(few))
    assert {context.cert_store_stats()["x509"] for context in by_file} == {1}
    assert {context.verify_mode for context in await contexts(verify=False)} == {ssl.CERT_NONE}


async def test_what_a_proxy_changes_is_not_shared() -> None:
    found = await contexts(proxy="https://proxy.example:3128")
    assert len({id(context) for context in found}) == len(SERVICES)


async def test_settings_of_a_client_stay_beside_the_shared_context() -> None:
    session: Any = one_tls_context(lean(get_session()))
    merged = session.get_default_client_config().merge(AioConfig(read_timeout=20))
    assert (merged.read_timeout, merged.parameter_validation) == (20, False)
