import type { StoreId } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import type { DropReason } from "../sink/sink.ts";
import { MESSAGE_HEADER_LENGTH } from "../rrd/encode/message-frame.ts";
import { RetainedSegments } from "./retained-segments.ts";
import { parseSegmentName, type FoundSegment, type SegmentFile, type SegmentFolder } from "./segment-file.ts";
import { SegmentVideos, type StoredFrame } from "./segment-videos.ts";
import { SegmentWriter } from "./segment-writer.ts";
import type { StoredMessage } from "./stored-message.ts";

/** Options of a {@link SegmentLog}. */
export interface SegmentLogOptions {
  /** The size from which on a segment is followed by the next. */
  readonly segmentBytes: number;
  /** The time after which a segment is followed by the next, in milliseconds. */
  readonly segmentMs: number;
  /** The size of all segments above which the oldest data is removed. */
  readonly maxBytes: number;
  /** The age from which on data is removed, in milliseconds. */
  readonly maxAgeMs: number;
  /** Whether the retained state has separate segments, so that it outlives the data around it. */
  readonly separatesRetained: boolean;
  /** Called before a segment is removed whose data was not released. */
  onEvicted(evicted: EvictedSegment): void;
}

/** Data that is removed to make room, or because of its age. */
export interface EvictedSegment {
  /** The file that is about to be removed. `undefined` for a message of the retained state. */
  readonly name: string | undefined;
  readonly bytes: number;
  /** `undefined` in a segment of an earlier program: then the file is read. */
  readonly rows: number | undefined;
  /** The ids of its first and last messages. */
  readonly firstId: number;
  readonly lastId: number;
  readonly reason: DropReason;
  /** The retention key of a message of the retained state. */
  readonly key?: string | undefined;
}

/** A segment in the order of the log. */
export interface LogSegment {
  readonly name: string;
  bytes: number;
  rows: number | undefined;
  /** The ids of its first and last messages. */
  readonly firstId: number;
  lastId: number;
  /** On the clock of `performance.now`: the system's clock may be set at any time. */
  readonly startedAt: number;
  modifiedAt: number;
  readonly videos: SegmentVideos;
}

/** Share of the limit that the retained state may take. */
const RETAINED_PART = 0.5;
const MAX_RETAINED_BYTES = 64 * 1024 * 1024;

/**
 * Messages in a sequence of files, each of them a valid `.rrd`: the storage of recordings and spools on all platforms.
 * Messages are appended at the end. Whole segments are removed from the beginning once they are acknowledged, or to
 * enforce the limits of size and age. Of a video, whole groups of pictures are removed: frames in later segments that
 * need a removed key frame are cut out of them. Only the retained state stays in memory.
 */
export class SegmentLog {
  readonly #folder: SegmentFolder;
  readonly #options: SegmentLogOptions;
  readonly #infos = new Map<string, StoredMessage>();
  readonly #retained: RetainedSegments;
  /** Segments with data, and all segments of earlier programs, oldest first. */
  #segments: LogSegment[] = [];
  #bytes = 0;
  #writer: SegmentWriter | undefined;
  /** Segments up to this id are being read, so they are not removed to make room. */
  #protectedId = -1;
  #releasedId = -1;
  /** Videos whose next frames need a removed one. */
  #broken: ReadonlySet<string> = new Set();

  constructor(folder: SegmentFolder, options: SegmentLogOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#retained = new RetainedSegments(folder, options.segmentBytes, this.#infoOf);
  }

  /** The size of all segments. */
  get bytes(): number {
    return this.#bytes + this.#retained.bytes;
  }

  /** The size of the data that was not released. */
  get dataBytes(): number {
    return this.#bytes;
  }

  /** The files that are open. */
  get files(): readonly SegmentFile[] {
    return [this.#writer?.file, this.#retained.file].filter((file) => file !== undefined);
  }

  /** Adds a segment of an earlier program behind all others. All of its messages have the id `id`. */
  adopt({ name, bytes, modifiedAt }: FoundSegment, id: number): void {
    this.seal();
    const at = performance.now() - Math.max(0, Date.now() - modifiedAt);
    const [ids, times] = [
      { firstId: id, lastId: id },
      { startedAt: at, modifiedAt: at },
    ];
    this.#segments.push({ name, bytes, rows: undefined, ...ids, ...times, videos: new SegmentVideos() });
    this.#bytes += bytes;
  }

  /** Continues the last segment, which {@link adopt} has added. */
  continue(file: SegmentFile): void {
    const last = this.#segments.at(-1);
    if (last !== undefined) this.#writer = new SegmentWriter(file, this.#infoOf, last.bytes);
  }

  /**
   * Writes a message. If the limits require it, first removes the oldest data. Ids of data increase. Messages of the
   * retained state need no id.
   * @throws the error of the folder. The log then lacks this message, but holds all earlier ones
   */
  append(message: StoredMessage, id: number): void {
    const { kind, storeId, retentionKey, payload } = message;
    if (kind === "storeInfo") this.#infos.set(storeKey(storeId), message);
    this.#makeRoom(payload.byteLength);
    if (this.#options.separatesRetained && retentionKey !== undefined) this.#addRetained(message, retentionKey);
    else this.#addData(message, id);
  }

  /** Ends the current segment: the next message begins another. */
  seal(): void {
    const file = this.#writer?.file;
    const ended = file === undefined ? undefined : this.#segments.at(-1);
    // Closing may fail, and the segment has ended nevertheless.
    this.#writer = undefined;
    try {
      file?.close();
    } finally {
      if (ended !== undefined) this.#cutBroken([ended], this.#broken, "queue-full");
    }
  }

  /** Ends and protects the oldest segment with messages after the id. `undefined` if there is none. */
  read(after: number): LogSegment | undefined {
    const found = this.#segments.find(({ lastId }) => lastId > after);
    if (found === undefined) return undefined;
    if (found === this.#segments.at(-1)) this.seal();
    this.#protectedId = found.lastId;
    return found;
  }

  /** Removes the segments whose messages all have this id or an older one. */
  release(id: number): void {
    this.#releasedId = id;
    for (const segment of this.#segments.filter(({ name, lastId }) => lastId <= id && isData(name))) {
      const isCurrent = this.#isCurrent(segment);
      // A small segment continues: creating a file takes longer than sending a few messages again.
      if (isCurrent && segment.bytes < this.#options.segmentBytes / 4) continue;
      if (isCurrent) this.seal();
      this.#remove(segment);
    }
    this.#removeOldRetained();
  }

  /** Removes data that is too old. */
  evictExpired(): void {
    const { maxAgeMs, segmentMs } = this.#options;
    if (maxAgeMs === Infinity) return;
    const now = performance.now();
    if (this.#writer !== undefined && (this.#segments.at(-1)?.startedAt ?? now) < now - segmentMs) this.seal();
    for (const segment of this.#segments) {
      if (!isData(segment.name) || segment.lastId <= this.#protectedId) continue;
      if (segment.modifiedAt >= now - maxAgeMs || !this.#evict(segment, "expired")) break;
    }
  }

  /** Removes the oldest data, except for segments that are being read or written. Returns whether there was any. */
  evictOldest(): boolean {
    const oldest = this.#segments.find(({ name, lastId }) => lastId > this.#protectedId && isData(name));
    return oldest !== undefined && this.#evict(oldest, "queue-full");
  }

  /** The names of the newest segments of data and of the retained state, which exist unless somebody removed them. */
  get newestNames(): readonly string[] {
    return [this.#segments.at(-1)?.name, this.#retained.newestName].filter((name) => name !== undefined);
  }

  /**
   * Reports all data that was not released as evicted, because its files no longer exist. The log must not be used
   * after that.
   *
   * @param keptRows rows in the data that are not lost, because another log holds them
   */
  lose(reason: DropReason, keptRows: number): void {
    let kept = keptRows;
    for (const { name, bytes, rows = 0, firstId, lastId } of this.#segments) {
      if (!isData(name) || lastId <= this.#releasedId) continue;
      const lost = Math.max(0, rows - kept);
      kept -= rows - lost;
      this.#options.onEvicted({ name: undefined, bytes, rows: lost, firstId, lastId, reason });
    }
  }

  /** Forgets all data, because its files were removed. Unreleased messages are lost. */
  forget(): void {
    this.lose("closed", 0);
    [this.#segments, this.#bytes] = [[], 0];
  }

  /** Writes the retained state again, because its files were removed. @throws the error of the folder */
  rewriteRetained(): void {
    this.#retained.rewrite();
  }

  /** Closes all files. `isEmpty`: nothing in them is needed any more. */
  close(isEmpty: boolean): void {
    this.seal();
    if (!isEmpty) return this.#retained.close();
    this.#retained.clear();
    for (const segment of this.#segments) this.#remove(segment);
  }

  readonly #infoOf = (storeId: StoreId): StoredMessage | undefined => this.#infos.get(storeKey(storeId));

  #addRetained(message: StoredMessage, key: string): void {
    this.#retained.add(message, key);
    const limit = Math.min(MAX_RETAINED_BYTES, this.#options.maxBytes * RETAINED_PART);
    while (this.#retained.liveBytes > limit) {
      const dropped = this.#retained.dropOldest(key);
      if (dropped === undefined) return;
      const bytes = dropped.payload.byteLength;
      const { rows, retentionKey } = dropped;
      const facts = { name: undefined, bytes, rows, firstId: Infinity, lastId: Infinity, key: retentionKey };
      this.#options.onEvicted({ ...facts, reason: "queue-full" });
    }
  }

  #addData(message: StoredMessage, id: number): void {
    const { segmentBytes, segmentMs } = this.#options;
    const current = this.#segments.at(-1);
    const now = performance.now();
    const isFull =
      current !== undefined &&
      (current.bytes + message.payload.byteLength > segmentBytes ||
        current.startedAt < now - segmentMs ||
        (message.video?.startsGroup === true && current.bytes > segmentBytes / 2));
    if (isFull) this.seal();
    const writer = this.#writer;
    if (writer !== undefined && current !== undefined) {
      this.#count(current, writer.write(message), message, id, now);
      return;
    }
    const { name, file } = this.#folder.create("data");
    const next = new SegmentWriter(file, this.#infoOf);
    let added: number;
    try {
      added = next.write(message);
    } catch (error) {
      file.close();
      this.#folder.remove(name);
      throw error;
    }
    this.#writer = next;
    const ids = { firstId: id, lastId: id };
    const videos = new SegmentVideos();
    const segment: LogSegment = { name, bytes: 0, rows: 0, ...ids, startedAt: now, modifiedAt: now, videos };
    this.#segments.push(segment);
    this.#count(segment, added, message, id, now);
  }

  #count(segment: LogSegment, added: number, message: StoredMessage, id: number, now: number): void {
    const { rows, video, payload } = message;
    segment.bytes += added;
    if (video !== undefined) {
      const length = MESSAGE_HEADER_LENGTH + payload.byteLength;
      const frame = { start: segment.bytes - length, length, bytes: payload.byteLength, rows, id };
      segment.videos.add(video.entity, video.startsGroup, frame);
    }
    if (segment.rows !== undefined) segment.rows += rows;
    segment.lastId = id;
    segment.modifiedAt = now;
    this.#bytes += added;
  }

  #makeRoom(bytes: number): void {
    this.evictExpired();
    while (this.bytes + bytes > this.#options.maxBytes && this.evictOldest());
  }

  #evict(segment: LogSegment, reason: DropReason): boolean {
    if (segment.lastId <= this.#protectedId || this.#isCurrent(segment)) return false;
    const { name, bytes, rows, firstId, lastId, videos } = segment;
    const later = this.#segments.slice(this.#segments.indexOf(segment) + 1);
    // Acknowledged data that was not removed yet does not count as evicted.
    const isLost = lastId > this.#releasedId;
    if (isLost) this.#options.onEvicted({ name, bytes, rows, firstId, lastId, reason });
    this.#remove(segment);
    if (isLost) this.#cutBroken(later, [...this.#broken, ...videos.entities], reason);
    this.#removeOldRetained();
    return true;
  }

  /** Cuts the frames out of later segments that need removed ones. The segment that is written follows at its end. */
  #cutBroken(segments: readonly LogSegment[], entities: Iterable<string>, reason: DropReason): void {
    const broken = new Set(entities);
    for (const segment of segments) {
      if (broken.size === 0) break;
      if (!this.#isCurrent(segment)) this.#cut(segment, segment.videos.takeBroken(broken), reason);
    }
    this.#broken = broken;
  }

  #cut(segment: LogSegment, frames: readonly StoredFrame[], reason: DropReason): void {
    if (frames.length === 0 || !this.#folder.cut(segment.name, frames, segment.bytes)) return;
    for (const { length, bytes, rows, id } of frames) {
      this.#options.onEvicted({ name: undefined, bytes, rows, firstId: id, lastId: id, reason });
      segment.bytes -= length;
      this.#bytes -= length;
      if (segment.rows !== undefined) segment.rows -= rows;
    }
  }

  /** Removes the retained state of earlier programs with the last of their data. */
  #removeOldRetained(): void {
    if (this.#segments.some(({ name, rows }) => rows === undefined && isData(name))) return;
    // Without acknowledgements all segments have the id 0.
    const released = Math.max(0, this.#releasedId);
    for (const segment of this.#segments.filter(({ name, lastId }) => !isData(name) && lastId <= released))
      this.#remove(segment);
  }

  #isCurrent(segment: LogSegment): boolean {
    return this.#writer !== undefined && segment === this.#segments.at(-1);
  }

  #remove(segment: LogSegment): void {
    this.#segments = this.#segments.filter((other) => other !== segment);
    this.#bytes -= segment.bytes;
    this.#folder.remove(segment.name);
  }
}

function isData(name: string): boolean {
  return parseSegmentName(name)?.kind === "data";
}
