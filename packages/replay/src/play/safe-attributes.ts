import { safeCss, safeUrl, type FindAsset } from "./safe-css.ts";

const NAME = /^[a-z_][\w:.-]*$/i;
/** Attributes that load, navigate, submit, or change what an element may do. */
const REFUSED = new Set(
  (
    "src srcset srcdoc action formaction data poster background ping http-equiv nonce integrity manifest codebase " +
    "classid archive profile longdesc cite imagesrcset is sandbox allow csp download autofocus attributionsrc lowsrc " +
    "dynsrc usemap autoplay xmlns xml:base popovertarget commandfor command shadowrootmode target rel"
  ).split(" "),
);
/** Elements whose names would hide properties of the document. */
const NAMED = new Set("form iframe img embed object".split(" "));
/** Properties of elements that the player uses, besides those of all nodes. Fields could hide those of their form. */
const USED = new Set(
  "localName shadowRoot attachShadow setAttribute setAttributeNS removeAttribute remove scrollTo".split(" "),
);
/** Elements that are replaced: they run, load, animate addresses, or hold other documents. */
const REPLACED: Readonly<Record<string, string>> = {
  script: "noscript",
  applet: "div",
  portal: "div",
  fencedframe: "div",
  frame: "div",
  frameset: "div",
  foreignscript: "g",
  handler: "g",
  listener: "g",
  animate: "g",
  set: "g",
  animatetransform: "g",
  animatemotion: "g",
};
const TAG = /^[a-z][\w.-]*$/i;
/** A link within the document of the frame: `#` alone would lead to the page around it. */
const NOWHERE = "about:srcdoc#";
const SVG = "http://www.w3.org/2000/svg";
const XLINK = "http://www.w3.org/1999/xlink";

/** Creates an element by the name in a recording. */
export function safeElement(document: Document, name: string, isSvg: boolean): Element {
  const lower = name.toLowerCase();
  const tag = Object.hasOwn(REPLACED, lower) ? (REPLACED[lower] ?? "div") : TAG.test(name) ? name : "div";
  const element = isSvg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  // Frames within the replay are as weak as the replay.
  if (tag.toLowerCase() === "iframe") element.setAttribute("sandbox", "allow-same-origin");
  return element;
}

/** Sets an attribute of a replayed element, as far as it loads, runs and submits nothing. `null` removes it. */
export function setSafeAttribute(element: Element, name: string, value: unknown, find: FindAsset): void {
  const lower = name.toLowerCase();
  if (!NAME.test(name) || lower.startsWith("on") || lower.startsWith("rr_")) return;
  const tag = element.localName.toLowerCase();
  const isImage = tag === "img" && lower === "src";
  if (REFUSED.has(lower) && !isImage) return;
  if (value === null) return element.removeAttribute(name);
  if (typeof value === "object") return setStyles(element, value as Readonly<Record<string, unknown>>, find);
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if ((lower === "name" || lower === "id") && hidesProperty(tag, lower, text)) return;
  if (isImage) element.setAttribute(name, safeUrl(text, find));
  else if (lower === "href" || lower === "xlink:href") setLink(element, tag, lower, text, find);
  else if (lower === "style") element.setAttribute(name, safeCss(text, find));
  else if (text.includes("(") || text.includes("\\"))
    element.setAttribute(name, isProse(lower) ? text : safeCss(text, find));
  else element.setAttribute(name, text);
}

/** Whether a name or an id would hide a property that the player uses, of the document or of a form. */
function hidesProperty(tag: string, name: string, value: string): boolean {
  if (NAMED.has(tag) && (name === "name" || (tag === "object" && value in Document.prototype))) return true;
  return USED.has(value) || value in Node.prototype;
}

/** Links lead nowhere, and images of SVG are those that are stored. */
function setLink(element: Element, tag: string, name: string, value: string, find: FindAsset): void {
  const isSvgImage = tag === "image" || tag === "feimage";
  const local = /^#[\w.:-]*$/.test(value);
  if (tag === "link" || tag === "base") return;
  const isReference = local && tag !== "a" && tag !== "area";
  const href = isSvgImage ? safeUrl(value, find) : isReference ? value : NOWHERE;
  if (name === "xlink:href") element.setAttributeNS(XLINK, name, href);
  else element.setAttribute(name, href);
}

/** Whether an attribute is shown as text, and never read as a style. */
function isProse(name: string): boolean {
  return /^(?:title|alt|placeholder|value|label|content|class|id|for|name|aria-.*|data-.*)$/.test(name);
}

function setStyles(element: Element, styles: Readonly<Record<string, unknown>>, find: FindAsset): void {
  // A field of a form may have the name `style`.
  const style: CSSStyleDeclaration | undefined = Reflect.get(
    Object.getPrototypeOf(element) as object,
    "style",
    element,
  );
  if (style === undefined) return;
  for (const [property, value] of Object.entries(styles)) {
    if (value === false) style.removeProperty(property);
    else if (Array.isArray(value)) style.setProperty(property, safeCss(String(value[0]), find), String(value[1] ?? ""));
    else style.setProperty(property, safeCss(String(value), find));
  }
}
