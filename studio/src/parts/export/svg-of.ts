/**
 * A part of the page as one SVG file with its own styles: canvases become pictures, SVG drawings stay drawings, texts stay texts,
 * and colored boxes become rectangles.
 */
const SVG = "http://www.w3.org/2000/svg";

/** What of the style of a drawing's elements is written into the file. */
const STYLES = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin"],
  ...["opacity", "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"],
] as const;

/** What is not drawn: what only screen readers hear, and controls. */
const SKIPPED = ".hidden, button, input, select, textarea, [data-export='no']";

interface Origin {
  readonly left: number;
  readonly top: number;
}

/** The text of the file, and its size in CSS pixels. */
export interface SvgFile {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

export function svgOf(element: Element): SvgFile {
  const { left, top, width, height } = element.getBoundingClientRect();
  const file = create("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}` });
  const paper = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim() || "white";
  file.append(create("rect", { width, height, fill: paper }));
  draw(element, file, { left, top });
  return { text: new XMLSerializer().serializeToString(file), width, height };
}

function create(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

function draw(element: Element, file: SVGElement, origin: Origin): void {
  if (element.matches(SKIPPED)) return;
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return;
  const box = element.getBoundingClientRect();
  const place = { x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height };
  if (element instanceof HTMLCanvasElement) {
    file.append(
      create("image", {
        ...place,
        href: element.toDataURL(),
        style: "image-rendering:pixelated",
        preserveAspectRatio: "none",
      }),
    );
    return;
  }
  if (element instanceof SVGSVGElement) {
    file.append(drawingOf(element, place));
    return;
  }
  drawBox(style, place, file);
  for (const node of element.childNodes) {
    if (node instanceof Element) draw(node, file, origin);
    else if (node instanceof Text) drawText(node, style, file, origin);
  }
}

/** A copy of a drawing, with the styles that it has on the page. */
function drawingOf(drawing: SVGSVGElement, place: Readonly<Record<string, number>>): SVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const [from, to] = [drawing.querySelectorAll("*"), copy.querySelectorAll("*")];
  for (const [i, element] of from.entries()) {
    const style = getComputedStyle(element);
    const own = STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
    to[i].setAttribute("style", own);
    to[i].removeAttribute("class");
  }
  copy.removeAttribute("class");
  copy.removeAttribute("style");
  for (const [key, value] of Object.entries(place)) copy.setAttribute(key, String(value));
  return copy;
}

const isVisible = (color: string): boolean => !/^(transparent|rgba\(.*, 0\))$/.test(color);

function drawBox(style: CSSStyleDeclaration, place: Readonly<Record<string, number>>, file: SVGElement): void {
  const border = Number.parseFloat(style.borderTopWidth);
  const hasBorder = border > 0 && style.borderTopStyle !== "none" && isVisible(style.borderTopColor);
  if (!isVisible(style.backgroundColor) && !hasBorder) return;
  file.append(
    create("rect", {
      ...place,
      rx: Number.parseFloat(style.borderTopLeftRadius) || 0,
      fill: isVisible(style.backgroundColor) ? style.backgroundColor : "none",
      ...(hasBorder && { stroke: style.borderTopColor, "stroke-width": border }),
    }),
  );
}

/** Each word where it is on the page, so that lines break as they do there. */
function drawText(node: Text, style: CSSStyleDeclaration, file: SVGElement, origin: Origin): void {
  for (const { index, 0: word } of node.data.matchAll(/\S+/g)) {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    const text = create("text", {
      x: box.left - origin.left,
      y: box.top - origin.top + 0.8 * box.height,
      fill: style.color,
      "font-family": style.fontFamily,
      "font-size": style.fontSize,
      "font-weight": style.fontWeight,
    });
    text.textContent = style.textTransform === "uppercase" ? word.toUpperCase() : word;
    file.append(text);
  }
}
