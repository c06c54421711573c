import type { ToolMessage } from "./tool-message.ts";
import { RerunError, type EncodedMessage, type StoreId } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { ChunkMessage, EndMessage } from "@rerun-ts/core/decode";
import { MESSAGE_HEADER_LENGTH } from "@rerun-ts/core/rrd";
import { openSource, withNameOf, type RrdSource } from "../source/open-source.ts";
import { withProgress } from "../source/random-access.ts";
import { scan, type AllocatePart } from "../source/scan.ts";
import { StoreSet } from "../reading/scan-stores.ts";
import type { Damage, PlacedMessage } from "../source/frame-reader.ts";
import { ChunkData } from "../store/chunk-data.ts";
import { manifestIfPossible } from "../store/manifest-of.ts";
import { checkColumns } from "../store/describe-chunk.ts";
import { SchemaCache } from "../store/schema-cache.ts";
import { lacksId, messageOfChunk } from "./edit-chunk.ts";
import type { RrdSources, SourceDamage, ToolOptions } from "./tool-options.ts";

/** The sources of a tool as a list. */
export function sourceList(sources: RrdSources): readonly RrdSource[] {
  return Array.isArray(sources) ? (sources as readonly RrdSource[]) : [sources as RrdSource];
}

/** A message of a source, and the damage since the last report. */
interface FoundMessage {
  readonly placed: PlacedMessage;
  readonly source: number;
  readonly damage: Damage[];
}

/** A chunk whose columns were not read. */
export type UnreadChunk = Required<Pick<ToolMessage, "storeId" | "source" | "place">>;

/** Options of reading messages that users do not have. */
interface ReadMessagesOptions {
  /** Whether chunks are described for a footer, which takes nearly as long as the rest. Default `true`. */
  readonly isDescribed?: boolean | undefined;
  /** Gives the memory of parts of a source. Default: separate memory. */
  readonly allocatePart?: AllocatePart | undefined;
  /** Reads the rows of a chunk. Default: into separate memory. */
  readonly read?: ((message: ChunkMessage) => Uint8Array) | undefined;
  /**
   * Receives the Arrow data of each chunk before its columns are read, and returns whether it has taken the chunk.
   * Such chunks are not yielded. It must not take damaged ones.
   */
  readonly take?: ((arrow: Uint8Array, chunk: UnreadChunk) => boolean) | undefined;
  /** The schemas that are known. Default: none. */
  readonly schemas?: SchemaCache | undefined;
  /** Receives the last message of each stream. */
  readonly onEnd?: ((message: EndMessage) => void) | undefined;
}

/** Yields the messages of all sources, one after the other. */
export async function* toolMessages(
  sources: RrdSources,
  options: ToolOptions,
  { isDescribed = true, allocatePart, read, take, schemas = new SchemaCache(), onEnd }: ReadMessagesOptions = {},
): AsyncGenerator<ToolMessage, void, undefined> {
  let stores = new KnownStores();
  let last = 0;
  for await (const { messages, source, damage } of messageParts(sources, options, allocatePart)) {
    if (source !== last) stores = new KnownStores();
    last = source;
    for (const placed of messages) {
      if (placed.message.kind === "end") onEnd?.(placed.message);
      const checked = check(placed, source, stores, schemas, damage, { isDescribed, read, take });
      report(damage, source, options);
      if (checked !== undefined) yield checked;
    }
  }
}

/** Yields the messages of all sources without a look at their rows. */
export async function* placedMessages(
  sources: RrdSources,
  options: ToolOptions,
  allocatePart?: AllocatePart,
): AsyncGenerator<FoundMessage, void, undefined> {
  for await (const { messages, source, damage } of messageParts(sources, options, allocatePart))
    for (const placed of messages) yield { placed, source, damage };
}

/** The messages of a part of a source, and the damage since the last report. */
interface MessagePart extends Omit<FoundMessage, "placed"> {
  readonly messages: readonly PlacedMessage[];
}

async function* messageParts(
  sources: RrdSources,
  options: ToolOptions,
  allocatePart: AllocatePart | undefined,
): AsyncGenerator<MessagePart, void, undefined> {
  for (const [source, input] of sourceList(sources).entries()) {
    const { onProgress } = options;
    const access = withProgress(
      await openSource(input, options),
      onProgress && ((progress) => onProgress({ ...progress, source })),
    );
    const damage: Damage[] = [];
    try {
      for await (const messages of scan(access, damage, options, allocatePart)) {
        report(damage, source, options);
        yield { messages, source, damage };
      }
      report(damage, source, options);
    } catch (error) {
      throw withNameOf(input, error);
    } finally {
      await access.close?.();
    }
  }
}

/** The stores of a source. */
class KnownStores {
  readonly #stores = new StoreSet();
  /** The store of the last message, which nearly always is that of the next one. */
  #last: { readonly storeId: StoreId; readonly known: StoreId } | undefined;

  /** The id of the store of a message: the same object for the same store. */
  idOf(storeId: StoreId): StoreId {
    const last = this.#last;
    if (last !== undefined && isSameStore(last.storeId, storeId)) return last.known;
    const known = this.#stores.of(this.#stores.resolve(storeId)).storeId;
    // Later a message may tell the application.
    this.#last = storeId.applicationId === "" ? undefined : { storeId, known };
    return known;
  }
}

function isSameStore(a: StoreId, b: StoreId): boolean {
  return a.recordingId === b.recordingId && a.applicationId === b.applicationId && a.kind === b.kind;
}

function check(
  { message, offset }: PlacedMessage,
  source: number,
  stores: KnownStores,
  schemas: SchemaCache,
  damage: Damage[],
  { isDescribed, read, take }: ReadMessagesOptions,
): ToolMessage | undefined {
  if (message.kind === "end") return undefined;
  const storeId = stores.idOf(message.storeId);
  const length = message.payload.byteLength;
  const place = { offset, length };
  if (message.kind !== "chunk") return { message, storeId, source, place };
  try {
    const arrow = read === undefined ? message.readArrow() : read(message);
    if (take?.(arrow, { storeId, source, place }) === true) return undefined;
    const chunk = ChunkData.read(arrow, schemas);
    checkColumns(chunk);
    if (lacksId(message, chunk)) return { ...messageOfChunk(chunk, storeId), source, place };
    return {
      message,
      storeId,
      chunk,
      described: isDescribed === true ? manifestIfPossible(chunk) : undefined,
      source,
      place,
    };
  } catch (error) {
    damage.push({
      reason: messageOf(error),
      offset: offset - MESSAGE_HEADER_LENGTH,
      lostBytes: MESSAGE_HEADER_LENGTH + length,
    });
    return undefined;
  }
}

function report(damage: Damage[], source: number, { continueOnError, onDamage }: ToolOptions): void {
  for (const found of damage.splice(0)) {
    const { reason, offset, lostBytes } = found;
    if (continueOnError !== true)
      throw new RerunError(
        "INVALID_FORMAT",
        `source ${source} is damaged at byte ${offset} (${lostBytes} bytes): ${reason}`,
      );
    onDamage?.({ ...found, source } satisfies SourceDamage);
  }
}

/** The message for sinks and writers. */
export function encodedMessage({ message, storeId, chunk, described }: ToolMessage): EncodedMessage {
  const payload = message.payload as Uint8Array<ArrayBuffer>;
  const isStatic = chunk === undefined || chunk.layout.timelines.length === 0;
  return { kind: message.kind, storeId, payload, isStatic, chunkId: described?.chunkId, manifest: described?.manifest };
}
