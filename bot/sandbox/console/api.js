// The wire to the stand-in: its console API, its control API, and the stream of events.

import { state } from "./state.js";

/** JSON of a GET, with `as` added. Throws an error whose `status` is the HTTP status (0: nobody answered). */
export async function get(path) {
  const joint = path.includes("?") ? "&" : "?";
  return request(state.me ? `${path}${joint}as=${encodeURIComponent(state.me)}` : path, { headers: { accept: "application/json" } });
}

/** JSON of a POST with `as` in its body. A refusal comes back as {ok: false, error}, never as an exception. */
export async function post(path, body = {}) {
  try {
    const answer = await request(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ as: state.me, ...body }),
    });
    return { ok: true, ...answer };
  } catch (error) {
    return { ok: false, error: error.message };
  }
}

/** What the app offers for what was typed in an external menu; nothing when it does not answer. */
export async function suggestions(body) {
  return (await post("/console/api/options", body)).options ?? [];
}

export const control = {
  get: (path) => request(`/control/${path}`, { headers: { accept: "application/json" } }),
  async post(path, body) {
    try {
      const answer = await request(`/control/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      return { ok: true, ...answer };
    } catch (error) {
      return { ok: false, error: error.message };
    }
  },
};

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw Object.assign(new Error("The demo does not answer. Is it still running?"), { status: 0 });
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  if (!response.ok) {
    const sentence = typeof body?.error === "string" ? body.error : `The demo answered ${response.status}.`;
    throw Object.assign(new Error(sentence), { status: response.status });
  }
  return body ?? {};
}

let source = null;
let retry = null;
let lost = false;

/**
 * Follows the events for whoever is acting now. `onEvent` gets each event, `onLost` is called when the stream breaks and
 * `onFound` when it is there again: events may have been missed in between, so the caller reads everything anew.
 */
export function follow(handlers) {
  clearTimeout(retry);
  source?.close();
  const mine = new EventSource(`/console/api/events?as=${encodeURIComponent(state.me)}`);
  source = mine;
  mine.onopen = () => {
    if (lost) handlers.onFound();
    lost = false;
  };
  mine.onmessage = ({ data }) => {
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    handlers.onEvent(event);
  };
  mine.onerror = () => {
    if (mine !== source) return;
    if (!lost) handlers.onLost();
    lost = true;
    // A browser gives up for good on an answer that is no event stream (a restart in progress); we do not.
    if (mine.readyState === EventSource.CLOSED) retry = setTimeout(() => follow(handlers), 2000);
  };
}
