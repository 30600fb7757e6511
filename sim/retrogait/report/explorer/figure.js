// The figure: a body of tapered segments, muscles over it, forces as arrows, the ground sliding by below.

const LONGEST = 0.7; // arrow of the largest force of the walks shown [m]
const LENGTHS = [0.2, 0.14, 0.1, 0.07, 0.05]; // of one body weight [m]: few, so that most walks share one
const ABOVE = 0.4; // top of the figure to upper edge, where the words are [m]
const TALLEST = 1.72; // figure that the picture fits where there is none [m]
const WIDE = 1.32; // of one figure [m]
const BELOW = 0.2; // ground to lower edge [m]
const FORCES = [
  { key: "push", short: "GRF", name: "ground on foot", outward: true },
  { key: "tibia", short: "TF", name: "femur on tibia (tibiofemoral)", outward: false },
  { key: "patella", short: "PF", name: "patella on femur (patellofemoral)", outward: false },
];

class Figure {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    [this.perWeight] = LENGTHS; // length of an arrow of one body weight [m]
    this.masses = [];
    this.leg = "right"; // whose arrows have names
    this.muscles = true;
    this.forces = true;
  }

  // Fit the canvas to its place on the page, at the screen's own resolution.
  fit() {
    const wide = Math.max(this.canvas.parentElement.clientWidth - 2, 200);
    const tall = Math.round(Math.min(Math.max(0.82 * wide, 300), 0.58 * Math.max(window.innerHeight, 560)));
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.wide = wide;
    this.tall = tall;
    this.canvas.style.height = `${tall}px`;
    this.canvas.width = Math.round(wide * ratio);
    this.canvas.height = Math.round(tall * ratio);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  // Both walks have one scale of arrows, by the largest force of either [BW]; the bar below them says which.
  setLargest(weights, masses) {
    this.perWeight = LENGTHS.find((length) => length * weights <= LONGEST) ?? LENGTHS.at(-1);
    this.masses = [...new Set(masses.filter(Boolean).map(Math.round))];
  }

  // shows: [{walk, frame, gone, ghost, label}], the ghost first; overlay puts both in one place.
  draw(shows, overlay, told) {
    const pen = this.pen;
    pen.clearRect(0, 0, this.wide, this.tall);
    this.alone = shows.length < 2;
    const places = overlay || shows.length < 2 ? 1 : 2;
    const tallest = Math.max(...shows.map((show) => show.walk.scene?.height ?? TALLEST), 0.5);
    this.scale = Math.min(this.tall / (tallest + ABOVE + BELOW), this.wide / places / WIDE);
    shows.forEach((show, i) => {
      const x = places === 1 ? 0.5 : i === 0 ? 0.25 : 0.75;
      this.left = places === 1 ? 0 : (i * this.wide) / 2;
      this.across = this.wide / places;
      this.origin = { x: x * this.wide, y: this.tall - BELOW * this.scale };
      this.drawOne(show, overlay, i === shows.length - 1, shows.at(-1).walk.scene?.slope);
    });
    if (shows.some((show) => show.walk.scene) && this.forces) this.drawScale();
    if (told) this.say(told);
  }

  X(x) {
    return this.origin.x + x * this.scale;
  }

  Y(y) {
    return this.origin.y - (y - this.base) * this.scale;
  }

  drawOne(show, overlay, last, slope) {
    const { walk, frame, ghost } = show;
    const pen = this.pen;
    const scene = walk.scene;
    if (!scene) {
      pen.save();
      pen.fillStyle = Colours.soft;
      pen.textAlign = "center";
      pen.font = "14px system-ui, sans-serif";
      pen.fillText("no figure: see the notes below", this.origin.x, this.tall / 2, this.across - 16);
      pen.restore();
      this.label(show, overlay, last);
      return;
    }
    this.base = scene.ground;
    pen.save();
    pen.beginPath();
    pen.rect(this.left + 4, 0, this.across - 8, this.tall);
    pen.clip();
    pen.globalAlpha = ghost ? 0.62 : 1;
    if (!overlay || last || scene.slope !== slope) this.drawGround(show);
    // A body that can be seen through would show where its segments overlap.
    const faint = pen.globalAlpha;
    pen.globalAlpha = 1;
    this.drawBody(walk, frame, ghost);
    pen.globalAlpha = faint;
    if (this.muscles) this.drawMuscles(walk, frame);
    this.drawPatellae(walk, frame);
    if (this.forces) this.drawForces(walk, frame, !ghost);
    if (walk.lost.has(frame)) this.hatch();
    pen.restore();
    this.label(show, overlay, last);
  }

  drawGround({ walk, gone }) {
    const pen = this.pen;
    const { slope, pace } = walk.scene;
    const rise = Math.tan(slope);
    const half = (0.5 * this.across) / this.scale + 0.2;
    pen.strokeStyle = Colours.ground;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(this.X(-half), this.Y(this.base - half * rise));
    pen.lineTo(this.X(half), this.Y(this.base + half * rise));
    pen.stroke();
    // Ticks every 20 cm go by at the pace of the walk.
    const every = 0.2;
    const shift = (((pace * gone) % every) + every) % every;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let along = -half - shift; along < half; along += every) {
      const x = along * Math.cos(slope);
      const y = this.base + along * Math.sin(slope);
      pen.moveTo(this.X(x), this.Y(y));
      pen.lineTo(this.X(x) - 5, this.Y(y) + 9);
    }
    pen.stroke();
  }

  // Far side first, then what has no side, then the near one.
  drawBody(walk, frame, ghost) {
    const order = { left: 0, "": 1, right: 2 };
    const capsules = [...walk.scene.capsules].sort((a, b) => order[a[1]] - order[b[1]]);
    const points = walk.drawn("points");
    const n = walk.frames;
    const pen = this.pen;
    for (const [kind, side, start, end, ra, rb] of capsules) {
      const a = [this.X(points[2 * start * n + frame]), this.Y(points[(2 * start + 1) * n + frame])];
      const b = [this.X(points[2 * end * n + frame]), this.Y(points[(2 * end + 1) * n + frame])];
      if (!(Number.isFinite(a[0]) && Number.isFinite(b[0]))) continue;
      pen.fillStyle = side === "left" || ghost ? Colours.far : Colours.flesh;
      capsule(pen, a, b, ra * this.scale, rb * this.scale);
      if (kind === "head") nose(pen, a, ra * this.scale);
    }
    pen.globalAlpha = ghost ? 0.5 : 1;
    pen.strokeStyle = Colours.bone;
    pen.lineCap = "round";
    for (const [, side, start, end] of capsules) {
      if (start === end) continue;
      pen.lineWidth = side === "left" ? 1 : 1.6;
      pen.beginPath();
      pen.moveTo(this.X(points[2 * start * n + frame]), this.Y(points[(2 * start + 1) * n + frame]));
      pen.lineTo(this.X(points[2 * end * n + frame]), this.Y(points[(2 * end + 1) * n + frame]));
      pen.stroke();
    }
  }

  drawMuscles(walk, frame) {
    const pen = this.pen;
    const lines = walk.drawn("lines");
    const active = walk.drawn("active");
    const n = walk.frames;
    const failed = walk.lost.has(frame);
    pen.lineCap = "round";
    pen.lineJoin = "round";
    for (const wanted of ["left", "", "right"]) {
      let channel = 0;
      walk.scene.muscles.forEach(([, side, count, strength], row) => {
        const first = channel;
        channel += 2 * count;
        if (side !== wanted) return;
        const value = active[row * n + frame];
        pen.strokeStyle = Colours.activation(value);
        // Wider where stronger and where more active: the second cue beside the colour.
        pen.lineWidth = (0.008 + 0.022 * strength * (0.35 + (Number.isFinite(value) ? value : 0))) * this.scale;
        if (failed) pen.setLineDash([3, 4]);
        pen.beginPath();
        for (let p = 0; p < count; p++) {
          const x = this.X(lines[(first + 2 * p) * n + frame]);
          const y = this.Y(lines[(first + 2 * p + 1) * n + frame]);
          if (p) pen.lineTo(x, y);
          else pen.moveTo(x, y);
        }
        pen.stroke();
        pen.setLineDash([]);
      });
    }
  }

  drawPatellae(walk, frame) {
    const points = walk.drawn("points");
    const n = walk.frames;
    this.pen.fillStyle = Colours.bone;
    for (const row of walk.scene.patellae) {
      if (row < 0) continue;
      this.pen.beginPath();
      this.pen.arc(
        this.X(points[2 * row * n + frame]), this.Y(points[(2 * row + 1) * n + frame]), 0.013 * this.scale, 0, 7);
      this.pen.fill();
    }
  }

  drawForces(walk, frame, named) {
    const at = walk.drawn("at");
    const force = walk.drawn("force");
    const n = walk.frames;
    const sides = walk.scene.sides;
    FORCES.forEach(({ key, short, outward }, i) => {
      sides.forEach((side, row) => {
        const channel = 2 * (i * sides.length + row);
        const [x, y] = [at[channel * n + frame], at[(channel + 1) * n + frame]];
        const [fx, fy] = [force[channel * n + frame], force[(channel + 1) * n + frame]];
        if (![x, y, fx, fy].every(Number.isFinite)) return;
        const dx = fx * this.perWeight * this.scale;
        const dy = -fy * this.perWeight * this.scale;
        if (Math.hypot(dx, dy) < 6) return;
        const tail = outward ? [this.X(x), this.Y(y)] : [this.X(x) - dx, this.Y(y) - dy];
        arrow(this.pen, tail, [tail[0] + dx, tail[1] + dy], Colours[key], side === "left");
        if (named && side === this.leg) {
          // The name stands at the free end, where it covers nothing.
          const end = outward ? [tail[0] + dx, tail[1] + dy - 6] : [tail[0], tail[1] - 6];
          inscribe(this.pen, short, end, Colours[key]);
        }
      });
    });
  }

  // Which walk this is and which way it goes, above the figure.
  label({ walk, label, ghost }, overlay, last) {
    const pen = this.pen;
    const colour = walk.direction === "retro" ? Colours["retro-ink"] : Colours.forward;
    // In one place the two stand beside one another all the same.
    const apart = overlay && !(last && !ghost && this.alone) ? (ghost ? -0.25 : 0.25) * this.wide : 0;
    const room = (apart ? 0.5 : 1) * this.across - 12;
    pen.save();
    pen.font = `${ghost ? "" : "600 "}14px system-ui, sans-serif`;
    pen.textAlign = "center";
    pen.fillStyle = colour;
    pen.fillText(walk.direction === "retro" ? `\u2190 ${label[0]}` : `${label[0]} \u2192`, this.origin.x + apart, 18, room);
    pen.fillText(`${label[1]}${ghost ? ", ghost" : ""}`, this.origin.x + apart, 36, room);
    pen.restore();
  }

  drawScale() {
    const pen = this.pen;
    const length = this.perWeight * this.scale;
    const y = this.tall - 10;
    const weight = this.masses.length === 1 ? ` = ${this.masses[0]} kg` : "";
    const words = `1 body weight${weight}`;
    pen.save();
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = Colours.card; // a slope may pass below
    pen.fillRect(4, y - 9, 18 + length + pen.measureText(words).width, 18);
    pen.strokeStyle = Colours.soft;
    pen.fillStyle = Colours.soft;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(10, y - 4);
    pen.lineTo(10, y + 4);
    pen.moveTo(10, y);
    pen.lineTo(10 + length, y);
    pen.moveTo(10 + length, y - 4);
    pen.lineTo(10 + length, y + 4);
    pen.stroke();
    pen.fillText(words, 16 + length, y + 4);
    pen.restore();
  }

  // Over a frame without an answer.
  hatch() {
    const pen = this.pen;
    pen.strokeStyle = Colours.soft;
    pen.lineWidth = 1;
    pen.globalAlpha = 0.5;
    pen.beginPath();
    for (let x = this.left - this.tall; x < this.left + this.across; x += 14) {
      pen.moveTo(x, this.tall);
      pen.lineTo(x + this.tall, 0);
    }
    pen.stroke();
    pen.globalAlpha = 1;
    inscribe(pen, "this frame has no answer", [this.origin.x, 0.45 * this.tall], Colours.ink);
  }

  // Instead of a figure.
  say(text) {
    const pen = this.pen;
    pen.save();
    pen.fillStyle = Colours.ink;
    pen.font = "15px system-ui, sans-serif";
    pen.textAlign = "center";
    const words = text.split(" ");
    const lines = [""];
    for (const word of words) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width < this.wide - 32) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    lines.forEach((line, i) => pen.fillText(line, this.wide / 2, this.tall / 2 + 20 * i));
    pen.restore();
  }
}
