// What a person can fill in: inputs, selects, pickers, choices. Each maker gives {node, control, read, reset?, problem?}:
// `node` goes on the page, `control` takes the focus and the label, `read()` is the value as view.state.values writes it.

import { freshId, h } from "./dom.js";
import { emojiText } from "./emoji.js";
import { textNodes } from "./mrkdwn.js";
import { multiSelect } from "./multiselect.js";
import { typeahead } from "./typeahead.js";
import { nameOf, state, visibleChannels } from "./state.js";

export const FIELDS = {
  plain_text_input: textField,
  email_text_input: textField,
  url_text_input: textField,
  number_input: textField,
  rich_text_input: textField,
  static_select: (element, about) => select(element, about, groupsOf(element), "selected_option", "initial_option"),
  external_select: typeahead,
  users_select: (element, about) => select(element, about, peopleGroups(), "selected_user", "initial_user"),
  conversations_select: (element, about) => select(element, about, conversationGroups(), "selected_conversation", "initial_conversation"),
  channels_select: (element, about) => select(element, about, channelGroups(), "selected_channel", "initial_channel"),
  multi_static_select: (element, about) => multiSelect(element, about, groupsOf(element), "selected_options", "initial_options"),
  multi_external_select: (element, about) => multiSelect(element, about, groupsOf(element), "selected_options", "initial_options"),
  multi_users_select: (element, about) => multiSelect(element, about, peopleGroups(), "selected_users", "initial_users"),
  multi_conversations_select: (element, about) => multiSelect(element, about, conversationGroups(), "selected_conversations", "initial_conversations"),
  multi_channels_select: (element, about) => multiSelect(element, about, channelGroups(), "selected_channels", "initial_channels"),
  radio_buttons: choices,
  checkboxes: choices,
  datepicker: (element, about) => picker(element, about, "date", "selected_date", "initial_date"),
  timepicker: (element, about) => picker(element, about, "time", "selected_time", "initial_time"),
  datetimepicker: momentPicker,
};

export const isField = (type) => type in FIELDS;

const INPUT_TYPES = { email_text_input: "email", url_text_input: "url", number_input: "number" };

function textField(element, { saved, onChange, id, label }) {
  const initial = saved ? saved.value : element.initial_value;
  const shared = {
    class: "text-input",
    id: id ?? freshId("field"),
    placeholder: emojiText(element.placeholder?.text ?? (element.type === "email_text_input" ? "name@example.com" : element.type === "url_text_input" ? "https://" : "")),
    maxlength: element.max_length,
    "aria-label": id ? null : label,
    autocomplete: "off",
    value: typeof initial === "string" || typeof initial === "number" ? String(initial) : "",
  };
  const multiline = element.multiline || element.type === "rich_text_input";
  const control = multiline
    ? h("textarea", { rows: "4", ...shared })
    : h("input", { type: INPUT_TYPES[element.type] ?? "text", step: element.is_decimal_allowed ? "any" : null, min: element.min_value, max: element.max_value, ...shared });
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  control.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !multiline && triggers.includes("on_enter_pressed")) onChange?.(event);
  });
  if (triggers.includes("on_character_entered")) control.addEventListener("input", () => onChange?.());
  return {
    node: control,
    control,
    read: () => ({ type: element.type, ...(element.type === "rich_text_input" ? { rich_text_value: richValue(control.value) } : { value: control.value === "" ? null : control.value }) }),
    problem: () => textProblem(element, control),
  };
}

function richValue(text) {
  return text ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] } : null;
}

function textProblem(element, control) {
  const text = control.value;
  if (element.type === "number_input" && control.validity.badInput) return "Please enter a number.";
  if (!text) return null;
  if (element.min_length && text.length < element.min_length) return `Please enter at least ${element.min_length} characters.`;
  if (element.type === "email_text_input" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return "Please enter an email address.";
  if (element.type === "url_text_input" && !/^https?:\/\/[^\s/.]+\.?[^\s]*$/i.test(text)) return "Please enter a web address that begins with http:// or https://.";
  if (element.type !== "number_input") return null;
  if (!element.is_decimal_allowed && !/^-?\d+$/.test(text)) return "Please enter a whole number.";
  if (element.min_value !== undefined && Number(text) < Number(element.min_value)) return `Please enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && Number(text) > Number(element.max_value)) return `Please enter ${element.max_value} or less.`;
  return null;
}

/** Groups are {label, options}; an option is {key, text, value} where `value` is what is sent. */
function groupsOf(element) {
  const options = (list) => (list ?? []).map((option) => ({ key: option.value, text: emojiText(option.text?.text ?? option.value), value: option }));
  return element.option_groups ? element.option_groups.map((group) => ({ label: emojiText(group.label?.text), options: options(group.options) })) : [{ label: null, options: options(element.options) }];
}

const peopleOptions = () => [...state.people.values()].map((one) => ({ key: one.id, text: nameOf(one), value: one.id }));
const channelOptions = () => visibleChannels().map((channel) => ({ key: channel.id, text: `${channel.private ? "🔒 " : "#"}${channel.name}`, value: channel.id }));
const peopleGroups = () => [{ label: null, options: peopleOptions() }];
const channelGroups = () => [{ label: null, options: channelOptions() }];
const conversationGroups = () => [
  { label: "Channels", options: channelOptions() },
  { label: "People", options: peopleOptions() },
];

function select(element, { saved, label, onChange, id }, groups, key, initialKey) {
  const initial = saved ? saved[key] : element[initialKey];
  const wanted = initial && typeof initial === "object" ? initial.value : initial;
  const all = groups.flatMap((group) => group.options);
  const draw = (option) => h("option", { value: option.key, selected: option.key === wanted }, option.text);
  const control = h(
    "select",
    { class: "select", id: id ?? freshId("field"), "aria-label": id ? null : label, on: { change: () => onChange?.() } },
    h("option", { value: "", selected: !wanted }, emojiText(element.placeholder?.text ?? "Choose an option")),
    groups.map((group) => (group.label ? h("optgroup", { label: group.label }, group.options.map(draw)) : group.options.map(draw))),
  );
  const before = control.value;
  return {
    node: control,
    control,
    read: () => ({ type: element.type, [key]: all.find((option) => option.key === control.value)?.value ?? null }),
    reset: () => {
      control.value = before;
    },
  };
}

function picker(element, { saved, label, onChange, id }, type, key, initialKey) {
  const before = (saved ? saved[key] : element[initialKey]) ?? "";
  const control = h("input", { type, class: "picker", id: id ?? freshId("field"), "aria-label": id ? null : label, value: before, on: { change: () => onChange?.() } });
  return {
    node: control,
    control,
    read: () => ({ type: element.type, [key]: control.value || null }),
    reset: () => {
      control.value = before;
    },
  };
}

/** Seconds since 1970 on the wire, local date and time on the page. */
function momentPicker(element, { saved, label, onChange, id }) {
  const seconds = saved ? saved.selected_date_time : element.initial_date_time;
  const local = seconds ? new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16) : "";
  const control = h("input", { type: "datetime-local", class: "picker", id: id ?? freshId("field"), "aria-label": id ? null : label, value: local, on: { change: () => onChange?.() } });
  return { node: control, control, read: () => ({ type: element.type, selected_date_time: control.value ? Math.floor(new Date(control.value) / 1000) : null }) };
}

function choices(element, { saved, label, onChange, labelledBy }) {
  const single = element.type === "radio_buttons";
  const initial = saved ? (saved.selected_options ?? [saved.selected_option]) : (element.initial_options ?? [element.initial_option]);
  const chosen = new Set((initial ?? []).filter(Boolean).map((option) => option.value));
  const name = freshId("choice");
  const boxes = (element.options ?? []).map((option) => {
    const box = h("input", { type: single ? "radio" : "checkbox", name, value: option.value, checked: chosen.has(option.value), on: { change: () => onChange?.() } });
    return { option, box, node: h("label", { class: "choice" }, box, h("span", null, h("span", { class: "choice-label" }, textNodes(option.text)), option.description ? h("span", { class: "choice-detail" }, textNodes(option.description)) : null)) };
  });
  const picked = () => boxes.filter(({ box }) => box.checked).map(({ option }) => option);
  const node = h("div", { class: "choices", role: single ? "radiogroup" : "group", "aria-labelledby": labelledBy, "aria-label": labelledBy ? null : emojiText(label) }, boxes.map((one) => one.node));
  return {
    node,
    control: boxes[0]?.box ?? node,
    read: () => ({ type: element.type, ...(single ? { selected_option: picked()[0] ?? null } : { selected_options: picked() }) }),
    reset: () => {
      for (const { option, box } of boxes) box.checked = chosen.has(option.value);
    },
  };
}
