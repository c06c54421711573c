import { ArrayCollector } from "../../arrow/array-collector.ts";
import { arrowTypeKey, type ArrowType } from "../../arrow/arrow-type.ts";
import { IpcStream } from "../../arrow/ipc-stream.ts";
import { encodeRecordBatch, encodeSchema, type RecordBatchMessage, type SchemaMessage } from "../../arrow/schema.ts";
import type { Chunk } from "../../batch/chunk.ts";
import { tuidText } from "../../batch/tuid.ts";
import { createPlanCache, planCompression, type Compression, type PlanCache } from "../../compress/compression.ts";
import { lz4Bound, Lz4Encoder } from "../../compress/lz4-encode.ts";
import type { EncodedMessage, StoreId } from "./encoded-message.ts";
import { frameArrowMessage, maxFrameLength, type ArrowMessageHead } from "./arrow-message.ts";
import { BufferPool } from "./buffer-pool.ts";
import { describeChunk } from "./chunk-manifest.ts";
import { CHUNK_ID_KEY, chunkMetadata, componentField, rowIdField, timelineField } from "./chunk-schema.ts";
import { encodeStoreId } from "./store-id.ts";

/** The number of templates that are cached. With more entities some schemas are encoded again. */
const MAX_TEMPLATES = 4096;

/** The parts of a message that are the same for all chunks with the same entity and columns. */
interface Template {
  readonly schema: SchemaMessage;
  readonly batch: RecordBatchMessage;
  readonly plans: PlanCache;
}

/**
 * Encodes chunks to messages: as an Arrow IPC stream, compressed, in a protobuf frame.
 *
 * A recording has one encoder for all its sinks. It caches the schema of each entity, in which only the chunk's id
 * changes, and writes the stream directly into the memory of the message, or compresses it into that memory. A chunk is
 * read completely before `encode` returns, so its memory may then be reused.
 */
export class ChunkEncoder {
  /** The memory of messages that are not kept: callers return it once all sinks have read the message. */
  readonly pool: BufferPool = new BufferPool();
  readonly #storeId: StoreId;
  readonly #storeIdBytes: Uint8Array;
  readonly #compression: Compression;
  readonly #lz4 = new Lz4Encoder();
  readonly #templates = new Map<string, Template>();
  readonly #typeKeys = new WeakMap<ArrowType, string>();

  constructor(storeId: StoreId, compression: Compression) {
    this.#storeId = storeId;
    this.#storeIdBytes = encodeStoreId(storeId);
    this.#compression = compression;
  }

  /**
   * Encodes a chunk.
   *
   * @param isKept whether sinks may read the message after it was sent: then it gets separate memory of exactly its
   * size, otherwise a buffer of the pool
   */
  encode(chunk: Chunk, isKept: boolean): EncodedMessage {
    const arrays = collectArrays(chunk);
    const { schema, batch, plans } = this.#template(chunk, arrays);
    new TextEncoder().encodeInto(`chunk_${tuidText(chunk.id)}`, schema.bytes.subarray(schema.valuePosition));
    const stream = new IpcStream(schema, batch, arrays, chunk.to - chunk.from);
    const isStatic = chunk.times.length === 0;
    const head: ArrowMessageHead = { storeId: this.#storeIdBytes, chunkId: chunk.id, isStatic };
    const framed = this.#write(stream, head, plans);
    const payload = isKept ? framed.slice() : framed;
    if (isKept) this.pool.give(framed);
    return {
      kind: "chunk",
      storeId: this.#storeId,
      payload,
      isStatic,
      chunkId: chunk.id,
      manifest: describeChunk(chunk, stream.byteLength),
    };
  }

  #write(stream: IpcStream, head: ArrowMessageHead, plans: PlanCache): Uint8Array<ArrayBuffer> {
    const size = stream.byteLength;
    const start = maxFrameLength(head);
    const sections = planCompression(stream, this.#compression, this.#lz4, plans);
    if (sections === undefined) {
      const target = this.pool.take(start + size + start);
      stream.write(target, start);
      return frameArrowMessage(target, start, size, size, false, head);
    }
    const scratch = this.pool.take(size);
    const target = this.pool.take(start + lz4Bound(size) + start);
    stream.write(scratch, 0);
    const end = this.#lz4.compress(scratch.subarray(0, size), sections, target, start);
    this.pool.give(scratch);
    return frameArrowMessage(target, start, end - start, size, true, head);
  }

  #template(chunk: Chunk, arrays: ArrayCollector): Template {
    const key = this.#templateKey(chunk);
    let template = this.#templates.get(key);
    if (template === undefined) {
      const fields = [
        rowIdField(true),
        ...chunk.times.map(({ timeline, isSorted }) => timelineField(timeline, isSorted)),
        ...chunk.components.map(({ field }) => componentField(field.descriptor, field.type.arrow)),
      ];
      const schema = encodeSchema(fields, chunkMetadata(chunk.entityPath, `chunk_${tuidText(chunk.id)}`), CHUNK_ID_KEY);
      const batch = encodeRecordBatch(arrays.nodes.length / 2, arrays.buffers.length);
      template = { schema, batch, plans: createPlanCache() };
      if (this.#templates.size >= MAX_TEMPLATES) this.#templates.clear();
      this.#templates.set(key, template);
    }
    return template;
  }

  #templateKey({ entityPath, times, components }: Chunk): string {
    let key = entityPath;
    for (const { timeline, isSorted } of times) key += `\n${timeline.name}\0${timeline.kind}${isSorted ? "+" : "-"}`;
    for (const { field } of components) {
      const { component, archetype, componentType } = field.descriptor;
      key += `\n\n${component}\0${archetype ?? ""}\0${componentType ?? ""}\0${this.#typeKey(field.type.arrow)}`;
    }
    return key;
  }

  #typeKey(type: ArrowType): string {
    let key = this.#typeKeys.get(type);
    if (key === undefined) this.#typeKeys.set(type, (key = arrowTypeKey(type)));
    return key;
  }
}

function collectArrays(chunk: Chunk): ArrayCollector {
  const arrays = new ArrayCollector();
  const rows = chunk.to - chunk.from;
  const none = new Uint8Array(0);
  arrays.node(rows, 0);
  arrays.buffer(none);
  arrays.buffer(chunk.rowIds, 16, true);
  for (const { bytes, isSorted } of chunk.times) {
    arrays.node(rows, 0);
    arrays.buffer(none);
    arrays.buffer(bytes, 8, isSorted);
  }
  for (const { cells } of chunk.components) cells.collect(arrays, chunk.from, chunk.to);
  return arrays;
}
