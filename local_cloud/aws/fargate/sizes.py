"""The CPU and memory pairs that Fargate sells.

Source: the Fargate task size table of the Amazon ECS developer guide. A pair outside it is refused.
"""

GIB = 1024

MEMORY_MB_BY_CPU: dict[int, frozenset[int]] = {
    256: frozenset({512, 1 * GIB, 2 * GIB}),
    512: frozenset(range(1 * GIB, 4 * GIB + 1, GIB)),
    1024: frozenset(range(2 * GIB, 8 * GIB + 1, GIB)),
    2048: frozenset(range(4 * GIB, 16 * GIB + 1, GIB)),
    4096: frozenset(range(8 * GIB, 30 * GIB + 1, GIB)),
    8192: frozenset(range(16 * GIB, 60 * GIB + 1, 4 * GIB)),
    16384: frozenset(range(32 * GIB, 120 * GIB + 1, 8 * GIB)),
}


def cpu_units(text: str) -> int | None:
    """Read a task's CPU as ECS writes it ("1024", "1 vCPU"); None when it is neither."""
    word = text.strip().lower()
    if word.endswith("vcpu"):
        number = word.removesuffix("vcpu").strip()
        return int(float(number) * 1024) if _is_number(number) else None
    return int(word) if word.isdigit() else None


def memory_mb(text: str) -> int | None:
    """Read a task's memory as ECS writes it ("2048", "2 GB"); None when it is neither."""
    word = text.strip().lower()
    if word.endswith("gb"):
        number = word.removesuffix("gb").strip()
        return int(float(number) * GIB) if _is_number(number) else None
    return int(word) if word.isdigit() else None


def is_sold(cpu: int, memory: int) -> bool:
    """Say whether Fargate has a size of so many CPU units and MiB."""
    return memory in MEMORY_MB_BY_CPU.get(cpu, frozenset())


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
