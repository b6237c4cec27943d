"""One failure explained: what was seen, which theories the evidence supports or refutes, the cause, what to change.

Each theory is a module of its own, with one function that takes the :class:`doctor.evidence.subjects.Subject` and
answers a :class:`doctor.explain.theory.Theory`. :func:`doctor.explain.explain.explain` weighs them against each other.
A cause is named only where the evidence settles it; else the report says *not settled*, which theory comes first, what
speaks against it, and the one command that would settle it.
"""
