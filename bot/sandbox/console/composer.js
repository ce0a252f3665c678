// The box one writes in. Text that begins with "/" is a command; the list of commands is the app's own manifest.

import { avatar, freshId, h, iconButton, toast } from "./dom.js";
import { icon } from "./icons.js";
import { post } from "./api.js";
import { nameOf, state } from "./state.js";

export function composerNode({ channel, threadTs = null, label, id, readOnly = null, onSent = () => {} }) {
  if (readOnly) return h("p", { class: "composer-closed", id }, readOnly);
  const listId = freshId("completions");
  const box = h("textarea", { id, rows: "1", placeholder: label, "aria-label": label, "aria-autocomplete": "list", "aria-controls": listId, "aria-haspopup": "listbox", spellcheck: "true" });
  const list = h("div", { class: "completions", id: listId, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const send = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send", disabled: true }, icon("send"));
  const completion = completing(box, list);
  const insert = (sign) => {
    box.focus();
    box.setRangeText(sign, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input"));
  };

  const submit = async () => {
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    box.dispatchEvent(new Event("input"));
    const answer = await post("/console/api/say", { channel, text: text.startsWith("/") ? text : onTheWire(text), ...(threadTs ? { thread_ts: threadTs } : {}) });
    if (answer.ok) {
      onSent();
      return;
    }
    toast(answer.error ?? "That was not sent.");
    if (!box.value) box.value = text;
    box.dispatchEvent(new Event("input"));
  };

  box.addEventListener("input", () => {
    send.disabled = !box.value.trim();
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 220)}px`;
    completion.update();
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || completion.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });
  box.addEventListener("blur", () => setTimeout(completion.close, 120));

  return h(
    "form",
    {
      class: "composer",
      on: {
        submit: (event) => {
          event.preventDefault();
          submit();
        },
      },
    },
    list,
    h(
      "div",
      { class: "composer-box" },
      box,
      h("div", { class: "composer-tools" }, iconButton("slash", "Run a command", () => !box.value && insert("/")), iconButton("at", "Mention someone", () => insert(/\S$/.test(box.value) ? " @" : "@")), h("span", { class: "composer-hint" }, h("kbd", null, "Enter"), " to send"), send),
    ),
  );
}

/** Mentions become ids, as Slack's own client sends them; the three special characters are the server's to escape. */
function onTheWire(text) {
  const people = [...state.people.values()].sort((a, b) => nameOf(b).length - nameOf(a).length);
  return people.reduce((sofar, one) => sofar.replaceAll(`@${nameOf(one)}`, `<@${one.id}>`), text).replace(/(^|\s)@(here|channel)\b/g, "$1<!$2>");
}

/** The list over the box: commands after "/", people after "@". */
function completing(box, list) {
  let options = [];
  let at = 0;

  const close = () => {
    options = [];
    list.hidden = true;
    box.removeAttribute("aria-activedescendant");
  };

  const choose = (option) => {
    if (option.run) {
      box.value = "";
      box.dispatchEvent(new Event("input"));
      option.run();
      return;
    }
    box.value = option.result;
    box.setSelectionRange(option.caret ?? option.result.length, option.caret ?? option.result.length);
    box.dispatchEvent(new Event("input"));
    close();
    box.focus();
  };

  const draw = () => {
    list.replaceChildren(
      h("div", { class: "completions-head", role: "presentation" }, options[0].kind),
      ...options.map((option, number) =>
        h(
          "div",
          { role: "option", id: `${list.id}-${number}`, class: "completion", "aria-selected": String(number === at), on: { mousedown: (event) => event.preventDefault(), click: () => choose(option), mousemove: () => mark(number) } },
          option.lead,
          h("span", { class: "completion-words" }, h("span", { class: "completion-label" }, option.label, option.usage ? h("span", { class: "usage" }, ` ${option.usage}`) : null), option.detail ? h("span", { class: "completion-detail" }, option.detail) : null),
        ),
      ),
    );
    list.hidden = false;
    box.setAttribute("aria-activedescendant", `${list.id}-${at}`);
  };

  const mark = (number) => {
    at = number;
    [...list.querySelectorAll("[role=option]")].forEach((node, place) => node.setAttribute("aria-selected", String(place === at)));
    document.getElementById(`${list.id}-${at}`)?.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", `${list.id}-${at}`);
  };

  const update = () => {
    options = suggestions(box);
    at = 0;
    if (options.length) draw();
    else close();
  };

  /** True when the key was for the list. */
  const key = (event) => {
    if (!options.length) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") mark((at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
    else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" || (event.key === "Enter" && box.value !== options[at].result.trim() && !event.shiftKey)) choose(options[at]);
    else return false;
    event.preventDefault();
    return true;
  };

  return { update, key, close };
}

async function runShortcut(shortcut) {
  const answer = await post("/console/api/shortcut", { callback_id: shortcut.callback_id });
  if (!answer.ok) toast(answer.error);
}

function suggestions(box) {
  const before = box.value.slice(0, box.selectionStart);
  const command = /^\/(\S*)$/.exec(before);
  if (command) {
    const lead = () => avatar({ is_bot: true }, "small");
    const commands = state.commands
      .filter((one) => one.command.startsWith(before))
      .map((one) => ({ kind: state.app.name, label: one.command, usage: one.usage_hint, detail: one.description, result: `${one.command} `, lead: lead() }));
    // Slack lists an app's global shortcuts under the same key.
    const shortcuts = state.shortcuts
      .filter((one) => one.type === "global" && one.name.toLowerCase().includes(command[1].toLowerCase()))
      .map((one) => ({ kind: state.app.name, label: one.name, detail: one.description, result: "", run: () => runShortcut(one), lead: lead() }));
    return [...commands, ...shortcuts];
  }
  const mention = /(^|\s)@([\p{L}\p{N}.\- ]{0,24})$/u.exec(before);
  if (!mention || before.startsWith("/")) return [];
  const start = before.length - mention[2].length;
  return [...state.people.values()]
    .filter((one) => `${one.name} ${one.display ?? ""}`.toLowerCase().includes(mention[2].toLowerCase()) && mention[2] !== `${nameOf(one)} `)
    .slice(0, 6)
    .map((one) => {
      const head = `${box.value.slice(0, start)}${nameOf(one)} `;
      return { kind: "People", label: nameOf(one), detail: one.role, result: head + box.value.slice(box.selectionStart), caret: head.length, lead: avatar(one, "small") };
    });
}
