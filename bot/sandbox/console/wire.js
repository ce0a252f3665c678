// The inspector: every request that crossed the wire between the bot and the stand-ins, newest first. Secrets are masked by the server.

import { h } from "./dom.js";
import { icon } from "./icons.js";

let wanted = "";

/** Draws into `body`, adding only the new lines, so that an opened one stays where it is. */
export function wireNode(body, entries) {
  let frame = body.querySelector(".wire");
  if (!frame) {
    frame = build();
    body.replaceChildren(frame);
  }
  const list = frame.querySelector(".wire-list");
  chips(frame, entries, body);
  const known = new Map([...list.children].map((node) => [Number(node.dataset.n), node]));
  const rows = entries.filter((entry) => !wanted || entry.to === wanted).reverse();
  list.replaceChildren(...rows.map((entry) => known.get(entry.n) ?? row(entry)));
  frame.querySelector(".wire-none").hidden = rows.length > 0;
}

function build() {
  return h("div", { class: "wire" }, h("div", { class: "wire-filter", role: "group", "aria-label": "Show only requests to" }), h("p", { class: "wire-none quiet" }, "Nothing crossed the wire yet."), h("ol", { class: "wire-list" }));
}

function chips(frame, entries, body) {
  const names = [...new Set(entries.map((entry) => entry.to))].sort();
  const box = frame.querySelector(".wire-filter");
  const signature = `${names.join()}|${wanted}`;
  if (box.dataset.signature === signature) return;
  box.dataset.signature = signature;
  box.replaceChildren(
    ...["", ...names].map((name) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-pressed": String(name === wanted),
          on: {
            click: () => {
              wanted = name;
              wireNode(body, entries);
            },
          },
        },
        name || "All",
      ),
    ),
  );
}

function row(entry) {
  const kind = entry.status === null ? "none" : entry.status >= 500 ? "bad" : entry.status >= 400 ? "refused" : "good";
  const detail = h("div", { class: "wire-detail", hidden: true });
  const button = h(
    "button",
    {
      type: "button",
      class: "wire-line",
      "aria-expanded": "false",
      on: {
        click: () => {
          const open = detail.hidden;
          detail.hidden = !open;
          button.setAttribute("aria-expanded", String(open));
          if (open && !detail.firstChild) detail.append(...bodies(entry));
        },
      },
    },
    h("span", { class: `wire-status ${kind}` }, entry.status === null ? "cut" : String(entry.status)),
    h("span", { class: "wire-words" }, h("span", { class: "wire-path", title: entry.path }, h("b", null, entry.method), " ", entry.path), h("span", { class: "wire-meta" }, `${entry.to} · ${moment(entry.at)} · ${duration(entry.milliseconds)}`, entry.fault ? h("span", { class: "wire-fault" }, ` ${String(entry.fault).replaceAll("_", " ")}`) : null)),
    icon("down"),
  );
  return h("li", { data: { n: String(entry.n) } }, button, detail);
}

function bodies(entry) {
  const whole = h("p", { class: "wire-whole" }, `${entry.method} ${entry.path}`);
  const sides = [
    ["Request", entry.request],
    ["Response", entry.response],
  ];
  return [whole, ...sides.map(([title, text]) => h("div", null, h("h3", null, title), h("pre", { tabindex: "0", role: "region", "aria-label": `${title} body` }, pretty(text) || "empty")))];
}

function pretty(text) {
  if (text && typeof text === "object") return JSON.stringify(text, null, 2);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text ?? "";
  }
}

function duration(milliseconds) {
  const number = Number(milliseconds);
  return number >= 1000 ? `${(number / 1000).toFixed(1)} s` : `${number.toFixed(number < 10 ? 1 : 0)} ms`;
}

function moment(at) {
  const date = typeof at === "number" ? new Date(at * 1000) : new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", second: "2-digit" });
}
