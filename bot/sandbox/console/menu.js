// A small menu that opens at a button: overflow menus, the "act as" switch. Uses the browser's own popover layer.

import { h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * Makes `button` open a menu. `items()` gives [{label, detail?, lead?, checked?, pick}] each time it opens.
 * Arrow keys move, Enter picks, Esc and a click elsewhere close; the focus returns to the button.
 */
export function attachMenu(button, { label, items, heading = null }) {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => open(button, label, heading, items()));
}

function open(button, label, heading, items) {
  const menu = h("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label });
  const close = () => menu.hidePopover();
  menu.append(
    ...(heading ? [h("div", { class: "menu-heading", role: "presentation" }, heading)] : []),
    ...items.map((item) => entry(item, close)),
  );
  menu.addEventListener("keydown", (event) => move(event, menu));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    button.setAttribute("aria-expanded", "false");
    if (menu.contains(document.activeElement) || document.activeElement === document.body) button.focus();
    menu.remove();
  });
  // Inside the same dialog as the button, or the menu would be inert.
  (button.closest("dialog") ?? document.body).append(menu);
  menu.showPopover();
  button.setAttribute("aria-expanded", "true");
  place(menu, button);
  (menu.querySelector('[aria-checked="true"]') ?? menu.querySelector("[role^=menuitem]"))?.focus();
}

function entry(item, close) {
  const choice = item.checked !== undefined;
  return h(
    "button",
    {
      type: "button",
      class: "menu-item",
      role: choice ? "menuitemradio" : "menuitem",
      "aria-checked": choice ? String(item.checked) : null,
      tabindex: "-1",
      on: {
        click: () => {
          close();
          item.pick();
        },
      },
    },
    item.lead ?? null,
    h("span", { class: "menu-words" }, h("span", { class: "menu-label" }, item.label), item.detail ? h("span", { class: "menu-detail" }, item.detail) : null),
    item.checked ? icon("check") : null,
  );
}

function move(event, menu) {
  const items = [...menu.querySelectorAll("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items[(to + items.length) % items.length]?.focus();
}

/** Below the button where there is room, above it otherwise, never outside the window. */
export function place(menu, button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 6 + height <= innerHeight - 8;
  menu.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - 6 - height)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
}
