import {
  completeLength,
  parseSegmentName,
  segmentName,
  sortSegments,
  withoutRanges,
  type CreatedSegment,
  type FoundSegment,
  type SegmentFolder,
  type SegmentKind,
  type SegmentBytes,
} from "@rerun-ts/core/storage";
import { concatBytes } from "@rerun-ts/core/util";
import { openHandle, type SyncAccessHandle } from "./access-handle.ts";
import { OpfsFile } from "./opfs-file.ts";
import { childHandles } from "./opfs-paths.ts";

/** Number of empty segments to keep ready: compacting the retained state may need a second one. */
const SPARES: Readonly<Record<SegmentKind, number>> = { data: 1, retained: 2 };

/**
 * The segments in a folder of the origin private file system. Files can only be created asynchronously, so the folder
 * creates some in advance: call {@link prepare} before each message.
 */
export class OpfsFolder implements SegmentFolder<OpfsFile> {
  readonly handle: FileSystemDirectoryHandle;
  readonly #kinds: readonly SegmentKind[];
  readonly #spares: Record<SegmentKind, CreatedSegment<OpfsFile>[]> = { data: [], retained: [] };
  #nextNumber = 1;
  /** Removals that are in progress. */
  #removals: Promise<void> = Promise.resolve();
  /** The segments that could not be cut, which are read to their ends. */
  readonly #uncut = new Set<string>();

  /** @param kinds the kinds of segments that are created */
  constructor(handle: FileSystemDirectoryHandle, kinds: readonly SegmentKind[]) {
    this.handle = handle;
    this.#kinds = kinds;
  }

  /** Whether the folder has all of these files. Users can remove the data of a site at any time. */
  async has(names: readonly string[]): Promise<boolean> {
    try {
      const spares = Object.values(this.#spares).flat();
      const all = [...names, ...spares.map(({ name }) => name)];
      await Promise.all(all.map((name) => this.handle.getFileHandle(name)));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /**
   * Creates the files that the next message may need. Rejects with the error of the browser, such as a full storage.
   */
  async prepare(): Promise<void> {
    for (const kind of this.#kinds) {
      while (this.#spares[kind].length < SPARES[kind]) {
        const name = this.nextName(kind);
        const file = await this.handle.getFileHandle(name, { create: true });
        this.#spares[kind].push({ name, file: this.#fileOf(name, await openHandle(file)) });
      }
    }
  }

  create(kind: SegmentKind): CreatedSegment<OpfsFile> {
    const spare = this.#spares[kind].shift();
    if (spare === undefined) throw new Error("no file is ready");
    return spare;
  }

  /** The name of a new segment. */
  nextName(kind: SegmentKind): string {
    return segmentName(kind, this.#nextNumber++);
  }

  remove(name: string): void {
    // The next opening of the folder finds files that could not be removed, and removes or sends them again.
    this.#removals = this.#removals.then(() => this.handle.removeEntry(name)).catch(() => {});
  }

  cut(name: string, ranges: readonly SegmentBytes[], bytes: number): boolean {
    this.#removals = this.#removals.then(() => this.#cut(name, ranges, bytes)).catch(() => void this.#uncut.add(name));
    return true;
  }

  /** Does something before the next file is removed. */
  beforeRemoval(work: () => Promise<void>): void {
    this.#removals = this.#removals.then(work).catch(() => {});
  }

  /** Settles when everything is removed that was to be. */
  settled(): Promise<void> {
    return this.#removals;
  }

  /** Reads the first bytes of a segment. */
  async read(name: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const file = await (await this.handle.getFileHandle(name)).getFile();
    return new Uint8Array(await file.slice(0, this.#uncut.has(name) ? file.size : length).arrayBuffer());
  }

  /** Continues an existing segment after its last complete message. */
  async continue({ name, bytes }: FoundSegment): Promise<OpfsFile> {
    const handle = await openHandle(await this.handle.getFileHandle(name));
    if (handle.getSize() > bytes) handle.truncate(bytes);
    return this.#fileOf(name, handle);
  }

  /**
   * The segments that earlier programs have left, and how many bytes at their ends are incomplete messages. Only the
   * last segment of each kind can have been cut off. Empty files are removed.
   */
  async find(): Promise<{ readonly segments: readonly FoundSegment[]; readonly cutBytes: number }> {
    const files = await Promise.all((await childHandles(this.handle, "file")).map((handle) => handle.getFile()));
    const sorted = sortSegments(files);
    for (const { name } of sorted) this.#nextNumber = Math.max(this.#nextNumber, numberOf(name) + 1);
    const written = sorted.filter(({ size }) => size > 0);
    for (const { name, size } of sorted) if (size === 0) this.remove(name);
    const segments: FoundSegment[] = [];
    let cutBytes = 0;
    for (const [index, file] of written.entries()) {
      const { name, size, lastModified: modifiedAt } = file;
      const next = written[index + 1];
      const isLast = next === undefined || kindOf(next.name) !== kindOf(name);
      const bytes = isLast ? completeLength(new Uint8Array(await file.arrayBuffer())) : size;
      cutBytes += size - bytes;
      if (bytes === 0) this.remove(name);
      else segments.push({ name, bytes, modifiedAt });
    }
    return { segments, cutBytes };
  }

  async #cut(name: string, ranges: readonly SegmentBytes[], bytes: number): Promise<void> {
    if (this.#uncut.has(name)) return;
    const whole = await this.read(name, bytes);
    const handle = await openHandle(await this.handle.getFileHandle(name));
    try {
      const rest = concatBytes(withoutRanges(whole, ranges));
      handle.write(rest, { at: 0 });
      handle.truncate(rest.byteLength);
      handle.flush();
    } finally {
      handle.close();
    }
  }

  /** Closes the handle only if the file exists: Chromium never returns from closing the handle of a removed file. */
  #fileOf(name: string, handle: SyncAccessHandle): OpfsFile {
    const close = async (): Promise<void> => {
      await this.handle.getFileHandle(name);
      handle.close();
    };
    return new OpfsFile(handle, () => this.beforeRemoval(close));
  }

  /** Closes and removes the files that were not needed. */
  async close(): Promise<void> {
    for (const { name, file } of Object.values(this.#spares).flat()) {
      file.close();
      this.remove(name);
    }
    this.#spares.data = [];
    this.#spares.retained = [];
    await this.settled();
  }
}

/** Whether an error means that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return (error as Error | undefined)?.name === "NotFoundError";
}

function numberOf(name: string): number {
  return parseSegmentName(name)?.number ?? 0;
}

function kindOf(name: string): SegmentKind | undefined {
  return parseSegmentName(name)?.kind;
}
