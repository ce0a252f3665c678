"""users.* and usergroups.*: who is in the workspace (docs.slack.dev/reference/objects/user-object)."""

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.calls import Call, Method, Refused
from bot.sandbox.slack.pace import Tier
from bot.sandbox.slack.workspace import Json, Person

TIME_ZONE = {"tz": "America/Denver", "tz_label": "Mountain Standard Time", "tz_offset": -25200}


def users_info(core: Core, call: Call) -> Json:
    person = core.workspace.people.get(call.needed("user"))
    if person is None:
        raise Refused("user_not_found")
    return {"user": user_json(core, person)}


def users_list(core: Core, call: Call) -> Json:
    """Our own people; those of other workspaces are only told of one by one."""
    everyone = [user_json(core, person) for person in core.workspace.people.values() if not person.team]
    begin, limit = int(call.text("cursor") or 0), call.integer("limit", 1000)
    if not 1 <= limit <= 1000:
        raise Refused("invalid_limit")
    end = begin + limit
    return {
        "members": everyone[begin:end],
        "cache_ts": int(core.clock.time()),
        "response_metadata": {"next_cursor": str(end) if end < len(everyone) else ""},
    }


def user_groups(core: Core, call: Call) -> Json:
    groups = []
    for group in core.workspace.user_groups.values():
        shown = dict(group)
        if not call.flag("include_users"):
            shown.pop("users")
        groups.append(shown)
    return {"usergroups": groups}


def user_group_members(core: Core, call: Call) -> Json:
    group = core.workspace.user_groups.get(call.needed("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": group["users"]}


def user_json(core: Core, person: Person) -> Json:
    first, _, last = person.name.partition(" ")
    profile: Json = {
        "real_name": person.name,
        "real_name_normalized": person.name,
        "display_name": "" if person.is_bot else person.name.split()[0],
        "display_name_normalized": "" if person.is_bot else person.name.split()[0],
        "first_name": first,
        "last_name": last,
        "title": person.title,
        "phone": "",
        "skype": "",
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": "0" * 12,
        "image_48": "https://a.slack-edge.com/80588/img/avatars/ava_0001-48.png",
        "team": person.team or core.workspace.team_id,
    }
    if person.is_bot:
        profile |= {"api_app_id": core.workspace.app_id, "bot_id": core.workspace.bot_id, "always_active": True}
    elif "users:read.email" in core.scopes:
        profile["email"] = f"{person.handle}@{core.workspace.team_domain}.example"
    return {
        "id": person.id,
        "team_id": person.team or core.workspace.team_id,
        "name": person.handle,
        "deleted": False,
        "color": person.color.removeprefix("#").lower(),
        "real_name": person.name,
        **TIME_ZONE,
        "profile": profile,
        "is_admin": person.role in {"admin", "owner"},
        "is_owner": person.role == "owner",
        "is_primary_owner": False,
        "is_restricted": person.role in {"guest", "single_channel_guest"},
        "is_ultra_restricted": person.role == "single_channel_guest",
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
        "is_email_confirmed": not person.is_bot,
        "who_can_share_contact_card": "EVERYONE",
    }


METHODS = (
    Method("users.info", users_info, Tier.TIER_4, ("users:read",)),
    Method("users.list", users_list, Tier.TIER_2, ("users:read",)),
    Method("usergroups.list", user_groups, Tier.TIER_2, ("usergroups:read",)),
    Method("usergroups.users.list", user_group_members, Tier.TIER_2, ("usergroups:read",)),
)
