"""Every size that Fargate offers, which a deployment and the files of one are judged by alike."""

from typing import Final

from contract.resources import FARGATE_SIZES

_NEW_SIZES: Final = {32768: (61_440, 122_880, 249_856)}
"""In the guide, not yet in every region: no report asks for one, but a task of somebody's own may."""
OFFERED: Final = FARGATE_SIZES | _NEW_SIZES


def wrong_pair(cpu: int, memory_mb: int) -> str:
    """What is wrong with a size in CPU units and MiB; empty when Fargate offers it."""
    if cpu not in OFFERED:
        return f"cpu {cpu} is no size of Fargate, which has {', '.join(map(str, OFFERED))}"
    if memory_mb not in OFFERED[cpu]:
        return f"memory {memory_mb} MiB does not go with cpu {cpu}: {', '.join(map(str, OFFERED[cpu]))}"
    return ""
