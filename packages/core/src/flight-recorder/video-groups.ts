import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { codecInChunk, findKeyFrames, hasFrames, sliceStoredRows, type IsKeyframe } from "./video-frames.ts";
import type { StoredRows } from "./read-rows.ts";

/** Facts about the frames of a message. */
export interface FrameFacts {
  /** Whether a decoder can start at the first frame. */
  readonly startsGroup: boolean;
  /** The last row with a key frame, or -1. */
  readonly lastKeyRow: number;
  /** The first row with a key frame, or -1. */
  readonly firstKeyRow: number;
  /** The rows, if a key frame may be in the middle of them. */
  readonly rows: StoredRows | undefined;
}

/** The frames before the window that frames in the window need: one group of pictures for each video. */
export class VideoGroups {
  /** The bytes of all groups. */
  bytes = 0;
  readonly #isKeyframe: IsKeyframe;
  readonly #groups = new Map<string, EncodedMessage[]>();
  readonly #codecs = new Map<string, number>();

  constructor(isKeyframe: IsKeyframe) {
    this.#isKeyframe = isKeyframe;
  }

  /** Reads the frames of a new message. `undefined` if it has none, or their key frames are unknown. */
  framesOf(message: EncodedMessage): FrameFacts | undefined {
    this.#noteCodec(message);
    if (!hasFrames(message)) return undefined;
    const startsGroup = message.manifest?.startsGroup;
    // A recording begins a new chunk at each key frame that it knows.
    if (startsGroup === true) return { startsGroup, lastKeyRow: 0, firstKeyRow: 0, rows: undefined };
    if (startsGroup === false) return { startsGroup, lastKeyRow: -1, firstKeyRow: -1, rows: undefined };
    const found = findKeyFrames(message, this.#isKeyframe, this.#codecs.get(videoKey(message)));
    if (found === undefined) return undefined;
    const [firstKeyRow = -1] = found.keyRows;
    return { startsGroup: firstKeyRow === 0, lastKeyRow: found.keyRows.at(-1) ?? -1, firstKeyRow, rows: found.rows };
  }

  /** Takes a message that leaves the window. Returns whether its frames are of use: they follow a key frame. */
  add(message: EncodedMessage, { lastKeyRow, rows }: FrameFacts): boolean {
    const key = videoKey(message);
    if (lastKeyRow >= 0) {
      this.#delete(key);
      const isWhole = lastKeyRow === 0 || rows === undefined;
      this.#push(key, isWhole ? message : sliceStoredRows(message, rows, lastKeyRow, rows.rows));
      return true;
    }
    if (!this.#groups.has(key)) return false;
    this.#push(key, message);
    return true;
  }

  /** The frames since the last key frame of a video, oldest first. */
  groupOf(message: EncodedMessage): readonly EncodedMessage[] {
    return this.#groups.get(videoKey(message)) ?? [];
  }

  /** The groups of a store. */
  groupsOf(store: string): readonly (readonly EncodedMessage[])[] {
    return [...this.#groups.entries()].flatMap(([key, group]) => (key.startsWith(`${store}\n`) ? [group] : []));
  }

  /** Forgets the largest group. Returns its messages, or none if there is no group. */
  dropLargest(): readonly EncodedMessage[] {
    let largest: [key: string, bytes: number] | undefined;
    for (const [key, group] of this.#groups) {
      const bytes = sizeOf(group);
      if (largest === undefined || bytes > largest[1]) largest = [key, bytes];
    }
    const dropped = largest && this.#groups.get(largest[0]);
    if (largest !== undefined) this.#delete(largest[0]);
    return dropped ?? [];
  }

  /** Forgets the groups of a store. */
  forget(store: string): void {
    for (const key of this.#groups.keys()) if (key.startsWith(`${store}\n`)) this.#delete(key);
    for (const key of this.#codecs.keys()) if (key.startsWith(`${store}\n`)) this.#codecs.delete(key);
  }

  /** Messages of a recording say themselves where a group starts, so that nobody needs their codec. */
  #noteCodec(message: EncodedMessage): void {
    const codec = message.manifest?.startsGroup === undefined ? codecInChunk(message) : undefined;
    if (codec !== undefined) this.#codecs.set(videoKey(message), codec);
  }

  #push(key: string, message: EncodedMessage): void {
    getOrAdd(this.#groups, key, () => []).push(message);
    this.bytes += message.payload.byteLength;
  }

  #delete(key: string): void {
    this.bytes -= sizeOf(this.#groups.get(key) ?? []);
    this.#groups.delete(key);
  }
}

/** The store and the entity of a video. */
export function videoKey({ storeId, manifest }: EncodedMessage): string {
  return `${storeKey(storeId)}\n${manifest?.entityPath}`;
}

function sizeOf(messages: readonly EncodedMessage[]): number {
  return messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
}
