// Draw charts when they come near the window, again when what they show or the scheme changes, and all for paper.

// Trace with its references to columns resolved.
function resolved(thing, table) {
  if (thing === null || typeof thing !== "object") return thing;
  if (Array.isArray(thing)) return thing.map((item) => resolved(item, table));
  if (typeof thing.$column !== "string") {
    return Object.fromEntries(Object.entries(thing).map(([key, value]) => [key, resolved(value, table)]));
  }
  const column = table.column.get(thing.$column);
  if (!column) throw new Error(`table ${table.id} has no column ${thing.$column}`);
  const [first, after] = thing.rows ?? [0, column.values.length];
  const plain = Array.from(column.values.slice(first, after), (value) => (Number.isNaN(value) ? null : value));
  if (!thing.shape) return plain;
  const [rows, columns] = thing.shape;
  return Array.from({ length: rows }, (_, row) => plain.slice(row * columns, (row + 1) * columns));
}

// Sizes between the margins of a sheet [px], the narrower of A4 and US letter: two overlays stand side by side.
function sheetSize(chart, plot) {
  if (chart.extra.kind === "overlay") return { width: 335, height: 235 };
  return { width: 690, height: parseFloat(plot.style.height) };
}

class Charts {
  constructor(page, choose) {
    this.page = page;
    this.choose = choose;
    this.near = new Set();
    this.stale = new Set(page.charts);
    this.of = new Map(page.charts.map((chart) => [document.getElementById(chart.id), chart]));
    this.paper = false; // drawn for a sheet, whose width no window tells
    this.watcher = new IntersectionObserver((seen) => this.arrive(seen), { rootMargin: "400px" });
    for (const figure of this.of.keys()) this.watcher.observe(figure);
  }

  arrive(seen) {
    for (const { target, isIntersecting } of seen) {
      const chart = this.of.get(target);
      if (isIntersecting) this.near.add(chart);
      else this.near.delete(chart);
    }
    this.refresh();
  }

  // Everything is out of date: what is in sight is drawn now, the rest when it comes into sight.
  invalidate(which = () => true) {
    for (const chart of this.page.charts) if (which(chart)) this.stale.add(chart);
    this.refresh();
  }

  refresh() {
    for (const chart of this.page.charts) if (this.near.has(chart) && this.stale.has(chart)) this.draw(chart);
  }

  drawAll() {
    for (const chart of [...this.stale]) this.draw(chart);
  }

  draw(chart) {
    this.stale.delete(chart);
    const figure = document.getElementById(chart.id);
    const plot = figure.querySelector(".plot");
    let { traces, layout } = chart;
    if (chart.extra.kind === "overlay") {
      const made = overlay(this.page, chart, this.choose());
      ({ traces, layout } = made);
      this.tell(figure, chart, made);
      plot.hidden = made.drawn.length === 0; // an empty frame says less than the line below it
      if (plot.hidden) {
        Plotly.purge(plot);
        return;
      }
    } else {
      traces = resolved(traces, this.page.tables.get(chart.table));
    }
    const options = { displayModeBar: false, responsive: !this.paper, doubleClick: false };
    const size = this.paper ? sheetSize(chart, plot) : {};
    Plotly.react(plot, coloured(traces), themed({ ...layout, ...size }, this.paper ? 10 : 12), options);
  }

  // Titles say where a curve is from, and the line below names the sources of what is published.
  tell(figure, chart, made) {
    const origins = [...new Set(made.drawn.flatMap((line) => line.origin.split(" and ")))].sort();
    const from = origins.length === 1 && origins[0] === "recorded" ? "" : origins.join(" and ");
    const said = document.createElement("span");
    said.className = "origin";
    said.textContent = from;
    figure.querySelector("h3").replaceChildren(chart.title, said);
    const names = made.drawn.map(nameOf).join("; ");
    const title = from ? `${chart.title}, ${from}` : chart.title;
    const alt = `${title}, over the gait cycle: ${names || "no line"}. The CSV below has every number.`;
    figure.querySelector(".plot").setAttribute("aria-label", alt);
    figure.querySelector("figcaption").textContent = made.missing.length
      ? `Not in the results, for the ${this.choose().side} leg: ${made.missing.join("; ")}.`
      : "";
    const place = figure.querySelector(".published");
    const cited = made.sources.map(({ text, measures }) => `${[...measures].join(", ")}: ${text}`);
    place.textContent = cited.length ? `Bars: published for this walk, squares their mean; ${cited.join("; ")}.` : "";
  }
}
