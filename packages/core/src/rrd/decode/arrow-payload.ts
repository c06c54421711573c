import { getOrAdd } from "../../collections/get-or-add.ts";
import { padded } from "../../arrow/array-collector.ts";
import { IpcStream, type ChunkFacts } from "../../arrow/ipc-stream.ts";
import { planSearch, type KnownMethod, type PlanCache } from "../../compress/compression.ts";
import { Lz4Encoder, lz4Bound, SEARCH, type Lz4Section } from "../../compress/lz4-encode.ts";
import { ManifestReader, type DescribedChunk } from "./chunk-manifest.ts";
import { frameArrowMessage, maxFrameLength } from "../encode/arrow-message.ts";
import type { StoreId } from "../encode/encoded-message.ts";
import { encodeStoreId } from "../encode/store-id.ts";

/** An encoded `ArrowMsg`, with the facts about its chunk for a footer. */
export interface ArrowPayload extends DescribedChunk {
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly isStatic: boolean;
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
 * @throws {RerunError} `INVALID_FORMAT` if the stream is no chunk, `UNSUPPORTED` at an Arrow type that components
 * cannot have
 */
export function encodeArrowPayload(
  storeId: StoreId,
  arrow: Uint8Array | IpcStream,
  allocate: Allocate = newMemory,
): ArrowPayload {
  encoder ??= new PayloadEncoder();
  const store = getOrAdd(stores, storeId, () => encodeStoreId(storeId));
  return encoder.encode(store, arrow, allocate);
}

/** Memory up to this size is reused for the next chunk. */
const MAX_SCRATCH = 8 * 1024 * 1024;

/** The plans for chunks with the same columns. */
interface Plans {
  readonly ofEntities: Map<string, PlanCache<Lz4Section["stride"]>>;
  readonly known: (KnownMethod | undefined)[];
}

class PayloadEncoder {
  readonly #lz4 = new Lz4Encoder();
  /** A stream before its compression, and after it. */
  readonly #written = new Scratch();
  readonly #compressed = new Scratch();
  /** The plans for messages that share the message of their batch, chunks with the same columns. */
  readonly #plans = new WeakMap<object, Plans>();

  encode(storeId: Uint8Array, arrow: Uint8Array | IpcStream, allocate: Allocate): ArrowPayload {
    const size = arrow.byteLength;
    const chunk = arrow instanceof IpcStream ? arrow.chunk : undefined;
    // Readers read times in place, so they must be aligned.
    const margin = padded(maxFrameLength({ storeId }));
    const sections = arrow instanceof IpcStream ? this.#plan(arrow) : [{ end: size, stride: SEARCH }];
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

  #plan(stream: IpcStream): Lz4Section[] | undefined {
    const { ofEntities, known } = getOrAdd(this.#plans, stream.batch, () => ({ ofEntities: new Map(), known: [] }));
    if (ofEntities.size > MAX_PLANS) ofEntities.clear();
    // The same columns of two entities may have different data, such as a photo and a mask.
    const entityPath = stream.chunk?.entityPath ?? "";
    const cache = getOrAdd(ofEntities, entityPath, () => ({ plans: [], uses: 0 }));
    return planSearch(stream, this.#lz4, cache, known);
  }
}

const manifests = /* @__PURE__ */ new ManifestReader();

function describe(arrow: Uint8Array, chunk?: ChunkFacts): DescribedChunk & { readonly isStatic: boolean } {
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
