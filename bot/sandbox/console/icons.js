// The page's pictures, drawn here so that no other host is asked for anything. Strokes on a 20 × 20 grid.

const SVG = "http://www.w3.org/2000/svg";

const STROKES = {
  hash: "M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  down: "m6 8 4 4 4-4",
  right: "m8 6 4 4-4 4",
  back: "m12 5-5 5 5 5",
  close: "m5.5 5.5 9 9M14.5 5.5l-9 9",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  reply: "M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-3.5 3v-3a2 2 0 0 1-2-2z",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1",
  moon: "M16.5 12A7 7 0 0 1 8 3.5 7 7 0 1 0 16.5 12z",
  pause: "M7 4.5v11M13 4.5v11",
  restart: "M4 4.5v4h4M4.3 8.5A6.3 6.3 0 1 1 3.7 11",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  plus: "M10 4v12M4 10h12",
  arrow: "M10 4v12M5 11l5 5 5-5",
  warning: "M10 3 18 16.5H2zM10 8v4M10 14.2v.1",
  info: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 9v4.5M10 6.3v.1",
  slash: "M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2zM8.3 13.5l3.4-7",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.2a2 2 0 0 0 4 0V10a7 7 0 1 0-3 5.7",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 7.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6",
  globe: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M2.5 10h15M10 2.5c-5 4.5-5 10.5 0 15M10 2.5c5 4.5 5 10.5 0 15",
  cart: "M2.5 3.5h2l1.8 9h8.4l1.8-6.5H5.2M7.5 16.3v.2M13.5 16.3v.2",
  till: "M4 9.5h12v7H4zM6 9.5v-5h8v5M8 7h4M7 12.5h.1M10 12.5h.1M13 12.5h.1",
  cloud: "M6 15.5a3.5 3.5 0 0 1-.3-7 4.5 4.5 0 0 1 8.7-.6 3.8 3.8 0 0 1-.4 7.6z",
  wire: "M2.5 10h4l2-5.5 3 11 2-5.5h4",
  people: "M7.5 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.5 16c.3-3 2.3-4.5 5-4.5s4.7 1.5 5 4.5M13.5 9a2.3 2.3 0 1 0-.8-4.4M14.5 11.5c1.8.4 2.8 1.9 3 4.5",
};

const FILLS = {
  play: "M6.5 4.2v11.6a.7.7 0 0 0 1.1.6l8.6-5.8a.7.7 0 0 0 0-1.2L7.6 3.6a.7.7 0 0 0-1.1.6z",
  send: "M2.7 3.3c-.3-.8.3-1.2 1-.9l13.6 6.9c.7.4.7 1.1 0 1.4L3.7 17.6c-.7.3-1.3-.1-1-.9L4.8 11l6.7-1-6.7-1z",
  more: "M10 5.6a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8m0 5.8a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8m0 5.8a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8",
};

export function icon(name) {
  if (name === "bag") return bag();
  const filled = name in FILLS;
  const svg = shape("svg", { viewBox: "0 0 20 20", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" });
  svg.append(
    filled
      ? shape("path", { d: FILLS[name], fill: "currentColor" })
      : shape("path", { d: STROKES[name] ?? STROKES.info, fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linecap": "round", "stroke-linejoin": "round" }),
  );
  return svg;
}

/** The app's own picture: a shopping bag with two leaves. */
function bag() {
  const svg = shape("svg", { viewBox: "0 0 36 36", class: "icon icon-bag", "aria-hidden": "true", focusable: "false" });
  svg.append(
    shape("rect", { width: 36, height: 36, fill: "#1f5c43" }),
    shape("path", { d: "M9.5 13.5h17l1.2 13a2 2 0 0 1-2 2.2H10.3a2 2 0 0 1-2-2.2z", fill: "#fff" }),
    shape("path", { d: "M13.5 15.5v-3a4.5 4.5 0 0 1 9 0v3", fill: "none", stroke: "#fff", "stroke-width": 2.2, "stroke-linecap": "round" }),
    shape("path", { d: "M18 26.3c-3.8-1.7-4.7-4.7-4.4-7.7 3.2.5 5.3 2.4 4.4 7.7zm0 0c3.8-1.7 4.7-4.7 4.4-7.7-3.2.5-5.3 2.4-4.4 7.7z", fill: "#2f8a5f" }),
  );
  return svg;
}

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
