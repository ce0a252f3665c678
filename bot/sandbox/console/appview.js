// The app's own place: its Home tab, its messages, what it is.

import { avatar, byId, h, iconButton } from "./dom.js";
import { post, suggestions } from "./api.js";
import { blockNodes } from "./blocks.js";
import { Form } from "./inputs.js";
import { state } from "./state.js";

const TABS = [
  ["home", "Home"],
  ["messages", "Messages"],
  ["about", "About"],
];

export function appHead(current, { onMenu, onTab }) {
  const tabs = TABS.filter(([key]) => key !== "home" || state.app.home_tab !== false);
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex(([key]) => key === current);
    onTab(tabs[(at + step + tabs.length) % tabs.length][0], true);
  };
  return [
    iconButton("menu", "Open the channel list", onMenu, { class: "icon-button only-narrow" }),
    h("h1", { class: "channel-name" }, avatar({ is_bot: true }, "small"), h("span", null, state.app.name)),
    h(
      "div",
      { class: "tabs", role: "tablist", "aria-label": state.app.name, on: { keydown: move } },
      tabs.map(([key, words]) =>
        h("button", { type: "button", role: "tab", id: `tab-${key}`, class: "tab", "aria-selected": String(key === current), "aria-controls": key === "messages" ? null : "app-panel", tabindex: key === current ? "0" : "-1", on: { click: () => onTab(key) } }, words),
      ),
    ),
  ];
}

let form = null;
let drawn = null;

export function showHome(stage) {
  const view = state.home;
  const signature = JSON.stringify([view?.id, view?.blocks]);
  const old = byId("home-view");
  if (old && signature === drawn) return;
  const saved = old && form ? form.values() : (view?.state?.values ?? {});
  form = new Form(saved);
  drawn = signature;
  const here = form;
  const where = {
    surface: "home",
    form: here,
    press: (action) => post("/console/api/press", { view_id: view?.id, values: here.values(), ...action }),
    suggest: (actionId, query) => suggestions({ view_id: view?.id, action_id: actionId, query }),
  };
  const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const top = old?.parentElement.scrollTop ?? 0;
  const panel = h(
    "div",
    { class: "scroller home", role: "tabpanel", id: "app-panel", "aria-labelledby": "tab-home", tabindex: "0" },
    h("div", { class: "home-view", id: "home-view" }, view?.blocks?.length ? blockNodes(view.blocks, where) : nothingYet()),
  );
  stage.replaceChildren(panel);
  panel.scrollTop = top;
  if (focused) panel.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function nothingYet() {
  return h("div", { class: "intro" }, avatar({ is_bot: true }, "large"), h("h2", null, `${state.app.name} has no Home tab yet`), h("p", null, "What the app publishes for you will appear here."));
}

export function showAbout(stage) {
  stage.replaceChildren(
    h(
      "div",
      { class: "scroller", role: "tabpanel", id: "app-panel", "aria-labelledby": "tab-about", tabindex: "0" },
      h(
        "div",
        { class: "about" },
        avatar({ is_bot: true }, "large"),
        h("h2", null, state.app.name),
        state.app.description ? h("p", null, state.app.description) : null,
        h("h3", null, "Commands"),
        h("dl", null, state.commands.map((one) => [h("dt", null, h("code", null, one.command), one.usage_hint ? ` ${one.usage_hint}` : null), h("dd", null, one.description)])),
        h("p", { class: "quiet" }, "You are looking at a stand-in for Slack. The bot behind it is the real one: it cannot tell the difference."),
      ),
    ),
  );
}
