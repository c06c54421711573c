import type { ObjectInfo } from "../store/object-store.ts";

/** Reads a list of objects that are in folders of recordings, one recording after the other. */
export class RecordingCursor {
  readonly #prefix: string;
  readonly #objects: AsyncIterator<ObjectInfo>;
  #next: ObjectInfo | undefined;

  private constructor(prefix: string, objects: AsyncIterable<ObjectInfo>) {
    this.#prefix = prefix;
    this.#objects = objects[Symbol.asyncIterator]();
  }

  /** @param prefix the beginning of all keys, up to the folders */
  static async open(prefix: string, list: (prefix: string) => AsyncIterable<ObjectInfo>): Promise<RecordingCursor> {
    const cursor = new RecordingCursor(prefix, list(prefix));
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

  /** Ends the list. */
  async close(): Promise<void> {
    await this.#objects.return?.();
  }

  async #read(): Promise<void> {
    const { done = false, value } = (await this.#objects.next()) as IteratorResult<ObjectInfo, undefined>;
    this.#next = done ? undefined : value;
  }
}
