/** The largest distance of a match. */
export const MAX_DISTANCE = 65535;

/** A large section that is searched, as its encoder sees it. */
export interface LargeSection {
  readonly source: Uint8Array;
  /** The last position of each hash, which the search updates. */
  readonly table: Int32Array;
  readonly from: number;
  /** The end of the section, at least 12 bytes before that of `source`. */
  readonly to: number;
  readonly target: Uint8Array;
}

/** Another implementation of the encoder's search, for large sections. */
export interface LargeSearch {
  /** The position in the source of the first literal that is not written yet. */
  anchor: number;
  /** The position of the next byte in the target. */
  at: number;
  /** The distance of the last match. */
  readonly distance: number;
  /**
   * Searches the beginning of a section. Returns the position up to which it did, where a match may end that continues.
   */
  search(section: LargeSection): number;
}

/** Another implementation of the decoder. It leaves the last sequence to the decoder, and all that is damaged. */
export interface SequenceDecoder {
  /** The position in the block at which it ended. */
  readonly from: number;
  /** The end of the decompressed bytes. */
  readonly at: number;
  /** Decodes sequences from the beginning of a block into `target` from `start` on. */
  decode(block: Uint8Array, target: Uint8Array, start: number): void;
}
