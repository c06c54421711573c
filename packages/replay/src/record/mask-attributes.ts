import type { EventFields } from "../events/page-event.ts";
import { MaskedElements } from "./masked-elements.ts";
import type { UrlMask } from "./mask-urls.ts";

/** Attributes that are addresses. */
const URLS = new Set(
  "href src action formaction poster background cite data xlink:href rr_src rr_dataurl codebase longdesc".split(" "),
);
/** Attributes that replays do not use. */
const OMITTED = new Set("srcset imagesrcset srcdoc nonce integrity ping manifest sizes imagesizes".split(" "));
/** Attributes with styles. */
const STYLES = new Set(["style", "_csstext"]);
/** Attributes that a masked element keeps: neither people nor programs write texts into them. */
const SAFE =
  /^(?:id|class|type|dir|lang|role|hidden|disabled|checked|selected|multiple|readonly|required|contenteditable|tabindex|width|height|rows|cols|size|maxlength|minlength|colspan|rowspan|span|open|rel|media|charset|name|for|form|autocomplete|spellcheck|draggable|min|max|step|xmlns.*|viewbox|d|points|transform|fill.*|stroke.*|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|offset|stop-.*|rr_.*|data-rr-is-password)$/;
/** Attributes of a field that its value may appear in. */
const OF_FIELD = /^(?:value|title|alt|label|content|summary|aria-.*|data-.*)$/;
/** The only `<meta>` elements whose contents are kept: they change the looks of a page. */
const META = /^(?:viewport|theme-color|color-scheme)$/i;

/** The facts about an element that {@link maskAttributes} needs. */
export interface AttributeContext {
  readonly tagName: string;
  readonly isMeta: boolean;
  /** Whether the element is within masked contents. */
  readonly isInside: boolean;
  readonly isField: boolean;
  /** Masks a value of the element. */
  readonly value: (text: string) => string;
  readonly urls: UrlMask;
  /** Called with each address of an image or a font. */
  readonly use: (url: string) => void;
}

/** Masks the attributes of an element, in place. */
export function maskAttributes(attributes: EventFields, context: AttributeContext): void {
  const metaName = attributes["name"];
  for (const [name, value] of Object.entries(attributes)) {
    const lower = name.toLowerCase();
    if (OMITTED.has(lower) || lower.startsWith("on")) delete attributes[name];
    else if (context.isMeta && lower === "content" && !META.test(typeof metaName === "string" ? metaName : ""))
      delete attributes[name];
    else if (typeof value === "string") attributes[name] = maskOne(lower, value, context);
    else if (lower === "style" && typeof value === "object" && value !== null)
      maskStyles(value as EventFields, context.urls, context.use);
  }
}

function maskOne(name: string, value: string, { urls, use, tagName, isInside, isField, ...rest }: AttributeContext) {
  if (STYLES.has(name)) return urls.css(value, use);
  if (URLS.has(name)) {
    if (isInside) return "";
    if (isImage(tagName, name)) use(value);
    return urls.url(value);
  }
  if (name === "value" && isField) return rest.value(value);
  if ((isField && OF_FIELD.test(name)) || (isInside && !SAFE.test(name))) return MaskedElements.stars(value);
  return name === "class" || name === "d" ? value : urls.text(value);
}

/** Masks a change of styles, in place. */
function maskStyles(styles: EventFields, urls: UrlMask, use: (url: string) => void): void {
  for (const [property, value] of Object.entries(styles)) {
    if (typeof value === "string") styles[property] = urls.css(value, use);
    else if (Array.isArray(value))
      styles[property] = value.map((one: unknown) => (typeof one === "string" ? urls.css(one, use) : one));
  }
}

function isImage(tagName: string, name: string): boolean {
  if (name === "src") return tagName === "img" || tagName === "input";
  if (name === "poster" || name === "background") return true;
  return (tagName === "image" || tagName === "feimage") && name.endsWith("href");
}
