// The bar over everything: the demo's story, the theme, and the switch of the panel at the right.

import { byId, h, iconButton, remembered, toast, whenLetGo } from "./dom.js";
import { icon } from "./icons.js";
import { doOutside, outside, startReading, watchOutside } from "./outside.js";
import { isWorldOpen, redrawWorld, startWorld, toggleWorld } from "./world.js";

/** `onRestarted` when the story was started over. */
export function startFrame(onRestarted) {
  startWorld(() => redrawFrame());
  watchOutside(() => {
    whenLetGo(byId("frame-bar"), redrawFrame);
    whenLetGo(byId("world"), redrawWorld);
  });
  redrawFrame();
  startReading(isWorldOpen, onRestarted);
}

let drawn = "";

function redrawFrame() {
  const story = outside.world?.story ?? null;
  const signature = JSON.stringify([story, outside.present, isWorldOpen(), document.documentElement.dataset.theme]);
  if (signature === drawn) return;
  drawn = signature;
  const focused = document.activeElement?.closest?.("#frame-bar button")?.dataset.key;
  byId("frame-bar").replaceChildren(
    h("div", { class: "frame-brand" }, icon("bag"), h("span", null, "Order Ahead"), h("span", { class: "frame-tag" }, "demo")),
    story ? storyNode(story) : h("p", { class: "story quiet-story" }, "A stand-in for Slack, with the real bot behind it"),
    h(
      "div",
      { class: "frame-tools" },
      themeButton(),
      outside.present
        ? h("button", { type: "button", class: "frame-button", "aria-pressed": String(isWorldOpen()), "aria-controls": "world", data: { key: "world" }, title: "Play the shopper, the cashier, the weather", on: { click: toggleWorld } }, icon("globe"), h("span", { class: "frame-words" }, "Outside Slack"))
        : null,
    ),
  );
  if (focused) byId("frame-bar").querySelector(`[data-key="${focused}"]`)?.focus();
}

function storyNode(story) {
  const playing = story.state === "playing";
  const finished = story.state === "finished";
  const tell = async (what) => {
    const answer = await doOutside("story", { do: what });
    if (!answer.ok) toast(answer.error);
  };
  return h(
    "div",
    { class: "story", role: "group", "aria-label": "Story of the demo" },
    finished
      ? null
      : iconButton(playing ? "pause" : "play", playing ? "Pause the story" : "Go on with the story", () => tell(playing ? "pause" : "resume"), { class: "icon-button story-play", data: { key: "play" } }),
    h("span", { class: "story-caption", role: "status", title: story.caption }, story.caption || (finished ? "The story is over. The desk is yours." : "The story begins…")),
    story.of ? h("span", { class: "story-step", "aria-label": `Step ${story.step} of ${story.of}` }, `${story.step}/${story.of}`) : null,
    iconButton("restart", "Start the story over", () => tell("restart"), { class: "icon-button", data: { key: "restart" } }),
    story.of ? h("span", { class: "story-progress", "aria-hidden": "true", vars: { "--done": `${Math.round((100 * story.step) / story.of)}%` } }) : null,
  );
}

function themeButton() {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  return iconButton(
    dark ? "sun" : "moon",
    dark ? "Light theme" : "Dark theme",
    () => {
      document.documentElement.dataset.theme = dark ? "light" : "dark";
      remembered.set("theme", document.documentElement.dataset.theme);
      redrawFrame();
    },
    { data: { key: "theme" } },
  );
}
