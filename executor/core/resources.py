"""The next size of Fargate for a job that ran out of memory."""

from contract.resources import FARGATE_SIZES, Resources


def next_size(now: Resources, max_memory_mb: int) -> Resources | None:
    """A size with about twice the memory, or None when there is none within the limit.

    A step of one gigabyte costs a whole attempt and often a whole query, so memory doubles; the processor grows only
    where Fargate does not offer that much memory with it.

    Args:
        now: the size that was too small.
        max_memory_mb: how far memory may grow, in MiB.
    """
    larger = [
        (memory_mb, cpu)
        for cpu, sizes in FARGATE_SIZES.items()
        if cpu >= now.cpu
        for memory_mb in sizes
        if now.memory_mb < memory_mb <= max_memory_mb
    ]
    if not larger:
        return None
    enough = [(memory_mb, cpu) for memory_mb, cpu in larger if memory_mb >= 2 * now.memory_mb]
    memory_mb, cpu = min(enough) if enough else min((-memory_mb, cpu) for memory_mb, cpu in larger)
    return Resources(cpu=cpu, memory_mb=abs(memory_mb))
