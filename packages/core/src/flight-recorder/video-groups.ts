import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { codecInChunk, findKeyFrames, hasFrames, sliceStoredRows, type IsKeyframe } from "./video-frames.ts";
import type { StoredRows } from "./stored-rows.ts";

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

/** The frames of a store that frames in the window need from before: one group of pictures for each video. */
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
    const found = findKeyFrames(message, this.#isKeyframe, this.#codecs.get(pathOf(message)));
    if (found === undefined) return undefined;
    const [firstKeyRow = -1] = found.keyRows;
    return { startsGroup: firstKeyRow === 0, lastKeyRow: found.keyRows.at(-1) ?? -1, firstKeyRow, rows: found.rows };
  }

  /** Takes a message that leaves the window. Returns whether its frames are of use: they follow a key frame. */
  add(message: EncodedMessage, { lastKeyRow, rows }: FrameFacts): boolean {
    const path = pathOf(message);
    if (lastKeyRow >= 0) {
      this.drop(path);
      const isWhole = lastKeyRow === 0 || rows === undefined;
      this.#push(path, isWhole ? message : sliceStoredRows(message, rows, lastKeyRow, rows.rows));
      return true;
    }
    if (!this.#groups.has(path)) return false;
    this.#push(path, message);
    return true;
  }

  /** The frames since the last key frame of a video, oldest first. */
  groupOf(entityPath: string): readonly EncodedMessage[] {
    return this.#groups.get(entityPath) ?? [];
  }

  /** The canonical paths of the videos of which frames are kept. */
  get paths(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** Forgets the group of a video. */
  drop(entityPath: string): void {
    this.bytes -= bytesOf(this.groupOf(entityPath));
    this.#groups.delete(entityPath);
  }

  /** Messages of a recording say themselves where a group starts, so that nobody needs their codec. */
  #noteCodec(message: EncodedMessage): void {
    const codec = message.manifest?.startsGroup === undefined ? codecInChunk(message) : undefined;
    if (codec !== undefined) this.#codecs.set(pathOf(message), codec);
  }

  #push(path: string, message: EncodedMessage): void {
    getOrAdd(this.#groups, path, () => []).push(message);
    this.bytes += message.payload.byteLength;
  }
}

function pathOf({ manifest }: EncodedMessage): string {
  return manifest?.entityPath ?? "";
}

/** The size of messages in bytes. */
export function bytesOf(messages: readonly EncodedMessage[]): number {
  return messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
}
