// Input blocks, and the form of a view: what was typed survives a redraw, as in Slack, where block_id and action_id stay the same.

import { freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { textNodes } from "./mrkdwn.js";
import { act } from "./elements.js";
import { FIELDS, isField } from "./fields.js";

export function inputBlock(block, where) {
  const element = block.element ?? {};
  if (!isField(element.type)) return h("div", { class: "unsupported", role: "note" }, icon("warning"), h("span", null, `unsupported element: ${element.type}`));
  const id = freshId("field");
  const labelId = `${id}-label`;
  const errorId = `${id}-error`;
  const hintId = `${id}-hint`;
  const field = FIELDS[element.type](element, {
    id,
    labelledBy: labelId,
    label: block.label?.text ?? "",
    saved: where.form?.saved(block.block_id, element.action_id),
    suggest: (query) => where.suggest?.(element.action_id, query),
    onChange: block.dispatch_action
      ? (event) => {
          event?.preventDefault();
          const { type, ...chosen } = field.read();
          act(element, block, where, chosen, field.node);
        }
      : null,
  });
  const group = /checkboxes|radio/.test(element.type);
  const error = h("div", { class: "field-error", id: errorId, hidden: true });
  const node = h(
    "div",
    { class: "input" },
    h(group ? "div" : "label", { class: "input-label", id: labelId, for: group ? null : id }, textNodes(block.label), block.optional ? h("span", { class: "optional" }, " (optional)") : null),
    field.node,
    error,
    block.hint ? h("div", { class: "hint", id: hintId }, textNodes(block.hint)) : null,
  );
  const describe = (target, withError) => {
    const ids = [withError ? errorId : null, block.hint ? hintId : null].filter(Boolean).join(" ");
    if (ids) target.setAttribute("aria-describedby", ids);
    else target.removeAttribute("aria-describedby");
  };
  const target = group ? field.node : field.control;
  describe(target, false);
  if (!block.optional) field.control.setAttribute("aria-required", "true");
  if (group) field.control.removeAttribute("aria-required");
  const showError = (sentence) => {
    error.replaceChildren(...(sentence ? [icon("warning"), h("span", null, sentence)] : []));
    error.hidden = !sentence;
    node.classList.toggle("invalid", Boolean(sentence));
    if (sentence) field.control.setAttribute("aria-invalid", "true");
    else field.control.removeAttribute("aria-invalid");
    describe(target, Boolean(sentence));
  };
  for (const type of ["input", "change"]) node.addEventListener(type, () => error.hidden || showError(null));
  where.form?.register(block.block_id, element.action_id, field, { required: !block.optional, focus: () => field.control.focus(), showError });
  return node;
}

/** What a view holds while a person fills it in. */
export class Form {
  #fields = new Map();
  #saved;

  constructor(saved = {}) {
    this.#saved = saved;
  }

  saved(blockId, actionId) {
    return this.#saved[blockId]?.[actionId];
  }

  register(blockId, actionId, field, input = null) {
    this.#fields.set(`${blockId}\n${actionId}`, { blockId, actionId, field, input });
  }

  /** view.state.values as Slack writes it. */
  values() {
    const values = {};
    for (const { blockId, actionId, field } of this.#fields.values()) (values[blockId] ??= {})[actionId] = field.read();
    return values;
  }

  /** Block ids with a sentence each, for what the page itself can see is wrong. */
  problems() {
    const problems = {};
    for (const { blockId, field, input } of this.#fields.values()) {
      const problem = field.problem?.() ?? (input?.required && isEmpty(field.read()) ? "Please complete this required field." : null);
      if (input && problem) problems[blockId] = problem;
    }
    return problems;
  }

  /** Shows the sentences under their fields and goes to the first; gives back those that have no field here. */
  showErrors(errors) {
    const rest = { ...errors };
    let first = null;
    for (const { blockId, input } of this.#fields.values()) {
      if (!input) continue;
      input.showError(errors[blockId] ?? null);
      if (errors[blockId]) first ??= input;
      delete rest[blockId];
    }
    first?.focus();
    return Object.values(rest);
  }

  focusFirst() {
    const first = [...this.#fields.values()].find(({ input }) => input);
    first?.input.focus();
    return Boolean(first);
  }
}

function isEmpty({ type, ...value }) {
  return Object.values(value).every((one) => one === null || one === undefined || one === "" || (Array.isArray(one) && one.length === 0));
}
