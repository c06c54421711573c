import { existsSync, mkdirSync } from "node:fs";
import { dirname, extname } from "node:path";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { ManifestReader } from "@rerun-ts/core/rrd";
import { DecompressionBudget, FooterMemory } from "./footer-limits.ts";
import { openFileLimit } from "./open-file-limit.ts";
import { FileChangedError, RelayRecorder, type RelayRecorderOptions } from "./relay-recorder.ts";
import { RelayMessage } from "./relay-message.ts";
import type { RelayStore } from "./relay-store.ts";
import type { MessageRecorder } from "./message-recorder.ts";

/** The maximum number of recordings with a file to continue. Above it, the least recently used one is finished. */
const MAX_RECORDINGS = 10_000;
/** Errors of the operating system that mean that too many files are open. */
const TOO_MANY_OPEN: ReadonlySet<string> = new Set(["EMFILE", "ENFILE"]);
const MAX_NAME_LENGTH = 100;
const PLACEHOLDER = /\{([^{}]*)\}/g;
const APPLICATION = "application";
const RECORDING = "recording";

/** The time after which a recording is tried again whose file could not be written. */
const RETRY_MS = 10_000;

/** A recording whose messages cannot be stored. */
interface FailedRecording {
  readonly error: RerunError;
  readonly since: number;
}

function toFileError(error: unknown): RerunError {
  if (error instanceof RerunError) return error;
  return new RerunError("IO_ERROR", `cannot write: ${messageOf(error)}`, { cause: error });
}

/** Whether a path has placeholders. */
export function hasPlaceholders(pattern: string): boolean {
  return pattern.search(PLACEHOLDER) >= 0;
}

/** The placeholders of a path that do not exist. */
export function unknownPlaceholders(pattern: string): readonly string[] {
  return [...pattern.matchAll(PLACEHOLDER)].map(([, name = ""]) => name).filter((name) => !isKnown(name));
}

/**
 * Writes what a relay receives to one file for each recording, or each application: where `{application}` and
 * `{recording}` in the path say so. Folders are created. A layout is in a separate `.rbl` file. A file that exists is
 * kept: the new one gets a number. So a recording is in several files if the relay was restarted, or has received
 * 10,000 others since its last message.
 *
 * As many of the files are open as the system allows. The others are opened again for their next message.
 */
export class RecordingFiles implements MessageRecorder {
  failure: RerunError | undefined;
  failures = 0;
  readonly #pattern: string;
  readonly #options: RelayRecorderOptions;
  /** The maximum number of open files. Above it, the least recently written file is closed. */
  readonly #maxOpenFiles: number;
  readonly #recorders = new Map<string, RelayRecorder>();
  /**
   * The recorders whose files are open, by their keys. This map and `#recorders` begin with the least recently used
   * ones.
   */
  readonly #open = new Map<string, RelayRecorder>();
  /** The keys of the stores that messages came for. */
  readonly #keys = new WeakMap<RelayStore, RecordingKey>();
  /** The files that have messages which are not stored. */
  readonly #touched = new Set<RelayRecorder>();
  /** With `every-ack`: the writes that the disk has not confirmed. */
  readonly #storing = new Set<Promise<void>>();
  /** The recordings whose files could not be written, by their keys, until they are tried again. */
  readonly #failed = new Map<string, FailedRecording>();
  /** The last number of the files with one path: different ids may have the same path. */
  readonly #numbers = new Map<string, number>();
  /** The recorders whose failures were counted. */
  readonly #reported = new WeakSet<RelayRecorder>();
  #finishedBytes = 0;
  #count = 0;

  constructor(pattern: string, options: RelayRecorderOptions, maxOpenFiles: number = openFileLimit(MAX_RECORDINGS)) {
    this.#pattern = pattern;
    this.#maxOpenFiles = maxOpenFiles;
    const [budget, footers, manifests] = [new DecompressionBudget(), new FooterMemory(), new ManifestReader()];
    this.#options = { ...options, budget, footers, manifests };
  }

  /** The number of bytes written so far. */
  get bytes(): number {
    let bytes = this.#finishedBytes;
    for (const recorder of this.#recorders.values()) bytes += recorder.bytes;
    return bytes;
  }

  /** The number of files. */
  get count(): number {
    return this.#count;
  }

  /** Opens the file of a recording, so that a failure is that of this recording alone. */
  prepare(store: RelayStore | undefined): RerunError | undefined {
    if (store === undefined) return undefined;
    const { key } = this.#keyOf(store);
    if (this.#open.has(key)) return undefined;
    const failed = this.#failed.get(key);
    if (failed !== undefined && performance.now() - failed.since < RETRY_MS) return failed.error;
    this.#failed.delete(key);
    try {
      this.#recorderOf(store);
      return undefined;
    } catch (error) {
      return this.#note(key, toFileError(error));
    }
  }

  add(message: RelayMessage): void {
    if (message.store === undefined) return;
    const { key } = this.#keyOf(message.store);
    try {
      const recorder = this.#recorderOf(message.store, message);
      this.#touched.add(recorder);
      recorder.add(message);
      this.#check(key, recorder);
    } catch (error) {
      this.#fail(key, toFileError(error));
    }
  }

  store(): Promise<void> | undefined {
    for (const recorder of this.#touched) {
      const stored = recorder.store();
      if (stored === undefined) this.#check(this.#keyOfRecorder(recorder), recorder);
      else this.#wait(stored, recorder);
    }
    this.#touched.clear();
    // Wait for all files, because another client may wait for messages that this call stores.
    return this.#storing.size === 0 ? undefined : all([...this.#storing]);
  }

  /** Finishes all files, the open ones first: the others have to be opened for their footers. */
  close(): void {
    for (const [key, recorder] of this.#open) this.#finish(key, recorder);
    for (const [key, recorder] of this.#recorders) this.#finish(key, recorder);
  }

  /** The recorder for a message, whose file is open. */
  #recorderOf(store: RelayStore, message?: RelayMessage): RelayRecorder {
    const { path, key } = this.#keyOf(store);
    const recorder = this.#recorders.get(key);
    if (recorder === undefined) return this.#create(key, path, store, message);
    this.#recorders.delete(key);
    this.#recorders.set(key, recorder);
    try {
      if (this.#open.delete(key)) {
        this.#open.set(key, recorder);
        recorder.open();
      } else this.#openFile(key, () => (recorder.open(), recorder));
      return recorder;
    } catch (error) {
      if (!(error instanceof FileChangedError)) throw error;
      this.#options.onWarning(`${error.message}; the recording goes on in another file`);
      recorder.abandon();
      this.#open.delete(key);
      this.#recorders.delete(key);
      this.#finishedBytes += recorder.bytes;
      return this.#create(key, path, store, message);
    }
  }

  /** @param message the message that the file is created for, if it is known already */
  #create(key: string, path: string, store: RelayStore, message?: RelayMessage): RelayRecorder {
    const [oldest] = this.#recorders;
    if (this.#recorders.size >= MAX_RECORDINGS && oldest !== undefined) this.#finish(...oldest);
    mkdirSync(dirname(path), { recursive: true });
    const recorder = this.#openFile(key, () => new RelayRecorder(this.#freePath(path), this.#options));
    this.#recorders.set(key, recorder);
    recorder.start();
    this.#count++;
    // A further file of a recording begins with the recording's store info, if the relay still has it.
    if (message?.kind !== "storeInfo" && store.openedBy !== undefined) recorder.add(storeInfoOf(store, store.openedBy));
    return recorder;
  }

  /** Opens a file, and closes others if necessary. */
  #openFile(key: string, open: () => RelayRecorder): RelayRecorder {
    if (this.#open.size >= this.#maxOpenFiles) this.#releaseOldest();
    for (;;) {
      try {
        const recorder = open();
        this.#open.set(key, recorder);
        return recorder;
      } catch (error) {
        const { code = "" } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
        if (!TOO_MANY_OPEN.has(code) || !this.#releaseOldest()) throw error;
      }
    }
  }

  /** Closes the file that was not written for the longest time. Returns whether there was any. */
  #releaseOldest(): boolean {
    const [oldest] = this.#open;
    if (oldest === undefined) return false;
    const [key, recorder] = oldest;
    this.#open.delete(key);
    recorder.release();
    this.#check(key, recorder);
    return true;
  }

  #finish(key: string, recorder: RelayRecorder): void {
    this.#recorders.delete(key);
    this.#open.delete(key);
    recorder.close();
    this.#touched.delete(recorder);
    this.#finishedBytes += recorder.bytes;
    this.#check(key, recorder);
  }

  #wait(stored: Promise<void>, recorder: RelayRecorder): void {
    const done = this.#whenStored(stored, recorder);
    this.#storing.add(done);
    void done.finally(() => this.#storing.delete(done));
  }

  async #whenStored(stored: Promise<void>, recorder: RelayRecorder): Promise<void> {
    await stored;
    this.#check(this.#keyOfRecorder(recorder), recorder);
  }

  /** Notes the failure of a recorder once. Its recording goes on in another file. */
  #check(key: string, recorder: RelayRecorder): void {
    if (recorder.failure === undefined || this.#reported.has(recorder)) return;
    this.#reported.add(recorder);
    if (this.#recorders.get(key) === recorder) this.#recorders.delete(key);
    this.#open.delete(key);
    this.#touched.delete(recorder);
    this.#finishedBytes += recorder.bytes;
    this.#fail(key, recorder.failure, true);
  }

  /** Messages that were added are not stored. */
  #fail(key: string, error: RerunError, isReported = false): void {
    this.failures++;
    this.failure = error;
    this.#note(key, error, isReported);
  }

  /** Notes why a recording cannot be stored, and reports it once for each attempt. */
  #note(key: string, error: RerunError, isReported = false): RerunError {
    const [oldest] = this.#failed.keys();
    if (this.#failed.size >= MAX_RECORDINGS && oldest !== undefined) this.#failed.delete(oldest);
    this.#failed.set(key, { error, since: performance.now() });
    if (!isReported) this.#options.onWarning(`${error.message}; other recordings go on`);
    return error;
  }

  #keyOfRecorder(recorder: RelayRecorder): string {
    for (const [key, other] of this.#recorders) if (other === recorder) return key;
    return "";
  }

  #keyOf(store: RelayStore): RecordingKey {
    const known = this.#keys.get(store);
    if (known !== undefined) return known;
    const { kind, applicationId, recordingId } = store.id;
    const path = pathFor(this.#pattern, kind === "blueprint", applicationId, recordingId);
    const ids = this.#pattern.includes(`{${RECORDING}}`) ? [applicationId, recordingId] : [];
    const key = { path, key: JSON.stringify([path, ids]) };
    this.#keys.set(store, key);
    return key;
  }

  /** The path, or the first with a number that is free. */
  #freePath(path: string): string {
    const extension = extname(path);
    const stem = path.slice(0, path.length - extension.length);
    let number = this.#numbers.get(path) ?? 1;
    let free = number === 1 ? path : `${stem}-${number}${extension}`;
    while (existsSync(free)) free = `${stem}-${++number}${extension}`;
    if (number > 1) this.#numbers.set(path, number);
    return free;
  }
}

/** Destination of the messages of a store. */
interface RecordingKey {
  readonly path: string;
  readonly key: string;
}

/** The message that opens a store, as the relay retains it. */
function storeInfoOf(store: RelayStore, memory: Buffer): RelayMessage {
  const location = { memory, start: 0, end: memory.length, bodyStart: 0 };
  return new RelayMessage(location, { kind: "storeInfo", store, isStatic: true, chunkId: "" });
}

async function all(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.all(promises);
}

function isKnown(name: string): boolean {
  return name === APPLICATION || name === RECORDING;
}

function pathFor(pattern: string, isBlueprint: boolean, applicationId: string, recordingId: string): string {
  const path = pattern.replace(PLACEHOLDER, (_, name: string) =>
    safeName(name === APPLICATION ? applicationId : recordingId),
  );
  if (!isBlueprint || !pattern.includes(`{${RECORDING}}`)) return path;
  return `${path.slice(0, path.length - extname(path).length)}.rbl`;
}

/** An id as a part of a path: ids come from clients, and must not lead out of the folder. */
function safeName(id: string): string {
  const name = id.replace(/[^\w.-]/g, "_").slice(0, MAX_NAME_LENGTH);
  return /^\.*$/.test(name) ? `_${name.replaceAll(".", "_")}` : name.replace(/^\./, "_");
}
