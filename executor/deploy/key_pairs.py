"""Key pairs of programs that sign in to Snowflake: the private half in Secrets Manager, the public one at the user."""

import base64
import json
import secrets
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_BITS: Final = 2048
"""As many as Snowflake asks for at least."""


def ensure(secrets_manager: Any, name: str) -> tuple[str, str]:
    """See that there is a secret with a key pair; answers with its ARN and the public key as Snowflake takes it.

    Args:
        secrets_manager: client of Secrets Manager.
        name: of the secret; what it holds already is used.

    Raises:
        ValueError: the secret is there and holds no ``private_key`` with its ``passphrase``.
    """
    try:
        found = secrets_manager.get_secret_value(SecretId=name)
    except secrets_manager.exceptions.ResourceNotFoundException:
        text = _made()
        arn = str(secrets_manager.create_secret(Name=name, SecretString=text)["ARN"])
        return arn, _public(name, text)
    return str(found["ARN"]), _public(name, str(found["SecretString"]))


def _made() -> str:
    passphrase = secrets.token_urlsafe(32)
    pem = rsa.generate_private_key(public_exponent=65_537, key_size=_BITS).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    return json.dumps({"private_key": pem.decode(), "passphrase": passphrase})


def _public(name: str, text: str) -> str:
    try:
        held = json.loads(text)
        key = serialization.load_pem_private_key(held["private_key"].encode(), held["passphrase"].encode())
    except (ValueError, KeyError, TypeError):
        # Without the cause: what the libraries say may quote what the secret holds.
        raise ValueError(
            f"secret {name} holds no private_key (PEM) with its passphrase; mend it, or delete it and deploy again"
        ) from None
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()
