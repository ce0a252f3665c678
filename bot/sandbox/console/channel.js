// The middle of the page for a channel or a direct message: its head, its messages, its composer.

import { avatar, byId, h, iconButton, whenLetGo } from "./dom.js";
import { icon } from "./icons.js";
import { post } from "./api.js";
import { composerNode } from "./composer.js";
import { MessageList, StickyEnd } from "./list.js";
import { inOrder, nameOf, otherOf, person, state } from "./state.js";
import { openThread } from "./threads.js";

let shown = null;

/** Draws the channel of the route; a second call for the same channel redraws only what changed. */
export function showChannel(stage, channel) {
  if (shown?.id !== channel.id || !stage.contains(shown.node)) build(stage, channel);
  redrawMessages();
}

export function forgetChannel() {
  shown = null;
}

function build(stage, channel) {
  const rows = h("div", { class: "rows" });
  const pill = h("button", { type: "button", class: "to-end", hidden: true, on: { click: () => shown.end.jump() } }, icon("arrow"), h("span", null, "Newest messages"));
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": `Messages in ${titleOf(channel)}` }, rows);
  const node = h("div", { class: "channel" }, scroller, h("div", { class: "channel-foot" }, pill, composerNode({ channel: channel.id, label: `Message ${titleOf(channel)}`, id: "composer", readOnly: readOnlySentence(channel), onSent: () => shown.end.jump() })));
  stage.replaceChildren(node);
  const list = new MessageList(rows, (message) => ({
    onThread: () => openThread(message.channel, message.ts),
    onDismiss: () => {
      state.messages.get(message.channel)?.delete(message.ts);
      redrawMessages();
    },
  }));
  const end = new StickyEnd(scroller, (away) => {
    pill.hidden = !away;
  });
  shown = { id: channel.id, node, list, end };
}

export function redrawMessages() {
  if (shown) whenLetGo(shown.node, drawMessages);
}

function drawMessages() {
  if (!shown) return;
  const channel = state.channels.get(shown.id);
  const messages = state.messages.get(shown.id);
  if (!channel || !messages) return;
  shown.list.draw(inOrder(messages), { newFrom: state.newFrom, lead: { key: `${channel.id} ${messages.size === 0} ${channel.topic}`, node: () => intro(channel, messages.size === 0) } });
  shown.end.settle();
}

export const titleOf = (channel) => (channel.is_im ? nameOf(otherOf(channel)) : `#${channel.name}`);

function readOnlySentence(channel) {
  return channel.read_only ? `Sending messages to ${titleOf(channel)} has been turned off.` : null;
}

function intro(channel, empty) {
  const other = channel.is_im ? otherOf(channel) : null;
  return h(
    "div",
    { class: "intro" },
    other ? avatar(other, "large") : h("span", { class: "intro-sign" }, icon(channel.private ? "lock" : "hash")),
    h("h2", null, other ? nameOf(other) : channel.name),
    h("p", null, other ? `Everything here is between you and ${nameOf(other)}.` : `This is the start of the channel.${channel.topic ? ` ${channel.topic}` : ""}`),
    empty && !other ? h("p", { class: "quiet" }, "No orders yet. When a shopper orders, the card appears here.") : null,
  );
}

/** The head over the messages: name, topic, who is in. */
export function channelHead(channel, { onMenu }) {
  const members = (channel.members ?? []).map(person).filter((one) => one && !one.is_bot);
  const other = channel.is_im ? otherOf(channel) : null;
  return [
    iconButton("menu", "Open the channel list", onMenu, { class: "icon-button only-narrow" }),
    h("h1", { class: "channel-name" }, other ? avatar(other, "small") : icon(channel.private ? "lock" : "hash"), h("span", null, other ? nameOf(other) : channel.name)),
    channel.topic ? h("p", { class: "topic", title: channel.topic }, channel.topic) : h("span", { class: "topic" }),
    !other && members.length
      ? h("div", { class: "facepile", role: "img", "aria-label": `${members.length} people: ${members.map(nameOf).join(", ")}`, title: members.map(nameOf).join(", ") }, members.slice(0, 3).map((one) => avatar(one, "small")), h("span", { class: "face-count" }, String(members.length)))
      : null,
  ];
}

/** Tells the server that the person has seen the channel; quietly, because nothing can be done about a failure. */
export function markRead(channelId) {
  const channel = state.channels.get(channelId);
  if (!channel || document.hidden) return;
  channel.unread = 0;
  post(`/console/api/channels/${channelId}/read`);
}

export const isShown = (channelId) => shown?.id === channelId && byId("stage").contains(shown.node);
