// The panel at the right: whoever sits at the page plays the shopper, the cashier and the weather, and reads what crossed the wire.

import { byId, h, iconButton, remembered, toast } from "./dom.js";
import { icon } from "./icons.js";
import { doOutside, outside, readNow } from "./outside.js";
import { age } from "./time.js";
import { wireNode } from "./wire.js";

const TABS = [
  ["play", "Play"],
  ["wire", "Wire"],
];

let open = null;
let tab = "play";
let onToggled = () => {};

export const isWorldOpen = () => Boolean(open && outside.present);

export function startWorld(toggled) {
  onToggled = toggled;
  const before = remembered.get("world");
  open = before ? before === "open" : innerWidth >= 1280;
}

export function toggleWorld() {
  open = !open;
  remembered.set("world", open ? "open" : "closed");
  redrawWorld();
  onToggled();
  if (open) {
    readNow();
    byId("world").querySelector("button")?.focus();
  }
}

/** What stands in the panel now, part by part, and of which facts each was drawn. */
let drawn = {};

export function redrawWorld() {
  const panel = byId("world");
  panel.hidden = !isWorldOpen();
  document.body.classList.toggle("world-open", isWorldOpen());
  if (!isWorldOpen()) {
    drawn = {};
    panel.replaceChildren();
    return;
  }
  if (!panel.firstChild) build(panel);
  for (const node of panel.querySelectorAll("[role=tab]")) {
    node.setAttribute("aria-selected", String(node.dataset.key === tab));
    node.tabIndex = node.dataset.key === tab ? 0 : -1;
  }
  const body = panel.querySelector(".world-body");
  body.setAttribute("aria-labelledby", `world-tab-${tab}`);
  if (tab === "wire") redrawWire(body);
  else redrawPlay(body);
}

function redrawWire(body) {
  if (drawn.wire === outside.last) return;
  drawn = { wire: outside.last };
  wireNode(body, outside.entries);
}

/** Each part by itself: ages change all the time, and must not close the menu of another part while somebody chooses. */
function redrawPlay(body) {
  const { world } = outside;
  const parts = [
    ["shopper", world.stores, shopper],
    ["cashier", [world.stores, world.pos?.map((order) => ({ ...order, age_seconds: age(order.age_seconds) }))], cashier],
    ["weather", [world.weather, world.story?.speed], weather],
  ];
  for (const [at, [name, facts, draw]] of parts.entries()) {
    const signature = JSON.stringify(facts);
    if (drawn[name] === signature) continue;
    drawn[name] = signature;
    const old = body.children[at];
    const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const node = draw(world);
    if (old) old.replaceWith(node);
    else body.append(node);
    if (focused) node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}

function build(panel) {
  const choose = (key) => {
    tab = key;
    drawn = {};
    panel.querySelector(".world-body").replaceChildren();
    redrawWorld();
    panel.querySelector(`[data-key="${key}"]`).focus();
  };
  const arrows = (event) => {
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") choose(tab === "play" ? "wire" : "play");
  };
  panel.replaceChildren(
    h(
      "header",
      { class: "world-head" },
      h("div", null, h("h2", null, "Outside Slack"), h("p", null, "Make something happen out there.")),
      iconButton("close", "Close this panel", () => {
        toggleWorld();
        byId("frame-bar").querySelector('[data-key="world"]')?.focus();
      }),
    ),
    h(
      "div",
      { class: "world-tabs", role: "tablist", "aria-label": "Outside Slack", on: { keydown: arrows } },
      TABS.map(([key, words]) => h("button", { type: "button", role: "tab", id: `world-tab-${key}`, "aria-controls": "world-body", data: { key }, on: { click: () => choose(key) } }, words)),
    ),
    h("div", { class: "world-body", id: "world-body", role: "tabpanel", tabindex: "0" }),
  );
}

function panelPart(sign, title, words, ...children) {
  return h("section", { class: "world-part" }, h("h3", null, icon(sign), title), words ? h("p", { class: "quiet" }, words) : null, ...children);
}

const SOURCES = [
  ["leafly", "Leafly"],
  ["storefront", "Web shop"],
  ["flowhub", "In the POS"],
];

let chosenStore = null;

function shopper({ stores = [] }) {
  chosenStore = stores.some((store) => store.key === chosenStore) ? chosenStore : stores[0]?.key;
  const choice =
    stores.length > 1
      ? h(
          "label",
          { class: "world-store" },
          "Store",
          h("select", { class: "select", data: { key: "store" }, on: { change: (event) => (chosenStore = event.target.value) } }, stores.map((store) => h("option", { value: store.key, selected: store.key === chosenStore }, store.name))),
        )
      : null;
  const buttons = SOURCES.map(([source, words]) =>
    worldButton(`shopper ${source}`, [icon("plus"), words], "shopper", () => ({ source, store: chosenStore }), { "aria-label": source === "flowhub" ? "Place an order straight in the POS" : `Place an order on ${words === "Leafly" ? words : "the web shop"}` }),
  );
  return panelPart("cart", "Shopper", "Place an order:", choice, h("div", { class: "world-row" }, buttons));
}

const COLUMNS = [
  ["new", "New", [["start", "Start"], ["delete", "Delete"]]],
  ["in progress", "In progress", [["ready", "Ready"], ["delete", "Delete"]]],
  ["ready", "Ready", [["sell", "Sell"], ["delete", "Delete"]]],
];

const OTHER = ["other", "Elsewhere", [["delete", "Delete"]]];

function cashier({ pos = [], stores = [] }) {
  const plain = (column) => String(column ?? "").toLowerCase().replace(/[_-]/g, " ");
  const storeName = (key) => stores.find((store) => store.key === key)?.name ?? key;
  const known = COLUMNS.map(([key]) => key);
  const columns = [...COLUMNS, OTHER].map(([key, words, verbs]) => {
    const orders = pos.filter((order) => (key === "other" ? !known.includes(plain(order.column)) : plain(order.column) === key));
    if (key === "other" && !orders.length) return null;
    return h(
      "div",
      { class: `pos-column pos-${key.replace(" ", "-")}` },
      h("h4", null, words, h("span", { class: "pos-count" }, String(orders.length))),
      orders.length ? h("ul", null, orders.map((order) => h("li", null, posOrder(order, verbs, storeName(order.store))))) : h("p", { class: "pos-none" }, "none"),
    );
  });
  return panelPart("till", "Cashier", "Orders in the point of sale:", columns);
}

function posOrder(order, verbs, store) {
  return h(
    "div",
    { class: "pos-order" },
    h("div", { class: "pos-words" }, h("span", { class: "pos-shopper" }, order.shopper), h("span", { class: "pos-detail" }, `${store} · ${order.items} ${order.items === 1 ? "item" : "items"} · ${age(order.age_seconds)}`)),
    h("div", { class: "pos-verbs" }, verbs.map(([verb, words]) => worldButton(`pos ${order.order_id} ${verb}`, [words], "cashier", () => ({ order_id: order.order_id, do: verb }), { class: `world-button small${verb === "delete" ? " plain" : ""}`, "aria-label": `${words} the order of ${order.shopper}` }))),
  );
}

const WEATHER = [
  ["flowhub_down", "Flowhub is down", "Orders wait and arrive late, none is lost"],
  ["slack_rate_limited", "Slack is rate limiting", "Answers 429; cards catch up"],
  ["postbacks_lost", "Postbacks get lost", "The bot notices by polling"],
];

function weather({ weather: now = {}, story = null }) {
  return panelPart(
    "cloud",
    "Weather",
    null,
    WEATHER.map(([key, words, detail]) =>
      h(
        "button",
        { type: "button", class: "toggle", role: "switch", "aria-checked": String(Boolean(now[key])), data: { key: `weather ${key}` }, on: { click: async () => tell(await doOutside("weather", { [key]: !now[key] })) } },
        h("span", { class: "toggle-words" }, h("span", null, words), h("span", { class: "toggle-detail" }, detail)),
        h("span", { class: "knob", "aria-hidden": "true" }),
      ),
    ),
    story?.speed ? pace(story.speed) : null,
  );
}

const PACES = [
  [0.5, "Half as fast"],
  [1, "As told"],
  [2, "Twice as fast"],
  [4, "Four times as fast"],
];

/** How long the story waits for its reader. The bot's own clocks are real and stay as they are. */
function pace(speed) {
  const paces = PACES.some(([factor]) => factor === speed) ? PACES : [...PACES, [speed, `${speed} ×`]];
  return h(
    "label",
    { class: "world-store world-pace" },
    "Speed of the story",
    h(
      "select",
      { class: "select", data: { key: "pace" }, on: { change: async (event) => tell(await doOutside("story", { do: "speed", factor: Number(event.target.value) })) } },
      paces.map(([factor, words]) => h("option", { value: String(factor), selected: factor === speed }, words)),
    ),
  );
}

function worldButton(key, words, path, body, props = {}) {
  const button = h(
    "button",
    {
      type: "button",
      class: "world-button",
      data: { key },
      on: {
        click: async () => {
          if (button.getAttribute("aria-busy") === "true") return;
          button.setAttribute("aria-busy", "true");
          tell(await doOutside(path, body()));
          button.removeAttribute("aria-busy");
        },
      },
      ...props,
    },
    words,
  );
  return button;
}

const tell = (answer) => !answer.ok && toast(answer.error ?? "That did not work.");
