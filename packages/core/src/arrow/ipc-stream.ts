import type { ArrayCollector, ArrowBuffer } from "./array-collector.ts";
import { padded } from "./array-collector.ts";
import { writeInt64 } from "./write-int64.ts";
import { encodeRecordBatch, type RecordBatchMessage } from "./schema.ts";

/** The length of the marker at the end of an Arrow IPC stream. */
export const END_OF_STREAM = 8;

/** The values of a chunk's schema in which it differs from others. */
export interface ChunkFacts {
  /** The same object for all chunks whose schemas are equal apart from these values. */
  readonly schema: object;
  /** The id, as the schema has it. */
  readonly id: string;
  readonly entityPath: string;
}

/**
 * An Arrow IPC stream: a schema, one record batch, and the end marker.
 *
 * The length is known before writing, so the caller provides the memory of the message, and the payload is written at
 * its final place. Many chunks may share the batch message as a template: `write` sets the numbers in its copy. `write`
 * also copies the buffers, which must not change before.
 */
export class IpcStream {
  /** The length of the whole stream in bytes. */
  readonly byteLength: number;
  /** The messages before the batch. */
  readonly #schema: Uint8Array;
  /** The message of the batch, which chunks with the same columns may share. */
  readonly batch: RecordBatchMessage;
  /** Facts about its schema, if it is that of a chunk. */
  readonly chunk: ChunkFacts | undefined;
  readonly #arrays: ArrayCollector;
  readonly #rows: number;

  /** @param batch a template with as many nodes and buffers as `arrays`. Default: a new batch message */
  constructor(
    schema: Uint8Array,
    batch: RecordBatchMessage | undefined,
    arrays: ArrayCollector,
    rows: number,
    chunk?: ChunkFacts,
  ) {
    this.chunk = chunk;
    this.#schema = arrays.complete?.(schema) ?? schema;
    this.batch = batch ?? encodeRecordBatch(arrays.nodes.length / 2, arrays.buffers.length);
    this.#arrays = arrays;
    this.#rows = rows;
    this.byteLength = this.bodyPosition + arrays.bodyLength + END_OF_STREAM;
  }

  /** The offset of the body in the stream. */
  get bodyPosition(): number {
    return this.#schema.byteLength + this.batch.bytes.byteLength;
  }

  /** The buffers of the body, in their order. */
  get buffers(): readonly ArrowBuffer[] {
    return this.#arrays.buffers;
  }

  /** Writes the stream into `target` at `at`, where `byteLength` bytes are free. */
  write(target: Uint8Array, at: number): void {
    target.set(this.#schema, at);
    at += this.#schema.byteLength;
    target.set(this.batch.bytes, at);
    this.#setNumbers(new DataView(target.buffer, target.byteOffset + at, this.batch.bytes.byteLength));
    at += this.batch.bytes.byteLength;
    for (const { bytes } of this.#arrays.buffers) {
      const { byteLength } = bytes;
      // Many buffers of a small chunk are empty.
      if (byteLength === 0) continue;
      target.set(bytes, at);
      const end = at + padded(byteLength);
      at += byteLength;
      while (at < end) target[at++] = 0;
    }
    target.fill(0xff, at, at + 4);
    target.fill(0, at + 4, at + END_OF_STREAM);
  }

  /** Sets the numbers of the batch message, which are zero in the template. */
  #setNumbers(view: DataView): void {
    const { rowsPosition, bodyLengthPosition, nodesPosition, buffersPosition } = this.batch;
    const { nodes, buffers, bodyLength } = this.#arrays;
    writeInt64(view, rowsPosition, this.#rows);
    writeInt64(view, bodyLengthPosition, bodyLength);
    let at = nodesPosition;
    for (const value of nodes) {
      writeInt64(view, at, value);
      at += 8;
    }
    let offset = 0;
    at = buffersPosition;
    for (const { bytes } of buffers) {
      writeInt64(view, at, offset);
      writeInt64(view, at + 8, bytes.byteLength);
      offset += padded(bytes.byteLength);
      at += 16;
    }
  }
}
