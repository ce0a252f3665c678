// Modals: the top of the stack of open views, in a dialog that keeps the focus.

import { avatar, byId, h, iconButton, rememberFocus, toast } from "./dom.js";
import { get, post, suggestions } from "./api.js";
import { blockNodes } from "./blocks.js";
import { Form } from "./inputs.js";
import { textNodes } from "./mrkdwn.js";
import { state } from "./state.js";

let dialog = null;
let shown = null;
let returnTo = () => false;
let reading = 0;

/** Reads the stack of open views and shows its top, or closes the dialog when there is none. */
export async function readViews() {
  try {
    const mine = ++reading;
    const { views } = await get("/console/api/views");
    // An answer that was overtaken by a later question shows an older stack.
    if (mine !== reading) return;
    state.views = (views ?? []).filter((view) => view.type !== "home");
    redrawModal();
  } catch (error) {
    toast(error.message);
  }
}

export function redrawModal() {
  const view = state.views.at(-1);
  if (!view) return closeDialog();
  const signature = JSON.stringify([view.id, view.title, view.submit, view.close, view.blocks]);
  if (shown?.signature === signature) return;
  const sameView = shown?.view.id === view.id;
  const saved = sameView ? shown.form.values() : (view.state?.values ?? {});
  const form = new Form(saved);
  const where = {
    surface: "modal",
    form,
    press: async (action) => {
      const answer = await post("/console/api/press", { view_id: view.id, values: form.values(), ...action });
      if (answer.ok) readViews();
      return answer;
    },
    suggest: (actionId, query) => suggestions({ view_id: view.id, action_id: actionId, query }),
  };
  if (!dialog) {
    returnTo = rememberFocus();
    dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title" });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      closeTop();
    });
    document.body.append(dialog);
    dialog.showModal();
  }
  const top = sameView ? dialog.querySelector(".modal-body")?.scrollTop : 0;
  const focused = sameView ? document.activeElement?.dataset?.key : null;
  const focusedId = sameView ? indexOfFocus() : -1;
  shown = { view, form, signature };
  dialog.replaceChildren(...contents(view, form, where));
  dialog.querySelector(".modal-body").scrollTop = top ?? 0;
  if (focused) dialog.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  else if (focusedId >= 0) controls()[focusedId]?.focus();
  else if (!sameView && !form.focusFirst()) dialog.querySelector(".modal-foot button, .modal-head button")?.focus();
}

const controls = () => [...dialog.querySelectorAll("button, input, select, textarea, a[href]")];
const indexOfFocus = () => controls().indexOf(document.activeElement);

function contents(view, form, where) {
  const errors = h("div", { class: "modal-error", role: "alert", hidden: true });
  const hasInput = view.blocks?.some((block) => block.type === "input");
  const submit = view.submit || hasInput ? h("button", { type: "submit", class: "button primary" }, textNodes(view.submit ?? { type: "plain_text", text: "Submit" })) : null;
  const body = h("div", { class: "modal-body", tabindex: "-1" }, blockNodes(view.blocks, where), errors);
  return [
    h(
      "form",
      {
        class: "modal-form",
        novalidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            send(view, form, submit, errors);
          },
        },
      },
      h("header", { class: "modal-head" }, avatar({ is_bot: true }, "small"), h("h2", { id: "modal-title" }, textNodes(view.title)), iconButton("close", "Close", closeTop)),
      body,
      h("footer", { class: "modal-foot" }, h("span", { class: "modal-app" }, state.app.name), h("button", { type: "button", class: "button", on: { click: closeTop } }, textNodes(view.close ?? { type: "plain_text", text: submit ? "Cancel" : "Close" })), submit),
    ),
  ];
}

async function send(view, form, button, box) {
  const problems = form.problems();
  const unplaced = form.showErrors(problems);
  if (Object.keys(problems).length) return say(box, unplaced);
  if (button?.getAttribute("aria-busy") === "true") return undefined;
  button?.setAttribute("aria-busy", "true");
  const answer = await post(`/console/api/views/${encodeURIComponent(view.id)}/submit`, { values: form.values() });
  button?.removeAttribute("aria-busy");
  if (answer.errors && Object.keys(answer.errors).length) return say(box, form.showErrors(answer.errors));
  if (!answer.ok) return say(box, [answer.error ?? "We had some trouble connecting. Try again?"]);
  return readViews();
}

function say(box, sentences) {
  box.replaceChildren(...sentences.map((sentence) => h("p", null, sentence)));
  box.hidden = !sentences.length;
}

async function closeTop() {
  const view = state.views.at(-1);
  if (!view) return closeDialog();
  state.views = state.views.slice(0, -1);
  redrawModal();
  const answer = await post(`/console/api/views/${encodeURIComponent(view.id)}/close`);
  if (!answer.ok) toast(answer.error);
  return readViews();
}

function closeDialog() {
  if (!dialog) return;
  dialog.close();
  dialog.remove();
  dialog = null;
  shown = null;
  if (!returnTo()) byId("composer")?.focus({ preventScroll: true });
}
