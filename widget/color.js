// Colors from the page's or the survey's accent, readable on light and dark. Pure arithmetic on sRGB.

/** @typedef {number[]} Rgb Red, green and blue, 0 to 255 each. */

/** @param {string} hex `#rrggbb` @returns {Rgb} */
const parse = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
/** @param {Rgb} color @returns {string} `#rrggbb` */
export const hex = (color) => "#" + color.map((part) => (part + 256).toString(16).slice(1)).join("");

/** Relative luminance (WCAG 2.2). @param {Rgb} color */
const luminance = (color) => {
  const [r, g, b] = color.map((part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** The contrast ratio of two colors, 1 to 21 (WCAG 2.2). @param {Rgb} a @param {Rgb} b */
export const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

/** A sixteenth of the way from one color to another, and at least one step: it arrives. @param {Rgb} from @param {Rgb} to @returns {Rgb} */
const nearer = (from, to) => from.map((part, i) => part + (Math.trunc((to[i] - part) / 16) || Math.sign(to[i] - part)));

const WHITE = [255, 255, 255];
const INK = parse("#1b1f24");

/** The colors of LOOK.md. Edges stand out from the paper by 3:1. */
const LIGHT = { paper: "#fbfaf7", ink: "#1b1f24", accent: "#0f6b62", rest: "color-scheme:light;--quiet:#5c636b;--line:#ddd9d0;--edge:#8a867d;--wrong:#a8431c" };
const DARK = { paper: "#15181b", ink: "#e9e6df", accent: "#5cc0b3", rest: "color-scheme:dark;--quiet:#9aa3ab;--line:#2c3237;--edge:#6b737b;--wrong:#ef8a62" };

/**
 * The accent and the ink that is written on it. The accent is moved as little as it takes: towards the ink of the paper
 * until it stands out from the paper by 3:1, as a mark must (WCAG 2.2, 1.4.11), then darker until white or ink reads on it at
 * 4.5:1 (1.4.3).
 *
 * @param {Rgb} wanted
 * @param {Rgb} paper
 * @param {Rgb} ink
 */
export const accents = (wanted, paper, ink) => {
  let accent = wanted;
  while (contrast(accent, paper) < 3.05 && hex(accent) !== hex(ink)) accent = nearer(accent, ink);
  for (;;) {
    const on = [WHITE, INK].find((on) => contrast(on, accent) >= 4.55);
    if (on) return [accent, on];
    accent = nearer(accent, INK);
  }
};

/**
 * The style sheet's colors: light, dark, or dark where the visitor's system is. What cannot be read is mended.
 *
 * @param {string} scheme `light`, `dark`, or anything else for the system's.
 * @param {Record<"accent" | "paper" | "ink", string>} given As `#rrggbb`, or empty.
 */
export const colors = (scheme, given) => {
  let css = "";
  for (const ours of [LIGHT, DARK]) {
    if (scheme === (ours === LIGHT ? "dark" : "light")) continue;
    const system = ours === DARK && scheme !== "dark";
    const paper = parse(given.paper || ours.paper);
    let ink = parse(given.ink || ours.ink);
    if (contrast(ink, paper) < 4.55) ink = contrast(INK, paper) > contrast(WHITE, paper) ? INK : WHITE;
    const [accent, on] = accents(parse(given.accent || ours.accent), paper, ink);
    const rest = ours.rest.replace(/--(\w+):([^;]+)/g, "--$1:var(--candor-$1,$2)");
    const rules = `.panel,.tab{${rest};--paper:${hex(paper)};--ink:${hex(ink)};--accent:${hex(accent)};--on:${hex(on)}}`;
    css += system ? `@media(prefers-color-scheme:dark){${rules}}` : rules;
  }
  return css;
};
