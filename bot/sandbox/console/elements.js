// Interactive elements: docs.slack.dev/reference/block-kit/block-elements. Those in messages tell the bot at once; those in a view
// are also read by the form when it is submitted.

import { h, safeUrl, toast } from "./dom.js";
import { icon } from "./icons.js";
import { textNodes } from "./mrkdwn.js";
import { askConfirm } from "./confirm.js";
import { attachMenu } from "./menu.js";
import { FIELDS, isField } from "./fields.js";

/** One element of an actions block or an accessory. */
export function elementNode(element, block, where) {
  if (element.type === "button" || element.type === "workflow_button") return buttonNode(element, block, where);
  if (element.type === "overflow") return overflowNode(element, block, where);
  if (element.type === "image") return null;
  if (isField(element.type)) return fieldNode(element, block, where);
  return h("div", { class: "unsupported", role: "note" }, icon("warning"), h("span", null, `unsupported element: ${element.type}`));
}

const keyOf = (element, block) => `${block.block_id ?? ""}|${element.action_id ?? ""}`;

function buttonNode(element, block, where) {
  const button = h(
    "button",
    {
      type: "button",
      class: `button ${element.style ?? ""}`,
      data: { key: keyOf(element, block), action: element.action_id ?? "" },
      "aria-label": element.accessibility_label,
      on: {
        click: () => {
          if (button.getAttribute("aria-busy") === "true") return;
          act(element, block, where, element.value === undefined ? {} : { value: element.value }, button);
        },
      },
    },
    textNodes(element.text),
    element.url ? h("span", { class: "sr-only" }, " (opens a new tab)") : null,
  );
  return button;
}

function overflowNode(element, block, where) {
  const button = h("button", { type: "button", class: "button overflow", "aria-label": "More actions", title: "More actions", data: { key: keyOf(element, block) } }, icon("more"));
  attachMenu(button, {
    label: "More actions",
    items: () =>
      (element.options ?? []).map((option) => ({
        label: textNodes(option.text),
        detail: option.description ? textNodes(option.description) : null,
        pick: () => act({ ...element, url: option.url }, block, where, { selected_option: option }, button),
      })),
  });
  return button;
}

/** A select, picker or group of choices outside an input block: it acts as soon as its value changes. */
function fieldNode(element, block, where) {
  const saved = where.form?.saved(block.block_id, element.action_id);
  const field = FIELDS[element.type](element, {
    saved,
    label: element.placeholder?.text ?? element.action_id ?? "choice",
    suggest: (query) => where.suggest?.(element.action_id, query),
    onChange: async () => {
      const { type, ...chosen } = field.read();
      const done = await act(element, block, where, chosen, field.node);
      if (!done) field.reset?.();
    },
  });
  field.node.dataset.key = keyOf(element, block);
  where.form?.register(block.block_id, element.action_id, field);
  return field.node;
}

/** Tells the bot, after asking the person where the element wants that. False when the person said no or it failed. */
export async function act(element, block, where, chosen, node) {
  if (element.confirm && !(await askConfirm(element.confirm))) return false;
  if (safeUrl(element.url)) window.open(element.url, "_blank", "noopener");
  node?.setAttribute("aria-busy", "true");
  const answer = await where.press({ block_id: block.block_id ?? "", action_id: element.action_id ?? "", ...chosen });
  node?.removeAttribute("aria-busy");
  if (answer && !answer.ok) toast(answer.error ?? "Order Ahead did not answer. Try again.");
  return Boolean(answer?.ok);
}
