// Tables are sorted by the stored numbers, not by their rounded text. Of a long one the first rows are shown; sorted,
// those that are first then.

function sortable(page) {
  for (const table of document.querySelectorAll("table.sortable")) {
    const data = page.tables.get(table.dataset.table);
    const body = table.tBodies[0];
    const shown = body.rows.length;
    const order = Array.from(data.columns[0]?.values ?? [], (_, row) => row);
    table.tHead.addEventListener("click", (event) => {
      const head = event.target.closest("th");
      if (!head) return;
      const values = data.columns[head.cellIndex].values;
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
      order.sort((a, b) => compared(values[a], values[b], sign) || a - b);
      body.replaceChildren(...order.slice(0, shown).map((row) => rowOf(data, row)));
    });
  }
}

function rowOf(data, row) {
  const line = document.createElement("tr");
  for (const { values } of data.columns) {
    const cell = line.insertCell();
    const number = typeof values[row] !== "string";
    if (number) cell.className = "number";
    cell.textContent = number ? shortened(values[row]) : values[row] || "–";
  }
  return line;
}

// As render.py writes numbers: three or four digits to read.
function shortened(value) {
  if (Number.isNaN(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return String(Number(value.toPrecision(Math.abs(value) < 100 ? 3 : 4)));
}

// What has no number comes last either way.
function compared(a, b, sign) {
  if (typeof a === "string") return sign * a.localeCompare(b, "en", { numeric: true });
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
  return sign * (a - b);
}
