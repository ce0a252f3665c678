// The pane at the right: one message and its replies.

import { byId, h, iconButton, rememberFocus, toast, whenLetGo } from "./dom.js";
import { get } from "./api.js";
import { composerNode } from "./composer.js";
import { MessageList, StickyEnd } from "./list.js";
import { inOrder, merged, state } from "./state.js";

let pane = null;
let giveFocusBack = () => false;

export async function openThread(channel, ts) {
  giveFocusBack = rememberFocus();
  state.thread = { channel, ts, messages: new Map() };
  const parent = state.messages.get(channel)?.get(ts);
  if (parent) state.thread.messages.set(ts, parent);
  build();
  redrawThread();
  await readThread();
  byId("thread").querySelector("textarea")?.focus();
}

/** Reads the open thread anew; also after a lost connection. */
export async function readThread() {
  const wanted = state.thread;
  if (!wanted) return;
  const before = new Map(wanted.messages);
  try {
    const { messages } = await get(`/console/api/channels/${wanted.channel}/threads/${wanted.ts}`);
    if (state.thread !== wanted) return;
    wanted.messages = merged(messages, before, wanted.messages);
    redrawThread();
  } catch (error) {
    toast(error.message);
  }
}

export function closeThread() {
  if (!state.thread) return;
  const parent = byId("stage").querySelector(`[data-ts="${CSS.escape(state.thread.ts)}"]`);
  state.thread = null;
  pane = null;
  byId("thread").hidden = true;
  byId("thread").replaceChildren();
  byId("client").classList.remove("has-thread");
  // The line that was clicked may have been redrawn by a reply meanwhile.
  if (!giveFocusBack()) parent?.querySelector(".replies")?.focus({ preventScroll: true });
}

function build() {
  const { channel, ts } = state.thread;
  const name = state.channels.get(channel);
  const rows = h("div", { class: "rows" });
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Messages in the thread" }, rows);
  byId("thread").replaceChildren(
    h("header", { class: "thread-head" }, h("h2", null, "Thread"), h("span", { class: "thread-where" }, name && !name.is_im ? `#${name.name}` : ""), iconButton("close", "Close the thread", closeThread)),
    scroller,
    composerNode({ channel, threadTs: ts, label: "Reply…", id: "thread-composer", onSent: () => pane?.end.jump() }),
  );
  byId("thread").hidden = false;
  byId("client").classList.add("has-thread");
  const list = new MessageList(rows, (message) => ({
    onDismiss: () => {
      state.thread.messages.delete(message.ts);
      redrawThread();
    },
  }));
  pane = { list, end: new StickyEnd(scroller) };
}

export function redrawThread() {
  if (pane) whenLetGo(byId("thread"), drawThread);
}

function drawThread() {
  if (!pane || !state.thread) return;
  const messages = inOrder(state.thread.messages);
  const replies = messages.length - 1;
  pane.list.draw(messages, {
    days: false,
    afterFirst: replies > 0 ? { key: String(replies), node: () => h("div", { class: "reply-divider", role: "separator" }, h("span", null, `${replies} ${replies === 1 ? "reply" : "replies"}`)) } : null,
  });
  pane.end.settle();
}
