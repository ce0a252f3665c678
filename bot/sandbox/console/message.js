// One message: author, text, blocks, attachments, the line about its replies.

import { avatar, h, iconButton, link, safeColor, toast } from "./dom.js";
import { icon } from "./icons.js";
import { post, suggestions } from "./api.js";
import { blockNodes, picture, unsupported } from "./blocks.js";
import { isOnlyEmoji } from "./emoji.js";
import { inline, mrkdwn } from "./mrkdwn.js";
import { attachMenu } from "./menu.js";
import { nameOf, person, state } from "./state.js";
import { clock, fullMoment, lastReply } from "./time.js";

/**
 * The node of a message. `grouped`: the same author spoke just before, so name and picture are left out. `onThread` opens
 * its thread (absent inside the thread itself); `onDismiss` hides an ephemeral message.
 */
export function messageNode(message, { grouped = false, onThread = null, onDismiss = null } = {}) {
  const author = message.author ?? {};
  const isBot = author.is_bot;
  const name = isBot ? author.name : nameOf(person(author.id) ?? author);
  const place = { channel: message.channel, ts: message.ts };
  const where = { surface: "message", press: (action) => post("/console/api/press", { ...place, ...action }), suggest: (actionId, query) => suggestions({ ...place, action_id: actionId, query }) };
  const time = h("time", { class: "when", datetime: new Date(Number(message.ts) * 1000).toISOString(), title: fullMoment(message.ts) }, grouped ? clock(message.ts).replace(/ [AP]M/, "") : clock(message.ts));
  return h(
    "article",
    {
      class: `message${grouped ? " grouped" : ""}${message.ephemeral ? " ephemeral" : ""}`,
      data: { ts: message.ts, author: author.id ?? "" },
      "aria-label": `${name}, ${clock(message.ts)}${message.ephemeral ? ", only visible to you" : ""}`,
    },
    message.ephemeral ? h("div", { class: "only-you" }, icon("eye"), h("span", null, "Only visible to you")) : null,
    h("div", { class: "gutter" }, grouped ? time : avatar(author)),
    h(
      "div",
      { class: "message-main" },
      grouped ? null : h("div", { class: "byline" }, h("span", { class: "author" }, name), isBot ? h("span", { class: "app-badge" }, "APP") : null, time),
      h("div", { class: "content" }, content(message, where)),
      message.ephemeral && onDismiss ? h("button", { type: "button", class: "text-button", on: { click: onDismiss } }, "Dismiss message") : null,
      onThread && message.reply_count ? replyLine(message, onThread) : null,
    ),
    message.ephemeral ? null : tools(message, onThread),
  );
}

/** What floats over a message: its thread, and the app's message shortcuts. */
function tools(message, onThread) {
  const shortcuts = state.shortcuts.filter((shortcut) => shortcut.type === "message");
  if (!onThread && !shortcuts.length) return null;
  const more = shortcuts.length ? iconButton("more", "More actions for this message", () => {}) : null;
  if (more) {
    const run = async (shortcut) => {
      const answer = await post("/console/api/shortcut", { callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts });
      if (!answer.ok) toast(answer.error);
    };
    attachMenu(more, { label: "More actions for this message", heading: state.app.name, items: () => shortcuts.map((shortcut) => ({ label: shortcut.name, detail: shortcut.description, pick: () => run(shortcut) })) });
  }
  return h("div", { class: "hover-tools" }, onThread ? iconButton("reply", "Reply in thread", onThread) : null, more);
}

function content(message, where) {
  const edited = message.edited ? h("span", { class: "edited", title: "This message was edited" }, "(edited)") : null;
  const attachments = message.attachments ?? [];
  const nodes = [];
  if (message.blocks?.length) {
    const color = attachments.length ? null : safeColor(message.color);
    const blocks = blockNodes(message.blocks, where);
    nodes.push(color ? h("div", { class: "attachment", vars: { "--bar": color } }, blocks) : h("div", { class: "blocks" }, blocks));
  } else if (message.text) {
    nodes.push(h("div", { class: `text${isOnlyEmoji(message.text) ? " jumbo" : ""}` }, mrkdwn(message.text), edited ? " " : null, edited));
  }
  nodes.push(...attachments.map((attachment) => attachmentNode(attachment, where)));
  nodes.push(...(message.files ?? []).map(fileNode));
  if (edited && !edited.parentNode) nodes.push(h("div", { class: "edited-line" }, edited));
  if (!nodes.length) nodes.push(unsupported("message: it has neither text nor blocks"));
  return nodes;
}

/** docs.slack.dev/reference/messaging/attachments: blocks inside when there are some, the older fields otherwise. */
function attachmentNode(attachment, where) {
  const bar = safeColor(attachment.color) ?? "var(--bar-plain)";
  const body = attachment.blocks?.length ? blockNodes(attachment.blocks, where) : legacy(attachment);
  return h(
    "div",
    { class: "attachment-frame" },
    attachment.pretext ? h("div", { class: "text" }, mrkdwn(attachment.pretext)) : null,
    h("div", { class: "attachment", vars: { "--bar": bar } }, body),
  );
}

function legacy(attachment) {
  const rows = [
    attachment.author_name ? h("div", { class: "attachment-author" }, attachment.author_name) : null,
    attachment.title ? h("div", { class: "attachment-title" }, attachment.title_link ? link(attachment.title_link, inline(attachment.title)) : inline(attachment.title)) : null,
    attachment.text ? h("div", { class: "text" }, mrkdwn(attachment.text)) : null,
    attachment.fields?.length ? h("div", { class: "fields" }, attachment.fields.map((field) => h("div", { class: `field${field.short ? "" : " wide"}` }, h("strong", null, field.title), h("br"), mrkdwn(field.value)))) : null,
    attachment.image_url ? picture({ image_url: attachment.image_url, alt_text: attachment.fallback ?? "" }) : null,
    attachment.footer ? h("div", { class: "attachment-footer" }, attachment.footer) : null,
  ].filter(Boolean);
  return rows.length ? rows : h("div", { class: "text" }, attachment.fallback ?? "");
}

function fileNode(file) {
  const url = file.url_private ?? file.url ?? file.permalink;
  if ((file.mimetype ?? "").startsWith("image/")) return picture({ image_url: url, alt_text: file.alt_txt ?? file.alt_text ?? file.title ?? file.name, title: file.title ?? file.name });
  return h("div", { class: "file" }, icon("reply"), link(url && new URL(url, location.href).href, file.title ?? file.name ?? "file"));
}

function replyLine(message, onThread) {
  const count = message.reply_count;
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(person(id) ?? { name: "?" }, "small"));
  return h(
    "button",
    { type: "button", class: "replies", on: { click: onThread } },
    h("span", { class: "faces" }, faces),
    h("span", { class: "reply-count" }, `${count} ${count === 1 ? "reply" : "replies"}`),
    message.latest_reply ? h("span", { class: "last-reply" }, `Last reply ${lastReply(message.latest_reply)}`) : null,
    h("span", { class: "view-thread" }, "View thread"),
    icon("right"),
  );
}
