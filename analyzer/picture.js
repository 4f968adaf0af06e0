// A chart as a picture to take away. A chart on the page is SVG strips and words laid out by CSS; here everything that is drawn is
// measured where it stands, with the colors as the page has them now, and written as one SVG file, or painted on a canvas for PNG.
// It reads the page and hands a file to the browser's download; it makes no request.

/** @typedef {{ kind: string, [name: string]: any }} Shape */

const MARGIN = 16;
const SHAPES = "line, rect, circle, text, path, polyline, polygon";

/** A number short enough for a file. */
const short = (/** @type {number} */ x) => Math.round(x * 100) / 100;

/** The colors and strokes of an element, as the page draws it. */
function look(/** @type {Element} */ element) {
  const style = getComputedStyle(element);
  let opacity = 1;
  for (let at = /** @type {Element | null} */ (element); at && at.localName !== "figure"; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
  return {
    fill: style.fill,
    stroke: style.stroke,
    width: parseFloat(style.strokeWidth) || 0,
    dash: style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(/[ ,]+/).map(parseFloat),
    cap: style.strokeLinecap,
    opacity,
    fillOpacity: Number(style.fillOpacity),
  };
}

const font = (/** @type {CSSStyleDeclaration} */ style) =>
  `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;

/** Whether anybody sees it. */
function visible(/** @type {Element} */ element) {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return style.visibility !== "hidden" && style.display !== "none" && style.clipPath !== "inset(50%)" && (box.width > 0 || box.height > 0);
}

/** What an SVG element draws, in the page's pixels. */
function drawn(/** @type {any} */ element) {
  const at = element.getScreenCTM();
  const place = (/** @type {number} */ x, /** @type {number} */ y) => {
    const point = new DOMPoint(x, y).matrixTransform(at);
    return [point.x, point.y];
  };
  const value = (/** @type {string} */ name) => element[name].baseVal.value;
  switch (element.localName) {
    case "line": {
      const [x1, y1] = place(value("x1"), value("y1"));
      const [x2, y2] = place(value("x2"), value("y2"));
      return { kind: "line", x1, y1, x2, y2, ...look(element) };
    }
    case "rect": {
      const [x, y] = place(value("x"), value("y"));
      return { kind: "rect", x, y, w: value("width") * at.a, h: value("height") * at.d, ...look(element) };
    }
    case "circle": {
      const [x, y] = place(value("cx"), value("cy"));
      return { kind: "circle", x, y, r: value("r") * at.a, ...look(element) };
    }
    case "text": {
      const style = getComputedStyle(element);
      const start = element.getNumberOfChars() > 0 ? element.getStartPositionOfChar(0) : null;
      if (!start) return null;
      const [x, y] = place(start.x, start.y);
      return { kind: "text", x, y, text: element.textContent, font: font(style), style, color: style.fill, direction: style.direction };
    }
    default: {
      const d = element.getAttribute("d") ?? `M${element.getAttribute("points")}${element.localName === "polygon" ? "Z" : ""}`;
      return { kind: "path", d, x: at.e, y: at.f, sx: at.a, sy: at.d, ...look(element) };
    }
  }
}

/** The lines of words of an HTML text node, each where it stands. */
function lines(/** @type {Text} */ node) {
  const range = document.createRange();
  const style = getComputedStyle(/** @type {Element} */ (node.parentElement));
  const found = [];
  let line = null;
  for (let i = 0; i < node.data.length; i += 1) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    if (box.width === 0 && box.height === 0) continue;
    if (line && Math.abs(line.top - box.top) < 2) {
      line.text += node.data[i];
      line.x = Math.min(line.x, box.left);
    } else {
      line = { top: box.top, bottom: box.bottom, x: box.left, text: node.data[i] };
      found.push(line);
    }
  }
  // The box of a letter reaches from the font's ascent to its descent; between them lies the line that letters stand on.
  const measure = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  measure.font = font(style);
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = measure.measureText("x");
  const share = above / (above + below);
  return found
    .filter((one) => one.text.trim())
    .map((one) => ({ kind: "text", x: one.x, y: one.top + share * (one.bottom - one.top), text: one.text.trim(), font: font(style), style, color: style.color, direction: style.direction }));
}

/** Everything that a figure shows, but what is there to be pressed and the table. */
function shapes(/** @type {Element} */ figure) {
  const found = /** @type {Shape[]} */ ([]);
  const visit = (/** @type {Element} */ element) => {
    if (element.matches("details, button, .figure-keep, .unseen") || !visible(element)) return;
    if (element.localName === "svg") {
      for (const one of element.querySelectorAll(SHAPES)) {
        const shape = visible(one) || one.localName === "line" ? drawn(one) : null;
        if (shape) found.push(shape);
      }
      return;
    }
    for (const child of element.childNodes) {
      if (child instanceof Text) found.push(...lines(child));
      else if (child instanceof Element) visit(child);
    }
  };
  visit(figure);
  return found;
}

const escaped = (/** @type {string} */ text) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);

/** A shape as SVG. */
function markup(/** @type {Shape} */ shape) {
  const line = shape.stroke && shape.stroke !== "none"
    ? ` stroke="${shape.stroke}" stroke-width="${shape.width}"${shape.dash.length ? ` stroke-dasharray="${shape.dash.join(" ")}"` : ""} stroke-linecap="${shape.cap}"`
    : "";
  const paint = `fill="${shape.fill}"${line}${shape.opacity < 1 ? ` opacity="${shape.opacity}"` : ""}${shape.fillOpacity < 1 ? ` fill-opacity="${shape.fillOpacity}"` : ""}`;
  switch (shape.kind) {
    case "line":
      return `<line x1="${short(shape.x1)}" y1="${short(shape.y1)}" x2="${short(shape.x2)}" y2="${short(shape.y2)}" ${paint}/>`;
    case "rect":
      return `<rect x="${short(shape.x)}" y="${short(shape.y)}" width="${short(shape.w)}" height="${short(shape.h)}" ${paint}/>`;
    case "circle":
      return `<circle cx="${short(shape.x)}" cy="${short(shape.y)}" r="${short(shape.r)}" ${paint}/>`;
    case "path":
      return `<path transform="matrix(${shape.sx} 0 0 ${shape.sy} ${short(shape.x)} ${short(shape.y)})" d="${escaped(shape.d)}" ${paint}/>`;
    default: {
      const { style } = shape;
      return `<text x="${short(shape.x)}" y="${short(shape.y)}" fill="${shape.color}" font-family="${escaped(style.fontFamily)}" font-size="${style.fontSize}" font-weight="${style.fontWeight}" font-style="${style.fontStyle}">${escaped(shape.text)}</text>`;
    }
  }
}

/** Paints a shape. */
function paint(/** @type {CanvasRenderingContext2D} */ to, /** @type {Shape} */ shape) {
  if (shape.kind === "text") {
    to.font = shape.font;
    to.fillStyle = shape.color;
    to.fillText(shape.text, shape.x, shape.y);
    return;
  }
  const path = new Path2D();
  if (shape.kind === "line") {
    path.moveTo(shape.x1, shape.y1);
    path.lineTo(shape.x2, shape.y2);
  } else if (shape.kind === "rect") {
    path.rect(shape.x, shape.y, shape.w, shape.h);
  } else if (shape.kind === "circle") {
    path.arc(shape.x, shape.y, shape.r, 0, 2 * Math.PI);
  } else {
    path.addPath(new Path2D(shape.d), new DOMMatrix([shape.sx, 0, 0, shape.sy, shape.x, shape.y]));
  }
  if (shape.fill && shape.fill !== "none") {
    to.globalAlpha = shape.opacity * shape.fillOpacity;
    to.fillStyle = shape.fill;
    to.fill(path);
  }
  if (shape.stroke && shape.stroke !== "none" && shape.width > 0) {
    to.globalAlpha = shape.opacity;
    to.strokeStyle = shape.stroke;
    to.lineWidth = shape.width;
    to.lineCap = shape.cap;
    to.setLineDash(shape.dash);
    to.stroke(path);
  }
  to.globalAlpha = 1;
}

/**
 * The picture of the figure around an element: a Blob of SVG or PNG.
 * @param {Element} inside an element in the figure
 * @param {string} kind `svg` or `png`
 * @returns {Promise<Blob>}
 */
export async function picture(inside, kind) {
  const figure = /** @type {Element} */ (inside.closest("figure"));
  const found = shapes(figure);
  const box = figure.getBoundingClientRect();
  const details = figure.querySelector(":scope > .figure-keep")?.getBoundingClientRect();
  const bottom = details?.top ?? box.bottom;
  const [width, height] = [Math.ceil(box.width + 2 * MARGIN), Math.ceil(bottom - box.top + 2 * MARGIN)];
  const [left, top] = [box.left - MARGIN, box.top - MARGIN];
  const paper = getComputedStyle(document.documentElement).backgroundColor;
  const ground = /rgba\(.*, 0\)|transparent/.test(paper) ? getComputedStyle(document.body).backgroundColor : paper;
  if (kind === "svg") {
    const title = escaped(figure.querySelector(".finding")?.textContent ?? "");
    const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${short(left)} ${short(top)} ${width} ${height}" role="img"><title>${title}</title><rect x="${short(left)}" y="${short(top)}" width="${width}" height="${height}" fill="${ground}"/>${found.map(markup).join("")}</svg>`;
    return new Blob([text], { type: "image/svg+xml" });
  }
  // Twice as fine as the page, for print.
  const scale = 2;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const to = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  to.scale(scale, scale);
  to.fillStyle = ground;
  to.fillRect(0, 0, width, height);
  to.translate(-left, -top);
  found.forEach((shape) => paint(to, shape));
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png"));
}
