"""One concern, one small class, one callable round: ``tick()``."""
