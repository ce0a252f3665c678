"""What the app asks a workspace for. The same as in manifest.yml, which is not there in every installation; a test keeps
them equal."""

NEEDED_SCOPES = frozenset(
    {"chat:write", "commands", "users:read", "channels:read", "groups:read", "usergroups:read", "files:write"}
)
OPTIONAL_SCOPES = frozenset({"channels:history", "groups:history"})
