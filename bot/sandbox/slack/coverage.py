"""What of Slack is imitated. A test holds it equal to the routes, methods, blocks, events and switches that exist."""

from bot.sandbox.coverage import Coverage, Question

METHODS = {
    "api.test": "Echoes its arguments, or the error that is asked for",
    "apps.connections.open": "A web socket address for one connection",
    "auth.test": "Who the app is",
    "blocks.validate": "What chat.postMessage would say of the blocks",
    "chat.delete": "The app's own messages",
    "chat.getPermalink": "The address of a message",
    "chat.postEphemeral": "To one member of the channel",
    "chat.postMessage": "With blocks, attachments, metadata, threads, broadcast; by channel id, name or person",
    "chat.update": "The app's own messages; text without blocks removes the blocks",
    "conversations.history": "Newest first, by time and cursor, with metadata when asked for",
    "conversations.info": "One channel",
    "conversations.list": "Channels that the bot may see",
    "conversations.members": "Who is in a channel",
    "conversations.open": "Direct messages with one person",
    "conversations.replies": "A thread, by time and cursor",
    "files.completeUploadExternal": "The file, shared where asked",
    "files.getUploadURLExternal": "Where to put the bytes",
    "oauth.v2.access": "A code or a refresh token, each once, for a token; with and without rotation",
    "usergroups.list": "User groups",
    "usergroups.users.list": "Who is in a user group",
    "users.info": "One person, with role and time zone",
    "users.list": "Everybody",
    "views.open": "A modal, by a trigger of three seconds and one use",
    "views.publish": "A person's Home tab",
    "views.push": "A modal on top, three deep",
    "views.update": "Another body under the same id, by hash when given",
}

APP_ROUTES = {
    "GET /api/{method}": "The Web API, arguments in the query",
    "POST /api/{method}": "The Web API, arguments as JSON, form or multipart form",
    "GET /link/": "Socket Mode: hello, envelopes, acknowledgements, disconnect",
    "GET /oauth/v2/authorize": "The page on which somebody lets the app into their workspace",
    "POST /oauth/v2/authorize": "Allow or cancel; the browser is sent back to the app",
    "POST /commands/{team}/{number}/{secret}": "Response URL of a command: five uses, thirty minutes",
    "POST /actions/{team}/{number}/{secret}": "Response URL of an interaction",
    "POST /upload/v1/{file}": "The bytes of a file",
    "GET /files-pri/{team}-{file}/{name}": "The file again; without a token, so that the console page can show it",
}

CONSOLE_ROUTES = {
    "GET /": "The console page",
    "GET /static/{name}": "Its files",
    "GET /console/api/state": "Workspace, people, channels, commands as one person sees them",
    "GET /console/api/channels/{channel}/messages": "A channel, what only this person sees in its place",
    "GET /console/api/channels/{channel}/threads/{ts}": "A thread",
    "POST /console/api/channels/{channel}/read": "All read",
    "POST /console/api/say": "A message, or a command",
    "POST /console/api/press": "A control on a message, in a modal, on the Home tab",
    "POST /console/api/options": "What an external menu offers",
    "POST /console/api/shortcut": "A global or message shortcut",
    "GET /console/api/views": "The person's open modals",
    "POST /console/api/views/{view}/submit": "Submit a modal",
    "POST /console/api/views/{view}/close": "Close it",
    "GET /console/api/home": "The person's Home tab",
    "POST /console/api/home/open": "Look at it, which the app is told",
    "GET /console/api/events": "Server-sent events for one person",
}

BLOCKS = (
    "actions",
    "alert",
    "card",
    "carousel",
    "container",
    "context",
    "context_actions",
    "data_table",
    "data_visualization",
    "divider",
    "header",
    "image",
    "input",
    "markdown",
    "plan",
    "rich_text",
    "section",
    "table",
    "task_card",
    "video",
)

INTERACTIONS = {
    "slash_commands": "A command; refused in threads and where the manifest declares none",
    "block_actions": "A button, menu or picker on a message, in a modal, on the Home tab",
    "block_suggestion": "Typing into an external menu",
    "message_action": "A message shortcut",
    "shortcut": "A global shortcut",
    "view_submission": "A modal, after the checks that Slack's client makes itself",
    "view_closed": "A modal with notify_on_close",
}

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_left",
    "channel_rename",
    "channel_shared",
    "channel_unarchive",
    "channel_unshared",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
)

COVERAGE = Coverage(
    routes={**APP_ROUTES, **CONSOLE_ROUTES},
    questions={
        "private channels": Question(
            "Whether a bot outside a private channel hears channel_not_found or not_in_channel",
            ("hides_private_channels",),
        ),
        "msg_blocks_too_long": Question(
            "How much all blocks of a message may hold",
            no_switch_because="refused from 9,000 characters or 12 kB of JSON on, below what others saw refused",
        ),
        "metadata_too_large": Question(
            "How much metadata a message may hold", no_switch_because="refused from 16 kB on; Slack names no number"
        ),
        "data_table": Question(
            "Whether a data table has 100 or 200 rows", no_switch_because="100, as Slack's page says; libraries say 200"
        ),
        "bursts": Question("How many messages a channel takes at once", ("rate_limits", "rate_scale")),
    },
    other_switches={
        "withheld_scopes": "Scopes of the manifest that this installation was not granted",
        "history_scope": "Whether the optional scopes of the manifest were granted",
        "token_revoked": "Every token is answered with token_revoked",
        "token_rotation": "oauth.v2.access gives tokens that end, with refresh tokens",
        "token_seconds": "How long such a token lives: 12 hours",
        "edit_window_closed": "chat.update is answered with edit_window_closed",
        "bad_signatures": "Signed HTTP carries a wrong signature",
        "ack_seconds": "How long an acknowledgement may take: 3 seconds",
        "trigger_seconds": "How long a trigger lives: 3 seconds",
        "response_url_seconds": "How long a response URL lives: 30 minutes",
        "file_seconds": "How long an uploaded file is looked at before a message can show it: no time",
        "redelivery_seconds": "Pauses before an event is repeated: at once, 1 minute, 5 minutes",
    },
    not_imitated=(
        "Every other Web API method: unknown_method.",
        "Of OAuth: PKCE, signing in, the choice of optional scopes; asking for a user scope is refused.",
        "Other workspaces than the first on the console page.",
        "User tokens, Enterprise Grid, group direct messages.",
        "Of Slack Connect: more than a channel's flags, its events and its people; the other workspace is a name.",
        "Events about a channel that was made private or public: Slack sends none, only a message in the channel.",
        "client_msg_id as an idempotency key: kept, never refused; Slack documents no such key.",
        "Scheduled messages, reminders, streams, reactions, pins, bookmarks, canvases, lists.",
        "Link unfurling, dialogs, the buttons of legacy attachments.",
        "message_changed and message_deleted as events to the app.",
        "app_rate_limited and the switching off of subscriptions: an event is repeated three times, then dropped.",
        "The expiry of Socket Mode connections, unless it is asked for.",
        "A slow-down of the whole workspace beyond each method's own window.",
        "Whether people, channels and outside pictures that blocks name exist.",
    ),
)


def table() -> str:
    """The whole of it in Markdown, for the docs."""
    methods = "\n".join(f"| `{method}` | {what} |" for method, what in METHODS.items())
    interactions = "\n".join(f"| `{kind}` | {what} |" for kind, what in INTERACTIONS.items())
    return (
        f"{COVERAGE.table()}\n"
        f"| Web API method | What it does |\n| --- | --- |\n{methods}\n\n"
        f"| Interaction | When |\n| --- | --- |\n{interactions}\n\n"
        f"Blocks: {', '.join(f'`{kind}`' for kind in BLOCKS)}.\n\n"
        f"Events: {', '.join(f'`{kind}`' for kind in EVENTS)}.\n"
    )
