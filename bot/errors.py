"""One small tree of errors, named by the reaction they ask for. The first argument is a sentence a person can read."""


class OrderAheadError(Exception):
    """Something a person may have to be told."""

    @property
    def sentence(self) -> str:
        return str(self.args[0]) if self.args else str(self.__doc__)


class Unavailable(OrderAheadError):
    """The other side isn't answering right now. Try again at the next tick.

    `retry_after` is in seconds when the other side named one. `may_have_arrived` is True when the request left this
    machine, so that a call which must not be repeated is asked about instead. `status` is the HTTP status, if one said so.
    """

    def __init__(
        self,
        sentence: str,
        *,
        retry_after: float | None = None,
        may_have_arrived: bool = True,
        status: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.status = status
        self.may_have_arrived = may_have_arrived


class Garbled(Unavailable):
    """The other side answered with something that is not data, such as a gateway's page. Try again at the next tick."""


class Refused(OrderAheadError):
    """The other side understood and said no. Tell the person; trying again changes nothing."""

    def __init__(self, sentence: str, *, code: str = "", status: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status


class Closed(Refused):
    """The place where it should be said can't be written to. Tell whoever can open it, and look again from time to time."""


class Unauthorised(OrderAheadError):
    """The credentials don't work. Stop and tell an owner. `status` is the HTTP status that said so, `code` Slack's word for
    it, where there is one."""

    def __init__(self, sentence: str, *, code: str = "", status: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status


class Unreadable(OrderAheadError):
    """A record makes no sense. Park it with its reason and go on with the others."""


class OutOfStep(OrderAheadError):
    """Somebody was faster. Redraw and say what changed."""


class NotAllowed(OrderAheadError):
    """This person may not do that. The sentence, which may name people, says who could."""


class Misconfigured(OrderAheadError):
    """A setting is wrong. Say which, and exit with code 2."""
