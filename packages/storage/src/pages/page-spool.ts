import { RerunError } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/checks";
import { escapeId } from "../store/keys.ts";

const FOLDER = "rerun-ts-parts";
const FACTS = "run.json";
/** The end of the name of a file that Chromium is writing. */
const SWAP = ".crswap";
/** The version of the folder of a run. */
const VERSION = 1;

/** Facts about the parts of a run, for their keys. */
export interface PageRunFacts {
  readonly dataset: string;
  readonly producer: string;
  readonly run: string;
}

/** The parts of a run in the origin private file system. The page that holds its lock owns it. */
export class PageRun {
  readonly facts: PageRunFacts;
  readonly #spool: FileSystemDirectoryHandle;
  readonly #folder: FileSystemDirectoryHandle;

  private constructor(spool: FileSystemDirectoryHandle, folder: FileSystemDirectoryHandle, facts: PageRunFacts) {
    this.#spool = spool;
    this.#folder = folder;
    this.facts = facts;
  }

  /** Creates the folder of a new run. */
  static async create(spool: FileSystemDirectoryHandle, facts: PageRunFacts): Promise<PageRun> {
    const folder = await spool.getDirectoryHandle(facts.run, { create: true });
    const run = new PageRun(spool, folder, facts);
    await run.save(FACTS, new Blob([JSON.stringify({ version: VERSION, ...facts })]));
    return run;
  }

  /**
   * Opens the folder of a run. Returns `undefined` if it was removed, or has no facts.
   *
   * @throws {RerunError} `UNSUPPORTED` if it has another version
   */
  static async open(spool: FileSystemDirectoryHandle, name: string): Promise<PageRun | undefined> {
    let folder: FileSystemDirectoryHandle;
    let found: PageRunFacts & { readonly version: unknown };
    try {
      folder = await spool.getDirectoryHandle(name);
      found = JSON.parse(await (await (await folder.getFileHandle(FACTS)).getFile()).text()) as typeof found;
    } catch {
      return undefined;
    }
    const { version, dataset, producer, run } = found;
    if (version === VERSION) return new PageRun(spool, folder, { dataset, producer, run });
    throw new RerunError("UNSUPPORTED", `it must have the version ${VERSION}, got ${describeValue(version)}`);
  }

  /**
   * Removes the folder of a run whose page ended while it created the folder: it has no facts yet, nor anything else.
   * Returns whether nothing is left. The caller has the lock of the run.
   */
  static async discard(spool: FileSystemDirectoryHandle, name: string): Promise<boolean> {
    try {
      for await (const [file, handle] of (await spool.getDirectoryHandle(name)).entries()) {
        const isDraft = file === FACTS || file === `${FACTS}${SWAP}`;
        if (handle.kind !== "file" || (!isDraft && (await handle.getFile()).size > 0)) return false;
      }
      await spool.removeEntry(name, { recursive: true });
    } catch (error) {
      if ((error as Error).name !== "NotFoundError") throw error;
    }
    return true;
  }

  /** Writes a file. Other pages see the file only when it is complete. */
  async save(name: string, contents: Blob): Promise<void> {
    const writable = await (await this.#folder.getFileHandle(name, { create: true })).createWritable();
    await writable.write(contents);
    await writable.close();
  }

  /** The parts, by their names. */
  async parts(): Promise<readonly { readonly name: string; readonly file: File }[]> {
    const found: { name: string; file: File }[] = [];
    for await (const [name, handle] of this.#folder.entries()) {
      if (name === FACTS || handle.kind !== "file") continue;
      const file = await handle.getFile();
      // A file that was not written completely is empty.
      if (file.size > 0) found.push({ name, file });
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Removes a file. Does nothing if it is missing. */
  async remove(name: string): Promise<void> {
    await this.#folder.removeEntry(name).catch(() => {});
  }

  /** Removes the folder, if it has no parts. */
  async end(): Promise<void> {
    if ((await this.parts()).length === 0) await this.#spool.removeEntry(this.#folder.name, { recursive: true });
  }
}

/** Opens the folder of a spool. Rejects if the runtime has no such file system. */
export async function openSpool(name: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const all = await root.getDirectoryHandle(FOLDER, { create: true });
  return all.getDirectoryHandle(escapeId(name), { create: true });
}

/**
 * Takes the lock of a run, until the caller releases it or the page ends. Returns `undefined` if another page has the
 * lock.
 */
export function lockRun(spool: string, run: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const name = `rerun-ts-parts:${spool}:${run}`;
    const held = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) return resolve(undefined);
      return new Promise<void>((release) => resolve(release));
    });
    held.catch(reject);
  });
}

/** The names of the runs in a spool. */
export async function runsIn(spool: FileSystemDirectoryHandle): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const [name, { kind }] of spool.entries()) if (kind === "directory") names.push(name);
  return names;
}
