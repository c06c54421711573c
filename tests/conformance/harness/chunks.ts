import { RrdDecoder, type ChunkMessage, type RrdMessage } from "@rerun-ts/core/decode";
import { rerunRrd, runPython } from "./real-rerun.ts";

/** A chunk as Rerun's tools name it. */
export interface ListedChunk {
  readonly id: string;
  readonly entity: string;
}

/** The chunks of a file, as `rerun rrd print` lists them. */
export async function printedChunks(path: string): Promise<ListedChunk[]> {
  const output = await rerunRrd("print", "-v", path);
  const lines = output.matchAll(/^Chunk\((?<id>chunk_\w+)\) with .*? - (?<entity>\/.*?) - /gm);
  return Array.from(lines, ({ groups }) => ({ id: groups?.id ?? "", entity: groups?.entity ?? "" }));
}

/** The chunks of messages, as the Arrow data in them says. Throws if a message says otherwise. */
export async function decodedChunks(messages: readonly RrdMessage[]): Promise<ListedChunk[]> {
  const chunks = messages.filter((message) => message.kind === "chunk");
  const streams = chunks.map((chunk) => Buffer.from(chunk.readArrow()).toString("base64"));
  const described = await runPython<(ListedChunk & { isStatic: boolean })[]>("read_arrow.py", streams);
  return described.map(({ id, entity, isStatic }, index) => {
    const message = chunks[index] as ChunkMessage;
    if (chunkIdText(message) !== id) throw new Error(`the message of ${id} has the id ${chunkIdText(message)}`);
    if (message.isStatic !== isStatic) throw new Error(`the message of ${id} is wrong about \`isStatic\``);
    return { id, entity };
  });
}

/** The text of a chunk's id: the time in upper case, the counter in lower case. */
export function chunkIdText({ chunkId }: ChunkMessage): string {
  const { timeHi = 0, timeLo = 0, incHi = 0, incLo = 0 } = chunkId ?? {};
  const hex = (high: number, low: number): string =>
    [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
  return `chunk_${hex(timeHi, timeLo).toUpperCase()}${hex(incHi, incLo)}`;
}

/** What our decoder makes of a file that comes in pieces. */
export function decodeInPieces(bytes: Uint8Array, size: number): RrdMessage[] {
  const decoder = new RrdDecoder();
  const messages: RrdMessage[] = [];
  for (let at = 0; at < bytes.byteLength; at += size) messages.push(...decoder.push(bytes.subarray(at, at + size)));
  return messages;
}

/** Where a message lies in a file. */
export interface MessagePlace {
  readonly kind: number;
  readonly start: number;
  readonly payload: number;
  readonly end: number;
}

/** The places of all messages of a whole file, found by their headers alone. */
export function messagePlaces(bytes: Uint8Array): MessagePlace[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: MessagePlace[] = [];
  for (let start = 12; start < bytes.byteLength && places.at(-1)?.kind !== 0;) {
    const payload = start + 16;
    const end = payload + Number(view.getBigUint64(start + 8, true));
    places.push({ kind: Number(view.getBigUint64(start, true)), start, payload, end });
    start = end;
  }
  return places;
}
