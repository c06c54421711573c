import type { StoreId } from "../rrd/encode/encoded-message.ts";
import type { SegmentFile, SegmentFolder } from "./segment-file.ts";
import { SegmentWriter } from "./segment-writer.ts";
import type { StoredMessage } from "./stored-message.ts";

/**
 * The retained state of a log (store infos, blueprints, and the newest static chunk of each entity and set of
 * components) in separate segments, which stay while data is removed. Once more than half of their bytes are replaced
 * messages, the current messages are written to new segments.
 */
export class RetainedSegments {
  /** The bytes of all segments. */
  bytes = 0;
  readonly #segmentBytes: number;
  readonly #folder: SegmentFolder;
  readonly #infoOf: (storeId: StoreId) => StoredMessage | undefined;
  readonly #messages = new Map<string, StoredMessage>();
  /** The bytes of the messages. */
  #liveBytes = 0;
  #names: string[] = [];
  /** Whether the files contain dropped messages, which must not be read again. */
  #hasDropped = false;
  #writer: SegmentWriter | undefined;

  constructor(folder: SegmentFolder, segmentBytes: number, infoOf: (storeId: StoreId) => StoredMessage | undefined) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    this.#infoOf = infoOf;
  }

  /** The bytes that the newest messages need. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** The file that is open. */
  get file(): SegmentFile | undefined {
    return this.#writer?.file;
  }

  get newestName(): string | undefined {
    return this.#names.at(-1);
  }

  /** Writes a message of the retained state. @throws the error of the folder, and then changes nothing */
  add(message: StoredMessage, key: string): void {
    if (this.#writer !== undefined && this.#writer.bytes > this.#segmentBytes) this.#closeFile();
    this.#write(message);
    this.#forget(key);
    if (message.kind === "activation") this.#forgetOtherBlueprints(message.storeId);
    this.#messages.set(key, message);
    this.#liveBytes += message.payload.byteLength;
    if (this.bytes > 2 * this.#liveBytes + this.#segmentBytes) this.#compact();
  }

  /** Drops and returns the oldest chunk, to free memory and space. `undefined` if there is no chunk besides `key`. */
  dropOldest(key: string): StoredMessage | undefined {
    for (const [oldest, message] of this.#messages) {
      if (message.kind !== "chunk" || oldest === key) continue;
      this.#forget(oldest);
      this.#hasDropped = true;
      return message;
    }
    return undefined;
  }

  /**
   * Writes the current messages into new segments, because the old ones were removed.
   * @throws the error of the folder. Then another call writes them
   */
  rewrite(): void {
    this.#names = [];
    this.bytes = 0;
    try {
      this.#closeFile();
    } finally {
      for (const message of this.#messages.values()) this.#write(message);
    }
  }

  close(): void {
    if (this.#hasDropped) this.#compact();
    this.#closeFile();
  }

  /** Closes and removes all segments. */
  clear(): void {
    this.#closeFile();
    for (const name of this.#names) this.#folder.remove(name);
    this.#names = [];
    this.#messages.clear();
    this.bytes = this.#liveBytes = 0;
    this.#hasDropped = false;
  }

  #write(message: StoredMessage): void {
    if (this.#writer === undefined) {
      const { name, file } = this.#folder.create("retained");
      this.#names.push(name);
      this.#writer = new SegmentWriter(file, this.#infoOf);
    }
    const writer = this.#writer;
    try {
      this.bytes += writer.write(message);
    } catch (error) {
      // A file that cannot grow may never do: the next message begins another one.
      this.#closeQuietly();
      const isEmpty = writer.bytes === 0;
      const name = isEmpty ? this.#names.pop() : undefined;
      if (name !== undefined) this.#folder.remove(name);
      throw error;
    }
  }

  /** Writes the current messages into new segments, then removes the old ones. */
  #compact(): void {
    const old = this.#names;
    const { bytes } = this;
    this.#closeFile();
    [this.#names, this.bytes] = [[], 0];
    try {
      for (const message of this.#messages.values()) this.#write(message);
    } catch {
      // Storage is full: the old segments stay, and hold everything.
      this.#closeQuietly();
      for (const name of this.#names) this.#folder.remove(name);
      [this.#names, this.bytes] = [old, bytes];
      return;
    }
    for (const name of old) this.#folder.remove(name);
    this.#hasDropped = false;
  }

  #closeFile(): void {
    const file = this.#writer?.file;
    // Closing may fail, and the file is not written any more nevertheless.
    this.#writer = undefined;
    file?.close();
  }

  #closeQuietly(): void {
    try {
      this.#closeFile();
    } catch {
      // The caller reports the first error.
    }
  }

  #forget(key: string): void {
    const before = this.#messages.get(key);
    if (before === undefined) return;
    this.#liveBytes -= before.payload.byteLength;
    this.#messages.delete(key);
  }

  /** A new blueprint replaces all earlier ones of its application. */
  #forgetOtherBlueprints({ applicationId, recordingId }: StoreId): void {
    for (const [key, { storeId }] of this.#messages) {
      const isBlueprint = storeId.kind === "blueprint" && storeId.applicationId === applicationId;
      if (isBlueprint && storeId.recordingId !== recordingId) this.#forget(key);
    }
  }
}
