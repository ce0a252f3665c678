// Building the page: elements, avatars, toasts. Data only ever becomes text nodes or checked attributes, never markup.

import { icon } from "./icons.js";

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "multiple", "required"]);

/** An element. `on` are listeners, `data` data-attributes, `vars` CSS custom properties; false, null and undefined are left out. */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "vars") for (const [name, text] of Object.entries(value)) node.style.setProperty(name, text);
    else if (PROPERTIES.has(key)) node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

export const byId = (id) => document.getElementById(id);

let serial = 0;
/** An id that no other element of the page has. */
export const freshId = (stem) => `${stem}-${++serial}`;

/** A button that shows only an icon; `label` is what a screen reader says and the tooltip. */
export function iconButton(name, label, onClick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: onClick }, ...props }, icon(name));
}

/** The coloured square of a person, or the app's picture for a bot. Decorative: the name always stands beside it. */
export function avatar(author, size = "") {
  const classes = `avatar ${size}`;
  if (author?.is_bot) return h("span", { class: `${classes} bot`, "aria-hidden": "true" }, icon("bag"));
  const color = safeColor(author?.color) ?? "#5b6b64";
  const initials = author?.initials || (author?.name ?? "?").slice(0, 1).toUpperCase();
  return h("span", { class: classes, "aria-hidden": "true", vars: { "--face": color, "--face-ink": inkOn(color) } }, initials);
}

/** A colour as Slack writes it (with or without #, or good/warning/danger), or null when it is none. */
export function safeColor(color) {
  const named = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" }[color];
  if (named) return named;
  const match = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(color ?? "");
  return match ? `#${match[1]}` : null;
}

/** Black or white, whichever is easier to read; one of them always has a contrast of 4.5 at least. */
function inkOn(color) {
  const full = color.length === 4 ? color.replace(/[0-9a-f]/gi, "$&$&") : color;
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(full.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

/** Links may only lead to the web, a mail address or a phone; anything else (javascript:, data:) is shown as text. */
export function safeUrl(url) {
  return /^(https?:\/\/|mailto:|tel:)/i.test(url ?? "") ? url : null;
}

export function link(url, ...children) {
  const safe = safeUrl(url);
  return safe ? h("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...children) : h("span", null, ...children);
}

/**
 * What gives the focus back to where it is now: to the same node or, when its message was redrawn meanwhile, to the same
 * control of it. False when neither is there any more.
 */
export function rememberFocus() {
  const node = document.activeElement;
  const key = node?.dataset?.key;
  const place = node?.closest?.("[data-ts]");
  const region = place?.closest("[id]")?.id;
  return () => {
    const again = place && region ? byId(region)?.querySelector(`[data-ts="${CSS.escape(place.dataset.ts)}"]`) : null;
    const target = node?.isConnected ? node : key ? again?.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
    target?.focus({ preventScroll: true });
    return Boolean(target);
  };
}

const untilLetGo = new Map();

/**
 * Runs `redraw` now or, while something in `box` is being pressed, right after it is let go: a button that is replaced under
 * the finger swallows the click.
 */
export function whenLetGo(box, redraw) {
  if (box.querySelector(":active")) untilLetGo.set(box, redraw);
  else {
    untilLetGo.delete(box);
    redraw();
  }
}

for (const type of ["pointerup", "pointercancel", "keyup", "change", "dragend"]) {
  // The click comes after this event, and a redraw only after the click.
  addEventListener(type, () => setTimeout(() => [...untilLetGo].forEach(([box, redraw]) => whenLetGo(box, redraw))), true);
}

/** A sentence at the foot of the page for something that did not work. */
export function toast(sentence) {
  const close = () => {
    node.remove();
    if (!box.firstChild) box.hidePopover();
  };
  const box = byId("toasts");
  const node = h("div", { class: "toast" }, icon("warning"), h("span", null, sentence), iconButton("close", "Dismiss", close));
  box.append(node);
  while (box.children.length > 3) box.firstChild.remove();
  // Shown anew each time, so that it lies over a dialog that was opened since.
  box.hidePopover();
  box.showPopover();
  setTimeout(close, 7000);
}

/** Says something to a screen reader without moving the focus. */
export function announce(sentence) {
  const log = byId("announcer");
  log.append(h("p", null, sentence));
  while (log.children.length > 5) log.firstChild.remove();
}

/** localStorage that may be closed to us. */
export const remembered = {
  get(key) {
    try {
      return localStorage.getItem(`console.${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`console.${key}`, value);
    } catch {
      // Nothing is lost but the memory of a preference.
    }
  },
};
