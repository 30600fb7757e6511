// The page: unpack, draw, and listen.

const MOST_DRAWN = 6;

// What the form says at this moment.
function chosen(form) {
  const data = new FormData(form);
  const wanted = [data.get("first"), data.get("second"), ...data.getAll("more")];
  const picked = [...new Set(wanted.filter((row) => row !== null && row !== "").map(Number))].slice(0, MOST_DRAWN);
  return {
    picked,
    side: data.get("side"),
    align: data.get("align"),
    band: data.get("band") ?? "sd",
    published: data.get("published") !== null,
  };
}

// The legend of a section: a stroke of each line with its name, and what its band and upright line mean.
function fillLegends(page, choice) {
  const items = styled(page, choice.picked).map(({ line, ink, dash }) => {
    const cycles = line.cycles[choice.side];
    const counted = `${cycles} ${cycles === 1 ? "cycle" : "cycles"}`;
    const { group } = line; // its name says what it is of
    const failed = line.frames_failed ? `${line.frames_failed} frames failed (${line.conditions > 1 ? "left out" : "hatched"})` : "";
    const said = [group ? "" : line.label, group ? "" : counted, failed].filter(Boolean).join(", ");
    return { text: said ? `${nameOf(line)}: ${said}` : nameOf(line), ink, dash };
  });
  for (const list of document.querySelectorAll("ul.legend")) {
    list.replaceChildren(...items.map(({ text, ink, dash }) => {
      const item = document.createElement("li");
      item.append(stroke(ink, dash), text);
      return item;
    }), note(page, choice));
  }
}

function stroke(ink, dash) {
  const patterns = { solid: "", dash: "7 4", dot: "2 3", longdash: "11 5", dashdot: "8 3 2 3", longdashdot: "12 3 2 3" };
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 36 8");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", "M1 4h34");
  path.setAttribute("stroke-dasharray", patterns[dash]);
  path.style.stroke = `var(--${ink})`;
  svg.append(path);
  return svg;
}

// What the marks beside the lines mean: those that are there.
function note(page, choice) {
  const lines = choice.picked.map((row) => page.lines[row]);
  const said = [];
  const several = lines.some(({ people, conditions }) => people && people < conditions);
  const repeated = several ? ", of which one person may have several" : "";
  if (choice.band === "quantiles") said.push(`line: median; shaded: 5 to 95 % of conditions${repeated}`);
  else if (lines.some((line) => line.conditions > 1)) said.push(`shaded: mean ± SD between conditions${repeated}`);
  else if (lines.some((line) => line.cycles[choice.side] > 1)) said.push("shaded: mean ± SD of cycles");
  if (choice.align !== "events") said.push("upright: toe-off");
  if (lines.some((line) => line.frames_failed && line.conditions === 1)) said.push("hatched: failed frames");
  said.push(...moved(lines, choice));
  const item = document.createElement("li");
  item.className = "soft";
  item.textContent = said.join("; ");
  return item;
}

// Said where a mean is shown in another alignment than it was made in: averages by events would round fewer peaks.
function moved(lines, { align, side }) {
  if (align === "percent") return [];
  const means = lines.filter((line) => (line.conditions > 1 || line.cycles[side] > 1)
    && (align === "events" || line.direction === "retro"));
  if (means.length === 0) return []; // a single cycle is exact in every alignment
  const spreads = means.map((line) => line.toe_off_sd[side]).filter((value) => value > 0);
  const varies = spreads.length ? `, which varies by ± ${Math.max(...spreads).toPrecision(2)} % of the cycle` : "";
  return [`no average made anew: the mean over per cent of the cycle, its points moved by the mean toe-off${varies}`];
}

// Keep the boxes under "more" within what colour and dash tell apart.
function limitMore(form) {
  const { picked } = chosen(form);
  const full = picked.length >= MOST_DRAWN;
  for (const box of form.querySelectorAll('input[name="more"]')) box.disabled = full && !box.checked;
  form.querySelector("#told").textContent = full ? `${MOST_DRAWN} lines are drawn; untick one to pick another.` : "";
}

async function begin() {
  const data = readData(await unpack("data"));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.csv");
    if (!button) return;
    const table = data.tables.get(button.dataset.table);
    download(`${table.id}.csv`, csvOf(table));
  });
  sortable(data);
  await unpackScript("plotly");
  const form = document.getElementById("controls"); // none where no condition has a cycle
  const charts = new Charts(data, () => chosen(form));
  const change = () => {
    limitMore(form);
    fillLegends(data, chosen(form));
    charts.invalidate((chart) => chart.extra.kind === "overlay");
  };
  if (form) {
    form.addEventListener("change", change);
    form.addEventListener("submit", (event) => event.preventDefault());
    change();
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.invalidate());
  // Paper is light whatever the screen is, and shows every chart and what is folded but digests.
  const folded = [...document.querySelectorAll("section details:not([open]):not(:has(.digests))")];
  const paper = (on) => {
    document.documentElement.classList.toggle("paper", on);
    for (const one of folded) one.open = on;
    charts.paper = on;
    charts.invalidate();
    if (on) charts.drawAll();
  };
  addEventListener("beforeprint", () => paper(true));
  addEventListener("afterprint", () => paper(false));
  document.documentElement.dataset.ready = Math.round(performance.now()); // ms since the page was asked for
}

begin().catch((error) => {
  const told = document.createElement("p");
  told.className = "bad";
  told.textContent = `The charts cannot be drawn: ${error.message}`;
  document.getElementById("content").prepend(told);
  console.error(error);
});
