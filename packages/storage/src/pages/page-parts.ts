import { RerunError, isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { partKey } from "../parts/part-key.ts";
import { uploadPart, type PartStore } from "../parts/part-store.ts";
import type { PartTransfer, WaitingPart } from "../parts/part-uploader.ts";
import { escapeId, unescapeId } from "../store/keys.ts";
import { lockRun, openSpool, PageRun, runsIn, type PageRunFacts } from "./page-spool.ts";
import { sha256Of } from "../store/sha256-of.ts";

const DIGITS = 8;

/** A complete part of a page, or of one that has ended. */
export interface PagePart extends WaitingPart {
  readonly contents: Blob;
  /** The run of an ended page. Default: the run of this page. */
  readonly left?: LeftRun | undefined;
}

/** A run that an ended page has left: this page has its lock until its parts are sent. */
interface LeftRun {
  readonly run: PageRun;
  readonly files: Set<string>;
  readonly release: () => void;
}

export function partFileName(kind: "recording" | "layout", id: string, number: number): string {
  return `${escapeId(id)}-${String(number).padStart(DIGITS, "0")}.${kind === "recording" ? "rrd" : "rbl"}`;
}

/** The parts of one run of a page: in the origin private file system, or in memory where there is none. */
export class PageParts implements PartTransfer<PagePart> {
  readonly #store: PartStore;
  readonly #facts: PageRunFacts;
  readonly #spool: string;
  #run: PageRun | undefined;
  #release: (() => void) | undefined;
  /** The parts of this page that were not sent, and whether they are stored. */
  readonly #own = new Map<PagePart, boolean>();
  readonly #left = new Set<LeftRun>();
  #isEnded = false;

  constructor(store: PartStore, spool: string, facts: PageRunFacts) {
    this.#store = store;
    this.#spool = spool;
    this.#facts = facts;
  }

  /** Whether this runtime has an origin private file system. */
  static get areSupported(): boolean {
    const { navigator: found } = globalThis as { readonly navigator?: Partial<typeof navigator> };
    return typeof found?.storage?.getDirectory === "function";
  }

  /** The parts that are in memory only. */
  get unsaved(): readonly PagePart[] {
    return [...this.#own].filter(([, isSaved]) => !isSaved).map(([part]) => part);
  }

  /** Adds a part of this page, which is in memory. */
  add(part: PagePart): void {
    this.#own.set(part, false);
  }

  /**
   * Stores the parts that are in memory, and resolves once they would outlive the page. Rejects with the error of the
   * browser if they cannot be stored now.
   */
  async save(): Promise<void> {
    try {
      await this.#saveAll();
    } catch (error) {
      if (this.#run === undefined || (error as Error).name !== "NotFoundError") throw error;
      // The data of the site was removed, for example by the user.
      this.#run = undefined;
      for (const part of this.#own.keys()) this.#own.set(part, false);
      await this.#saveAll();
    }
  }

  /** Resolves to `false` if the file of a part of an ended page was removed. */
  async send(part: PagePart, signal: AbortSignal): Promise<boolean> {
    const { name, contents, left } = part;
    try {
      await sendFile(this.#store, left?.run.facts ?? this.#facts, fileOf(name), contents, signal);
    } catch (error) {
      if (left === undefined || isRerunError(error) || (error as Error).name !== "NotFoundError") throw error;
      await this.#remove(part);
      return false;
    }
    await this.#remove(part);
    return true;
  }

  remove(part: PagePart): void {
    void this.#remove(part);
  }

  /**
   * Takes the runs that ended pages have left, and gives their parts. A run that cannot be read is passed to
   * `onProblem`, and does not keep the others.
   */
  async takeLeft(onPart: (part: PagePart) => void, onProblem: (problem: string) => void): Promise<void> {
    const spool = await openSpool(this.#spool);
    for (const name of await runsIn(spool)) {
      if (this.#isEnded) return;
      try {
        await this.#take(spool, name, onPart);
      } catch (error) {
        onProblem(`${name}: ${messageOf(error)}`);
      }
    }
  }

  /** Releases the runs, and removes the folders in which nothing is left. */
  async end(): Promise<void> {
    this.#isEnded = true;
    for (const left of this.#left) await this.#endLeft(left);
    await this.#run?.end().catch(() => {});
    this.#release?.();
  }

  async #take(spool: FileSystemDirectoryHandle, name: string, onPart: (part: PagePart) => void): Promise<void> {
    const release = await lockRun(this.#spool, name);
    if (release === undefined) return;
    let left: LeftRun | undefined;
    try {
      const run = await PageRun.open(spool, name);
      const parts = (await run?.parts())?.filter((part) => partOf(part.name) !== undefined) ?? [];
      if (run === undefined) {
        if (await PageRun.discard(spool, name)) return;
        throw new RerunError(
          "INVALID_FORMAT",
          "its facts are missing or damaged, so the dataset of its parts is not known",
        );
      }
      if (parts.length === 0 || this.#isEnded) return await run.end();
      left = { run, files: new Set(parts.map((part) => part.name)), release };
      this.#left.add(left);
      for (const { name: file, file: contents } of parts) {
        const ageMs = Math.max(0, Date.now() - contents.lastModified);
        onPart({ name: `${name}/${file}`, contents, bytes: contents.size, rows: 0, ageMs, isLeft: true, left });
      }
    } finally {
      if (left === undefined) release();
    }
  }

  async #saveAll(): Promise<void> {
    this.#release ??= await lockRun(this.#spool, this.#facts.run);
    this.#run ??= await PageRun.create(await openSpool(this.#spool), this.#facts);
    for (const [part, isSaved] of this.#own) {
      if (isSaved) continue;
      await this.#run.save(part.name, part.contents);
      // It may have been sent meanwhile.
      if (this.#own.has(part)) this.#own.set(part, true);
      else await this.#run.remove(part.name);
    }
  }

  async #remove(part: PagePart): Promise<void> {
    const { name, left } = part;
    this.#own.delete(part);
    await (left?.run ?? this.#run)?.remove(fileOf(name));
    if (left?.files.delete(fileOf(name)) === true && left.files.size === 0) await this.#endLeft(left);
  }

  async #endLeft(left: LeftRun): Promise<void> {
    this.#left.delete(left);
    await left.run.end().catch(() => {});
    left.release();
  }
}

/** The name of the file of a part. Those of other runs begin with the folder. */
function fileOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** The facts in the name of the file of a part. Returns `undefined` for other files, which stay where they are. */
function partOf(
  name: string,
): { readonly kind: "recording" | "layout"; readonly id: string; readonly number: number } | undefined {
  const [, segment = "", digits = "", extension] = /^(.+)-(\d+)\.(rrd|rbl)$/.exec(name) ?? [];
  const id = unescapeId(segment);
  if (extension === undefined || id === undefined) return undefined;
  return { kind: extension === "rrd" ? "recording" : "layout", id, number: Number(digits) };
}

async function sendFile(
  store: PartStore,
  facts: PageRunFacts,
  name: string,
  contents: Blob,
  signal: AbortSignal,
): Promise<void> {
  const part = partOf(name);
  if (part === undefined) return;
  const keyOfRun = (run: string): string => partKey({ ...facts, run, ...part });
  const sha256 = await sha256Of(await contents.arrayBuffer());
  await uploadPart(store, { key: keyOfRun(facts.run), keyOfRun, body: contents, sha256 }, signal);
}
