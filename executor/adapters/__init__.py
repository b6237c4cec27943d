"""Hands: each speaks one vendor's language behind a port, and decides nothing."""
