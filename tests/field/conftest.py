"""One deployment of our template for all tests that break one, asked by somebody who may ask everything."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import botocore.session
import pytest
from botocore.loaders import Loader

from tests.field.asking import environment
from tests.field.deployed import REGION, Deployed, deployment

DESCRIPTIONS = Loader()
"""Of AWS's services: what it has read it does not read again."""


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deployment(tmp_path_factory.mktemp("deployed")) as made:
        yield made


@pytest.fixture(autouse=True)
def session_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's own session remembers who signed in first, and where, whatever the environment says later."""
    session = botocore.session.Session()
    session.register_component("data_loader", DESCRIPTIONS)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(botocore_session=session))


@pytest.fixture
def prod(deployed: Deployed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Deployed:
    """The deployment, and an environment with which the command line asks it."""
    environment(monkeypatch, tmp_path, deployed.endpoint, REGION, **deployed.settings, **deployed.keys)
    return deployed
