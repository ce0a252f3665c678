// Slack's mrkdwn as nodes: docs.slack.dev/messaging/formatting-message-text. Text in, a fragment out; nothing is ever parsed as HTML.

import { h, link, safeUrl } from "./dom.js";
import { emojiNode, emojiOf, withEmoji } from "./emoji.js";
import { ago, formatDate, fullMoment } from "./time.js";
import { nameOf, person, state } from "./state.js";

/** A text object ({type, text}) or a bare mrkdwn string as a fragment. */
export function textNodes(text) {
  if (!text) return fragment([]);
  if (typeof text === "object" && text.type === "plain_text") return fragment(text.emoji === false ? [text.text] : withEmoji(text.text));
  return mrkdwn(typeof text === "object" ? text.text : text);
}

export function mrkdwn(source) {
  // Splitting on a pattern with a group: every second piece is what stood between two fences. An unclosed fence stays text.
  const pieces = (source ?? "").split(/```([\s\S]+?)```/);
  return fragment(pieces.flatMap((piece, at) => (at % 2 ? fenced(piece) : paragraphs(at ? piece.replace(/^\n/, "") : piece))));
}

function fenced(piece) {
  const text = piece.replace(/^\n/, "").replace(/\n$/, "");
  return h("pre", null, entities(text.replace(/<((?:https?|mailto):[^<>|]+)(?:\|([^<>]+))?>/g, (whole, url, label) => label ?? url)));
}

function paragraphs(piece) {
  const nodes = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) nodes.push(h("blockquote", null, lines(quoted)));
    quoted = [];
  };
  let plain = [];
  const flushPlain = () => {
    if (plain.length) nodes.push(...lines(plain));
    plain = [];
  };
  const all = piece.split("\n");
  if (all.at(-1) === "" && all.length > 1) all.pop();
  for (const line of all) {
    const quote = /^\s*(?:>|&gt;)(?:>>|&gt;&gt;)? ?(.*)$/.exec(line);
    if (quote) {
      flushPlain();
      quoted.push(quote[1]);
    } else {
      flush();
      plain.push(line);
    }
  }
  flush();
  flushPlain();
  return nodes;
}

function lines(texts) {
  const nodes = [];
  let open = false;
  for (const text of texts) {
    const bullet = /^(\s*)([•◦▪‣])\s+(.*)$/.exec(text);
    if (bullet) {
      nodes.push(h("span", { class: "bullet", vars: { "--depth": Math.floor(bullet[1].length / 2) } }, h("span", { class: "dot" }, bullet[2]), h("span", null, inline(bullet[3]))));
      open = false;
    } else {
      if (open) nodes.push(h("br"));
      nodes.push(...inline(text));
      open = true;
    }
  }
  return nodes;
}

const STYLES = { "*": "strong", _: "em", "~": "del" };
const BOUNDARY = /[\s.,;:!?()[\]{}"'“”‘’…–—/\\|<>*_~`+=#-]/;

/** The nodes of one line. */
export function inline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(entities(plain));
    plain = "";
  };
  for (let at = 0; at < text.length; ) {
    const found = code(text, at) ?? token(text, at) ?? styled(text, at) ?? emoji(text, at);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function code(text, at) {
  if (text[at] !== "`") return null;
  const end = text.indexOf("`", at + 1);
  return end > at + 1 ? { node: h("code", null, entities(text.slice(at + 1, end))), end: end + 1 } : null;
}

function styled(text, at) {
  const mark = text[at];
  const tag = STYLES[mark];
  if (!tag || (at > 0 && !BOUNDARY.test(text[at - 1])) || /\s/.test(text[at + 1] ?? " ") || text[at + 1] === mark) return null;
  for (let end = text.indexOf(mark, at + 2); end > 0; end = text.indexOf(mark, end + 1)) {
    const after = text[end + 1];
    if (/\s/.test(text[end - 1]) || (after !== undefined && !BOUNDARY.test(after))) continue;
    if (insideToken(text, at, end)) continue;
    return { node: h(tag, null, inline(text.slice(at + 1, end))), end: end + 1 };
  }
  return null;
}

function insideToken(text, from, at) {
  return text.lastIndexOf("<", at) > Math.max(from, text.lastIndexOf(">", at)) && text.indexOf(">", at) > at;
}

function emoji(text, at) {
  if (text[at] !== ":") return null;
  const match = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/i.exec(text.slice(at, at + 60));
  return match && emojiOf(match[1]) ? { node: emojiNode(match[1]), end: at + match[0].length } : null;
}

function token(text, at) {
  if (text[at] !== "<") return null;
  const end = text.indexOf(">", at);
  const node = end > at + 1 ? tokenNode(text.slice(at + 1, end)) : null;
  return node ? { node, end: end + 1 } : null;
}

function tokenNode(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : inside.slice(bar + 1);
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!subteam^")) return groupMention(target.slice(9), label);
  if (target.startsWith("!date^")) return dateToken(target.split("^"), label);
  if (/^!(here|channel|everyone)$/.test(target)) return broadcast(target.slice(1));
  if (target.startsWith("!")) return entities(label ?? `<${inside}>`);
  if (!safeUrl(decoded(target))) return null;
  return link(decoded(target), label ? inline(label) : decoded(target).replace(/^mailto:/, ""));
}

export function userMention(id, label) {
  const someone = person(id);
  return h("span", { class: `mention${id === state.me ? " me" : ""}`, title: someone?.role ? `${someone.name}, ${someone.role}` : null }, `@${someone ? nameOf(someone) : (label ?? id)}`);
}

export function channelMention(id, label) {
  const channel = state.channels.get(id);
  const name = `#${channel?.name ?? label ?? id}`;
  return channel ? h("a", { class: "mention", href: `#/${id}` }, name) : h("span", { class: "mention" }, name);
}

export function groupMention(id, label) {
  const name = label ?? state.usergroups.get(id)?.handle ?? id;
  return h("span", { class: "mention" }, name.startsWith("@") ? name : `@${name}`);
}

export const broadcast = (range) => h("span", { class: "mention me" }, `@${range}`);

function dateToken([, seconds, format, url], fallback) {
  if (!/^\d+$/.test(seconds)) return entities(fallback ?? "");
  const node = dateNode(seconds, format ?? "{date}");
  return url ? link(url, node) : node;
}

export function dateNode(seconds, format) {
  const words = formatDate(seconds, decoded(format));
  const relative = format.trim() === "{ago}";
  return h("time", { class: "date", datetime: new Date(Number(seconds) * 1000).toISOString(), title: fullMoment(seconds), data: relative ? { ago: seconds } : {} }, words);
}

/** Keeps "5 minutes ago" true while the page is open. */
export function refreshRelativeTimes() {
  for (const node of document.querySelectorAll("time[data-ago]")) node.textContent = ago(node.dataset.ago);
}

const decoded = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const entities = (text) => document.createTextNode(decoded(text));

function fragment(nodes) {
  const made = document.createDocumentFragment();
  made.append(...nodes);
  return made;
}

/** The text of a message in one plain line, for the announcer. */
export function spoken(text) {
  const box = h("div", null, mrkdwn(text));
  return box.textContent.replace(/\s+/g, " ").trim();
}
