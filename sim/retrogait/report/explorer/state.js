// What the page knows: the walks, which of them is chosen, what time it is.

const $ = (id) => document.getElementById(id);

const view = { walk: null, ghost: GHOST_OTHER, percent: 0, playing: false, leg: "right", rate: 1, overlay: false };
let walks = [];
let curves = [];
let sides = [];
let figure = null;
let charts = [];
let feel = null;
let clock = null; // of the animation frame before [ms]
let laps = 0; // whole cycles played, for the ground that goes by
let settling = null;
let said = "";

const bySize = (a, b) => (a ?? -1) - (b ?? -1);
const choices = (name, direction) =>
  [...new Set(walks.filter((walk) => walk.direction === direction).map((walk) => walk[name]))].sort(bySize);
const at = (direction, speed, incline) =>
  walks.filter((walk) => walk.direction === direction && walk.speed === speed && walk.incline === incline);
const nearest = (values, value) =>
  values.reduce((best, one) => (Math.abs((one ?? 0) - (value ?? 0)) < Math.abs((best ?? 0) - (value ?? 0)) ? one : best), values[0]);

function ghostOf() {
  if (view.ghost === GHOST_NONE || !view.walk) return null;
  if (view.ghost !== GHOST_OTHER) return walks.find((walk) => walk.name === view.ghost) ?? null;
  const other = view.walk.direction === "retro" ? "forward" : "retro";
  return at(other, view.walk.speed, view.walk.incline)[0] ?? null;
}

// The walk first, then the ghost where there is one.
function shows() {
  const ghost = ghostOf();
  return [{ walk: view.walk }, ...(ghost ? [{ walk: ghost }] : [])];
}
