// Shapes that the figure is made of.

// Two circles and the lines that touch both.
function capsule(pen, a, b, ra, rb) {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const d = Math.hypot(dx, dy);
  pen.beginPath();
  if (d <= Math.abs(ra - rb) || d < 0.5) {
    const [c, r] = ra > rb ? [a, ra] : [b, rb];
    pen.arc(c[0], c[1], r, 0, 2 * Math.PI);
  } else {
    const way = Math.atan2(dy, dx);
    const open = Math.acos((ra - rb) / d);
    pen.arc(a[0], a[1], ra, way + open, way - open);
    pen.arc(b[0], b[1], rb, way - open, way + open);
  }
  pen.closePath();
  pen.fill();
}

// Everybody faces to the right, also who goes to the left.
function nose(pen, [x, y], r) {
  pen.beginPath();
  pen.moveTo(x + 0.9 * r, y - 0.4 * r);
  pen.lineTo(x + 1.28 * r, y + 0.12 * r);
  pen.lineTo(x + 0.95 * r, y + 0.3 * r);
  pen.closePath();
  pen.fill();
}

function arrow(pen, tail, tip, colour, far) {
  const way = Math.atan2(tip[1] - tail[1], tip[0] - tail[0]);
  const head = 9;
  const alpha = pen.globalAlpha;
  if (far) pen.globalAlpha = 0.5 * alpha;
  for (const [style, width] of [[Colours.card, 5.5], [colour, 3]]) {
    pen.strokeStyle = style;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(...tail);
    pen.lineTo(tip[0] - 0.7 * head * Math.cos(way), tip[1] - 0.7 * head * Math.sin(way));
    pen.stroke();
  }
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(...tip);
  for (const turn of [0.42, -0.42]) pen.lineTo(tip[0] - head * Math.cos(way + turn), tip[1] - head * Math.sin(way + turn));
  pen.closePath();
  pen.fill();
  pen.globalAlpha = alpha;
}

// Words that can be read over anything.
function inscribe(pen, text, [x, y], colour) {
  pen.font = "600 12px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.lineWidth = 4;
  pen.lineJoin = "round";
  pen.strokeStyle = Colours.card;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}
