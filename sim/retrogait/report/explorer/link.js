// The view as the part of the address after #, and back: what one reader sees another can open.

const GHOST_OTHER = "other";
const GHOST_NONE = "none";

function writeLink(view) {
  const given = {
    d: view.walk.direction, v: view.walk.speed ?? "", i: view.walk.incline, w: view.walk.name, g: view.ghost,
    t: view.percent.toFixed(2), p: view.playing ? 0 : 1, leg: view.leg, x: view.rate, o: view.overlay ? 1 : 0,
  };
  return `#${new URLSearchParams(given)}`;
}

// What an address asks for; what it does not say or says wrongly is left out.
function readLink(hash, walks) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const asked = {};
  const named = walks.find((walk) => walk.name === given.get("w"));
  const speed = given.get("v") ? Number(given.get("v")) : null;
  const fits = (walk) =>
    walk.direction === given.get("d") && walk.speed === speed && walk.incline === Number(given.get("i") ?? 0);
  const found = named ?? walks.find(fits);
  if (found) asked.walk = found;
  else if (given.has("w") || given.has("d")) asked.unknown = given.get("w") ?? hash;
  const ghost = given.get("g");
  if (ghost === GHOST_OTHER || ghost === GHOST_NONE || walks.some((walk) => walk.name === ghost)) asked.ghost = ghost;
  const percent = Number.parseFloat(given.get("t"));
  if (percent >= 0 && percent <= 100) asked.percent = percent;
  if (["0", "1"].includes(given.get("p"))) asked.playing = given.get("p") === "0";
  if (["right", "left"].includes(given.get("leg"))) asked.leg = given.get("leg");
  if (["1", "0.5", "0.25", "0.1"].includes(given.get("x"))) asked.rate = Number(given.get("x"));
  if (["0", "1"].includes(given.get("o"))) asked.overlay = given.get("o") === "1";
  return asked;
}
