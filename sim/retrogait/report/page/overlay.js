// Curves of the lines that the reader has picked, as Plotly traces. Direction is told by colour and by dash.

const STYLES = {
  forward: [["forward", "solid"], ["forward-2", "longdash"], ["forward-3", "dashdot"]],
  retro: [["retro", "dash"], ["retro-2", "dot"], ["retro-3", "longdashdot"]],
};

// Picked rows with a style each; a seventh would look like another.
function styled(page, picked) {
  const used = { forward: 0, retro: 0 };
  return picked.map((row) => {
    const line = page.lines[row];
    const list = STYLES[line.direction] ?? STYLES.forward;
    const [ink, dash] = list[used[line.direction]++ % list.length];
    return { row, line, ink, dash };
  });
}

// Traces and layout of one chart for what the reader has chosen.
function overlay(page, chart, choice) {
  const table = page.tables.get(chart.table);
  const percent = table.column.get("gait cycle").values;
  const side = choice.side;
  const traces = [], shapes = [], drawn = [], missing = [], sources = new Map();
  for (const one of styled(page, choice.picked)) {
    const read = (kind) => table.column.get(`${one.line.name} ${side} ${kind}`)?.values;
    const toeOff = one.line.toe_off[side];
    const { rows, x } = aligned(percent, choice.align, one.line, toeOff);
    const at = (values) => rows.map((row) => (row < 0 || Number.isNaN(values[row]) ? null : values[row]));
    const middle = choice.band === "quantiles" ? read("50 %") : read("mean");
    if (!middle) {
      missing.push(nameOf(one.line));
      continue;
    }
    drawn.push(one.line);
    const [low, high] = limits(choice.band, read);
    if (low) traces.push(...bandTraces(x, at(low), at(high), one.ink));
    traces.push({
      type: "scatter", mode: "lines", name: nameOf(one.line), x, y: at(middle), connectgaps: false,
      line: { color: `@${one.ink}`, dash: one.dash, width: 2.5 },
      hovertemplate: `%{y:.4g}<extra>${escaped(nameOf(one.line))}</extra>`,
    });
    traces.push(...hatches(percent, middle, one, choice, toeOff));
    // Played backwards, a cycle begins with its toe-off: the axis stands there already.
    const turned = choice.align === "reversed" && one.line.direction === "retro";
    if (toeOff > 0 && !turned) shapes.push(upright(placeOf(toeOff, choice.align, one.line, toeOff), one));
    if (choice.published) traces.push(...publishedTraces(chart, one, side, choice.align, toeOff, sources));
  }
  const layout = {
    ...chart.layout,
    xaxis: alignedAxis(choice.align),
    yaxis2: { overlaying: "y", range: [0, 1], visible: false },
    barmode: "overlay", bargap: 0, hovermode: "x", shapes,
  };
  return { traces, layout, drawn, missing, sources: [...sources.values()] };
}

// Mean less and plus one SD, or 5 and 95 %, where there is more than one cycle or condition.
function limits(band, read) {
  if (band === "quantiles") return [read("5 %"), read("95 %")];
  const mean = read("mean"), deviation = read("sd");
  if (!mean || !deviation) return [];
  return [mean.map((value, row) => value - deviation[row]), mean.map((value, row) => value + deviation[row])];
}

function bandTraces(x, low, high, ink) {
  const edge = { type: "scatter", mode: "lines", x, line: { width: 0 }, hoverinfo: "skip", connectgaps: false };
  return [{ ...edge, y: low }, { ...edge, y: high, fill: "tonexty", fillcolor: `@${ink}-soft` }];
}

function upright(place, { ink, dash }) {
  const line = { color: `@${ink}`, width: 1.2, dash: dash === "solid" ? "solid" : "dot" };
  return { type: "line", x0: place, x1: place, yref: "paper", y0: 0, y1: 1, layer: "below", line };
}

// Bars with stripes over every per cent of the cycle that lacks an answer, or in which a frame of some cycle failed:
// the mean is of fewer cycles there than elsewhere.
function hatches(percent, values, { line, ink }, choice, toeOff) {
  const runs = line.failed[choice.side] ?? [];
  const bad = Array.from(percent, (at, row) => Number.isNaN(values[row]) || runs.some(([a, b]) => at >= a && at <= b));
  if (!bad.includes(true)) return [];
  const rows = Array.from(percent.keys()).filter((row) => bad[row]);
  const place = (at) => placeOf(at, choice.align, line, toeOff);
  const widest = 2; // the per cent at which a cycle is cut has its ends far apart
  const width = (at) => Math.abs(place(Math.min(at + 0.5, 100)) - place(Math.max(at - 0.5, 0)));
  const pattern = { shape: "/", fgcolor: `@${ink}`, size: 7, solidity: 0.25 };
  return [{
    type: "bar", yaxis: "y2", x: rows.map((row) => place(percent[row])), y: rows.map(() => 1),
    width: rows.map((row) => Math.min(widest, width(percent[row]))),
    hovertemplate: `failed frames<extra>${escaped(nameOf(line))}</extra>`, name: "failed frames",
    marker: { color: "rgba(0,0,0,0)", line: { width: 0 }, pattern },
  }];
}

// Bars behind the curves: what was published for this walk, at the event that it was read at.
function publishedTraces(chart, { row, line, ink }, side, align, toeOff, sources) {
  const points = chart.extra.published.filter((point) => point.line === row && point.side === side);
  if (points.length === 0) return [];
  for (const point of points) {
    if (!sources.has(point.source)) sources.set(point.source, { text: point.source, ink, measures: new Set() });
    sources.get(point.source).measures.add(point.measure);
  }
  const middle = (point) => point.value ?? (point.low + point.high) / 2;
  const size = points.map((point) => (point.value === null ? 0 : 7)); // a range alone has no mean to mark
  return [{
    type: "scatter", mode: "markers", name: "published",
    x: points.map((point) => placeOf(point.percent, align, line, toeOff)),
    y: points.map(middle),
    customdata: points.map((point) => [point.measure, point.low, point.high, point.source]),
    hovertemplate: `published %{customdata[0]}: %{customdata[1]:.3g} to %{customdata[2]:.3g}<extra></extra>`,
    marker: { symbol: "square", size, color: "@card", line: { color: `@${ink}`, width: 2 } },
    error_y: {
      type: "data", symmetric: false, thickness: 8, width: 0, color: `@${ink}-soft`,
      array: points.map((point) => point.high - middle(point)),
      arrayminus: points.map((point) => middle(point) - point.low),
    },
  }];
}

function nameOf(line) {
  return line.group || line.origin === "recorded" ? line.name : `${line.name} (${line.origin})`;
}

// Plotly reads a little HTML in names.
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
