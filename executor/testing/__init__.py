"""Shipped fakes behind the ports: the real semantics, no sockets, time that the test owns."""
