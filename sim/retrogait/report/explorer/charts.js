// Curves over the cycle as SVG: the walk solid, its ghost dashed, a cursor in step with the figure.

const SVG = "http://www.w3.org/2000/svg";
const BOX = { wide: 300, tall: 160, left: 36, right: 8, top: 10, bottom: 24 };

function svg(kind, attributes, parent) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (parent) parent.append(made);
  return made;
}

// Values in steps of 1, 2 or 5 times a power of ten, as nearly `wanted` of them as that allows.
function ticks(low, high, wanted) {
  const power = 10 ** Math.floor(Math.log10((high - low) / wanted));
  const miss = (size) => Math.abs((high - low) / size - wanted);
  const step = [1, 2, 5, 10].map((n) => n * power).reduce((best, size) => (miss(size) < miss(best) ? size : best));
  const out = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + 1e-9 * step; at += step) out.push(at);
  return { step, at: out };
}

class Chart {
  // scrub(percent) is called where the reader points; step(by) where the reader moves by frames.
  constructor(curve, parent, scrub, step) {
    this.curve = curve;
    this.figure = document.createElement("figure");
    const title = document.createElement("figcaption");
    title.textContent = curve.unit ? `${curve.title} [${curve.unit}]` : `${curve.title} [0 to 1]`;
    title.title = curve.about;
    this.root = svg("svg", {
      viewBox: `0 0 ${BOX.wide} ${BOX.tall}`, tabindex: 0, role: "slider", "aria-label": `${curve.title}, cursor`,
      "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0,
    });
    this.figure.append(title, this.root);
    parent.append(this.figure);
    this.still = svg("g", {}, this.root);
    this.cursor = svg("line", { class: "cursor", y1: BOX.top, y2: BOX.tall - BOX.bottom }, this.root);
    this.dots = [svg("circle", { r: 4 }, this.root), svg("circle", { r: 4 }, this.root)];
    const point = (event) => {
      const box = this.root.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * BOX.wide;
      scrub(Math.min(Math.max((100 * (x - BOX.left)) / (BOX.wide - BOX.left - BOX.right), 0), 100));
    };
    this.root.addEventListener("pointerdown", (event) => {
      this.root.setPointerCapture(event.pointerId);
      point(event);
    });
    this.root.addEventListener("pointermove", (event) => event.buttons && point(event));
    const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
    this.root.addEventListener("keydown", (event) => {
      if (event.key in moves) step(moves[event.key]);
      else if (event.key === "Home") scrub(0);
      else if (event.key === "End") scrub(100);
      else return;
      event.preventDefault();
    });
  }

  X(percent) {
    return BOX.left + (percent / 100) * (BOX.wide - BOX.left - BOX.right);
  }

  Y(value) {
    return BOX.tall - BOX.bottom - ((value - this.low) / (this.high - this.low)) * (BOX.tall - BOX.top - BOX.bottom);
  }

  // shows: the walk first, then the ghost where there is one.
  draw(shows, side) {
    this.shows = shows;
    this.values = shows.map(({ walk }) => walk.curve(this.curve.name, side));
    const known = this.values.flatMap((values) => Array.from(values).filter(Number.isFinite));
    const spans = shows.map(({ walk }) => walk.span(this.curve.name, side)).filter(Boolean);
    this.low = Math.min(0, ...known);
    this.high = Math.max(this.curve.reach, ...known, ...spans.map((span) => span[1])) || 1;
    const room = 0.04 * (this.high - this.low);
    this.high += room;
    if (this.low < 0) this.low -= room;
    this.still.replaceChildren();
    this.drawAxes();
    if (!known.length) {
      svg("text", { x: BOX.wide / 2, y: BOX.tall / 2, class: "none" }, this.still).textContent = "not known: see the notes";
    }
    shows.forEach((show, i) => this.drawLost(show, i));
    shows.forEach((show, i) => this.drawToeOff(show, side, i));
    for (let i = shows.length - 1; i >= 0; i--) this.drawLine(shows[i], this.values[i], side, i);
  }

  drawAxes() {
    const { at, step } = ticks(this.low, this.high, 4);
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    for (const value of at) {
      const y = this.Y(value);
      svg("line", { x1: BOX.left, x2: BOX.wide - BOX.right, y1: y, y2: y, class: Math.abs(value) < 1e-9 ? "zero" : "grid" }, this.still);
      svg("text", { x: BOX.left - 6, y: y + 4, class: "tick y" }, this.still).textContent = value.toFixed(digits);
    }
    for (const percent of [0, 25, 50, 75, 100]) {
      const last = percent === 100;
      svg("text", { x: this.X(percent) + (last ? 6 : 0), y: BOX.tall - 7, class: last ? "tick y" : "tick x" }, this.still).textContent = `${percent}${last ? " %" : ""}`;
    }
  }

  // Frames without an answer are hatched, and the line has a gap there.
  drawLost({ walk }, i) {
    const at = walk.percents;
    const half = 50 / walk.frames;
    for (const frame of walk.lost) {
      svg("rect", {
        x: this.X(Math.max(at[frame] - half, 0)), width: this.X(2 * half) - this.X(0), y: BOX.top,
        height: BOX.tall - BOX.top - BOX.bottom, class: i ? "lost ghost" : "lost", fill: "url(#hatch)",
      }, this.still);
    }
  }

  drawToeOff({ walk }, side, i) {
    if (walk.toeOff === null || side !== walk.leg) return;
    const x = this.X(walk.toeOff);
    svg("line", { x1: x, x2: x, y1: BOX.top, y2: BOX.tall - BOX.bottom, class: `toe-off ${walk.direction}${i ? " ghost" : ""}` }, this.still);
    if (!i) svg("text", { x: x + 3, y: BOX.top + 8, class: "tick" }, this.still).textContent = "toe-off";
  }

  drawLine({ walk }, values, side, i) {
    const kind = `${walk.direction}${i ? " ghost" : ""}`;
    const at = walk.percents;
    const last = walk.frames - 1;
    let path = "";
    let gap = true;
    const visit = (percent, value) => {
      if (!Number.isFinite(value)) {
        gap = true;
        return;
      }
      path += `${gap ? "M" : "L"}${this.X(percent).toFixed(1)} ${this.Y(value).toFixed(1)}`;
      gap = false;
    };
    // A stride that repeats itself goes on beyond either edge; the picture is clipped there.
    if (walk.repeats) visit(at[last] - 100, values[last]);
    for (let frame = 0; frame <= last; frame++) visit(at[frame], values[frame]);
    if (walk.repeats) visit(at[0] + 100, values[0]);
    svg("path", { d: path, class: `curve ${kind}`, "clip-path": "url(#plot)" }, this.still);
    const peak = walk.peak(this.curve.name, side);
    const span = walk.span(this.curve.name, side);
    if (peak && span) {
      const x = this.X(at[peak.frame]) + (i ? 3 : 0);
      const [low, high] = [this.Y(span[0]), this.Y(span[1])];
      svg("path", { d: `M${x} ${low}V${high}M${x - 4} ${low}h8M${x - 4} ${high}h8`, class: `span ${kind}` }, this.still);
    }
  }

  // Cursor and dots; `said` only where a reader may listen, because it may be read aloud.
  point(percent, frames, said) {
    const x = this.X(percent);
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
    this.dots.forEach((dot, i) => {
      const value = i < this.shows.length ? this.values[i][frames[i]] : NaN;
      dot.style.display = Number.isFinite(value) ? "" : "none";
      if (!Number.isFinite(value)) return;
      dot.setAttribute("class", `dot ${this.shows[i].walk.direction}${i ? " ghost" : ""}`);
      dot.setAttribute("cx", this.X(this.shows[i].walk.percents[frames[i]]));
      dot.setAttribute("cy", this.Y(value));
    });
    if (said) {
      this.root.setAttribute("aria-valuenow", percent.toFixed(1));
      this.root.setAttribute("aria-valuetext", `${percent.toFixed(0)} %: ${quantity(this.values[0][frames[0]], this.curve)}`);
    }
  }
}
