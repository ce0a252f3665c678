// The page: reads what there is, follows the events, and shows the place that the address names (#/C…, #/app, #/app/home).

import { announce, byId, h, remembered, toast, whenLetGo } from "./dom.js";
import { follow, get, post } from "./api.js";
import { appHead, showAbout, showHome } from "./appview.js";
import { channelHead, forgetChannel, isShown, markRead, redrawMessages, showChannel } from "./channel.js";
import { startFrame } from "./frame.js";
import { readViews, redrawModal } from "./modal.js";
import { refreshRelativeTimes, spoken } from "./mrkdwn.js";
import { readSoon } from "./outside.js";
import { redrawSidebar } from "./sidebar.js";
import { appChannel, changed, countReply, dropMessage, inOrder, isReply, merged, state, takeMessage, takeState, visibleChannels, watch } from "./state.js";
import { closeThread, readThread, redrawThread } from "./threads.js";

async function start() {
  const asked = new URLSearchParams(location.search).get("as") ?? remembered.get("as");
  if (!(await readState(asked))) return;
  watch("workspace", () => {
    whenLetGo(byId("sidebar"), () => redrawSidebar(actAs));
    whenLetGo(byId("channel-head"), redrawHead);
  });
  watch("messages", redrawMessages);
  watch("thread", redrawThread);
  watch("home", () => whenLetGo(byId("stage"), redrawStage));
  addEventListener("hashchange", goWhereTheAddressSays);
  document.addEventListener("visibilitychange", () => state.route.channel && markRead(state.route.channel));
  document.addEventListener("keydown", (event) => event.key === "Escape" && escape(event));
  byId("skip").addEventListener("click", (event) => {
    // The address names the place on this page, so a plain jump to #main would lead away from it.
    event.preventDefault();
    (byId("composer") ?? byId("main")).focus();
  });
  byId("scrim").addEventListener("click", closeDrawer);
  setInterval(refreshRelativeTimes, 20000);
  startFrame(beginAnew);
  connect();
  await goWhereTheAddressSays();
  readViews();
}

/** False when the demo does not answer; it is then asked again until it does. */
async function readState(as) {
  try {
    state.me = as;
    let answer = await get("/console/api/state").catch((error) => (as && error.status >= 400 ? { people: [] } : Promise.reject(error)));
    if (as && !answer.people.some((one) => one.id === as)) {
      state.me = null;
      answer = await get("/console/api/state");
    }
    takeState(answer);
    document.title = `${state.workspace.name} · Order Ahead`;
    return true;
  } catch (error) {
    byId("stage").replaceChildren(h("div", { class: "intro" }, h("h2", null, "Nothing answers"), h("p", null, error.message), h("button", { type: "button", class: "button primary", on: { click: () => location.reload() } }, "Try again")));
    return false;
  }
}

async function actAs(id) {
  remembered.set("as", id);
  closeThread();
  state.messages.clear();
  state.home = null;
  forgetChannel();
  if (!(await readState(id))) return;
  const url = new URL(location.href);
  url.searchParams.delete("as");
  history.replaceState(null, "", url);
  connect();
  await goWhereTheAddressSays();
  readViews();
}

/** The story was started over: nothing that was on the page is true any more. */
async function beginAnew() {
  closeThread();
  state.messages.clear();
  await readState(state.me);
  await goWhereTheAddressSays();
  readViews();
}

async function goWhereTheAddressSays() {
  closeDrawer();
  const [, first, second] = location.hash.split("/");
  const before = state.route;
  if (first === "app") {
    const tab = second ?? (state.app.home_tab === false ? "messages" : "home");
    state.route = { place: "app", channel: tab === "messages" ? (appChannel()?.id ?? null) : null, tab };
  } else {
    const known = first && state.channels.get(first) ? first : (visibleChannels()[0]?.id ?? null);
    state.route = { place: "channel", channel: known, tab: "messages" };
    if (state.channels.get(known)?.is_im && known === appChannel()?.id) state.route = { place: "app", channel: known, tab: "messages" };
  }
  if (before.channel !== state.route.channel && state.thread?.channel !== state.route.channel) closeThread();
  changed("workspace");
  if (state.route.channel) await openChannel(state.route.channel);
  else if (state.route.tab === "home") await openHome();
  redrawStage();
}

async function openChannel(id) {
  const channel = state.channels.get(id);
  const unread = channel?.unread ?? 0;
  await readMessages(id);
  if (state.route.channel !== id) return;
  const inChannel = inOrder(state.messages.get(id) ?? new Map());
  const lastRead = inChannel.at(-1 - unread);
  state.newFrom = unread && lastRead ? lastRead.ts : null;
  markRead(id);
  changed("workspace");
}

async function readMessages(id) {
  const before = new Map(state.messages.get(id) ?? []);
  if (!state.messages.has(id)) state.messages.set(id, new Map());
  try {
    const { messages } = await get(`/console/api/channels/${id}/messages`);
    state.messages.set(id, merged(messages, before, state.messages.get(id) ?? new Map()));
    changed("messages");
  } catch (error) {
    toast(error.message);
  }
}

async function openHome() {
  const opened = await post("/console/api/home/open");
  if (!opened.ok) toast(opened.error);
  await readHome();
}

async function readHome() {
  const before = state.home;
  try {
    const { view } = await get("/console/api/home");
    // What was published while the answer was on its way is newer than the answer.
    if (state.home === before) state.home = view ?? null;
    changed("home");
  } catch (error) {
    toast(error.message);
  }
}

function redrawHead() {
  const { place, channel, tab } = state.route;
  const known = state.channels.get(channel);
  const focusedTab = document.activeElement?.closest?.("#channel-head [role=tab]");
  const nodes = place === "app" ? appHead(tab, { onMenu: openDrawer, onTab: goToTab }) : known ? channelHead(known, { onMenu: openDrawer }) : [];
  byId("channel-head").replaceChildren(...nodes.filter(Boolean));
  if (focusedTab) byId(`tab-${tab}`)?.focus();
}

function goToTab(tab) {
  location.hash = `#/app/${tab}`;
}

function redrawStage() {
  const stage = byId("stage");
  const { place, channel, tab } = state.route;
  const known = state.channels.get(channel);
  if (known) showChannel(stage, known);
  else if (place === "app" && tab === "home") showHome(stage);
  else if (place === "app" && tab === "about") showAbout(stage);
  else stage.replaceChildren(h("div", { class: "intro" }, h("h2", null, "Nothing here yet")));
  if (!known) forgetChannel();
}

function connect() {
  follow({
    onEvent: take,
    onLost: () => showBanner("The connection was lost. Reconnecting…"),
    onFound: async () => {
      showBanner(null);
      await readState(state.me);
      if (state.route.channel) await readMessages(state.route.channel);
      await Promise.all([readThread(), readViews(), state.route.tab === "home" ? readHome() : null]);
    },
  });
}

function showBanner(sentence) {
  byId("banner").textContent = sentence ?? "";
  byId("banner").hidden = !sentence;
}

let stateTimer = 0;
let readTimer = 0;

/** One event of the stream. */
function take(event) {
  readSoon();
  const message = event.message ? { channel: event.channel, ...event.message } : null;
  switch (event.type) {
    case "message":
    case "ephemeral":
      if (!message) return;
      if (event.type === "ephemeral") message.ephemeral = true;
      if (isReply(message) && !message.ephemeral) countReply(message);
      if (isReply(message) && message.ephemeral && state.thread?.ts !== message.thread_ts) message.thread_ts = null;
      takeMessage(message);
      if (message.author?.id !== state.me) announce(`${message.author?.name ?? ""}: ${spoken(message.text || message.attachments?.[0]?.fallback || "a message")}`.slice(0, 300));
      arrived(message);
      return;
    case "message_changed":
      if (message) takeMessage(message);
      return;
    case "message_deleted":
      dropMessage(event.channel ?? message?.channel, event.ts ?? message?.ts);
      return;
    case "view_opened":
    case "view_updated":
    case "view_closed":
      readViews();
      return;
    case "home_updated":
      if (event.view) {
        state.home = event.view;
        changed("home");
      } else readHome();
      return;
    case "unread":
      takeUnread(event);
      return;
    default:
  }
}

function arrived(message) {
  if (isReply(message)) return;
  if (message.channel === state.route.channel && isShown(message.channel) && !document.hidden) {
    clearTimeout(readTimer);
    readTimer = setTimeout(() => markRead(message.channel), 400);
  }
}

function takeUnread({ channel: id, unread }) {
  const channel = state.channels.get(id);
  if (!channel || unread === undefined) return refreshUnread();
  // What is on the screen counts as read; the server hears so a moment later.
  channel.unread = id === state.route.channel && !document.hidden ? 0 : unread;
  return changed("workspace");
}

/** Asks for the counts once per burst. What is on the screen counts as read. */
function refreshUnread() {
  clearTimeout(stateTimer);
  stateTimer = setTimeout(async () => {
    try {
      const answer = await get("/console/api/state");
      takeState(answer);
      const here = state.channels.get(state.route.channel);
      if (here?.unread && !document.hidden) {
        here.unread = 0;
        markRead(here.id);
      }
    } catch {
      // The stream notices by itself when the demo is gone.
    }
  }, 250);
}

function openDrawer() {
  byId("client").classList.add("drawer-open");
  byId("scrim").hidden = false;
  byId("sidebar").querySelector("a, button")?.focus();
}

function closeDrawer() {
  byId("client").classList.remove("drawer-open");
  byId("scrim").hidden = true;
}

function escape(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open], .menu:popover-open")) return;
  if (byId("client").classList.contains("drawer-open")) closeDrawer();
  else if (state.thread) closeThread();
}

watch("views", redrawModal);
start();
