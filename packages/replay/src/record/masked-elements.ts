const FIELDS = new Set(["INPUT", "TEXTAREA", "SELECT"]);
/** The types of inputs whose values are labels, and not what a person has entered. */
const LABELS = new Set(["button", "submit", "reset", "image", "checkbox", "radio"]);
/** The elements that may mask their contents. */
const HOLDERS = "textarea,[contenteditable],[role]";
const EDITED_ROLE = /^(?:textbox|searchbox|combobox|spinbutton)$/i;
const SECRET = /(?:current-password|new-password|one-time-code|cc-[a-z-]+)/i;
/** Set by the recorder on a password field that is shown as text. */
const WAS_PASSWORD = "data-rr-is-password";

/** The texts that are masked. */
export type Mask = "all" | "inputs" | "none";

/** Finds out whose texts are masked. */
export class MaskedElements {
  readonly #mask: Mask;
  /** Elements that are, or were, password fields. */
  readonly #passwords = new WeakSet<Element>();

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  /** Whether an element is or was a field for a password, or for something as secret. */
  isSecret(element: Element): boolean {
    if (this.#passwords.has(element)) return true;
    if (!FIELDS.has(element.tagName)) return false;
    const isSecret =
      (element as HTMLInputElement).type === "password" ||
      element.getAttribute("type")?.toLowerCase() === "password" ||
      element.hasAttribute(WAS_PASSWORD) ||
      SECRET.test(element.getAttribute("autocomplete") ?? "");
    if (isSecret) this.#passwords.add(element);
    return isSecret;
  }

  /** Keeps in mind that an element was a field for a password. */
  rememberPassword(element: Element): void {
    this.#passwords.add(element);
  }

  /** Whether an element's own value and its attributes are masked. */
  isField(element: Element): boolean {
    if (this.isSecret(element)) return true;
    if (this.#mask === "none") return false;
    if (this.#mask === "all") return true;
    if (isEdited(element)) return true;
    return FIELDS.has(element.tagName) && !LABELS.has((element as HTMLInputElement).type);
  }

  /** Whether everything within an element is masked: its texts, and the attributes of its descendants. */
  isInside(given: Node | null): boolean {
    if (this.#mask !== "inputs") return this.#mask === "all";
    if (given?.ownerDocument?.designMode === "on" || (given as Document | null)?.designMode === "on") return true;
    for (let node = given; node !== null;) {
      // The search of the browser is much faster than one here, and ends at the root of a shadow tree.
      let element = node.nodeType === Node.ELEMENT_NODE ? (node as Element).closest(HOLDERS) : null;
      for (; element; element = element.parentElement?.closest(HOLDERS) ?? null)
        if (this.masksContents(element)) return true;
      const root = node.getRootNode();
      node = root.nodeType === Node.DOCUMENT_FRAGMENT_NODE ? ((root as Partial<ShadowRoot>).host ?? null) : null;
    }
    return false;
  }

  /** Whether an element masks its contents. */
  masksContents(element: Element): boolean {
    if (this.#mask === "none") return false;
    return this.#mask === "all" || element.tagName === "TEXTAREA" || isEdited(element);
  }

  /** A text without its letters. */
  static stars(text: string): string {
    return text.replaceAll(/\S/g, "*");
  }

  /** The value of a field without its letters. That of a password does not show its length. */
  value(text: string, element: Element): string {
    if (text === "") return text;
    return this.isSecret(element) ? "********" : MaskedElements.stars(text);
  }
}

/** Whether elements with a tag, in lower case, have values. */
export function isFieldTag(tagName: string): boolean {
  return tagName === "input" || tagName === "textarea" || tagName === "select";
}

function isEdited(element: Element): boolean {
  const editable = element.getAttribute("contenteditable");
  if (editable !== null && editable.toLowerCase() !== "false") return true;
  return EDITED_ROLE.test(element.getAttribute("role") ?? "");
}
