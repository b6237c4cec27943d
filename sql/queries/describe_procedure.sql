-- What a procedure runs on: its handler, packages, imports and runtime.
-- Params: -
DESCRIBE PROCEDURE {{ procedure }}
