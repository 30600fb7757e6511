// Colours come from the style sheet alone, so that drawings follow the reader's scheme, and paper is light.

const WORD = /^@([a-z]+(?:-[a-z0-9]+)*)$/;

function colour(name, opacity = 1) {
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  if (opacity === 1) return value;
  const digits = value.length === 4 ? [...value.slice(1)].map((d) => d + d) : value.slice(1).match(/../g);
  return `rgba(${digits.map((d) => parseInt(d, 16)).join(",")},${opacity})`;
}

// The same object with every colour word ("@forward", "@forward-soft") replaced.
function coloured(thing) {
  if (typeof thing === "string") {
    const found = thing.match(WORD);
    if (!found) return thing;
    return found[1].endsWith("-soft") ? colour(found[1].slice(0, -5), 0.2) : colour(found[1]);
  }
  if (ArrayBuffer.isView(thing) || thing === null || typeof thing !== "object") return thing;
  if (Array.isArray(thing)) return thing.map(coloured);
  return Object.fromEntries(Object.entries(thing).map(([key, value]) => [key, coloured(value)]));
}

// A layout with the page's type of a size [px], ink and margins beneath what the chart asks for.
function themed(layout, letters) {
  const axis = {
    gridcolor: "@line", zerolinecolor: "@soft", linecolor: "@soft", tickcolor: "@soft", automargin: true, fixedrange: true,
  };
  const base = {
    font: { family: "system-ui, sans-serif", size: letters, color: "@ink" },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 48, r: 12, t: 8, b: 42 }, showlegend: false, dragmode: false, hovermode: "closest",
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    hoverlabel: { bgcolor: "@paper", bordercolor: "@soft", font: { color: "@ink" } },
  };
  const whole = { ...base, ...layout };
  whole.xaxis ??= {};
  whole.yaxis ??= {};
  for (const name of Object.keys(whole)) {
    if (/^[xy]axis\d*$/.test(name)) whole[name] = { ...axis, ...whole[name] };
  }
  return coloured(whole);
}
