"""How the ports fail: by what is known then, and whether asking again is safe."""


class StoreUnavailableError(RuntimeError):
    """The store could not be asked; nothing is known of the statement, and asking again is safe."""


class TrustSpentError(StoreUnavailableError):
    """The lease is not trusted for as long as a statement may take, so the statement was not sent."""


class NothingDoneError(StoreUnavailableError):
    """The statement was not sent, or the store says that it left everything as it was; nothing of it comes later."""


class SignInRefusedError(NothingDoneError):
    """Snowflake does not let us in; a person has to put that right, and then work goes on by itself."""


class RowRefusedError(RuntimeError):
    """The store refused a statement for what its rows hold; the same rows will be refused again."""


class CloudUnavailableError(RuntimeError):
    """AWS could not be asked, or asks for patience; asking again is safe."""


class ThrottledError(CloudUnavailableError):
    """AWS asks for patience: we, or others in the account, asked too often."""


class DeposedError(RuntimeError):
    """The fence is another's: this executor no longer leads and writes nothing more."""


class StateMissingError(RuntimeError):
    """The leader row is gone: job state was lost, and nothing may be claimed until it is recovered."""
