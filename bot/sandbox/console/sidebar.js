// The list at the left: channels with what is unread, the app, direct messages, and who one is acting as.

import { avatar, byId, h } from "./dom.js";
import { icon } from "./icons.js";
import { attachMenu } from "./menu.js";
import { appChannel, directMessages, nameOf, otherOf, person, state, visibleChannels } from "./state.js";

/** `onActAs(id)` when the person at the page becomes somebody else. */
export function redrawSidebar(onActAs) {
  const focused = document.activeElement?.closest?.("#sidebar [data-key]")?.dataset.key;
  const app = appChannel();
  const direct = directMessages();
  byId("sidebar").replaceChildren(
    h("div", { class: "workspace" }, h("span", { class: "workspace-tile", "aria-hidden": "true" }, (state.workspace.name || "?").slice(0, 1)), h("span", { class: "workspace-name" }, state.workspace.name)),
    h(
      "div",
      { class: "sidebar-lists" },
      group("Channels", visibleChannels().sort(byName).map((channel) => row({ key: channel.id, href: `#/${channel.id}`, sign: icon(channel.private ? "lock" : "hash"), words: channel.name, unread: channel.unread, current: isHere(channel.id) }))),
      direct.length ? group("Direct messages", direct.map((channel) => row({ key: channel.id, href: `#/${channel.id}`, sign: avatar(otherOf(channel), "small"), words: nameOf(otherOf(channel)), unread: channel.unread, current: isHere(channel.id) }))) : null,
      group("Apps", [row({ key: "app", href: "#/app", sign: avatar({ is_bot: true }, "small"), words: state.app.name, unread: app?.unread ?? 0, current: state.route.place === "app" })]),
    ),
    actAs(onActAs),
  );
  if (focused) byId("sidebar").querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

const byName = (a, b) => a.name.localeCompare(b.name);
const isHere = (id) => state.route.place === "channel" && state.route.channel === id;

function group(title, rows) {
  return h("section", { class: "sidebar-group" }, h("h2", null, title), h("ul", null, rows.map((one) => h("li", null, one))));
}

function row({ key, href, sign, words, unread, current }) {
  const many = unread > 99 ? "99+" : String(unread ?? 0);
  return h(
    "a",
    { href, class: `sidebar-row${unread ? " unread" : ""}`, "aria-current": current ? "page" : null, data: { key } },
    h("span", { class: "sign" }, sign),
    h("span", { class: "words" }, words),
    unread ? h("span", { class: "badge", "aria-label": `${many} unread` }, many) : null,
  );
}

/** What somebody does at the store or, where nobody says, what they are to the workspace. */
const workOf = (one) => (one.title ?? one.role ?? "a member").toLowerCase();

function actAs(onActAs) {
  const me = person(state.me);
  const button = h(
    "button",
    { type: "button", class: "act-as", data: { key: "act-as" }, title: "Act as somebody else" },
    avatar(me),
    h("span", { class: "act-words" }, h("span", { class: "act-name" }, me ? nameOf(me) : ""), h("span", { class: "act-role" }, me ? `acting as ${workOf(me)}` : "")),
    h("span", { class: "sr-only" }, ". Switch person"),
    icon("people"),
  );
  attachMenu(button, {
    label: "Act as",
    heading: "Act as",
    items: () =>
      [...state.people.values()].map((one) => ({ label: nameOf(one), detail: one.title ?? one.role, lead: avatar(one), checked: one.id === state.me, pick: () => one.id !== state.me && onActAs(one.id) })),
  });
  return h("div", { class: "sidebar-foot" }, button);
}
