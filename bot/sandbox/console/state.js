// What the page knows, and who wants to hear when it changes. It must not know the page's elements or the network.

export const state = {
  workspace: { name: "", id: "" },
  me: null,
  people: new Map(),
  channels: new Map(),
  usergroups: new Map(),
  app: { name: "Order Ahead", bot_user: "" },
  commands: [],
  /** The app's shortcuts: {name, type: "global" | "message", callback_id, description}. */
  shortcuts: [],
  /** channel id → Map of ts → message; only channels that were opened. */
  messages: new Map(),
  /** {channel, ts, messages: Map} of the open thread, or null. */
  thread: null,
  views: [],
  home: null,
  /** {place: "channel" | "app", channel, tab} */
  route: { place: null, channel: null, tab: "messages" },
  /** The newest ts that had been read when the channel was opened: the red "New" line stands after it. */
  newFrom: null,
  connected: true,
};

const watchers = new Map();
const dirty = new Set();
let timer = 0;

/** Calls `redraw` soon after `topic` changed; several changes in a burst are one call. */
export function watch(topic, redraw) {
  if (!watchers.has(topic)) watchers.set(topic, new Set());
  watchers.get(topic).add(redraw);
}

export function changed(...topics) {
  for (const topic of topics) dirty.add(topic);
  if (!timer) timer = setTimeout(flush, 12);
}

function flush() {
  timer = 0;
  const topics = [...dirty];
  dirty.clear();
  const redraws = new Set(topics.flatMap((topic) => [...(watchers.get(topic) ?? [])]));
  for (const redraw of redraws) redraw();
}

/** Takes the answer of /console/api/state. */
export function takeState(answer) {
  state.workspace = answer.workspace ?? state.workspace;
  state.me = answer.me;
  state.people = new Map((answer.people ?? []).map((person) => [person.id, person]));
  state.channels = new Map((answer.channels ?? []).map((channel) => [channel.id, channel]));
  state.usergroups = new Map((answer.usergroups ?? []).map((group) => [group.id, group]));
  state.app = answer.app ?? state.app;
  state.commands = answer.commands ?? [];
  state.shortcuts = answer.shortcuts ?? [];
  changed("workspace");
}

/** The channels that the acting person sees in the list; a guest sees only where they are a member. */
export function visibleChannels() {
  const guest = /guest/i.test(person(state.me)?.role ?? "");
  return [...state.channels.values()].filter(
    (channel) => !channel.is_im && (!channel.members?.length || channel.members.includes(state.me) || (!channel.private && !guest)),
  );
}

/** The conversation with the app, when there is one. */
export function appChannel() {
  return [...state.channels.values()].find((channel) => channel.is_im && channel.members?.includes(state.app.bot_user)) ?? null;
}

export function directMessages() {
  const app = appChannel();
  return [...state.channels.values()].filter((channel) => channel.is_im && channel !== app);
}

/** The other person of a direct message. */
export function otherOf(channel) {
  const id = (channel.members ?? []).find((member) => member !== state.me) ?? state.me;
  return person(id) ?? { id, name: channel.name };
}

export function person(id) {
  if (id && id === state.app.bot_user) return { id, name: state.app.name, is_bot: true };
  return state.people.get(id) ?? null;
}

export const nameOf = (someone) => someone?.display || someone?.name || "someone";

/** Replaces or adds one message of an opened channel. */
export function takeMessage(message) {
  const known = state.messages.get(message.channel);
  // A reply that was also sent to the channel is known here by having come with the channel's messages.
  if (known && (!isReply(message) || known.has(message.ts))) {
    const before = known.get(message.ts);
    // An edit made from an older picture must not take replies away that we have already counted.
    known.set(message.ts, before && message.reply_count === undefined ? { ...before, ...message } : message);
    changed("messages");
  }
  const thread = state.thread;
  if (thread && thread.channel === message.channel && (message.ts === thread.ts || message.thread_ts === thread.ts)) {
    thread.messages.set(message.ts, message);
    changed("thread");
  }
}

/**
 * What a reading of the server and the events that came in meanwhile make together. `before` is what was known when the
 * reading began: whatever differs from it now arrived later and is newer. Private messages are never taken away by a reading.
 */
export function merged(answer, before, now) {
  const all = new Map(answer.map((message) => [message.ts, message]));
  for (const [ts, message] of now) if (before.get(ts) !== message || (message.ephemeral && !all.has(ts))) all.set(ts, message);
  return all;
}

/** Counts a new reply under its parent until the server's own picture of the parent arrives. */
export function countReply(message) {
  const parent = state.messages.get(message.channel)?.get(message.thread_ts);
  if (!parent || message.ephemeral || Number(parent.latest_reply ?? 0) >= Number(message.ts)) return;
  const repliers = new Set([...(parent.reply_users ?? []), message.author?.id]);
  takeMessage({ ...parent, reply_count: (parent.reply_count ?? 0) + 1, reply_users: [...repliers], latest_reply: message.ts });
}

export function dropMessage(channel, ts) {
  state.messages.get(channel)?.delete(ts);
  if (state.thread?.channel === channel) state.thread.messages.delete(ts);
  changed("messages", "thread");
}

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

export const inOrder = (messages) => [...messages.values()].sort((a, b) => Number(a.ts) - Number(b.ts));
