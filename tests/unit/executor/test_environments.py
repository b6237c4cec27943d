"""The file of an environment: what it says, and everything that is wrong in it at once."""

from pathlib import Path

import pytest

from executor.deploy.environment import FOLDER, TAKEN, from_file, of, read
from executor.settings import SettingsError
from tests.unit.infra import template

EXAMPLE = (FOLDER / "example.toml").read_text(encoding="utf-8")


def written(folder: Path, text: str, name: str = "prod") -> Path:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_example_is_an_environment(tmp_path: Path) -> None:
    found = from_file("eu-prod", written(tmp_path, EXAMPLE, "eu-prod"))
    assert (found.stack_name, found.user("executor")) == ("reporting-eu-prod", "REPORTING_EU_PROD_EXECUTOR")
    assert (found.links_name, found.bells_name) == ("REPORTS_IN_S3_EU_PROD", "REPORTS_DOORBELL_EU_PROD")
    assert found.names().storage_integration == "REPORTS_IN_S3_EU_PROD"


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = EXAMPLE.replace("vpc-0123456789abcdef0", "my-vpc").replace('"eu-central-1"', '"Frankfurt"')
    with pytest.raises(SettingsError) as told:
        from_file("prod", written(tmp_path, text.replace("warehouse =", "wharehouse =")))
    assert [word in str(told.value) for word in ("vpc:", "region:", "snowflake.wharehouse:")] == [True] * 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("region = ", "cannot be read"),
        (EXAMPLE + '\nExecutorImage = "x"\n', "ExecutorImage is filled in by the deployment"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_by_its_name(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as error:
        from_file("prod", written(tmp_path, text))
    assert "prod.toml" in str(error.value)


def test_a_name_without_a_file_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"prod\.toml \(there: dev\); copy"):
        from_file("prod", written(tmp_path, EXAMPLE, "dev"))


def test_what_the_deployment_fills_in_are_parameters_of_the_template() -> None:
    assert set(template.raw()["Parameters"]) >= TAKEN


def test_a_file_says_that_an_environment_is_on_the_local_cloud(tmp_path: Path) -> None:
    assert read("second", tmp_path) is None
    found = read("second", written(tmp_path, 'cloud = "local"\nregion = "eu-west-1"\n', "second"))
    network = {"vpc": "vpc-0", "subnets": ["subnet-0"], "snowflake": {"account": "local"}}
    assert of("second", {**(found or {}), **network}).cloud == "local"
    assert of("prod", {"region": "eu-west-1", **network}).cloud == "aws"
    with pytest.raises(SettingsError, match=r"second\.toml cannot be used:\n  cloud: Input should be 'aws' or 'local'"):
        of("second", {"cloud": "gcp", "region": "eu-west-1", **network})
