"""What the executor knows: tables and pure functions. Facts and ``now`` come in, decisions go out."""
