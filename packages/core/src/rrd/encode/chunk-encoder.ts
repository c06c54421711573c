import { ArrayCollector } from "../../arrow/array-collector.ts";
import { arrowTypeKey, type ArrowType } from "../../arrow/arrow-type.ts";
import { IpcStream } from "../../arrow/ipc-stream.ts";
import { ENCAPSULATION, encodeRecordBatch, type RecordBatchMessage } from "../../arrow/schema.ts";
import { SchemaTemplate } from "../../arrow/schema-template.ts";
import type { Chunk } from "../../batch/chunk.ts";
import { tuidText } from "../../batch/tuid.ts";
import { NO_BYTES } from "../../no-bytes.ts";
import { PlanCaches, planCompression, type Compression } from "../../compress/compression.ts";
import { lz4Bound, Lz4Encoder, SMALL_INPUT, type Lz4Prefix } from "../../compress/lz4-encode.ts";
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

/** Stands for a timeline whose times go back, in a {@link TemplateTree}. */
const UNSORTED = {};

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
  #tree: TemplateTree = { next: new WeakMap() };
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
      manifest: describeChunk(chunk, stream.byteLength),
    };
  }

  #write(stream: IpcStream, head: ArrowMessageHead, template: Template, entityPath: string): Uint8Array<ArrayBuffer> {
    const size = stream.byteLength;
    const start = maxFrameLength(head);
    const plans = this.#plans.of(stream, entityPath, template.columns);
    const sections = planCompression(stream, this.#compression, this.#lz4, plans);
    if (sections === undefined) {
      const target = this.pool.take(start + size + start);
      stream.write(target, start);
      return frameArrowMessage(target, start, size, size, false, head);
    }
    const scratch = this.pool.take(size);
    const target = this.pool.take(start + lz4Bound(size) + start);
    stream.write(scratch, 0);
    const source = scratch.subarray(0, size);
    if (size <= SMALL_INPUT) {
      template.prefix ??= this.#lz4.compressPrefix(source, ENCAPSULATION, template.schema.fixedAt, target);
    }
    const prefix = size <= SMALL_INPUT ? template.prefix : undefined;
    const end = this.#lz4.compress(source, sections, target, start, prefix);
    this.pool.give(scratch);
    return frameArrowMessage(target, start, end - start, size, true, head);
  }

  #find(chunk: Chunk, arrays: ArrayCollector): Template {
    let tree = this.#tree;
    for (const { timeline, isSorted } of chunk.times) {
      tree = subtree(tree, timeline);
      if (!isSorted) tree = subtree(tree, UNSORTED);
    }
    for (const { field } of chunk.components) tree = subtree(tree, field);
    return (tree.template ??= this.#template(chunk, arrays));
  }

  #template(chunk: Chunk, arrays: ArrayCollector): Template {
    const columns = this.#columnsKey(chunk);
    let template = this.#templates.get(columns);
    if (template === undefined) {
      const fields = [
        rowIdField(true),
        ...chunk.times.map(({ timeline, isSorted }) => timelineField(timeline, isSorted)),
        ...chunk.components.map(({ field }) => componentField(field.descriptor, field.type.arrow)),
      ];
      const schema = new SchemaTemplate(fields, chunkMetadata(chunk.entityPath, chunkIdText(chunk)));
      template = { columns, schema, batch: encodeRecordBatch(arrays.nodes.length / 2, arrays.buffers.length) };
      if (this.#templates.size >= MAX_TEMPLATES) {
        this.#templates.clear();
        this.#tree = { next: new WeakMap() };
      }
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

function subtree({ next }: TemplateTree, key: object): TemplateTree {
  let tree = next.get(key);
  if (tree === undefined) next.set(key, (tree = { next: new WeakMap() }));
  return tree;
}

function chunkIdText({ id }: Chunk): string {
  return `chunk_${tuidText(id)}`;
}

function collectArrays(chunk: Chunk): ArrayCollector {
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
