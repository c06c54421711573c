/** The actions of keys in a page with a panel. */
export interface KeyListener {
  /** Returns whether a button of the panel has the key. */
  readonly onButtonKey: (code: string, isDown: boolean) => boolean;
  /** A key that no button has went down, outside of the panel. */
  readonly onOtherKey: (code: string) => void;
}

const EDITABLE = "input, textarea, select, [contenteditable]";
/** Elements whose keys browsers handle themselves. */
const ACTIVE = "button, a[href], summary, dialog";

/**
 * Follows the keys of the page, also those in a viewer, but not what people write. A key that is repeated or has a
 * modifier does nothing. Returns a function that ends this.
 */
export function followKeys(panel: HTMLElement, { onButtonKey, onOtherKey }: KeyListener): () => void {
  const end = new AbortController();
  const onKey = (event: KeyboardEvent): void => {
    const isDown = event.type === "keydown";
    const target = event.composedPath()[0] as Partial<Element> | undefined;
    // The document and the window have no such method.
    const isInside = (selector: string): boolean => (target?.closest?.(selector) ?? null) !== null;
    if (isInside(EDITABLE)) return;
    // The focus is on another button of the page or the panel: Space and Enter are for that one.
    const isForElement = isInside(ACTIVE);
    if (isForElement && (event.code === "Space" || event.code === "Enter")) return;
    if (isDown && (event.ctrlKey || event.metaKey || event.altKey)) return;
    if (isDown && event.repeat) return;
    if (onButtonKey(event.code, isDown)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (isDown && !isForElement && !event.composedPath().includes(panel)) onOtherKey(event.code);
  };
  // Before the viewer, which keeps keys to itself.
  for (const name of ["keydown", "keyup"] as const)
    addEventListener(name, onKey, { capture: true, signal: end.signal });
  return () => end.abort();
}
