// What happens outside Slack, read from the control API while somebody looks: the story, the till, the weather, the wire.

import { control } from "./api.js";

export const outside = { present: null, world: null, entries: [], last: 0 };

const watchers = new Set();
let onRestarted = () => {};
let watchingClosely = () => false;
let timer = 0;
let soon = 0;
let reading = Promise.resolve();

/** Calls `redraw` after each reading. */
export function watchOutside(redraw) {
  watchers.add(redraw);
}

/**
 * Starts reading; `closely()` says whether the panel is open: then every 1.5 s, otherwise only the story's caption, slower.
 * `restarted()` is called when the world began anew, here or in another window: what was known of it is then gone.
 */
export function startReading(closely, restarted) {
  watchingClosely = closely;
  onRestarted = restarted;
  document.addEventListener("visibilitychange", () => !document.hidden && readNow());
  return readNow();
}

/** Reads at once, one reading after the other: two at a time would take the same entries of the wire twice. */
export function readNow() {
  reading = reading.then(read);
  return reading;
}

/** Reads a moment after something happened in Slack, which seldom happens there alone; once per burst. */
export function readSoon() {
  if (outside.present && watchingClosely()) soon ||= setTimeout(readNow, 150);
}

async function read() {
  clearTimeout(timer);
  clearTimeout(soon);
  soon = 0;
  if (document.hidden) return;
  try {
    const before = outside.world?.story?.step ?? 0;
    outside.world = await control.get("world");
    outside.present = true;
    const wireBegan = watchingClosely() && (await readWire());
    if (wireBegan || (outside.world.story?.step ?? 0) < before) onRestarted();
  } catch (error) {
    // Stand-ins without a world answer 404: these parts then stay away, and nobody asks again.
    if (error.status === 404) outside.present = false;
  }
  for (const redraw of watchers) redraw();
  if (outside.present === false) return;
  clearTimeout(timer);
  timer = setTimeout(readNow, watchingClosely() ? 1500 : 3000);
}

const KEPT = 400;

/** True when the record began anew. */
async function readWire() {
  const answer = await control.get(`wire?after=${outside.last}`);
  const began = answer.last < outside.last;
  if (began) outside.entries = [];
  outside.last = answer.last ?? outside.last;
  if (answer.entries?.length) outside.entries = [...outside.entries, ...answer.entries].slice(-KEPT);
  return began;
}

/** Does something in the world and reads it anew. */
export async function doOutside(path, body) {
  const answer = await control.post(path, body);
  await readNow();
  return answer;
}
