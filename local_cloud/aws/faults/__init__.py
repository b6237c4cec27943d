"""Trouble to order: what the local AWS does wrong because somebody asked for it."""
