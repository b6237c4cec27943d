"""The words that procedures, executor and runner share: shapes and rules, no I/O and no clock."""
