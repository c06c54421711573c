import { getOrAdd } from "../../collections/get-or-add.ts";
import { NO_BYTES } from "../../bytes/no-bytes.ts";
import { padded } from "../../arrow/array-collector.ts";
import { IpcStream, type ChunkFacts } from "../../arrow/ipc-stream.ts";
import { planSearch, type KnownMethod, type PlanCache } from "../../compress/compression.ts";
import { Lz4Encoder, lz4Bound, SEARCH, type Lz4Section } from "../../compress/lz4-encode.ts";
import { ManifestReader, type ManifestEntry } from "./read-chunk-manifest.ts";
import { frameArrowMessage, maxFrameLength } from "../encode/arrow-message.ts";
import type { StoreId } from "../encode/encoded-message.ts";
import { encodeStoreId } from "../encode/store-id.ts";

/** The facts about a chunk for a footer. */
interface DescribedPayload extends ManifestEntry {
  readonly isStatic: boolean;
}

/** An encoded `ArrowMsg`, with the facts about its chunk for a footer. */
export interface ArrowPayload extends DescribedPayload {
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The most entities with the same columns whose plans for compression are cached. */
const MAX_PLANS = 4096;
/** Data is stored uncompressed if compression would save less than a twentieth. */
const WORTH = 0.95;

let encoder: PayloadEncoder | undefined;

/** Store ids as they are encoded. */
const stores = /* @__PURE__ */ new WeakMap<StoreId, Uint8Array>();

/** Gives memory of at least this size, with undefined content. */
export type Allocate = (size: number) => Uint8Array<ArrayBuffer>;

const newMemory: Allocate = (size) => new Uint8Array(size);

/**
 * Encodes the `ArrowMsg` of a chunk. The data is compressed if that makes it clearly smaller.
 *
 * @param arrow the chunk as an Arrow IPC stream. An `IpcStream` is faster, because it is written in place
 * @param allocate gives the memory of the message. Default: new memory
 * @throws {RerunError} `INVALID_FORMAT` if the stream is not a chunk, `UNSUPPORTED` at an Arrow type that components
 * cannot have
 */
export function encodeArrowPayload(
  storeId: StoreId,
  arrow: Uint8Array | IpcStream,
  allocate: Allocate = newMemory,
): ArrowPayload {
  encoder ??= new PayloadEncoder();
  return encoder.encode(storeId, arrow, allocate);
}

function encodedStoreId(storeId: StoreId): Uint8Array {
  return getOrAdd(stores, storeId, () => encodeStoreId(storeId));
}

/** Another thread that compresses messages. */
export interface Compressor {
  /** Memory for a message of this size, or `undefined` if this thread should compress the message. */
  take(size: number): Uint8Array | undefined;
  /**
   * Compresses the message in this memory.
   *
   * @param receive gives the memory for a block of this length, or `undefined` if the block is not needed. The message
   * is unchanged until then
   */
  compress(
    message: Uint8Array,
    sections: readonly Lz4Section[],
    receive: (length: number) => Uint8Array | undefined,
  ): Promise<void>;
}

/** Memory up to this size is reused for the next chunk. */
const MAX_SCRATCH = 8 * 1024 * 1024;

/** The plans for chunks with the same columns. */
interface Plans {
  readonly ofEntities: Map<string, PlanCache<Lz4Section["stride"]>>;
  readonly known: (KnownMethod | undefined)[];
}

/** Encodes chunks, see {@link encodeArrowPayload}. */
export class PayloadEncoder {
  readonly #lz4 = new Lz4Encoder();
  /** A stream before its compression, and after it. */
  readonly #written = new Scratch();
  readonly #compressed = new Scratch();
  /** The plans for messages that share the message of their batch, chunks with the same columns. */
  readonly #plans = new WeakMap<object, Plans>();

  encode(storeId: StoreId, arrow: Uint8Array | IpcStream, allocate: Allocate): ArrowPayload {
    return this.#encode(storeId, arrow, this.#plan(arrow), allocate);
  }

  /** Encodes a chunk, with the help of another thread. The chunk may change afterwards, also before this resolves. */
  encodeWith(
    compressor: Compressor,
    storeId: StoreId,
    arrow: Uint8Array | IpcStream,
    allocate: Allocate,
  ): ArrowPayload | Promise<ArrowPayload> {
    const sections = this.#plan(arrow);
    const message = sections && arrow instanceof IpcStream ? compressor.take(arrow.byteLength) : undefined;
    if (sections === undefined || message === undefined) return this.#encode(storeId, arrow, sections, allocate);
    const stream = arrow as IpcStream;
    stream.write(message, 0);
    return compressWith(compressor, storeId, message, sections, describe(message, stream.chunk), allocate);
  }

  #encode(
    store: StoreId,
    arrow: Uint8Array | IpcStream,
    sections: readonly Lz4Section[] | undefined,
    allocate: Allocate,
  ): ArrowPayload {
    const storeId = encodedStoreId(store);
    const size = arrow.byteLength;
    const chunk = arrow instanceof IpcStream ? arrow.chunk : undefined;
    // Readers read times in place, so they must be aligned.
    const margin = padded(maxFrameLength({ storeId }));
    if (sections !== undefined) {
      const source = arrow instanceof IpcStream ? this.#written.take(size) : arrow;
      if (arrow instanceof IpcStream) arrow.write(source, 0);
      const target = this.#compressed.take(margin + lz4Bound(size) + margin);
      const compressed = this.#lz4.compress(source, sections, target, margin) - margin;
      if (compressed < size * WORTH) {
        const described = describe(source, chunk);
        const head = { storeId, ...described };
        const framed = frameArrowMessage(target, margin, compressed, size, true, head);
        const payload = allocate(framed.byteLength).subarray(0, framed.byteLength);
        payload.set(framed);
        return { payload, ...described };
      }
    }
    const target = allocate(margin + size + margin);
    if (arrow instanceof IpcStream) arrow.write(target, margin);
    else target.set(arrow, margin);
    const described = describe(target.subarray(margin, margin + size), chunk);
    return { payload: frameArrowMessage(target, margin, size, size, false, { storeId, ...described }), ...described };
  }

  #plan(stream: Uint8Array | IpcStream): Lz4Section[] | undefined {
    if (stream instanceof Uint8Array) return [{ end: stream.byteLength, stride: SEARCH }];
    const { ofEntities, known } = getOrAdd(this.#plans, stream.batch, () => ({ ofEntities: new Map(), known: [] }));
    if (ofEntities.size > MAX_PLANS) ofEntities.clear();
    // The same columns of two entities may have different data, such as a photo and a mask.
    const entityPath = stream.chunk?.entityPath ?? "";
    const cache = getOrAdd(ofEntities, entityPath, () => ({ plans: [], uses: 0 }));
    return planSearch(stream, this.#lz4, cache, known);
  }
}

/** Frames the message in memory of a compressor. */
async function compressWith(
  compressor: Compressor,
  store: StoreId,
  message: Uint8Array,
  sections: readonly Lz4Section[],
  described: DescribedPayload,
  allocate: Allocate,
): Promise<ArrowPayload> {
  const size = message.byteLength;
  const head = { storeId: encodedStoreId(store), ...described };
  const margin = padded(maxFrameLength(head));
  let target = NO_BYTES;
  let length = size;
  await compressor.compress(message, sections, (compressed) => {
    const isWorth = compressed < size * WORTH;
    if (isWorth) length = compressed;
    target = allocate(margin + length + margin);
    if (isWorth) return target.subarray(margin, margin + length);
    target.set(message, margin);
    return undefined;
  });
  return { payload: frameArrowMessage(target, margin, length, size, length < size, head), ...described };
}

const manifests = /* @__PURE__ */ new ManifestReader();

function describe(arrow: Uint8Array, chunk?: ChunkFacts): DescribedPayload {
  const described = manifests.read(arrow, chunk);
  return { ...described, isStatic: described.manifest.timelines.length === 0 };
}

/** Reused memory with undefined content, unless it is large. */
class Scratch {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  take(size: number): Uint8Array<ArrayBuffer> {
    if (size > MAX_SCRATCH) return new Uint8Array(size);
    if (this.#bytes.byteLength < size) this.#bytes = new Uint8Array(Math.min(size * 2, MAX_SCRATCH));
    return this.#bytes.subarray(0, size);
  }
}
