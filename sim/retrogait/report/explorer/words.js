// What the page says: names of walks, numbers with units, the file of curves.

function speedWords(speed) {
  return speed === null ? "speed not given" : `${speed.toFixed(Math.abs(speed * 10 - Math.round(speed * 10)) < 1e-9 ? 1 : 2)} m/s`;
}

function inclineWords(incline) {
  if (!incline) return "level";
  return `${+Math.abs(incline).toFixed(2)}\u00b0 ${incline > 0 ? "uphill" : "downhill"}`;
}

function walkWords(walk) {
  const way = walk.direction === "retro" ? "Retro" : "Forward";
  return `${way}, ${speedWords(walk.speed)}, ${inclineWords(walk.incline)}`;
}

// Two lines above a figure.
function labelOf(walk) {
  const origin = walk.origin === "recorded" ? "" : `, ${walk.origin}`;
  return [`${walk.direction === "retro" ? "Retro" : "Forward"}, ${speedWords(walk.speed)}`, `${inclineWords(walk.incline)}${origin}`];
}

function unitWords(curve) {
  return curve.unit ? ` [${curve.unit}]` : "";
}

// A value without its unit, for a table that names it.
function figureOf(value, curve) {
  return Number.isFinite(value) ? value.toFixed(digitsOf(curve)) : "no answer";
}

function digitsOf(curve) {
  return curve.unit === "deg" ? 1 : 2;
}

function quantity(value, curve) {
  if (!Number.isFinite(value)) return "no answer";
  return `${value.toFixed(digitsOf(curve))}${curve.unit ? ` ${curve.unit}` : ""}`.replace("deg", "\u00b0").replace(" \u00b0", "\u00b0");
}

// A peak, and how far it is known.
function peakWords(walk, curve, side) {
  const peak = walk.peak(curve.name, side);
  if (!peak) return { value: "no answer", span: "" };
  const span = walk.span(curve.name, side);
  return {
    value: figureOf(peak.value, curve),
    span: span ? `${span[0].toFixed(2)} to ${span[1].toFixed(2)}` : "",
  };
}

// What the spans are over, each said once.
function spanWords(walks, curves, side) {
  const told = new Map();
  for (const walk of walks) {
    for (const curve of curves) {
      const span = walk.span(curve.name, side);
      if (span) told.set(`${curve.title.toLowerCase()}: ${span[2]}`, true);
    }
  }
  return told.size ? `Span: how far the largest value is known; ${[...told.keys()].join("; ")}.` : "";
}

// Curves of either leg at the frames of the walk, with all digits that the page holds.
function csvOf(walk, curves, sides) {
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = ["trial", "origin", "direction", "speed [m/s]", "incline [deg]", "percent [%]", "time [s]", "failed"];
  const columns = curves.flatMap((curve) => sides.map((side) => {
    const unit = curve.unit ? ` [${curve.unit}]` : "";
    return { head: `${curve.name}_${side}${unit}`, values: walk.curve(curve.name, side) };
  }));
  const fixed = [walk.name, walk.origin, walk.direction, walk.speed ?? "", walk.incline].map(String);
  const number = (value) => (Number.isFinite(value) ? String(value) : "");
  const rows = [[...head, ...columns.map((column) => column.head)]];
  for (let frame = 0; frame < walk.frames; frame++) {
    rows.push([...fixed, number(walk.percents[frame]), number(walk.times[frame]), walk.lost.has(frame) ? "1" : "0",
      ...columns.map((column) => number(column.values[frame]))]);
  }
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
