// How curves over the gait cycle are laid over each other. All three are made of the same stored mean curve: only
// the horizontal place of its points changes, never a value.

// On a scale of stance and swing, toe-off stands here: about where it is in walking.
const TOE_OFF_AT = 60;

// Place of a per cent of the cycle; line.toe_off is known wherever this is called with another alignment.
function placeOf(percent, align, line, toeOff) {
  if (!(toeOff > 0 && toeOff < 100)) return percent;
  if (align === "events") {
    return percent <= toeOff
      ? (percent / toeOff) * TOE_OFF_AT
      : TOE_OFF_AT + ((percent - toeOff) / (100 - toeOff)) * (100 - TOE_OFF_AT);
  }
  if (align === "reversed" && line.direction === "retro") {
    return percent <= toeOff ? toeOff - percent : toeOff - percent + 100;
  }
  return percent;
}

// Points of a curve in the order of their places. Played backwards from toe-off, a cycle is cut at its contact: the
// two ends are the same event of the next cycle, and a gap is left between them.
function aligned(percent, align, line, toeOff) {
  const order = Array.from(percent, (_, row) => row);
  const turned = align === "reversed" && line.direction === "retro" && toeOff > 0 && toeOff < 100;
  if (!turned) return { rows: order, x: order.map((row) => placeOf(percent[row], align, line, toeOff)) };
  const stance = order.filter((row) => percent[row] <= toeOff).reverse();
  const swing = order.filter((row) => percent[row] > toeOff).reverse();
  const rows = [...stance, -1, ...swing];
  return { rows, x: rows.map((row) => (row < 0 ? null : placeOf(percent[row], align, line, toeOff))) };
}

// What the horizontal axis says.
function alignedAxis(align) {
  if (align === "events") {
    return {
      title: { text: "stance, then swing, each on its own scale" },
      range: [0, 100],
      tickvals: [0, TOE_OFF_AT / 2, TOE_OFF_AT, (100 + TOE_OFF_AT) / 2, 100],
      ticktext: ["contact", "mid-stance", "toe-off", "mid-swing", "contact"],
    };
  }
  const text = align === "reversed" ? "forward: gait cycle [%]; retro: backwards from toe-off [%]" : "gait cycle [%]";
  return { title: { text }, range: [0, 100], tickvals: [0, 20, 40, 60, 80, 100] };
}
