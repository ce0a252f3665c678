// external_select: a field whose options the app offers while one types.

import { freshId, h } from "./dom.js";
import { place } from "./menu.js";
import { emojiText } from "./emoji.js";

const PATIENCE_MS = 250;

/** `suggest(query)` asks the app and gives its options. */
export function typeahead(element, { saved, label, onChange, id, suggest }) {
  const before = (saved ? saved.selected_option : element.initial_option) ?? null;
  const listId = freshId("options");
  const words = (option) => emojiText(option?.text?.text ?? "");
  const control = h("input", { type: "text", class: "text-input typeahead", id: id ?? freshId("field"), role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": listId, "aria-label": id ? null : label, autocomplete: "off", placeholder: emojiText(element.placeholder?.text ?? "Type to search"), value: words(before) });
  const list = h("div", { class: "menu listbox", id: listId, popover: "manual", role: "listbox", "aria-label": emojiText(label) });
  const node = h("div", { class: "typeahead-frame" }, control, list);
  let chosen = before;
  let options = [];
  let at = -1;
  let timer = 0;
  let asked = 0;

  const close = () => {
    if (list.matches(":popover-open")) list.hidePopover();
    control.setAttribute("aria-expanded", "false");
    control.removeAttribute("aria-activedescendant");
    at = -1;
  };

  const choose = (option) => {
    chosen = option;
    control.value = words(option);
    close();
    control.dispatchEvent(new Event("change", { bubbles: true }));
    onChange?.();
  };

  const mark = (number) => {
    at = number;
    [...list.children].forEach((row, place_) => row.setAttribute("aria-selected", String(place_ === at)));
    control.setAttribute("aria-activedescendant", `${listId}-${at}`);
  };

  const draw = () => {
    list.replaceChildren(
      ...(options.length
        ? options.map((option, number) => h("div", { role: "option", id: `${listId}-${number}`, class: "menu-item", "aria-selected": "false", on: { mousedown: (event) => event.preventDefault(), click: () => choose(option) } }, h("span", { class: "menu-words" }, words(option), option.description ? h("span", { class: "menu-detail" }, emojiText(option.description.text)) : null)))
        : [h("div", { class: "menu-heading", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "No matches")]),
    );
    list.style.minWidth = `${control.offsetWidth}px`;
    if (!list.matches(":popover-open")) list.showPopover();
    place(list, control);
    control.setAttribute("aria-expanded", "true");
  };

  const ask = async () => {
    const query = control.value.trim();
    if (query.length < (element.min_query_length ?? 3)) return close();
    const mine = ++asked;
    const found = await suggest?.(query);
    if (mine !== asked || document.activeElement !== control) return undefined;
    options = found ?? [];
    at = -1;
    return draw();
  };

  control.addEventListener("input", () => {
    chosen = null;
    clearTimeout(timer);
    timer = setTimeout(ask, PATIENCE_MS);
  });
  control.addEventListener("focus", () => !chosen && ask());
  control.addEventListener("blur", () => {
    close();
    if (!chosen) control.value = "";
  });
  control.addEventListener("keydown", (event) => {
    if (!list.matches(":popover-open")) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") mark((at + (event.key === "ArrowDown" ? 1 : options.length - 1) + options.length) % Math.max(1, options.length));
    else if (event.key === "Enter" && options[at]) choose(options[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    node,
    control,
    read: () => ({ type: element.type, selected_option: chosen }),
    reset: () => {
      chosen = before;
      control.value = words(before);
    },
  };
}
