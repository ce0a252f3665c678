// A select with several answers: the chosen ones as tokens in a field, the rest in a list that opens under it.

import { freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { place } from "./menu.js";
import { emojiText } from "./emoji.js";

export function multiSelect(element, { saved, label, onChange, id, labelledBy }, groups, key, initialKey) {
  const keyOf = (value) => (typeof value === "object" ? value.value : value);
  const all = groups.flatMap((group) => group.options);
  let chosen = new Set(((saved ? saved[key] : element[initialKey]) ?? []).map(keyOf));
  const before = new Set(chosen);
  const tokens = h("span", { class: "tokens" });
  const control = h("button", { type: "button", class: "select multi", id: id ?? freshId("field"), "aria-haspopup": "listbox", "aria-expanded": "false" }, tokens);
  const name = labelledBy ?? null;

  const draw = () => {
    const picked = all.filter((option) => chosen.has(option.key));
    tokens.replaceChildren(
      ...(picked.length ? picked.map((option) => h("span", { class: "token" }, option.text)) : [h("span", { class: "placeholder" }, emojiText(element.placeholder?.text ?? "Choose options"))]),
    );
    const words = picked.length ? picked.map((option) => option.text).join(", ") : "nothing chosen";
    if (name) control.setAttribute("aria-labelledby", `${name} ${control.id}`);
    else control.setAttribute("aria-label", `${label}: ${words}`);
  };

  const open = () => {
    const list = h("div", { class: "menu listbox", popover: "auto", role: "listbox", "aria-multiselectable": "true", "aria-label": emojiText(label) });
    list.append(...groups.map((group) => h("div", { role: "group", "aria-label": group.label }, group.label ? h("div", { class: "menu-heading", role: "presentation" }, group.label) : null, group.options.map((option) => row(option)))));
    list.addEventListener("toggle", (event) => {
      if (event.newState !== "closed") return;
      control.setAttribute("aria-expanded", "false");
      if (list.contains(document.activeElement)) control.focus();
      list.remove();
      if ([...chosen].join() !== [...before].join()) onChange?.();
    });
    list.addEventListener("keydown", (event) => move(event, list));
    (control.closest("dialog") ?? document.body).append(list);
    list.style.minWidth = `${control.offsetWidth}px`;
    list.showPopover();
    place(list, control);
    control.setAttribute("aria-expanded", "true");
    list.querySelector("[role=option]")?.focus();
  };

  const row = (option) => {
    const node = h("div", { role: "option", class: "menu-item", tabindex: "-1", "aria-selected": String(chosen.has(option.key)) }, h("span", { class: "tick" }, icon("check")), h("span", { class: "menu-words" }, option.text));
    const flip = () => {
      if (chosen.has(option.key)) chosen.delete(option.key);
      else if (!element.max_selected_items || chosen.size < element.max_selected_items) chosen.add(option.key);
      node.setAttribute("aria-selected", String(chosen.has(option.key)));
      draw();
      control.dispatchEvent(new Event("change", { bubbles: true }));
    };
    node.addEventListener("click", flip);
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      flip();
    });
    return node;
  };

  control.addEventListener("click", open);
  draw();
  return {
    node: control,
    control,
    read: () => ({ type: element.type, [key]: all.filter((option) => chosen.has(option.key)).map((option) => option.value) }),
    reset: () => {
      chosen = new Set(before);
      draw();
    },
  };
}

function move(event, list) {
  const rows = [...list.querySelectorAll("[role=option]")];
  const at = rows.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (event.key === "Tab") list.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  rows[(to + rows.length) % rows.length]?.focus();
}
