"""What another definition changes, in words."""

from contract.definition_changes import MAX_TOLD, changes


def test_the_same_changes_nothing_but_queries_in_another_order_are_told() -> None:
    one, two = {"name": "one", "sql": "SELECT 1"}, {"name": "two", "sql": "SELECT 2"}
    assert changes({"title": "t", "queries": [one, two]}, {"queries": [one, two], "title": "t"}) == []
    assert changes({"queries": [one, two]}, {"queries": [two, one]}) == ["queries: in another order"]


def test_each_thing_is_told_by_its_path_and_a_short_one_with_its_value() -> None:
    before = {"priority": 50, "parameters": {"day": {"type": "string", "default": "today"}}, "formats": ["csv"]}
    after = {"priority": 70, "parameters": {"day": {"type": "string"}, "top": {"type": "integer"}}}
    assert changes(before, after) == [
        "formats: ['csv'] before, not given now",
        "parameters.day.default: 'today' before, not given now",
        "parameters.top: added",
        "priority: 50 before, 70 now",
    ]


def test_a_long_text_is_only_said_to_be_changed_and_a_query_goes_by_its_name() -> None:
    long = "SELECT " + ", ".join(f"column_{n}" for n in range(20))
    before = {"queries": [{"name": "one", "sql": long}, {"name": "two", "sql": "SELECT 2"}]}
    after = {"queries": [{"name": "one", "sql": long + ", more"}, {"name": "three", "sql": "SELECT 3"}]}
    assert changes(before, after) == ["queries.one.sql: changed", "queries.three: added", "queries.two: taken away"]


def test_what_has_another_kind_now_is_changed() -> None:
    assert changes({"columns": {"a": {}}}, {"columns": ["a"]}) == ["columns: changed"]


def test_of_very_many_changes_the_first_are_told_and_the_rest_counted() -> None:
    told = changes({}, {f"key_{n:03}": n for n in range(MAX_TOLD + 3)})
    assert len(told) == MAX_TOLD + 1
    assert told[-1] == "and 3 more"
