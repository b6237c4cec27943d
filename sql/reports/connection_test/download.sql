-- Ten megabytes that compress badly, so that most of them come from the stage and not with the answer.
-- Params: -
SELECT SEQ4() AS n, RANDSTR(1000, RANDOM()) AS filling
  FROM TABLE(GENERATOR(ROWCOUNT => 10000))
