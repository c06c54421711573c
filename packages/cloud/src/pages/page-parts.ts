import { messageOf } from "@rerun-ts/core/checks";
import { partKey } from "../parts/part-key.ts";
import { uploadPart, type PartStore } from "../parts/part-store.ts";
import type { PartTransfer, WaitingPart } from "../parts/part-uploader.ts";
import { escapeId, unescapeId } from "../store/keys.ts";
import { lockRun, openSpool, PageRun, runsIn, type PageRunFacts } from "./page-spool.ts";
import { sha256Of } from "../store/sha256-of.ts";

const DIGITS = 8;

/** A complete part of a page. */
export interface PagePart extends WaitingPart {
  readonly contents: Blob;
}

/** The name of the file of a part. */
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

  constructor(store: PartStore, spool: string, facts: PageRunFacts) {
    this.#store = store;
    this.#spool = spool;
    this.#facts = facts;
  }

  /** Creates the folder of the run. If parts stay in memory instead, resolves to the reason. */
  async open(): Promise<string | undefined> {
    try {
      const spool = await openSpool(this.#spool);
      this.#release = await lockRun(this.#spool, this.#facts.run);
      this.#run = await PageRun.create(spool, this.#facts);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Stores a part, and resolves once it would outlive the page. Rejects if there is no room. */
  async save({ name, contents }: PagePart): Promise<void> {
    await this.#run?.save(name, contents);
  }

  async send(part: PagePart, signal: AbortSignal): Promise<boolean> {
    await sendFile(this.#store, this.#facts, part.name, part.contents, signal);
    await this.#run?.remove(part.name);
    return true;
  }

  remove({ name }: PagePart): void {
    void this.#run?.remove(name);
  }

  /** Releases the run, and removes its folder if nothing is left in it. */
  async end(): Promise<void> {
    await this.#run?.end().catch(() => {});
    this.#release?.();
  }
}

/** Sends the parts of pages that have ended. Rejects with the first failure. */
export async function sendLeftovers(store: PartStore, spoolName: string, signal: AbortSignal): Promise<void> {
  const spool = await openSpool(spoolName);
  for (const name of await runsIn(spool)) {
    if (signal.aborted) return;
    const release = await lockRun(spoolName, name);
    if (release === undefined) continue;
    try {
      const run = await PageRun.open(spool, name);
      if (run === undefined) continue;
      for (const part of await run.parts()) {
        if (signal.aborted) return;
        if (await sendFile(store, run.facts, part.name, part.file, signal)) await run.remove(part.name);
      }
      await run.end();
    } finally {
      release();
    }
  }
}

/** Sends a part. Resolves to `false` for other files, which stay where they are. */
async function sendFile(
  store: PartStore,
  facts: PageRunFacts,
  name: string,
  contents: Blob,
  signal: AbortSignal,
): Promise<boolean> {
  const [, segment = "", digits = "", extension] = /^(.+)-(\d+)\.(rrd|rbl)$/.exec(name) ?? [];
  const id = unescapeId(segment);
  if (extension === undefined || id === undefined) return false;
  const kind = extension === "rrd" ? "recording" : "layout";
  const keyOfRun = (run: string): string => partKey({ ...facts, run, kind, id, number: Number(digits) });
  const sha256 = await sha256Of(await contents.arrayBuffer());
  await uploadPart(store, { key: keyOfRun(facts.run), keyOfRun, body: contents, sha256 }, signal);
  return true;
}
