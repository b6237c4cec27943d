"""What several loops launch, watch and settle with; one of each per executor."""

from dataclasses import dataclass

from executor.breakers import Breakers
from executor.budgets import Budgets
from executor.core.causes import Catalogue
from executor.definitions import Definitions
from executor.profiles import Profiles


@dataclass(frozen=True, slots=True)
class Means:
    """Report definitions, launch profiles, AWS's rates, the circuit breaker, and known causes of failure."""

    definitions: Definitions
    profiles: Profiles
    budgets: Budgets
    breakers: Breakers
    catalogue: Catalogue
