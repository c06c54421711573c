import { RerunError } from "@rerun-ts/core";
import type { ObjectInfo } from "../store/object-store.ts";

/** The objects that one request lists. More of them are passed over by another list that begins behind them. */
const PAGE = 1000;

/** Lists objects whose keys come after one of them. */
export type ListAfter = (startAfter: string | undefined) => AsyncIterable<ObjectInfo>;

/** Reads a list of objects that are in folders of recordings, one recording after the other. */
export class RecordingCursor {
  readonly #prefix: string;
  readonly #list: ListAfter;
  #objects: AsyncIterator<ObjectInfo>;
  #next: ObjectInfo | undefined;
  /** The objects and the folders that were read, whose ratio estimates the distance of another folder. */
  #objectCount = 0;
  #folderCount = 0;
  #lastFolder: string | undefined;

  private constructor(prefix: string, list: ListAfter, startAfter: string | undefined) {
    this.#prefix = prefix;
    this.#list = list;
    this.#objects = list(startAfter)[Symbol.asyncIterator]();
  }

  /**
   * @param prefix the beginning of all keys, up to the folders
   * @param after the folder behind which to begin. Default: the first one
   */
  static async open(prefix: string, list: ListAfter, after?: string): Promise<RecordingCursor> {
    const cursor = new RecordingCursor(prefix, list, after === undefined ? undefined : prefix + behindFolder(after));
    await cursor.#read();
    return cursor;
  }

  /** The folder of the next object with its slash, which decides about the order. `undefined` at the end. */
  get folder(): string | undefined {
    const rest = this.#next?.key.slice(this.#prefix.length);
    return rest?.slice(0, rest.indexOf("/") + 1);
  }

  /** Reads the objects of a folder, if they are next. */
  async *of(folder: string): AsyncGenerator<ObjectInfo> {
    for (let next = this.#next; next !== undefined && this.folder === folder; next = this.#next) {
      yield next;
      await this.#read();
    }
  }

  /**
   * Passes over everything before a name: by reading on, or by another list if that takes fewer requests.
   *
   * @param folders the number of folders in between, as far as is known
   */
  async seek(name: string, folders = 0): Promise<void> {
    const isBefore = (): boolean => (this.folder ?? name) < name;
    if (!isBefore()) return;
    const isFar = folders * (this.#objectCount / Math.max(1, this.#folderCount)) > PAGE;
    for (let left = isFar ? 0 : PAGE; left > 0 && isBefore(); left--) await this.#read();
    if (!isBefore()) return;
    await this.close();
    this.#objects = this.#list(this.#prefix + name)[Symbol.asyncIterator]();
    this.#next = undefined;
    await this.#read();
  }

  /** Ends the list. */
  async close(): Promise<void> {
    await this.#objects.return?.();
  }

  async #read(): Promise<void> {
    let next: ObjectInfo | undefined;
    do {
      const { done = false, value } = (await this.#objects.next()) as IteratorResult<ObjectInfo, undefined>;
      next = done ? undefined : value;
      // Objects beside the folders belong to somebody else.
    } while (next !== undefined && !next.key.includes("/", this.#prefix.length));
    if (next !== undefined && this.#next !== undefined && next.key <= this.#next.key)
      throw new RerunError(
        "UNSUPPORTED",
        `the store lists ${next.key} behind ${this.#next.key}: its lists must be in the order of the keys`,
      );
    this.#next = next;
    if (next === undefined) return;
    this.#objectCount++;
    const { folder } = this;
    if (folder !== this.#lastFolder) this.#folderCount++;
    this.#lastFolder = folder;
  }
}

/** A text behind all keys in a folder, and before those in the next one. */
export function behindFolder(folder: string): string {
  // The character behind the slash.
  return `${folder.slice(0, -1)}0`;
}
