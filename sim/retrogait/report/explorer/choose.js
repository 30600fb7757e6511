// Choosing a walk and its ghost: sliders that stop at what was computed, and words where nothing was.

// Sliders have one stop for every speed and incline that was computed in this direction.
function setSliders() {
  const { direction, speed, incline } = wanted;
  for (const [name, value, words] of [["speed", speed, speedWords], ["incline", incline, inclineWords]]) {
    const stops = choices(name, direction);
    const slider = $(name);
    slider.max = Math.max(stops.length - 1, 0);
    slider.value = Math.max(stops.indexOf(value), 0);
    slider.disabled = stops.length < 2;
    slider.setAttribute("aria-valuetext", words(value));
    $(`${name}-said`).textContent = words(value);
  }
  for (const radio of document.querySelectorAll("input[name=direction]")) {
    radio.checked = radio.value === direction;
    radio.disabled = !walks.some((walk) => walk.direction === radio.value);
  }
}

let wanted = { direction: "forward", speed: null, incline: 0 };

// Show what the sliders ask for; where no such walk was computed, say so and show none.
function choose(next, moved = "") {
  const speeds = choices("speed", next.direction);
  const inclines = choices("incline", next.direction);
  const speed = speeds.includes(next.speed) ? next.speed : nearest(speeds, next.speed);
  const incline = inclines.includes(next.incline) ? next.incline : nearest(inclines, next.incline);
  const changed = speed !== next.speed ? `${speedWords(next.speed)} was not computed for ${next.direction}; ` : "";
  wanted = { direction: next.direction, speed, incline };
  const found = at(wanted.direction, speed, incline);
  view.walk = found.includes(next.walk) ? next.walk : (found[0] ?? null);
  said = view.walk
    ? `${changed}${moved}Shown: ${walkWords(view.walk)}. ${originWords(view.walk)}`
    : `No walk was computed at ${wanted.direction}, ${speedWords(speed)}, ${inclineWords(incline)}: nothing is shown rather than something in between. ${insteadWords()}`;
  if (!view.walk) dispatchEvent(new CustomEvent("missing", { detail: wanted }));
  listSame(found);
  refresh();
}

// What there is at the speed that was asked for.
function insteadWords() {
  const { direction, speed } = wanted;
  const there = choices("incline", direction).filter((incline) => at(direction, speed, incline).length);
  return `Computed at this speed: ${there.map(inclineWords).join(", ")}.`;
}

function originWords(walk) {
  if (walk.origin === "predicted") return "Predicted: nobody walked this.";
  return walk.origin === "recorded" ? "Recorded." : "Synthetic: nobody walked this.";
}

function show(walk) {
  choose({ direction: walk.direction, speed: walk.speed, incline: walk.incline, walk });
}

// Several walks may share direction, speed and incline: trials, subjects, settings.
function listSame(found) {
  $("same").hidden = found.length < 2;
  $("walk").replaceChildren(...found.map((walk) => new Option(walk.name, walk.name, false, walk === view.walk)));
}

function listGhosts() {
  const other = new Option("the other direction", GHOST_OTHER);
  const groups = ["forward", "retro"].map((direction) => {
    const group = document.createElement("optgroup");
    group.label = direction === "retro" ? "Retro" : "Forward";
    const mine = walks.filter((walk) => walk.direction === direction);
    mine.sort((a, b) => bySize(a.speed, b.speed) || a.incline - b.incline);
    const twice = (walk) => at(walk.direction, walk.speed, walk.incline).length > 1;
    group.append(...mine.map((walk) => new Option(`${walkWords(walk)}${twice(walk) ? ` (${walk.name})` : ""}`, walk.name)));
    return group;
  });
  $("ghost").replaceChildren(other, new Option("nothing", GHOST_NONE), ...groups.filter((group) => group.children.length));
  $("ghost").value = view.ghost;
}
