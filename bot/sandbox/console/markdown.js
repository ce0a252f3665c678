// The `markdown` block: standard Markdown (not mrkdwn), as much of it as Slack draws.

import { h, link } from "./dom.js";
import { withEmoji } from "./emoji.js";

export function markdown(text) {
  const lines = (text ?? "").replace(/\r\n?/g, "\n").split("\n");
  const nodes = [];
  for (let at = 0; at < lines.length; ) {
    const made = fence(lines, at) ?? heading(lines, at) ?? rule(lines, at) ?? table(lines, at) ?? quote(lines, at) ?? list(lines, at) ?? paragraph(lines, at);
    if (made.node) nodes.push(made.node);
    at = made.next;
  }
  return h("div", { class: "markdown" }, nodes);
}

function fence(lines, at) {
  if (!/^\s*```/.test(lines[at])) return null;
  let end = at + 1;
  while (end < lines.length && !/^\s*```/.test(lines[end])) end += 1;
  return { node: h("pre", null, lines.slice(at + 1, end).join("\n")), next: end + 1 };
}

function heading(lines, at) {
  const match = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[at]);
  return match ? { node: h("p", { class: `md-heading md-h${match[1].length}` }, h("strong", null, inline(match[2]))), next: at + 1 } : null;
}

function rule(lines, at) {
  return /^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[at]) ? { node: h("hr"), next: at + 1 } : null;
}

function quote(lines, at) {
  let end = at;
  while (end < lines.length && /^\s*>/.test(lines[end])) end += 1;
  if (end === at) return null;
  return { node: h("blockquote", null, markdown(lines.slice(at, end).map((line) => line.replace(/^\s*> ?/, "")).join("\n"))), next: end };
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;

function list(lines, at) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const ordered = /\d/.test(first[2]);
  const depth = first[1].length;
  const items = [];
  let end = at;
  while (end < lines.length) {
    const match = ITEM.exec(lines[end]);
    if (!match || match[1].length < depth) break;
    if (match[1].length > depth + 1 && items.length) {
      const inner = list(lines, end);
      items.at(-1).append(inner.node);
      end = inner.next;
      continue;
    }
    const task = /^\[([ xX])\]\s+(.*)$/.exec(match[3]);
    items.push(h("li", null, task ? [`${task[1] === " " ? "☐" : "☑"} `, inline(task[2])] : inline(match[3])));
    end += 1;
  }
  return { node: h(ordered ? "ol" : "ul", { start: ordered && parseInt(first[2], 10) !== 1 ? parseInt(first[2], 10) : null }, items), next: end };
}

function table(lines, at) {
  if (!lines[at].includes("|") || !/^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? "")) return null;
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const sides = cells(lines[at + 1]).map((mark) => `align-${mark.endsWith(":") ? (mark.startsWith(":") ? "center" : "right") : "left"}`);
  const row = (tag, line) => h("tr", null, cells(line).map((cell, column) => h(tag, { scope: tag === "th" ? "col" : null, class: sides[column] }, inline(cell))));
  const head = row("th", lines[at]);
  const body = lines.slice(at + 2, end).map((line) => row("td", line));
  return { node: h("div", { class: "table-frame" }, h("table", null, h("thead", null, head), h("tbody", null, body))), next: end };
}

function paragraph(lines, at) {
  if (!lines[at].trim()) return { node: null, next: at + 1 };
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !ITEM.test(lines[end]) && !/^(#{1,6}\s|\s*>|\s*```)/.test(lines[end])) end += 1;
  const nodes = lines.slice(at, end).flatMap((line, number) => [number ? h("br") : null, ...inline(line)]);
  return { node: h("p", null, nodes), next: end };
}

const INLINE = /`([^`]+)`|!?\[([^\]]*)\]\(([^()\s]+)(?:\s+"[^"]*")?\)|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*([^*\s][^*]*?)\*|(?<![\w])_([^_\s][^_]*?)_(?![\w])|(https?:\/\/[^\s<>]+[^\s<>.,;:!?)])|\\([\\`*_{}[\]()#+.!|~>-])/;

function inline(text) {
  const nodes = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    nodes.push(...withEmoji(rest.slice(0, match.index)), piece(match));
    rest = rest.slice(match.index + match[0].length);
  }
  nodes.push(...withEmoji(rest));
  return nodes;
}

function piece([, code, label, target, bold, bold2, strike, italic, italic2, address, escaped]) {
  if (code !== undefined) return h("code", null, code);
  if (target !== undefined) return link(target, label ? inline(label) : target);
  if (bold ?? bold2) return h("strong", null, inline(bold ?? bold2));
  if (strike) return h("del", null, inline(strike));
  if (italic ?? italic2) return h("em", null, inline(italic ?? italic2));
  return address ? link(address, address) : document.createTextNode(escaped);
}
