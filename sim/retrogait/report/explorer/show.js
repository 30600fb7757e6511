// Everything that follows from what is chosen and what time it is: figure, curves, numbers, remarks.

const SETTLED = 500; // after this long without a change the numbers are read aloud [ms]

// After a change of what is shown.
function refresh() {
  setSliders();
  const ghost = ghostOf();
  $("ghost").value = view.ghost;
  let text = said;
  const others = walks.some((walk) => view.walk && walk.direction !== view.walk.direction);
  if (others && view.ghost === GHOST_OTHER && !ghost) text += " The other direction was not computed at this speed and incline: no ghost.";
  $("shown").textContent = text;
  $("overlay").checked = view.overlay;
  $("rate").value = String(view.rate);
  for (const radio of document.querySelectorAll("input[name=leg]")) radio.checked = radio.value === view.leg;
  for (const id of ["play", "back", "on", "frame", "csv", "copy"]) $(id).disabled = !view.walk;
  $("charts").hidden = !view.walk;
  document.querySelector(".feel").hidden = !view.walk;
  $("explorer").dataset.shown = view.walk ? view.walk.name : "";
  if (view.walk) {
    $("frame").max = view.walk.frames - 1;
    $("basis").textContent = view.walk.basis === "cycle" ? "gait cycle" : "whole window: no complete gait cycle";
    for (const chart of charts) chart.draw(shows(), view.leg);
    feel.show(shows(), view.leg);
    figure.leg = view.leg;
    const peaks = shows().flatMap(({ walk }) => sides.map((side) => walk.peak("tibiofemoral_force", side)?.value ?? 0));
    figure.setLargest(Math.max(0, ...peaks), shows().map(({ walk }) => walk.mass));
    const key = $("key");
    key.replaceChildren(...shows().map(({ walk }, i) => {
      const item = document.createElement("span");
      item.className = `key ${walk.direction}${i ? " ghost" : ""}`;
      const whole = walk.basis === "cycle" ? "" : ", 0 to 100 % of the whole window";
      item.textContent = `${walkWords(walk)}${i ? " (ghost)" : ""}${walk.origin === "predicted" ? ", predicted" : ""}${whole}`;
      return item;
    }));
    if (shows().some(({ walk }) => Object.keys(walk.spans).length)) key.append("Bars at a peak: how far it is known. ");
    if (view.walk.basis === "cycle") key.append(`0 %: the ${view.walk.leg} foot meets the ground.`);
  }
  else $("key").replaceChildren();
  listRemarks();
  drawNumbersHead();
  $("spans").textContent = view.walk ? spanWords(shows().map(({ walk }) => walk), curves, view.leg) : "";
  draw(true);
  remember();
}

function listRemarks() {
  const told = shows().flatMap(({ walk }) => walk?.remarks ?? []);
  $("remarks").replaceChildren(...[...new Set(told)].map((remark) => {
    const item = document.createElement("li");
    item.textContent = remark;
    return item;
  }));
}

function frames() {
  return shows().map(({ walk }) => walk.frameAt(view.percent));
}

// At every frame of the animation; `quiet` where nothing may be read aloud.
function draw(settled) {
  if (!view.walk) {
    figure.draw([], false, said);
    $("numbers").replaceChildren();
    $("cursor").textContent = "";
    return;
  }
  const where = frames();
  const list = shows();
  const drawn = list.map(({ walk }, i) => ({
    walk, frame: where[i], ghost: i > 0, gone: (laps + walk.percents[where[i]] / 100) * walk.duration, label: labelOf(walk),
  }));
  figure.draw(drawn.reverse(), view.overlay, "");
  for (const chart of charts) chart.point(view.percent, where, settled);
  feel.point(where);
  $("frame").value = where[0];
  drawNumbers(list, where);
  const at = `${view.walk.percents[where[0]].toFixed(1)} %, ${view.walk.times[where[0]].toFixed(3)} s`;
  $("cursor").textContent = at;
  $("frame-said").textContent = `${view.walk.percents[where[0]].toFixed(0)} %`;
  $("explorer").dataset.frame = where[0];
  if (settled) {
    $("frame").setAttribute("aria-valuetext", `${at} of the cycle`);
    figure.canvas.setAttribute("aria-label", `Figure that walks: ${list.map(({ walk }) => walkWords(walk)).join("; behind it ")}, at ${at}`);
    clearTimeout(settling);
    settling = setTimeout(hear, SETTLED);
  }
}

// Read the numbers aloud once, when the reader has stopped moving.
function hear() {
  if (view.playing || !view.walk) return;
  const [frame] = frames();
  const words = curves.slice(0, 4).map((curve) => `${curve.title} ${quantity(view.walk.curve(curve.name, view.leg)[frame], curve)}`);
  $("heard").textContent = `${view.walk.percents[frame].toFixed(0)} %: ${words.join(", ")}`;
}

function cell(kind, text, parent, about = "") {
  const made = document.createElement(kind);
  made.textContent = text;
  if (about) made.className = about;
  parent.append(made);
  return made;
}

function drawNumbersHead() {
  const row = document.createElement("tr");
  const list = view.walk ? shows() : [];
  cell("th", "quantity", row).scope = "col";
  list.forEach(({ walk }, i) => {
    const who = i ? "ghost" : walk.direction;
    for (const what of [who, `peak${i ? " of ghost" : ""}`]) cell("th", what, row, walk.direction).scope = "col";
  });
  $("numbers-head").replaceChildren(row);
  $("numbers").replaceChildren(...(list.length ? curves : []).map((curve) => {
    const line = document.createElement("tr");
    const head = cell("th", `${curve.title}${unitWords(curve)}`, line);
    head.scope = "row";
    head.title = curve.about;
    for (const { walk } of list) {
      cell("td", "", line, "now");
      const peak = peakWords(walk, curve, view.leg);
      const place = cell("td", peak.value, line);
      if (peak.span) cell("small", `span ${peak.span}`, place);
    }
    return line;
  }));
}

function drawNumbers(list, where) {
  const rows = $("numbers").children;
  curves.forEach((curve, row) => {
    const cells = rows[row].querySelectorAll(".now");
    list.forEach(({ walk }, i) => {
      cells[i].textContent = figureOf(walk.curve(curve.name, view.leg)[where[i]], curve);
    });
  });
}
