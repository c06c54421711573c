/** One buffer of an Arrow array. */
export interface ArrowBuffer {
  readonly bytes: Uint8Array;
  /** The width of its elements if it holds numbers, else 0: a hint for compression. */
  readonly stride: number;
  /** Whether it counts upwards, so that nothing else repeats than what an element has of the one before. */
  readonly isRising: boolean;
}

/** Takes up the nodes and buffers of arrays, depth first, as a record batch lists them. */
export class ArrayCollector {
  /** Length and null count of each node, one after the other. */
  readonly nodes: number[] = [];
  readonly buffers: ArrowBuffer[] = [];
  /** The length of the body so far, every buffer padded to 8 bytes. */
  bodyLength = 0;

  node(length: number, nullCount: number): void {
    this.nodes.push(length, nullCount);
  }

  buffer(bytes: Uint8Array, stride = 0, isRising = false): void {
    this.buffers.push({ bytes, stride, isRising });
    this.bodyLength += padded(bytes.byteLength);
  }
}

/** Rounded up to a multiple of 8. */
export function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}
