import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { StaticRepetition } from "@rerun-ts/core/transport";
import type { FsyncPolicy } from "../file/fsync-policy.ts";
import type { FinishedPart } from "./parts-file-sink-options.ts";
import { lastPartNumber, PartFile } from "./part-file.ts";
import { VideoStarts } from "./video-starts.ts";

/** The largest memory for making a footer: a part with very many chunks is cut before. */
const MAX_FOOTER_BYTES = 16 * 1024 * 1024;

/** Settings of {@link StoreParts}. */
export interface StorePartsOptions {
  readonly folder: string;
  /** The number of the last part of this program, which may have been removed since. */
  readonly after: number;
  /** Called with the number of each part that is begun. */
  readonly onBegun: (number: number) => void;
  readonly maxBytes: number;
  readonly maxMs: number;
  readonly fsync: FsyncPolicy;
  /** Returns the retained state of the store. */
  readonly retained: () => readonly EncodedMessage[];
  /** Whether each part begins with the retained state. Otherwise it does where {@link StaticRepetition} says so. */
  readonly isEachWhole: () => boolean;
  /** Reports that a part could not be finished. It is closed afterwards. */
  readonly onFailure: (error: unknown, part: PartFile) => void;
  /** Called for each complete part. */
  readonly onFinished: (part: FinishedPart) => void;
}

/**
 * Divides the messages of one store into parts. A part is cut when it is large or old enough. A video changes to the
 * next part at a key frame: until then its frames go on in the part before, which takes nothing else.
 *
 * Its methods throw the errors of {@link PartFile}.
 */
export class StoreParts {
  readonly #storeId: StoreId;
  readonly #options: StorePartsOptions;
  readonly #videos = new VideoStarts();
  readonly #repetition = new StaticRepetition();
  #lastNumber: number;
  #current: PartFile | undefined;
  /** The previous part, as long as its videos continue in it. */
  #previous: PartFile | undefined;
  /** The bytes of the previous part when it was cut. */
  #cutBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #previousTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(storeId: StoreId, options: StorePartsOptions) {
    this.#storeId = storeId;
    this.#options = options;
    this.#lastNumber = Math.max(options.after, lastPartNumber(options.folder, storeId));
  }

  get open(): readonly PartFile[] {
    return [this.#previous, this.#current].filter((part) => part !== undefined);
  }

  /** Settles when key frames of videos can be recognised. Before, a program that never waits cuts videos anywhere. */
  get loaded(): Promise<void> | undefined {
    return this.#videos.loaded;
  }

  /** Creates the first part, empty, to find out whether that is possible. */
  create(): void {
    this.#current ??= this.#create();
  }

  write(message: EncodedMessage, isMoreExpected: boolean): void {
    const video = this.#videos.hasFrames(message) ? message.manifest?.entityPath : undefined;
    if (video !== undefined && this.#previous?.videos.has(video) === true) {
      if (!this.#videos.beginsWithKeyframe(message)) return this.#continue(this.#previous, message, isMoreExpected);
      this.#previous.videos.delete(video);
      if (this.#previous.videos.size === 0) this.#finishPrevious();
    }
    const part = (this.#current ??= this.#create());
    if (part.newBytes === 0) this.#begin(part);
    const wasEmpty = !part.hasData;
    part.write(message, isMoreExpected);
    this.#repetition.count(message);
    if (video !== undefined) part.videos.add(video);
    if (wasEmpty && part.hasData) this.#timer = this.#after(() => this.#cut());
    // A layout is complete with its last message.
    if (isFull(part, this.#options.maxBytes) || message.kind === "activation") this.#cut();
  }

  /** The next part begins with all static data. */
  repeatStatics(): void {
    this.#repetition.repeatNext();
  }

  writeHeld(): void {
    for (const part of this.open) part.writeHeld();
  }

  /** Finishes all parts. */
  finish(): void {
    this.#finishPrevious();
    clearTimeout(this.#timer);
    const part = this.#current;
    if (part?.hasData === false) part.discard();
    else if (part !== undefined) this.#finish(part);
    this.#current = undefined;
  }

  /** Closes all parts as they are. */
  abandon(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#previousTimer);
    for (const part of this.open) part.abandon();
    this.#current = this.#previous = undefined;
  }

  /** Writes what earlier parts have, too. */
  #begin(part: PartFile): void {
    const { retained, isEachWhole } = this.#options;
    const all = retained();
    for (const first of isEachWhole() ? all : this.#repetition.select(all)) part.repeat(first);
  }

  /** Ends the current part. Its videos may continue in it until their next key frames. */
  #cut(): void {
    this.#finishPrevious();
    clearTimeout(this.#timer);
    const part = this.#current;
    if (part === undefined) return;
    if (part.videos.size === 0) {
      this.#finish(part);
      this.#current = undefined;
      return;
    }
    [this.#previous, this.#current, this.#cutBytes] = [part, undefined, part.bytes];
    this.#previousTimer = this.#after(() => this.#finishPrevious());
  }

  /** Writes frames to the previous part, until it has grown by another `maxBytes`, or is twice as old. */
  #continue(part: PartFile, message: EncodedMessage, isMoreExpected: boolean): void {
    part.write(message, isMoreExpected);
    if (part.bytes - this.#cutBytes >= this.#options.maxBytes) this.#finishPrevious();
  }

  #finishPrevious(): void {
    clearTimeout(this.#previousTimer);
    if (this.#previous !== undefined) this.#finish(this.#previous);
    this.#previous = undefined;
  }

  /** Finishes a part. Never throws, because what is written stays. */
  #finish(part: PartFile): void {
    try {
      part.finish();
    } catch (error) {
      this.#options.onFailure(error, part);
      part.abandon();
      return;
    }
    this.#options.onFinished(part);
  }

  #create(): PartFile {
    const part = new PartFile(this.#options.folder, this.#storeId, this.#lastNumber, this.#options.fsync);
    this.#lastNumber = part.number;
    this.#options.onBegun(part.number);
    return part;
  }

  /** Does something at the greatest age of a part. */
  #after(work: () => void): ReturnType<typeof setTimeout> | undefined {
    const { maxMs } = this.#options;
    return maxMs === Infinity ? undefined : setTimeout(work, maxMs).unref();
  }
}

/** Whether a part is large enough. A part with more repeated bytes than new ones continues. */
function isFull({ bytes, newBytes, repeatedBytes, footerBytes }: PartFile, maxBytes: number): boolean {
  return (bytes >= maxBytes && newBytes >= repeatedBytes) || footerBytes >= MAX_FOOTER_BYTES;
}
