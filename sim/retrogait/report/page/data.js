// Numbers of the page. A column is a typed array of the precision that it was stored in, or a list of texts.

// Header and arrays of the packed bytes; see payload.py for their order.
function readData(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  const tables = new Map();
  for (const table of header.tables) {
    for (const column of table.columns) {
      column.values = column.text ?? unshuffle(bytes, start + column.at, column.length, column.kind);
    }
    table.column = new Map(table.columns.map((column) => [column.name, column]));
    tables.set(table.id, table);
  }
  return { tables, charts: header.charts, ...header.about };
}

// Bytes sorted by significance, back in the order of numbers.
function unshuffle(bytes, at, length, kind) {
  const width = kind === "f4" ? 4 : 8;
  const plain = new Uint8Array(length * width);
  for (let place = 0; place < width; place++) {
    for (let row = 0; row < length; row++) plain[row * width + place] = bytes[at + place * length + row];
  }
  return kind === "f4" ? new Float32Array(plain.buffer) : new Float64Array(plain.buffer);
}

// Text of a table: name and unit above, full precision below; an empty cell is a number that nobody has.
function csvOf(table) {
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const heads = table.columns.map(({ name, unit }) => (unit === "" || unit === "1" ? name : `${name} [${unit}]`));
  const lines = [heads.map(quoted).join(",")];
  const rows = table.columns[0]?.values.length ?? 0;
  for (let row = 0; row < rows; row++) {
    const cells = table.columns.map(({ values }) => {
      const value = values[row];
      return typeof value === "string" ? quoted(value) : Number.isNaN(value) ? "" : String(value);
    });
    lines.push(cells.join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000); // the browser reads it after the click
}
