"""While moto is loaded, a file of botocore is read once."""

import json
from pathlib import Path

from botocore.loaders import JSONFileLoader

from local_cloud.aws.quick_loading import each_file_once


def test_a_file_is_read_once_in_the_block_and_anew_after_it(tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    name = str(file.with_suffix(""))
    file.write_text(json.dumps({"version": 1}), encoding="utf-8")
    with each_file_once():
        JSONFileLoader().load_file(name)
        file.write_text(json.dumps({"version": 2}), encoding="utf-8")
        assert JSONFileLoader().load_file(name) == {"version": 1}
    assert JSONFileLoader().load_file(name) == {"version": 2}
