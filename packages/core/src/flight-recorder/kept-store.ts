import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { KeptValues } from "./kept-values.ts";
import { LeftOut } from "./left-out.ts";
import type { IsKeyframe } from "./video-frames.ts";
import { bytesOf, VideoGroups, type FrameFacts } from "./video-groups.ts";

/** Latest values are not reduced to single rows below this size. */
const COMPACT_BYTES = 256 * 1024;

/** Something from before the window that can be forgotten to make room. */
export interface Droppable {
  readonly bytes: number;
  /** Groups of pictures go first, then latest values, then static values. */
  readonly order: 0 | 1 | 2;
  drop(this: void): void;
}

/** A recording in a ring: what the window needs from before, and what had to be left out. */
export class KeptStore {
  readonly latest: KeptValues = new KeptValues();
  readonly groups: VideoGroups;
  readonly leftOut: LeftOut = new LeftOut();
  /** The message that opens the store. */
  info: EncodedMessage | undefined;
  /** The number of messages in the window. */
  count = 0;
  /** Whether the recording is closed, so that it is forgotten with its last message. */
  isClosed = false;
  /** The size of the latest values from which on they are reduced to single rows. */
  #compactAt = COMPACT_BYTES;

  constructor(isKeyframe: IsKeyframe) {
    this.groups = new VideoGroups(isKeyframe);
  }

  /** The bytes of all messages. */
  get bytes(): number {
    return this.latest.bytes + this.groups.bytes;
  }

  /** Takes a message that leaves the window. */
  add(message: EncodedMessage, frames: FrameFacts | undefined): void {
    if (frames !== undefined && this.groups.add(message, frames) && frames.lastKeyRow >= 0)
      this.leftOut.delete("group of pictures", message);
    this.latest.add(message);
    this.leftOut.delete(message.isStatic ? "static values" : "latest values", message);
    if (this.latest.bytes > this.#compactAt) this.compact();
  }

  /** Reduces the latest values to single rows. Each time, they may first double. */
  compact(): void {
    this.latest.compact();
    this.#compactAt = Math.max(COMPACT_BYTES, this.latest.bytes * 2);
  }

  /** Everything that can be forgotten to make room. */
  droppable(): readonly Droppable[] {
    const groups = this.groups.paths.map((path): Droppable => {
      const group = this.groups.groupOf(path);
      const drop = (): void => {
        this.groups.drop(path);
        for (const message of group) this.leftOut.add("group of pictures", message);
      };
      return { bytes: bytesOf(group), order: 0, drop };
    });
    const values = this.latest.messages.map((message): Droppable => {
      const drop = (): void => {
        this.latest.drop(message);
        this.leftOut.add(message.isStatic ? "static values" : "latest values", message);
      };
      return { bytes: message.payload.byteLength, order: message.isStatic ? 2 : 1, drop };
    });
    return [...groups, ...values];
  }
}
