/**
 * A value that belongs to a mounted component. Strict mode and hot reloading end the effects of a component and run
 * them again immediately. A value that they acquire again stays open. Other values are closed a moment later.
 */
export class DeferredDisposal<Value> {
  #current: { readonly key: string; readonly value: Value } | undefined;
  #closing: ReturnType<typeof setTimeout> | undefined;
  readonly #close: (value: Value) => void;

  constructor(close: (value: Value) => void) {
    this.#close = close;
  }

  /**
   * Returns the value that was acquired with this key, or a new one if it is closed. A value with another key is
   * closed.
   */
  acquire(key: string, create: () => Value): Value {
    clearTimeout(this.#closing);
    if (this.#current?.key !== key) this.#end();
    this.#current ??= { key, value: create() };
    return this.#current.value;
  }

  /** Closes the value, unless it is acquired again before the next task of the browser. */
  release(): void {
    clearTimeout(this.#closing);
    this.#closing = setTimeout(() => this.#end());
  }

  #end(): void {
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined) this.#close(current.value);
  }
}
