// What the knee feels, in plain words: each joint force now as a bar and as a weight, the largest, what to make of it.

const FELT = [
  ["tibiofemoral_force", "tibia", "TF", "inside the knee, thigh bone on shin bone"],
  ["patellofemoral_force", "patella", "PF", "behind the kneecap"],
];

const timesWeight = (value) => `${value.toFixed(1)} \u00d7 body weight`;
const weightOf = (value, walk) => ` = ${Math.round(value * walk.mass)} kg`;

// What tells a walk from the one beside it.
function shortWords(walk, other) {
  if (other?.direction !== walk.direction) return walk.direction;
  if (other.speed !== walk.speed) return speedWords(walk.speed);
  return other.incline === walk.incline ? walk.name : inclineWords(walk.incline);
}

// The largest of either walk; a difference that no assumption undoes is said, any other one is not.
function verdictWords(curve, list, side) {
  const told = list.map(({ walk }, i) => {
    const peak = walk.peak(curve, side);
    return peak && { peak: peak.value, span: walk.span(curve, side), who: shortWords(walk, list[1 - i]?.walk) };
  });
  const lacking = list.filter((_, i) => !told[i]).map(({ walk }, i) => shortWords(walk, list[1 - i]?.walk));
  if (lacking.length === list.length) return "Not known for this knee: the notes below say why.";
  if (lacking.length) return `Not known for ${lacking[0]}: the notes below say why.`;
  const range = ({ span }) => (span ? ` (${span[0].toFixed(1)} to ${span[1].toFixed(1)})` : "");
  const all = `Largest: ${told.map((one) => `${one.who} ${one.peak.toFixed(1)}${range(one)}`).join(", ")}`;
  if (told.length < 2) return `${all}.`;
  if (!told.every((one) => one.span)) return `${all}. How far that is known was not computed for both: compare with care.`;
  const [more, less] = told[0].peak >= told[1].peak ? told : [told[1], told[0]];
  if (more.span[0] <= less.span[1]) return `${all}: too near to tell, for the spans overlap.`;
  return `${all}: ${more.who} presses more under every assumption that was tried.`;
}

class Feel {
  constructor(place, title) {
    this.place = place;
    this.title = title;
    this.rows = [];
  }

  // After a change of what is shown.
  show(list, side) {
    const guessed = list.filter(({ walk }) => walk.origin !== "recorded");
    const origin = guessed.length === 0 ? "" : guessed.length === list.length ? `, ${guessed[0].walk.origin}`
      : `; ${shortWords(guessed[0].walk, list.find((one) => one !== guessed[0]).walk)} is ${guessed[0].walk.origin}`;
    this.title.textContent = `What the ${side} knee feels${origin}`;
    this.place.replaceChildren();
    this.rows = [];
    const reach = Math.max(1, ...FELT.flatMap(([name]) => list.flatMap(({ walk }) => [
      walk.peak(name, side)?.value ?? 0, walk.span(name, side)?.[1] ?? 0,
    ])));
    for (const [name, key, short, words] of FELT) {
      const part = this.add("div", "felt", this.place);
      const head = this.add("h3", "", part);
      this.add("span", key, head).textContent = short;
      head.append(` ${words}`);
      list.forEach(({ walk }, i) => {
        const row = this.add("p", `feels ${walk.direction}${i ? " ghost" : ""}`, part);
        this.add("b", "who", row).textContent = shortWords(walk, list[1 - i]?.walk);
        const track = this.add("span", "track", row);
        track.setAttribute("aria-hidden", "true");
        const bar = this.add("span", "bar", track);
        const peak = walk.peak(name, side);
        const span = walk.span(name, side);
        if (span) {
          const known = this.add("span", "known", track);
          known.style.left = `${(100 * span[0]) / reach}%`;
          known.style.width = `${(100 * (span[1] - span[0])) / reach}%`;
        }
        if (peak) this.add("span", "most", track).style.left = `${(100 * peak.value) / reach}%`;
        const now = this.add("span", "felt-now", row);
        this.rows.push({ walk, values: walk.curve(name, side), bar, now, reach, i });
      });
      const verdict = verdictWords(name, list, side);
      if (verdict) this.add("p", "verdict", part).textContent = verdict;
    }
  }

  // At every frame of the animation.
  point(frames) {
    for (const { walk, values, bar, now, reach, i } of this.rows) {
      const value = values[frames[i]];
      const known = Number.isFinite(value);
      bar.style.width = known ? `${(100 * value) / reach}%` : "0";
      now.textContent = known ? `${timesWeight(value)}${weightOf(value, walk)}` : "not known";
    }
  }

  add(kind, about, parent) {
    const made = document.createElement(kind);
    if (about) made.className = about;
    parent.append(made);
    return made;
  }
}
