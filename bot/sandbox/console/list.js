// A list of messages that redraws only what changed, so that a card that edits itself never moves the page or the focus.

import { h } from "./dom.js";
import { messageNode } from "./message.js";
import { dayKey, dayName } from "./time.js";

const GROUP_SECONDS = 300;

export class MessageList {
  #box;
  #rows = new Map();
  #options;

  /** `options(message)` gives messageNode's options; `lead()` the node that stands before the first message. */
  constructor(box, options) {
    this.#box = box;
    this.#options = options;
  }

  clear() {
    this.#rows.clear();
    this.#box.replaceChildren();
  }

  /** `marks` are rows of the caller's own: {newFrom: ts | null, lead: node | null, afterFirst: node | null}. */
  draw(messages, marks = {}) {
    const wanted = [];
    if (marks.lead) wanted.push(["lead", marks.lead.key, () => marks.lead.node()]);
    let before = null;
    let marked = false;
    for (const message of messages) {
      const newDay = marks.days !== false && (!before || dayKey(before.ts) !== dayKey(message.ts));
      if (newDay) wanted.push([`day ${dayKey(message.ts)}`, dayName(message.ts), () => dayRow(message.ts)]);
      const isNew = !marked && marks.newFrom && Number(message.ts) > Number(marks.newFrom);
      if (isNew && before) wanted.push(["new", "", () => h("div", { class: "new-line", role: "separator", "aria-label": "New messages" }, h("span", null, "New"))]);
      marked ||= Boolean(isNew);
      const grouped = !newDay && !isNew && Boolean(before) && follows(before, message);
      wanted.push([message.ts, JSON.stringify([message, grouped]), () => messageNode(message, { grouped, ...this.#options(message) })]);
      if (!before && marks.afterFirst) wanted.push(["after-first", marks.afterFirst.key, () => marks.afterFirst.node()]);
      before = message;
    }
    this.#place(wanted);
  }

  #place(wanted) {
    const rows = new Map();
    const keys = new Set(wanted.map(([key]) => key));
    for (const [key, { node }] of this.#rows) if (!keys.has(key)) node.remove();
    let next = this.#box.firstChild;
    for (const [key, signature, make] of wanted) {
      const known = this.#rows.get(key);
      if (known?.signature === signature) {
        if (known.node === next) next = next.nextSibling;
        else this.#box.insertBefore(known.node, next);
        rows.set(key, known);
        continue;
      }
      const node = make();
      if (known) {
        if (known.node === next) next = next.nextSibling;
        replaceKeepingFocus(known.node, node);
        // Moving a node takes the focus away, so it is moved only when it is not in its place already.
        if (node.nextSibling !== next) this.#box.insertBefore(node, next);
      } else this.#box.insertBefore(node, next);
      rows.set(key, { signature, node });
    }
    this.#rows = rows;
  }
}

function follows(before, message) {
  return (
    before.author?.id === message.author?.id &&
    Boolean(before.ephemeral) === Boolean(message.ephemeral) &&
    !before.reply_count &&
    Number(message.ts) - Number(before.ts) < GROUP_SECONDS
  );
}

const dayRow = (ts) => h("div", { class: "day", role: "separator", "aria-label": dayName(ts) }, h("span", null, dayName(ts)));

/** The focus stays on the same button after a redraw, or goes to the first one when that button is gone (Claim → Release). */
function replaceKeepingFocus(old, node) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(node);
  if (!focused) return;
  const key = focused.dataset?.key;
  const same = key ? node.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  (same ?? node.querySelector(".actions button, button, a"))?.focus({ preventScroll: true });
}

/** Of the day lines that stick to the top only the last is seen, and without its rule. */
function markDays(box) {
  const edge = box.getBoundingClientRect().top;
  const days = [...box.querySelectorAll(".day")];
  const tops = days.map((day) => day.getBoundingClientRect().top);
  days.forEach((day, at) => {
    day.classList.toggle("stuck", tops[at] <= edge + 8 && box.scrollTop > 0);
    day.classList.toggle("past", tops[at + 1] !== undefined && tops[at + 1] < tops[at] + 26);
  });
}

/** Keeps a scrolling box at its end while the person is at the end, and tells `onAway` when they are not. */
export class StickyEnd {
  #box;
  #atEnd = true;

  constructor(box, onAway = () => {}) {
    this.#box = box;
    box.addEventListener(
      "scroll",
      () => {
        markDays(box);
        this.#atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
        onAway(!this.#atEnd);
      },
      { passive: true },
    );
    new ResizeObserver(() => this.settle()).observe(box);
  }

  get atEnd() {
    return this.#atEnd;
  }

  settle() {
    if (this.#atEnd) this.#box.scrollTop = this.#box.scrollHeight;
    markDays(this.#box);
  }

  jump() {
    this.#atEnd = true;
    this.settle();
  }
}
