import { ArrayCollector } from "../../arrow/array-collector.ts";
import { arrowTypeKey, type ArrowType } from "../../arrow/arrow-type.ts";
import { IpcStream } from "../../arrow/ipc-stream.ts";
import { encodeRecordBatch, type RecordBatchMessage } from "../../arrow/schema.ts";
import { SchemaTemplate } from "../../arrow/schema-template.ts";
import type { Chunk } from "../../batch/chunk.ts";
import { tuidText } from "../../batch/tuid.ts";
import { PlanCaches, planCompression, type Compression, type PlanCache } from "../../compress/compression.ts";
import { lz4Bound, Lz4Encoder } from "../../compress/lz4-encode.ts";
import type { EncodedMessage, StoreId } from "./encoded-message.ts";
import { frameArrowMessage, maxFrameLength, type ArrowMessageHead } from "./arrow-message.ts";
import { BufferPool } from "./buffer-pool.ts";
import { describeChunk } from "./chunk-manifest.ts";
import { chunkMetadata, componentField, rowIdField, timelineField } from "./chunk-schema.ts";
import { encodeStoreId } from "./store-id.ts";

/** The number of templates that are cached. With more kinds of rows some schemas are encoded again. */
const MAX_TEMPLATES = 1024;

/** The parts of a message that are the same for all chunks with the same columns, of whatever entity. */
interface Template {
  readonly schema: SchemaTemplate;
  readonly batch: RecordBatchMessage;
}

/**
 * Encodes chunks to messages: as an Arrow IPC stream, compressed, in a protobuf frame.
 *
 * A recording has one encoder for all its sinks. It caches the schemas of chunks, in which only the entity path
 * and the chunk's id change, and writes the stream directly into the memory of the message, or compresses it into that memory. A chunk is
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
  readonly #plans = new PlanCaches();
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
    const columns = this.#columnsKey(chunk);
    const { schema, batch } = this.#template(columns, chunk, arrays);
    const message = schema.fill(chunkIdText(chunk), chunk.entityPath);
    const stream = new IpcStream(message, batch, arrays, chunk.to - chunk.from);
    const plans = this.#plans.of(stream, `${chunk.entityPath}\n${columns}`);
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

  #write(stream: IpcStream, head: ArrowMessageHead, plans: PlanCache | undefined): Uint8Array<ArrayBuffer> {
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

  #template(columns: string, chunk: Chunk, arrays: ArrayCollector): Template {
    let template = this.#templates.get(columns);
    if (template === undefined) {
      const fields = [
        rowIdField(true),
        ...chunk.times.map(({ timeline, isSorted }) => timelineField(timeline, isSorted)),
        ...chunk.components.map(({ field }) => componentField(field.descriptor, field.type.arrow)),
      ];
      const schema = new SchemaTemplate(fields, chunkMetadata(chunk.entityPath, chunkIdText(chunk)));
      template = { schema, batch: encodeRecordBatch(arrays.nodes.length / 2, arrays.buffers.length) };
      if (this.#templates.size >= MAX_TEMPLATES) this.#templates.clear();
      this.#templates.set(columns, template);
    }
    return template;
  }

  /** The columns of a chunk as a key: chunks with the same one have the same schema but for the entity and the id. */
  #columnsKey({ times, components }: Chunk): string {
    let key = "";
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

function chunkIdText({ id }: Chunk): string {
  return `chunk_${tuidText(id)}`;
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
