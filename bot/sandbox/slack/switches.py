"""What can be set while the stand-in runs: the settings of the imitated workspace and app, not faults on the wire."""

from dataclasses import dataclass


@dataclass
class Switches:
    """Everything that a test, the demo or the control routes may turn.

    `rate_scale` shortens Slack's windows: at 10 a minute lasts six seconds. `ack_seconds` and the pauses before the
    three repeats of an event, `redelivery_seconds`, are real time; the other seconds are the stand-in's own clock.
    `file_seconds` is how long an uploaded file is looked at before a message can show it.
    `hides_private_channels`: to a bot outside a private channel Slack says `channel_not_found`; off, `not_in_channel`.
    """

    rate_limits: bool = True
    rate_scale: float = 1.0
    history_scope: bool = True
    withheld_scopes: tuple[str, ...] = ()
    token_revoked: bool = False
    token_rotation: bool = False
    token_seconds: float = 43200.0
    edit_window_closed: bool = False
    file_seconds: float = 0.0
    hides_private_channels: bool = True
    bad_signatures: bool = False
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_seconds: float = 1800.0
    redelivery_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
