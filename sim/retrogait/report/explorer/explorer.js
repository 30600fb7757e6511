// The page comes up: address, controls, colours.

let remembering = null;

// Browsers refuse more than some hundred changes of the address in half a minute.
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(() => view.walk && history.replaceState(null, "", writeLink(view)), 200);
}

function follow() {
  const asked = readLink(location.hash, walks);
  for (const name of ["ghost", "percent", "leg", "rate", "overlay"]) if (name in asked) view[name] = asked[name];
  if (asked.walk) show(asked.walk);
  else refresh();
  if (asked.unknown) $("shown").textContent = `This page has no walk ${asked.unknown}. ${$("shown").textContent}`;
  if ("playing" in asked) play(asked.playing);
}

async function copy() {
  clearTimeout(remembering);
  const link = location.href.replace(/#.*/, "") + writeLink(view);
  history.replaceState(null, "", writeLink(view));
  try {
    await navigator.clipboard.writeText(link);
    $("done").textContent = "copied";
  } catch {
    $("done").textContent = "copy it from the address bar: it holds this view";
  }
}

function download() {
  const link = document.createElement("a");
  link.download = `${view.walk.name.replaceAll(/[^\w.+-]/g, "_")}_curves.csv`;
  link.href = URL.createObjectURL(new Blob([csvOf(view.walk, curves, sides)], { type: "text/csv" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  $("done").textContent = `${link.download} made`;
}

function listen() {
  for (const radio of document.querySelectorAll("input[name=direction]")) {
    radio.addEventListener("change", () => choose({ ...wanted, direction: radio.value }));
  }
  for (const name of ["speed", "incline"]) {
    $(name).addEventListener("input", () => choose({ ...wanted, [name]: choices(name, wanted.direction)[$(name).value] }));
  }
  $("walk").addEventListener("change", () => show(walks.find((walk) => walk.name === $("walk").value)));
  $("ghost").addEventListener("change", () => {
    view.ghost = $("ghost").value;
    refresh();
  });
  for (const radio of document.querySelectorAll("input[name=leg]")) {
    radio.addEventListener("change", () => {
      view.leg = radio.value;
      refresh();
    });
  }
  $("play").addEventListener("click", () => play(!view.playing));
  $("back").addEventListener("click", () => step(-1));
  $("on").addEventListener("click", () => step(1));
  $("frame").addEventListener("input", () => scrub(view.walk.percents[$("frame").value]));
  $("rate").addEventListener("change", () => {
    view.rate = Number($("rate").value);
    remember();
  });
  $("overlay").addEventListener("change", () => {
    view.overlay = $("overlay").checked;
    refresh();
  });
  for (const what of ["muscles", "forces"]) {
    $(`show-${what}`).addEventListener("change", () => {
      figure[what] = $(`show-${what}`).checked;
      draw(true);
    });
  }
  $("copy").addEventListener("click", copy);
  $("csv").addEventListener("click", download);
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const on = event.target;
    if (on.closest?.("input, select, textarea, button") && !(on.type === "radio" || on.type === "checkbox" || on.type === "range")) return;
    if (event.key === " " && on.type !== "radio" && on.type !== "checkbox") play(!view.playing);
    else if (event.key === ",") step(-1);
    else if (event.key === ".") step(1);
    else return;
    event.preventDefault();
  });
  new ResizeObserver(() => {
    figure.fit();
    draw(!view.playing);
  }).observe($("figure").parentElement);
  Colours.scheme.addEventListener("change", recolour);
  addEventListener("beforeprint", () => recolour(true));
  addEventListener("afterprint", () => recolour(false));
}

function recolour(onPaper) {
  Colours.onPaper = onPaper === true;
  document.documentElement.classList.toggle("on-paper", Colours.onPaper);
  Colours.read();
  $("scale").style.background = Colours.gradient();
  draw(false);
}

function defineMarks() {
  const marks = svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "marks" }, document.body);
  const definitions = svg("defs", {}, marks);
  const clip = svg("clipPath", { id: "plot" }, definitions);
  svg("rect", { x: BOX.left, y: 0, width: BOX.wide - BOX.left - BOX.right, height: BOX.tall }, clip);
  const hatch = svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, definitions);
  svg("line", { x1: 0, x2: 0, y1: 0, y2: 6, class: "hatch" }, hatch);
}

// A walk that was predicted while the page was open.
function addWalk(walk) {
  walks = [...walks.filter((one) => one.name !== walk.name), walk];
  listGhosts();
  show(walk);
}

// Leg to begin with: that of the cycle, unless the force in the other knee alone is known.
function legOf(walk) {
  const known = sides.filter((side) => walk.peak("tibiofemoral_force", side));
  return known.length === 1 ? known[0] : walk.leg;
}

async function start() {
  const set = decode(await unpack("walks"));
  ({ walks, curves, sides } = set);
  Colours.read();
  $("scale").style.background = Colours.gradient();
  $("keys").replaceChildren(...FORCES.map(({ key, short, name }) => {
    const item = document.createElement("li");
    cell("b", short, item, key);
    item.append(` ${name}`);
    return item;
  }));
  defineMarks();
  figure = new Figure($("figure"));
  figure.fit();
  charts = curves.map((curve) => new Chart(curve, $("charts"), scrub, step));
  feel = new Feel($("feel"), $("feel-title"));
  listGhosts();
  listen();
  const usual = (walk) => (walk.direction === "retro" ? 0 : 10) + Math.abs((walk.speed ?? 1) - 1) + Math.abs(walk.incline) / 10;
  show(walks.reduce((best, walk) => (usual(walk) < usual(best) ? walk : best)));
  view.leg = legOf(view.walk);
  view.percent = view.walk.percents[0];
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  follow();
  if (!readLink(location.hash, walks).hasOwnProperty("playing")) play(!still);
  document.documentElement.dataset.ready = "1";
}

start().catch((error) => {
  $("shown").textContent = `This page cannot be shown: ${error.message}`;
  throw error;
});
