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
import { isFieldTag, MaskedElements, type Mask } from "./masked-elements.ts";
import { maskAttributes, type AttributeContext } from "./mask-attributes.ts";
import { UrlMask } from "./mask-urls.ts";

/** Finds the nodes of the page by the ids in events. */
export interface NodeMirror {
  getNode(id: number): Node | null;
}

/** Masks the events of a page, in place, before anything is stored. */
export class EventMask {
  readonly urls: UrlMask;
  readonly elements: MaskedElements;
  readonly #mirror: NodeMirror;
  readonly #use: (url: string) => void;
  readonly #context: AttributeContext;

  /** @param use called with the address of each image and font that the page shows */
  constructor(mask: Mask, keepsQueries: boolean, mirror: NodeMirror, use: (url: string) => void) {
    this.elements = new MaskedElements(mask);
    this.urls = new UrlMask(keepsQueries);
    this.#mirror = mirror;
    this.#use = use;
    this.#context = {
      urls: this.urls,
      use,
      isField: (element) => element === null || this.elements.isField(element),
      value: (text, element) => (element === null ? MaskedElements.stars(text) : this.elements.value(text, element)),
    };
  }

  /** Masks an event. Returns whether recordings keep events of its kind. */
  apply({ type, data }: PageEvent): boolean {
    if (type === EVENT.meta) data["href"] = this.urls.url(textOf(data["href"]));
    else if (type === EVENT.fullSnapshot) this.#node(fieldsOf(data["node"]), this.elements.isInside(null), "");
    else if (type === EVENT.incremental) return this.#incremental(data);
    else return false;
    return true;
  }

  #incremental(data: EventFields): boolean {
    switch (data["source"]) {
      case SOURCE.mutation:
        this.#mutation(data);
        return true;
      case SOURCE.input:
        this.#input(data);
        return true;
      case SOURCE.styleSheetRule:
        for (const name of ["replace", "replaceSync"])
          if (typeof data[name] === "string") data[name] = this.#css(data[name]);
        this.#rules(data["adds"]);
        return true;
      case SOURCE.styleDeclaration: {
        const set = fieldsOf(data["set"]);
        if (typeof set["value"] === "string") set["value"] = this.#css(set["value"]);
        return true;
      }
      case SOURCE.adoptedStyleSheet:
        for (const style of objectsOf(data["styles"])) this.#rules(style["rules"]);
        return true;
      case SOURCE.mouseMove:
      case SOURCE.mouseInteraction:
      case SOURCE.scroll:
      case SOURCE.viewportResize:
      case SOURCE.touchMove:
      case SOURCE.drag:
        return true;
      default:
        return false;
    }
  }

  #mutation(data: EventFields): void {
    for (const { node, parentId } of objectsOf(data["adds"])) {
      const parent = this.#mirror.getNode(parentId as number);
      const tagName = parent?.nodeName.toLowerCase() ?? "";
      this.#node(fieldsOf(node), this.elements.isInside(parent), tagName);
    }
    for (const text of objectsOf(data["texts"])) {
      const node = this.#mirror.getNode(text["id"] as number);
      const parent = node?.parentNode ?? null;
      // The place of a text that has left the page is unknown, and nobody sees the text.
      const isInside = !node?.isConnected || this.elements.isInside(parent);
      text["value"] = this.#text(textOf(text["value"]), isInside, parent?.nodeName.toLowerCase() ?? "");
    }
    for (const { id, attributes } of objectsOf(data["attributes"])) {
      const node = this.#mirror.getNode(id as number) as Element | null;
      const isInside = node === null || this.elements.isInside(node.parentNode);
      this.#attributes(fieldsOf(attributes), node?.tagName.toLowerCase() ?? "", () => node, isInside);
    }
  }

  #input(data: EventFields): void {
    const element = this.#mirror.getNode(data["id"] as number) as Element | null;
    const text = textOf(data["text"]);
    if (element === null) data["text"] = MaskedElements.stars(text);
    else if (this.elements.isField(element)) data["text"] = this.elements.value(text, element);
  }

  /** Masks a serialized node and its descendants. */
  #node(node: EventFields, isInside: boolean, parentTag: string): void {
    const { type } = node;
    if (type === NODE.text || type === NODE.cdata || type === NODE.comment) {
      node["textContent"] = this.#text(textOf(node["textContent"]), isInside, parentTag);
      return;
    }
    const tagName = textOf(node["tagName"]).toLowerCase();
    const element = (): Element | null => this.#mirror.getNode(node["id"] as number) as Element | null;
    let isInsideHere = isInside;
    if (type === NODE.element) {
      const attributes = fieldsOf(node["attributes"]);
      isInsideHere ||= this.#masksContents(attributes, tagName, element);
      this.#attributes(attributes, tagName, element, isInside);
    } else if (type === NODE.document) isInsideHere ||= this.elements.isInside(element());
    for (const child of objectsOf(node["childNodes"])) this.#node(child, isInsideHere, tagName);
  }

  /** Whether a serialized element masks its contents. Most have none of the attributes that matter. */
  #masksContents(attributes: EventFields, tagName: string, element: () => Element | null): boolean {
    if (tagName !== "textarea" && !("contenteditable" in attributes) && !("role" in attributes)) return false;
    const found = element();
    return found !== null && this.elements.masksContents(found);
  }

  #attributes(attributes: EventFields, tagName: string, element: () => Element | null, isInside: boolean): void {
    if (tagName === "img" && ("src" in attributes || "srcset" in attributes)) {
      // The image that the page has chosen for this screen.
      const chosen = (element() as HTMLImageElement | null)?.currentSrc ?? "";
      if (chosen !== "") attributes["src"] = chosen;
    }
    // What has been a password once remains one, so each field is looked at.
    if (isFieldTag(tagName)) this.#context.isField(element());
    maskAttributes(attributes, tagName, element, isInside, this.#context);
  }

  #text(text: string, isInside: boolean, parentTag: string): string {
    if (parentTag === "style") return this.#css(text);
    return isInside ? MaskedElements.stars(text) : text;
  }

  #rules(rules: unknown): void {
    for (const rule of objectsOf(rules)) rule["rule"] = this.#css(textOf(rule["rule"]));
  }

  #css(css: string): string {
    return this.urls.css(css, this.#use);
  }
}
