// Times as people say them. Values in, words out; the page's own clock is asked only where a function says "now".

const words = (options) => new Intl.DateTimeFormat("en-US", options);
const CLOCK = words({ hour: "numeric", minute: "2-digit" });
const CLOCK_SECONDS = words({ hour: "numeric", minute: "2-digit", second: "2-digit" });
const FULL = words({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
const WEEKDAY = words({ weekday: "long", month: "long", day: "numeric" });
const LONG = words({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
const MEDIUM = words({ month: "long", day: "numeric", year: "numeric" });
const SHORT = words({ month: "short", day: "numeric", year: "numeric" });

export const dateOf = (ts) => new Date(Number(ts) * 1000);
export const clock = (ts) => CLOCK.format(dateOf(ts));
export const fullMoment = (ts) => `${FULL.format(dateOf(ts))} at ${CLOCK_SECONDS.format(dateOf(ts))}`;

export function dayKey(ts) {
  const date = dateOf(ts);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** "Today", "Yesterday", "Monday, November 17th". */
export function dayName(ts, now = new Date()) {
  return nearDay(ts, now) ?? ordinal(WEEKDAY.format(dateOf(ts)), dateOf(ts));
}

/** "just now", "4 minutes ago", "today at 2:05 PM", "November 17th at 9:10 AM". */
export function lastReply(ts, now = new Date()) {
  const minutes = Math.floor((now - dateOf(ts)) / 60000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} ${minutes === 1 ? "minute" : "minutes"} ago`;
  const near = nearDay(ts, now);
  return `${near ? near.toLowerCase() : ordinal(words({ month: "long", day: "numeric" }).format(dateOf(ts)), dateOf(ts))} at ${clock(ts)}`;
}

/** "45 s", "4 min", "2 h 10 min". */
export function age(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** "in 5 minutes", "2 hours ago", for {ago}. */
export function ago(ts, now = new Date()) {
  const seconds = Math.round((dateOf(ts) - now) / 1000);
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]].find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en-US", { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

/** Fills a Slack date format, docs.slack.dev/messaging/formatting-message-text#date-formatting. */
export function formatDate(seconds, format, now = new Date()) {
  const date = dateOf(seconds);
  const near = nearDay(seconds, now);
  const parts = {
    date_num: () => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    date_slash: () => `${two(date.getMonth() + 1)}/${two(date.getDate())}/${date.getFullYear()}`,
    date_long_full: () => LONG.format(date),
    date_long: () => ordinal(LONG.format(date), date),
    date_long_pretty: () => near ?? ordinal(LONG.format(date), date),
    date: () => ordinal(MEDIUM.format(date), date),
    date_pretty: () => near ?? ordinal(MEDIUM.format(date), date),
    date_short: () => SHORT.format(date),
    date_short_pretty: () => near ?? SHORT.format(date),
    day_divider_pretty: () => dayName(seconds, now),
    time: () => CLOCK.format(date),
    time_secs: () => CLOCK_SECONDS.format(date),
    ago: () => ago(seconds, now),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name, at) => {
    const words = parts[name]?.();
    if (words === undefined) return whole;
    return at > 0 && /^(Today|Yesterday|Tomorrow)$/.test(words) ? words.toLowerCase() : words;
  });
}

function nearDay(ts, now) {
  const start = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return { 0: "Today", "-1": "Yesterday", 1: "Tomorrow" }[Math.round((start(dateOf(ts)) - start(now)) / 86400000)] ?? null;
}

function ordinal(text, date) {
  const day = date.getDate();
  const suffix = day > 10 && day < 14 ? "th" : { 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th";
  return text.replace(new RegExp(`\\b${day}\\b`), `${day}${suffix}`);
}

const two = (number) => String(number).padStart(2, "0");
