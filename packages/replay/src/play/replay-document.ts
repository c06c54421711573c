import {
  EVENT,
  fieldsOf,
  objectsOf,
  NODE,
  SOURCE,
  textOf,
  type EventFields,
  type PageEvent,
} from "../events/page-event.ts";
import { CanvasPlaceholders } from "./canvas-placeholders.ts";
import { applyRules, setDeclaration } from "./apply-rules.ts";
import { safeCss, type FindAsset } from "./safe-css.ts";
import { safeElement, setSafeAttribute } from "./safe-attributes.ts";

/** Deeper nodes are left out: a stack has an end. */
const MAX_DEPTH = 1500;

/** The position of the pointer in the page, in CSS pixels. */
export interface PointerPosition {
  readonly x: number;
  readonly y: number;
}

/** A page as it was, in a document of a frame without scripts. It is built of events. */
export class ReplayDocument {
  readonly #document: Document;
  readonly #find: FindAsset;
  #nodes = new Map<unknown, Node>();
  #ids = new WeakMap<Node, unknown>();
  #sheets = new Map<unknown, CSSStyleSheet>();
  #canvases = new CanvasPlaceholders();
  /** The style elements that have changed in the present event. */
  #changedStyles = new Set<Element>();
  /** The size of the page, in CSS pixels. */
  width = 1;
  height = 1;
  pointer: PointerPosition | undefined;

  constructor(document: Document, find: FindAsset) {
    this.#document = document;
    this.#find = find;
  }

  /** Empties the document, and builds it of a full snapshot. */
  rebuild(meta: PageEvent | undefined, snapshot: PageEvent): void {
    if (meta !== undefined) this.#resize(meta.data);
    this.#nodes = new Map();
    this.#ids = new WeakMap();
    this.#sheets = new Map();
    this.#canvases = new CanvasPlaceholders();
    this.pointer = undefined;
    const scrolls: (() => void)[] = [];
    this.#fillDocument(this.#document, fieldsOf(snapshot.data["node"]), scrolls);
    this.#sealStyles();
    for (const scroll of scrolls) scroll();
    const { left, top } = fieldsOf(snapshot.data["initialOffset"]);
    this.#document.defaultView?.scrollTo({ left: numberOf(left), top: numberOf(top), behavior: "instant" });
  }

  /** Applies an incremental event. What does not fit the document has no effect. */
  apply({ type, data }: PageEvent): void {
    if (type !== EVENT.incremental) return;
    try {
      this.#applyIncremental(data);
    } finally {
      this.#sealStyles();
    }
  }

  #applyIncremental(data: EventFields): void {
    switch (data["source"]) {
      case SOURCE.mutation:
        return this.#mutate(data);
      case SOURCE.mouseMove:
      case SOURCE.touchMove:
      case SOURCE.drag:
        return this.#movePointer(objectsOf(data["positions"]).at(-1));
      case SOURCE.mouseInteraction:
        return this.#movePointer(data);
      case SOURCE.scroll:
        return this.#scroll(data);
      case SOURCE.viewportResize:
        return this.#resize(data);
      case SOURCE.input:
        return this.#input(data);
      case SOURCE.styleSheetRule:
      case SOURCE.styleDeclaration: {
        const sheet = this.#sheets.get(data["styleId"]) ?? (this.#nodes.get(data["id"]) as HTMLStyleElement)?.sheet;
        if (sheet === undefined || sheet === null) return;
        if (data["source"] === SOURCE.styleSheetRule) applyRules(sheet, data, this.#find);
        else setDeclaration(sheet, data, this.#find);
        return;
      }
      case SOURCE.adoptedStyleSheet:
        return this.#adopt(data);
    }
  }

  #resize({ width, height }: EventFields): void {
    this.width = Math.min(Math.max(numberOf(width), 1), 20_000);
    this.height = Math.min(Math.max(numberOf(height), 1), 20_000);
  }

  #movePointer(position: EventFields | undefined): void {
    if (position === undefined || typeof position["x"] !== "number") return;
    let [x, y] = [position["x"], numberOf(position["y"])];
    // The pointer in a frame has a position in that frame.
    let view = this.#nodes.get(position["id"])?.ownerDocument?.defaultView;
    for (
      let frame = view?.frameElement;
      frame !== undefined && frame !== null && view !== this.#document.defaultView;
      frame = view?.frameElement
    ) {
      const { left, top } = frame.getBoundingClientRect();
      [x, y] = [x + left, y + top];
      view = frame.ownerDocument.defaultView;
    }
    this.pointer = { x, y };
  }

  #scroll({ id, x, y }: EventFields): void {
    const node = this.#nodes.get(id);
    const target = node?.nodeType === 9 ? (node as Document).defaultView : (node as Element | undefined);
    target?.scrollTo?.({ left: numberOf(x), top: numberOf(y), behavior: "instant" });
  }

  #input({ id, text, isChecked }: EventFields): void {
    const element = this.#nodes.get(id) as HTMLInputElement | undefined;
    if (element === undefined || !("value" in element) || element.type === "file") return;
    if (typeof isChecked === "boolean" && "checked" in element) element.checked = isChecked;
    if (typeof text === "string") element.value = text;
  }

  #adopt({ id, styles, styleIds }: EventFields): void {
    const node = this.#nodes.get(id);
    const root = node?.nodeType === 9 ? (node as Document) : (node as Element | undefined)?.shadowRoot;
    const view = (root?.nodeType === 9 ? (root as Document) : root?.ownerDocument)?.defaultView;
    if (root === undefined || root === null || view === undefined || view === null) return;
    for (const style of objectsOf(styles)) {
      const sheet = new view.CSSStyleSheet();
      applyRules(sheet, { adds: style["rules"] }, this.#find);
      this.#sheets.set(style["styleId"], sheet);
    }
    const ids: readonly unknown[] = Array.isArray(styleIds) ? styleIds : [];
    root.adoptedStyleSheets = ids.flatMap((one) => this.#sheets.get(one) ?? []);
  }

  #mutate(data: EventFields): void {
    for (const { id } of objectsOf(data["removes"])) {
      const node = this.#nodes.get(id);
      if (node === undefined || node === this.#document) continue;
      this.#markStyle(node.parentNode);
      node.parentNode?.removeChild(node);
      this.#forget(node);
    }
    // A node may come before the sibling or the parent that it needs.
    let pending = objectsOf(data["adds"]);
    const scrolls: (() => void)[] = [];
    while (pending.length > 0) {
      const rest = pending.filter((add) => !this.#add(add, scrolls));
      if (rest.length === pending.length) break;
      pending = rest;
    }
    for (const { id, value } of objectsOf(data["texts"])) {
      const node = this.#nodes.get(id);
      if (node === undefined || node.nodeType === 1 || node.nodeType === 9) continue;
      const isStyle = node.parentNode !== null && isStyleElement(node.parentNode);
      node.nodeValue = isStyle ? safeCss(textOf(value), this.#find) : textOf(value);
      this.#markStyle(node.parentNode);
    }
    for (const { id, attributes } of objectsOf(data["attributes"])) {
      const element = this.#nodes.get(id);
      if (element?.nodeType !== 1) continue;
      for (const [name, value] of Object.entries(fieldsOf(attributes)))
        this.#attribute(element as Element, name, value);
      this.#canvases.draw(element as Element);
    }
    for (const scroll of scrolls) scroll();
  }

  #attribute(element: Element, name: string, value: unknown): void {
    if (name === "_cssText") {
      element.textContent = safeCss(textOf(value), this.#find);
    } else if (name === "value" && element.localName === "textarea") {
      element.textContent = textOf(value);
      (element as HTMLTextAreaElement).value = textOf(value);
    } else if (name === "rr_open_mode") return;
    else setSafeAttribute(element, name, value, this.#find);
  }

  /** Adds a node. Returns whether its place is known. */
  #add({ parentId, nextId, node: given }: EventFields, scrolls: (() => void)[]): boolean {
    const node = fieldsOf(given);
    const parent = this.#nodes.get(parentId);
    if (parent === undefined) return false;
    if (node["type"] === NODE.document) {
      const inner = (parent as HTMLIFrameElement).contentDocument;
      if (parent.nodeName === "IFRAME" && inner) this.#fillDocument(inner, node, scrolls);
      return true;
    }
    const next = typeof nextId === "number" && nextId > 0 ? this.#nodes.get(nextId) : null;
    if (next === undefined) return false;
    const place = node["isShadow"] === true ? shadowOf(parent) : parent;
    const made = this.#build(ownerOf(parent), node, 0, scrolls);
    if (made === undefined || place === undefined) return true;
    if (isStyleElement(place)) made.textContent = safeCss(made.textContent ?? "", this.#find);
    if (place.nodeType === 9 && made.nodeType === 1) (place as Document).documentElement?.remove();
    insert(place, made, next?.parentNode === place ? next : null);
    this.#markStyle(place);
    return true;
  }

  #fillDocument(document: Document, node: EventFields, scrolls: (() => void)[]): void {
    if (document !== this.#document) {
      // Ends the browser's own loading of an empty page, which would replace the contents.
      document.open();
      document.write(node["compatMode"] === "BackCompat" ? "" : "<!DOCTYPE html>");
      document.close();
    }
    document.replaceChildren();
    document.adoptedStyleSheets = [];
    this.#remember(node["id"], document);
    for (const child of objectsOf(node["childNodes"])) {
      const made = this.#build(document, child, 0, scrolls);
      if (made !== undefined && (made.nodeType === 1 || made.nodeType === 10)) insert(document, made, null);
    }
  }

  #build(document: Document, node: EventFields, depth: number, scrolls: (() => void)[]): Node | undefined {
    const made = this.#make(document, node, scrolls);
    if (made === undefined) return undefined;
    const known = this.#nodes.get(node["id"]);
    if (known !== undefined && known !== this.#document) known.parentNode?.removeChild(known);
    this.#remember(node["id"], made);
    const hasOwnText = made.nodeName === "TEXTAREA" && "value" in fieldsOf(node["attributes"]);
    if (made.nodeType !== 1 || depth >= MAX_DEPTH || hasOwnText || made.nodeName === "NOSCRIPT") return made;
    for (const child of objectsOf(node["childNodes"])) {
      const built = this.#build(document, child, depth + 1, scrolls);
      const place = child["isShadow"] === true ? shadowOf(made) : made;
      if (built !== undefined && place !== undefined) insert(place, built, null);
    }
    // Before it is in the document, where the browser reads it.
    if (isStyleElement(made)) this.#seal(made as Element);
    return made;
  }

  #make(document: Document, node: EventFields, scrolls: (() => void)[]): Node | undefined {
    const text = textOf(node["textContent"]);
    switch (node["type"]) {
      case NODE.doctype:
        return document.implementation.createDocumentType("html", textOf(node["publicId"]), textOf(node["systemId"]));
      case NODE.text:
      case NODE.cdata:
        return document.createTextNode(text);
      case NODE.comment:
        return document.createComment(text);
      case NODE.element:
        return this.#makeElement(document, node, scrolls);
      default:
        return undefined;
    }
  }

  #makeElement(document: Document, node: EventFields, scrolls: (() => void)[]): Element {
    const attributes = fieldsOf(node["attributes"]);
    const css = attributes["_cssText"];
    const tag = textOf(node["tagName"]);
    // The contents of a linked style sheet are in the recording.
    const element = safeElement(
      document,
      tag === "link" && typeof css === "string" ? "style" : tag,
      node["isSVG"] === true,
    );
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === false || name === "_cssText") continue;
      if (element.localName === "textarea" && name === "value") element.textContent = textOf(value);
      else setSafeAttribute(element, name, value, this.#find);
    }
    if (element.localName === "select" && typeof attributes["value"] === "string")
      scrolls.push(() => void ((element as HTMLSelectElement).value = String(attributes["value"])));
    if (typeof css === "string") {
      const texts = objectsOf(node["childNodes"]).filter(({ type }) => type === NODE.text);
      const whole = css.replaceAll("/* rr_split */", "");
      // Later events may change the text that the style sheet has.
      for (const [index, one] of texts.entries()) one["textContent"] = index === 0 ? whole : "";
      if (texts.length === 0) element.textContent = whole;
    }
    for (const name of ["width", "height"])
      if (typeof attributes[`rr_${name}`] === "string")
        setSafeAttribute(element, "style", { [name]: attributes[`rr_${name}`] }, this.#find);
    const [left, top] = [numberOf(attributes["rr_scrollLeft"]), numberOf(attributes["rr_scrollTop"])];
    if (left !== 0 || top !== 0) scrolls.push(() => element.scrollTo({ left, top, behavior: "instant" }));
    if (node["isShadowHost"] === true) shadowOf(element);
    this.#canvases.draw(element);
    return element;
  }

  #remember(id: unknown, node: Node): void {
    this.#nodes.set(id, node);
    this.#ids.set(node, id);
  }

  /** Forgets a removed node, so that a later one may have its id. */
  #forget(node: Node): void {
    const id = this.#ids.get(node);
    if (this.#nodes.get(id) === node) this.#nodes.delete(id);
    for (const child of node.childNodes) this.#forget(child);
    for (const child of (node as Partial<Element>).shadowRoot?.childNodes ?? []) this.#forget(child);
  }

  #markStyle(node: Node | null): void {
    if (node !== null && isStyleElement(node)) this.#changedStyles.add(node as Element);
  }

  /** Makes the whole of each changed style sheet safe: its parts may be safe where their sum is not. */
  #sealStyles(): void {
    for (const style of this.#changedStyles) this.#seal(style);
    this.#changedStyles = new Set();
  }

  #seal(style: Element): void {
    const css = style.textContent ?? "";
    const safe = safeCss(css, this.#find);
    if (safe === css) return;
    const [first, ...others] = [...style.childNodes].filter(({ nodeType }) => nodeType === 3);
    for (const other of others) other.nodeValue = "";
    if (first !== undefined) first.nodeValue = safe;
  }
}

function insert(parent: Node, node: Node, next: Node | null): void {
  try {
    parent.insertBefore(node, next);
  } catch {
    // A hostile recording may have a node within itself.
  }
}

function isStyleElement(node: Node): boolean {
  return node.nodeName.toLowerCase() === "style";
}

function shadowOf(node: Node): Node | undefined {
  try {
    return (node as Element).shadowRoot ?? (node as Element).attachShadow({ mode: "open" });
  } catch {
    return undefined;
  }
}

function ownerOf(node: Node): Document {
  return node.ownerDocument ?? (node as Document);
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
