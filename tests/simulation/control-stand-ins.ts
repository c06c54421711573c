// In place of larger parts that the simulation of controls does not need: Arrow, recordings, and node:crypto.

/** The row data of a change: plain objects, which the ledger reads. */
export class Scalars {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** A text of a row. */
export class TextLog extends Scalars {}

/** The details of a row. */
export class AnyValues extends Scalars {}

/** The internals of a recording without sinks. */
export function internalsOf(): unknown {
  return { dispatcher: { flushRows() {} } };
}

/** Random like the world. */
export function randomUUID(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A token is its own digest. */
export function createHash(): { update(text: string): { digest(): string } } {
  return { update: (text) => ({ digest: () => text }) };
}

export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
