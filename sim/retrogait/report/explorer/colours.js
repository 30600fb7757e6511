// Colours of the page's scheme, and the scale of activation: magma (Smith & van der Walt 2015), which is even to
// the eye and to colour-blind eyes. On paper active is dark, on a dark screen it glows: more contrast, more active.

const MAGMA = ["#000004", "#140e36", "#3b0f70", "#641a80", "#8c2981", "#b73779", "#de4968", "#f7705c", "#fe9f6d",
  "#fecf92", "#fcfdbf"].map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));

const SHADES = 251;

function magma(share) {
  const at = Math.min(Math.max(share, 0), 1) * (MAGMA.length - 1);
  const row = Math.min(Math.floor(at), MAGMA.length - 2);
  const mixed = MAGMA[row].map((from, i) => Math.round(from + (at - row) * (MAGMA[row + 1][i] - from)));
  return `rgb(${mixed.join(",")})`;
}

const Colours = {
  names: ["ink", "soft", "paper", "card", "line", "forward", "retro", "flesh", "far", "bone", "ground", "push",
    "tibia", "patella", "retro-ink"],
  scheme: window.matchMedia("(prefers-color-scheme: dark)"),
  onPaper: false,

  read() {
    const style = getComputedStyle(document.documentElement);
    for (const name of this.names) this[name] = style.getPropertyValue(`--${name}`).trim();
    const dark = this.scheme.matches && !this.onPaper;
    // The ends are left out: they would be lost on paper and on a black screen.
    const shade = (share) => (dark ? magma(0.25 + 0.75 * share) : magma(0.93 - 0.83 * share));
    this.shades = Array.from({ length: SHADES }, (_, i) => shade(i / (SHADES - 1)));
    this.lost = dark ? "#6e7681" : "#8c959f";
  },

  activation(value) {
    if (!Number.isFinite(value)) return this.lost;
    return this.shades[Math.round(Math.min(Math.max(value, 0), 1) * (SHADES - 1))];
  },

  // The scale as a CSS gradient.
  gradient() {
    const stops = Array.from({ length: 11 }, (_, i) => this.shades[i * 25]);
    return `linear-gradient(to right, ${stops.join(",")})`;
  },
};
