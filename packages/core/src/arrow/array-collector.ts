/** One buffer of an Arrow array, with hints for the compression. */
export interface ArrowBuffer {
  readonly bytes: Uint8Array;
  /** The width of an element in bytes if the buffer contains numbers, otherwise 0. */
  readonly stride: number;
  /** Whether the numbers increase, so that an element and the previous one have only their upper bytes in common. */
  readonly isRising: boolean;
}

/** Collects the nodes and buffers of arrays, depth first, in the order of a record batch. */
export class ArrayCollector {
  /** The length and the null count of each node, one after the other. */
  readonly nodes: number[] = [];
  readonly buffers: ArrowBuffer[] = [];
  /** Appends the messages of dictionaries to the message of the schema. Absent without dictionaries. */
  declare complete?: (schema: Uint8Array) => Uint8Array;
  /** The length of the body so far, with every buffer padded to 8 bytes. */
  bodyLength = 0;

  /** Adds a node: an array or a child of one. */
  node(length: number, nullCount: number): void {
    this.nodes.push(length, nullCount);
  }

  /** Adds a buffer of the last node. The bytes are not copied. */
  buffer(bytes: Uint8Array, stride = 0, isRising = false): void {
    this.buffers.push({ bytes, stride, isRising });
    this.bodyLength += padded(bytes.byteLength);
  }
}

/** Rounds a length up to a multiple of 8. */
export function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}
