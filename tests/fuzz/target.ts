/** Code that reads untrusted bytes, or untrusted text. */
export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs, from which the search begins. */
  seeds(): readonly Uint8Array[];
  /** Words of the format, which chance would not find. */
  readonly words?: readonly string[];
  /** Reads an input. Throws, or rejects, only if the code under test breaks its contract. */
  run(input: Uint8Array): void | Promise<void>;
}
