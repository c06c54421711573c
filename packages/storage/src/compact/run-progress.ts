import { isRerunError } from "@rerun-ts/core";
import { datasetPrefix } from "../commits/log-keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { parseStored } from "../store/stored-json.ts";
import type { Share } from "./share.ts";

const VERSION = 1;
const DIGITS = 16;
/** The age of a round from which on its beginning has news, so that another round begins in its place. */
const MAX_ROUND_MS = 24 * 3_600_000;
/** The time between two notes. */
const NOTE_MS = 5000;
/** The runs that may end at one place before some recordings are left to the end of the round. */
const MAX_TRIES = 3;

/** The place up to which the recordings of a share were worked on: a round of all of them, in a circle. */
export interface Position {
  /** The folder behind which the round began. Empty: before the first. */
  readonly from: string;
  /** The last folder that is done. */
  readonly at: string;
  /** The beginning of the round by the clock of the store, in milliseconds. */
  readonly started: number;
  /** The number of runs that have begun here, one after the other. */
  readonly tries: number;
}

/**
 * The position of the runs of a share, as an object in the store, so that a run continues where a killed one has ended.
 * It only spares work: whatever it says, nothing is lost.
 */
export class RunProgress {
  readonly #store: Pick<ObjectStore, "create" | "read" | "list" | "delete">;
  readonly #prefix: string;
  readonly #signal: AbortSignal | undefined;
  #number = 0;
  #position: Position;
  /** The recordings that are being worked on, or wait for the one before. */
  readonly #open: { readonly folder: string; isDone: boolean }[] = [];
  #notedAt = performance.now();
  #noting: Promise<void> | undefined;

  private constructor(
    store: Pick<ObjectStore, "create" | "read" | "list" | "delete">,
    prefix: string,
    position: Position,
    signal: AbortSignal | undefined,
  ) {
    this.#store = store;
    this.#prefix = prefix;
    this.#position = position;
    this.#signal = signal;
  }

  /** Reads the position, or begins a round. @param now the time of the store */
  static async open(
    store: Pick<ObjectStore, "create" | "read" | "list" | "delete">,
    dataset: string,
    { index, count }: Readonly<Share>,
    now: number,
    signal: AbortSignal | undefined,
  ): Promise<RunProgress> {
    const prefix = `${datasetPrefix(dataset)}compact-progress/${index}-of-${count}/`;
    let newest: string | undefined;
    for await (const { key } of store.list(prefix, { signal })) newest = key;
    const found = newest === undefined ? undefined : await readPosition(store, newest, signal);
    const position = found ?? { from: "", at: "", started: now, tries: 0 };
    const isOld = now - position.started > MAX_ROUND_MS;
    const next = isOld ? { ...position, from: position.at, started: now } : position;
    const progress = new RunProgress(store, prefix, next, signal);
    progress.#number = Number(newest?.slice(prefix.length, prefix.length + DIGITS) ?? 0);
    return progress;
  }

  get position(): Position {
    return this.#position;
  }

  /** The number of recordings to leave to the end, because runs end at one of them again and again. */
  get leftToEnd(): number {
    return this.#position.tries < MAX_TRIES ? 0 : 2 ** (this.#position.tries - MAX_TRIES);
  }

  /** Stores that a run continues here. Stores nothing before the first position. */
  async begin(): Promise<void> {
    if (this.#number === 0) return;
    this.#position = { ...this.#position, tries: this.#position.tries + 1 };
    await this.#note();
  }

  /** Leaves the recordings up to a folder to the end of the round. */
  leave(folder: string): void {
    this.#position = { ...this.#position, from: folder, at: folder };
  }

  /** A recording is being worked on. Returns a function for its end. */
  start(folder: string): () => Promise<void> {
    const own = { folder, isDone: false };
    this.#open.push(own);
    return async () => {
      own.isDone = true;
      let at: string | undefined;
      for (; this.#open[0]?.isDone === true; this.#open.shift()) at = this.#open[0].folder;
      if (at === undefined) return;
      this.#position = { ...this.#position, at, tries: 0 };
      if (performance.now() - this.#notedAt < NOTE_MS) return;
      await (this.#noting ??= this.#note().finally(() => (this.#noting = undefined)));
    };
  }

  /** The round is done. */
  async end(): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of this.#store.list(this.#prefix, { signal: this.#signal })) keys.push(key);
    for (const key of keys) await this.#store.delete(key, { signal: this.#signal });
  }

  async #note(): Promise<void> {
    this.#notedAt = performance.now();
    const before = this.#keyOf(this.#number++);
    const body = new TextEncoder().encode(JSON.stringify({ version: VERSION, ...this.#position }));
    // Another run of the share may be as far.
    await this.#store.create(this.#keyOf(this.#number), body, { signal: this.#signal });
    if (this.#number > 1) await this.#store.delete(before, { signal: this.#signal });
  }

  #keyOf(number: number): string {
    return `${this.#prefix}${String(number).padStart(DIGITS, "0")}.json`;
  }
}

/** A position of another version, a damaged one, and one that another run has just deleted count as none. */
async function readPosition(
  store: Pick<ObjectStore, "read">,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Position | undefined> {
  try {
    const value = parseStored(await store.read(key, { signal }), key, VERSION) as Partial<Position>;
    const isPosition =
      typeof value.from === "string" &&
      typeof value.at === "string" &&
      Number.isFinite(value.started) &&
      Number.isSafeInteger(value.tries);
    return isPosition ? (value as Position) : undefined;
  } catch (error) {
    if (isRerunError(error) && (error.code === "INVALID_FORMAT" || error.code === "NOT_FOUND")) return undefined;
    throw error;
  }
}
