// Block Kit, drawn as Slack draws it: docs.slack.dev/reference/block-kit/blocks. A block we cannot draw says so in a visible box.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { emojiText } from "./emoji.js";
import { elementNode } from "./elements.js";
import { inputBlock } from "./inputs.js";
import { markdown } from "./markdown.js";
import { textNodes } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/**
 * The nodes of a list of blocks. `where` says what an element may do: {surface: "message" | "modal" | "home", press(action),
 * suggest(action_id, query), form} — `form` collects the values of a view and is absent in messages.
 */
export function blockNodes(blocks, where) {
  return (blocks ?? []).filter(Boolean).map((block) => h("div", { class: `block block-${block.type}`, data: { block: block.block_id ?? "" } }, blockNode(block, where)));
}

function blockNode(block, where) {
  const draw = BLOCKS[block.type];
  return draw ? draw(block, where) : unsupported(`block: ${block.type}`);
}

const BLOCKS = {
  section,
  // In a modal the title is the second level; elsewhere the channel's name is the first.
  header: (block, where) => h(where.surface === "modal" ? "h3" : "h2", { class: "header-text" }, textNodes(block.text)),
  divider: () => h("hr"),
  context,
  actions: (block, where) => h("div", { class: "actions", role: "group", "aria-label": "Actions" }, (block.elements ?? []).map((element) => elementNode(element, block, where))),
  input: inputBlock,
  image: (block) => picture(block),
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  table,
  alert,
};

function section(block, where) {
  const accessory = block.accessory;
  const isPicture = accessory?.type === "image";
  return h(
    "div",
    { class: `section${accessory ? " has-accessory" : ""}${isPicture ? " has-thumb" : ""}` },
    h(
      "div",
      { class: "section-body" },
      block.text ? h("div", { class: "section-text" }, textNodes(block.text)) : null,
      block.fields?.length ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field" }, textNodes(field)))) : null,
    ),
    accessory ? h("div", { class: "accessory" }, isPicture ? thumb(accessory, "accessory-image") : elementNode(accessory, block, where)) : null,
  );
}

function context(block) {
  return h(
    "div",
    { class: "context" },
    (block.elements ?? []).map((element) => (element.type === "image" ? thumb(element, "context-image") : h("span", { class: "context-text" }, textNodes(element)))),
  );
}

/** An image of our own host or inlined; the page asks no other host for anything, so a foreign one is named instead. */
function thumb(image, className) {
  const source = ownImage(image.image_url ?? image.slack_file?.url);
  return source ? h("img", { class: className, src: source, alt: emojiText(image.alt_text ?? ""), loading: "lazy" }) : h("span", { class: `${className} missing-image`, role: "img", "aria-label": image.alt_text ?? "image", title: image.image_url }, icon("eye"));
}

export function picture(block) {
  const source = ownImage(block.image_url ?? block.slack_file?.url ?? block.url_private);
  const title = block.title?.text ?? block.title ?? "";
  return h(
    "figure",
    { class: "picture" },
    title ? h("figcaption", null, textNodes({ type: "plain_text", text: title })) : null,
    source
      ? h("a", { href: source, target: "_blank", rel: "noopener", "aria-label": `Open ${block.alt_text || "the image"} in full size` }, h("img", { src: source, alt: emojiText(block.alt_text ?? ""), loading: "lazy" }))
      : h("div", { class: "missing-image", role: "img", "aria-label": block.alt_text ?? "image" }, `Image on another host: ${block.alt_text ?? ""} (${block.image_url ?? "no address"})`),
  );
}

function ownImage(url) {
  if (!url) return null;
  if (/^data:image\//i.test(url)) return url;
  try {
    const parsed = new URL(url, location.href);
    // The stand-in may know itself by another name of the same machine.
    const loopback = (name) => ["localhost", "127.0.0.1", "[::1]"].includes(name);
    if (loopback(parsed.hostname) && loopback(location.hostname) && parsed.port === location.port) return parsed.pathname + parsed.search;
    return parsed.origin === location.origin ? parsed.href : null;
  } catch {
    return null;
  }
}

/** The first row is the heading, as in Slack. */
function table(block) {
  const settings = block.column_settings ?? [];
  const cell = (tag, content, column) =>
    h(tag, { scope: tag === "th" ? "col" : null, class: `align-${settings[column]?.align ?? "left"}${settings[column]?.is_wrapped ? " wrapped" : ""}` }, cellNodes(content));
  const [head, ...rows] = block.rows ?? [];
  return h(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      null,
      head ? h("thead", null, h("tr", null, head.map((content, column) => cell("th", content, column)))) : null,
      h("tbody", null, rows.map((row) => h("tr", null, row.map((content, column) => cell("td", content, column))))),
    ),
  );
}

function cellNodes(content) {
  if (!content) return "";
  if (content.type === "rich_text") return richText(content);
  return textNodes({ type: "plain_text", text: String(content.text ?? content.value ?? "") });
}

function alert(block) {
  const level = { warning: "warning", error: "error", success: "success", info: "info" }[block.level ?? block.style] ?? "info";
  return h("div", { class: `alert-box alert-${level}`, role: "note" }, icon(level === "success" ? "check" : level === "info" ? "info" : "warning"), h("div", null, textNodes(block.text)));
}

export function unsupported(what) {
  return h("div", { class: "unsupported", role: "note" }, icon("warning"), h("span", null, `unsupported ${what}`));
}
