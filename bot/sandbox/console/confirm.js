// The small "are you sure?" dialog of a button or select that has `confirm`.

import { h, iconButton, rememberFocus } from "./dom.js";
import { textNodes } from "./mrkdwn.js";

/** Resolves to true when the person agrees. */
export function askConfirm(confirm) {
  return new Promise((resolve) => {
    const finish = (answer) => {
      resolve(answer);
      dialog.close();
    };
    const yes = h("button", { type: "button", class: `button ${confirm.style === "danger" ? "danger" : "primary"}`, on: { click: () => finish(true) } }, textNodes(confirm.confirm ?? { type: "plain_text", text: "Yes" }));
    const no = h("button", { type: "button", class: "button", on: { click: () => finish(false) } }, textNodes(confirm.deny ?? { type: "plain_text", text: "Cancel" }));
    const dialog = h(
      "dialog",
      { class: "modal confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      h("header", { class: "modal-head" }, h("h2", { id: "confirm-title" }, textNodes(confirm.title ?? { type: "plain_text", text: "Are you sure?" })), iconButton("close", "Close", () => finish(false))),
      h("div", { class: "modal-body", id: "confirm-text" }, h("div", { class: "section-text" }, textNodes(confirm.text))),
      h("footer", { class: "modal-foot" }, no, yes),
    );
    const giveFocusBack = rememberFocus();
    dialog.addEventListener("close", () => {
      resolve(false);
      dialog.remove();
      giveFocusBack();
    });
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  });
}
