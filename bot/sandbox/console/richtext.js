// rich_text blocks: docs.slack.dev/reference/block-kit/blocks/rich-text-block.

import { h, link, safeColor } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { broadcast, channelMention, dateNode, groupMention, userMention } from "./mrkdwn.js";

export function richText(block) {
  return h("div", { class: "rich-text" }, (block.elements ?? []).map(part));
}

function part(element) {
  switch (element.type) {
    case "rich_text_section":
      return h("div", { class: "rich-section" }, spans(element.elements));
    case "rich_text_list":
      return list(element);
    case "rich_text_quote":
      return h("blockquote", null, spans(element.elements));
    case "rich_text_preformatted":
      return h("pre", null, spans(element.elements));
    default:
      return h("div", { class: "unsupported" }, `unsupported rich text: ${element.type}`);
  }
}

function list(element) {
  const ordered = element.style === "ordered";
  return h(
    ordered ? "ol" : "ul",
    { class: `rich-list depth-${(element.indent ?? 0) % 3}${element.border ? " bordered" : ""}`, start: ordered && element.offset ? element.offset + 1 : null, vars: { "--indent": element.indent ?? 0 } },
    (element.elements ?? []).map((item) => h("li", null, spans(item.elements))),
  );
}

function spans(elements) {
  return (elements ?? []).map((element) => styled(span(element), element.style));
}

function span(element) {
  switch (element.type) {
    case "text":
      return broken(element.text);
    case "emoji":
      return emojiNode(element.name, element.unicode);
    case "link":
      return link(element.url, element.text ?? element.url);
    case "user":
      return userMention(element.user_id);
    case "channel":
      return channelMention(element.channel_id);
    case "usergroup":
      return groupMention(element.usergroup_id);
    case "broadcast":
      return broadcast(element.range);
    case "date":
      return element.url ? link(element.url, dateNode(element.timestamp, element.format)) : dateNode(element.timestamp, element.format);
    case "color":
      return h("code", null, h("span", { class: "swatch", vars: { "--swatch": safeColor(element.value) ?? "transparent" } }), element.value);
    default:
      return h("span", { class: "unsupported" }, `unsupported element: ${element.type}`);
  }
}

function broken(text) {
  return (text ?? "").split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line]));
}

function styled(node, style) {
  if (!style || typeof style !== "object") return node;
  const tags = [[style.code, "code"], [style.bold, "strong"], [style.italic, "em"], [style.strike, "del"], [style.underline, "u"]];
  return tags.reduce((inner, [wanted, tag]) => (wanted ? h(tag, null, inner) : inner), node);
}
