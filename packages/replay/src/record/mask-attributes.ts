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

/** The most names of attributes whose kinds are remembered. */
const MAX_NAMES = 1000;

/** The facts about all attributes with a name. */
interface AttributeKind {
  readonly name: string;
  readonly isOmitted: boolean;
  readonly isStyle: boolean;
  readonly isUrl: boolean;
  readonly isOfField: boolean;
  readonly isSafe: boolean;
  /** Whether values are names or numbers, which contain no addresses. */
  readonly isPlain: boolean;
}

const kinds = new Map<string, AttributeKind>();

/** The facts about an element that {@link maskAttributes} needs. */
export interface AttributeContext {
  readonly urls: UrlMask;
  /** Whether the attributes of an element may contain its value. */
  isField(element: Element | null): boolean;
  /** Masks a value of the element. */
  value(text: string, element: Element | null): string;
  /** Called with each address of an image or a font. */
  readonly use: (url: string) => void;
}

/**
 * Masks the attributes of an element, in place.
 *
 * @param element finds the element, which most attributes do not need
 * @param isInside whether the element is within masked contents
 */
export function maskAttributes(
  attributes: EventFields,
  tagName: string,
  element: () => Element | null,
  isInside: boolean,
  context: AttributeContext,
): void {
  const { urls, use } = context;
  for (const given in attributes) {
    const value = attributes[given];
    const kind = kindOf(given);
    if (kind.isOmitted || (tagName === "meta" && kind.name === "content" && !isShown(attributes["name"])))
      delete attributes[given];
    else if (typeof value !== "string") {
      if (kind.name === "style" && typeof value === "object" && value !== null)
        maskStyles(value as EventFields, urls, use);
    } else if (kind.isStyle) attributes[given] = urls.css(value, use);
    else if (kind.isUrl) {
      if (!isInside && isImage(tagName, kind.name)) use(value);
      attributes[given] = isInside ? "" : urls.url(value);
    } else if (kind.isOfField && context.isField(element()))
      attributes[given] = kind.name === "value" ? context.value(value, element()) : MaskedElements.stars(value);
    else if (isInside && !kind.isSafe) attributes[given] = MaskedElements.stars(value);
    else if (!kind.isPlain) attributes[given] = urls.text(value);
  }
}

function kindOf(given: string): AttributeKind {
  const known = kinds.get(given);
  if (known !== undefined) return known;
  const name = given.toLowerCase();
  const kind = {
    name,
    isOmitted: OMITTED.has(name) || name.startsWith("on"),
    isStyle: STYLES.has(name),
    isUrl: URLS.has(name),
    isOfField: OF_FIELD.test(name),
    isSafe: SAFE.test(name),
    isPlain: name === "class" || name === "d",
  };
  if (kinds.size < MAX_NAMES) kinds.set(given, kind);
  return kind;
}

/** Whether a `<meta>` element of a name changes the looks of a page. */
function isShown(name: unknown): boolean {
  return META.test(typeof name === "string" ? name : "");
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
