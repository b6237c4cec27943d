-- The versions of the procedures' code that lie on the stage.
-- Params: -
LIST @procedure_code
