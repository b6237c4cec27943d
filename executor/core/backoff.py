"""When to try again: exponential, capped, spread by a random number that comes in."""

from contract.policy import RetryPolicy


def delay_s(policy: RetryPolicy, failures: int, dice: float) -> float:
    """Seconds until the next try.

    Args:
        policy: the first delay and the cap.
        failures: failures so far, this one included; 1 or more.
        dice: a random number in [0, 1); half of the delay is fixed and half is spread by it.
    """
    full = min(policy.max_delay_s, policy.first_delay_s * 2.0 ** min(failures - 1, 30))
    return full * (0.5 + dice / 2)
