import { ArrayCollector } from "../../arrow/array-collector.ts";
import { fieldKey } from "../../arrow/arrow-type.ts";
import { IpcStream } from "../../arrow/ipc-stream.ts";
import { encodeRecordBatch, type RecordBatchMessage } from "../../arrow/schema.ts";
import { SchemaTemplate } from "../../arrow/schema-template.ts";
import type { LoggedChunk } from "../../batch/logged-chunk.ts";
import { tuidText } from "../../batch/tuid.ts";
import { getOrAdd } from "../../collections/get-or-add.ts";
import { NO_BYTES } from "../../bytes/no-bytes.ts";
import type { ByteCost } from "../../bytes/byte-cost.ts";
import { planCompression, SMALL, type Compression, type PlanCache } from "../../compress/compression.ts";
import { lz4Bound, Lz4Encoder, type Lz4Prefix } from "../../compress/lz4-encode.ts";
import type { EncodedMessage, StoreId } from "./encoded-message.ts";
import { frameArrowMessage, maxFrameLength, type ArrowMessageHead } from "./arrow-message.ts";
import { BufferPool } from "./buffer-pool.ts";
import { makeChunkManifest } from "./chunk-manifest.ts";
import { chunkMetadata, componentField, rowIdField, timelineField } from "./chunk-schema.ts";
import { encodeStoreId } from "./store-id.ts";

/** The number of templates that are cached. With more kinds of rows some schemas are encoded again. */
const MAX_TEMPLATES = 1024;
/** The number of entities with large messages whose plans for compression are cached. */
const MAX_PLANS = 4096;

/** The parts of a message that are the same for all chunks with the same columns, even of different entities. */
interface Template {
  /** The columns as a key. */
  readonly columns: string;
  readonly schema: SchemaTemplate;
  readonly batch: RecordBatchMessage;
  /** The compressed beginning of small messages. */
  prefix?: Lz4Prefix;
}

/** Templates by the objects that describe their columns, one after the other. */
interface TemplateTree {
  readonly next: WeakMap<object, TemplateTree>;
  template?: Template;
}

/**
 * Encodes chunks to messages: as an Arrow IPC stream, compressed, in a protobuf frame.
 *
 * A recording has one encoder for all its sinks. It caches the schemas of chunks, in which only the entity path and the
 * chunk's id change, and writes the stream directly into the memory of the message, or compresses it into that memory.
 * A chunk is read completely before `encode` returns, so its memory may then be reused.
 */
export class ChunkEncoder {
  /** The memory of messages that no sink keeps: callers return it once all sinks have read the message. */
  readonly pool: BufferPool = new BufferPool();
  /** The cost of a byte at the destination of the next messages. */
  byteCost: ByteCost = "stored";
  readonly #storeId: StoreId;
  readonly #storeIdBytes: Uint8Array;
  readonly #compression: Compression;
  readonly #lz4 = new Lz4Encoder();
  readonly #templates = new Map<string, Template>();
  #tree = newTree();
  /** The plans for large messages by entity and columns. */
  readonly #plans = new Map<string, PlanCache>();

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
  encode(chunk: LoggedChunk, isKept: boolean): EncodedMessage {
    const arrays = collectArrays(chunk);
    const template = this.#find(chunk, arrays);
    const message = template.schema.fill(chunkIdText(chunk), chunk.entityPath);
    const stream = new IpcStream(message, template.batch, arrays, chunk.to - chunk.from);
    const isStatic = chunk.times.length === 0;
    const head: ArrowMessageHead = { storeId: this.#storeIdBytes, chunkId: chunk.id, isStatic };
    const framed = this.#write(stream, head, template, chunk.entityPath);
    const payload = isKept ? framed.slice() : framed;
    if (isKept) this.pool.give(framed);
    return {
      kind: "chunk",
      storeId: this.#storeId,
      payload,
      isStatic,
      chunkId: chunk.id,
      manifest: makeChunkManifest(chunk, stream.byteLength),
    };
  }

  #write(stream: IpcStream, head: ArrowMessageHead, template: Template, entityPath: string): Uint8Array<ArrayBuffer> {
    const size = stream.byteLength;
    const start = maxFrameLength(head);
    const isSmall = size <= SMALL;
    const plans = isSmall ? undefined : this.#plansOf(`${entityPath}\n${template.columns}`);
    const sections = planCompression(stream, this.#compression, this.#lz4, plans, this.byteCost);
    if (sections === undefined) {
      const target = this.pool.take(start + size + start);
      stream.write(target, start);
      return frameArrowMessage(target, start, size, size, false, head);
    }
    const scratch = this.pool.take(size);
    const target = this.pool.take(start + lz4Bound(size) + start);
    stream.write(scratch, 0);
    const source = scratch.subarray(0, size);
    let prefix: Lz4Prefix | undefined;
    if (isSmall) prefix = template.prefix ??= this.#lz4.compressPrefix(source, template.schema.fixedAt, target);
    const end = this.#lz4.compress(source, sections, target, start, prefix);
    this.pool.give(scratch);
    return frameArrowMessage(target, start, end - start, size, true, head);
  }

  #plansOf(kind: string): PlanCache {
    if (this.#plans.size > MAX_PLANS) this.#plans.clear();
    return getOrAdd(this.#plans, kind, () => ({ plans: [], uses: 0 }));
  }

  /**
   * The template for a chunk. Nearly always the columns have the same field objects as those of earlier chunks, which
   * makes this search fast. Only columns of data without an archetype have new but equal field objects.
   */
  #find(chunk: LoggedChunk, arrays: ArrayCollector): Template {
    let tree = this.#tree;
    for (const { timeline, isSorted } of chunk.times) {
      tree = getOrAdd(tree.next, timeline, newTree);
      // The encoder itself is the key for unsorted times.
      if (!isSorted) tree = getOrAdd(tree.next, this, newTree);
    }
    for (const { field } of chunk.components) tree = getOrAdd(tree.next, field, newTree);
    return (tree.template ??= this.#template(chunk, arrays));
  }

  #template(chunk: LoggedChunk, arrays: ArrayCollector): Template {
    const fields = [
      rowIdField(true),
      ...chunk.times.map(({ timeline, isSorted }) => timelineField(timeline, isSorted)),
      ...chunk.components.map(({ field }) => componentField(field.descriptor, field.type.arrow)),
    ];
    const columns = fields.map(fieldKey).join();
    if (this.#templates.size > MAX_TEMPLATES) {
      this.#templates.clear();
      this.#tree = newTree();
    }
    return getOrAdd(this.#templates, columns, () => ({
      columns,
      schema: new SchemaTemplate(fields, chunkMetadata(chunk.entityPath, chunkIdText(chunk))),
      batch: encodeRecordBatch(arrays.nodes.length / 2, arrays.buffers.length),
    }));
  }
}

function newTree(): TemplateTree {
  return { next: new WeakMap() };
}

function chunkIdText({ id }: LoggedChunk): string {
  return `chunk_${tuidText(id)}`;
}

function collectArrays(chunk: LoggedChunk): ArrayCollector {
  const arrays = new ArrayCollector();
  const rows = chunk.to - chunk.from;
  arrays.node(rows, 0);
  arrays.buffer(NO_BYTES);
  arrays.buffer(chunk.rowIds, 16, true);
  for (const { bytes, isSorted } of chunk.times) {
    arrays.node(rows, 0);
    arrays.buffer(NO_BYTES);
    arrays.buffer(bytes, 8, isSorted);
  }
  for (const { cells } of chunk.components) cells.collect(arrays, chunk.from, chunk.to);
  return arrays;
}
