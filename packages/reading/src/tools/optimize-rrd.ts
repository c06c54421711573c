import { yieldingRerunErrors } from "@rerun-ts/core/checks";
import type { ChunkMessage } from "@rerun-ts/core/decode";
import type { Allocate } from "@rerun-ts/core/rrd";
import { isPromise } from "@rerun-ts/core/util";
import { CompressThread } from "../store/compress-thread.ts";
import { inOrder, type Eventual } from "../store/in-order.ts";
import { MessageMemory } from "../store/message-memory.ts";
import { SchemaCache } from "../store/schema-cache.ts";
import { SharedFields } from "../store/shared-fields.ts";
import { openSource, reopened } from "../source/open-source.ts";
import type { OpenSource } from "../source/random-access.ts";
import { scratch } from "../source/scratch.ts";
import { compressedChunk, messageOfChunk } from "./edit-chunk.ts";
import { EntryReader, type CopiedMessage } from "./entry-reader.ts";
import { isWhole, mergeRows } from "./merge-rows.ts";
import { limitsOf, type OptimizeOptions } from "./optimize-options.ts";
import { labelChunk } from "./keyframe-labels.ts";
import type { OptimizePlan, PlannedChunk } from "./optimize-plan.ts";
import type { ToolMessage } from "./tool-message.ts";
import { sourceList, toolMessages } from "./tool-messages.ts";
import type { RrdSources } from "./tool-options.ts";
import { writeRrd } from "./write-rrd.ts";

/** The thread that compresses messages, and their memory. */
interface Compression {
  readonly thread: CompressThread;
  readonly allocate: Allocate;
}

/**
 * Optimizes recordings: small chunks of one entity become large ones, and too large ones are divided. All rows keep
 * their ids, times and values. Static data comes first, and chunks of videos begin with a key frame. Several sources
 * become one file. Blueprints are copied.
 *
 * Sources are read twice. Memory is needed for a chunk, for an entry about each chunk, and for small chunks, up to 128
 * MiB. A source that is a stream is collected in memory.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if a source or an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if a source is damaged, before anything is written, or the error of a source
 * @example
 * await writeFile("optimized.rrd", optimizeRrd("robot.rrd"));
 */
export function optimizeRrd(
  sources: RrdSources,
  options: OptimizeOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const memory = new MessageMemory();
  return memory.of(yieldingRerunErrors(optimize(sources, options, memory)));
}

async function* optimize(
  sources: RrdSources,
  options: OptimizeOptions,
  memory: MessageMemory,
): AsyncGenerator<Uint8Array, void, undefined> {
  const limits = limitsOf(options);
  const opened: OpenSource[] = [];
  const compression = { thread: new CompressThread(), allocate: memory.allocate };
  try {
    const shared: OpenSource[] = [];
    for (const source of sourceList(sources)) {
      const access = await openSource(source, options);
      opened.push(access);
      // The sources are read twice, so only the end closes them.
      shared.push(reopened(access, source));
    }
    // Loaded on demand, because its key frames need the module of all archetypes.
    const { OptimizePlan } = await import("./optimize-plan.ts");
    const schemas = new SchemaCache(new SharedFields());
    const plan = new OptimizePlan(limits, schemas);
    const copied: CopiedMessage[] = [];
    for await (const toolMessage of toolMessages(shared, options, {
      isDescribed: false,
      schemas,
      allocatePart: inTurns(),
      read: readInTurn(),
      take: (arrow, chunk) => chunk.storeId.kind === "recording" && plan.take(arrow, chunk),
    })) {
      const { message, storeId, source, place } = toolMessage;
      if (message.kind === "chunk" && storeId.kind === "recording") plan.add(toolMessage);
      else if (place !== undefined) copied.push({ kind: message.kind, storeId, source, place });
    }
    yield* writeRrd(inOrder(optimized(new EntryReader(shared, options, schemas), copied, plan, compression)));
  } finally {
    compression.thread.close();
    for (const access of opened) await access.close?.();
  }
}

async function* optimized(
  reader: EntryReader,
  copied: readonly CopiedMessage[],
  plan: OptimizePlan,
  compression: Compression,
): AsyncGenerator<Eventual<ToolMessage>, void, undefined> {
  // Store infos come before the chunks, and activations of blueprints after them.
  for (const isStoreInfo of [true, false]) {
    for (const message of copied)
      if ((message.kind === "storeInfo") === isStoreInfo)
        yield { value: reader.message(message, await reader.payload(message)) };
  }
  for await (const chunk of reader.ahead(plan.chunks())) yield await chunkOf(chunk, reader, compression);
  for (const labels of plan.labels())
    yield { value: { ...messageOfChunk(labelChunk(labels), labels.storeId), source: 0 } };
}

/** The message of a planned chunk, which may not be compressed yet. An object, because functions await promises. */
async function chunkOf(
  planned: PlannedChunk,
  reader: EntryReader,
  { thread, allocate }: Compression,
): Promise<Eventual<ToolMessage>> {
  const { segments, storeId, components } = planned;
  const [{ entry }] = segments as [PlannedChunk["segments"][number]];
  const { source, place } = entry;
  const isCopied = isWhole(segments) && components === undefined;
  if (isCopied && entry.isPlain) {
    const placed = { kind: "chunk" as const, storeId, source, place };
    return { value: reader.message(placed, await reader.payload(placed)) };
  }
  const joined = isCopied ? reader.joined(entry) : undefined;
  const chunk =
    joined ?? mergeRows(planned, await reader.chunks([...new Set(segments.map((segment) => segment.entry))]));
  const message = compressedChunk(chunk, storeId, thread, allocate);
  if (isPromise(message)) return { value: message.then((done) => ({ ...done, source })) };
  return { value: { ...message, source } };
}

/** Memory that is used again for the next part but one: while a part is used, the next one is read. */
function inTurns(): (length: number) => Uint8Array {
  let [next, last] = [new Uint8Array(0), new Uint8Array(0)];
  return (length) => {
    [next, last] = [last, next];
    if (next.byteLength < length) next = new Uint8Array(length + (length >> 2));
    return next.subarray(0, length);
  };
}

/** Reads the rows of chunks, which last until the next chunk is read. */
function readInTurn(): (message: ChunkMessage) => Uint8Array {
  const memory = scratch();
  return (message) => message.readArrow(memory);
}
