import { existsSync, mkdirSync } from "node:fs";
import { dirname, extname } from "node:path";
import type { RerunError } from "@rerun-ts/core";
import { RelayRecorder, type RelayRecorderOptions } from "./relay-recorder.ts";
import type { RelayMessage } from "./relay-message.ts";
import type { MessageRecorder } from "./relay.ts";

/** Files that may be open at the same time: the one that was not written for the longest time is finished for another. */
const MAX_OPEN_FILES = 100;
const MAX_NAME_LENGTH = 100;
const PLACEHOLDER = /\{([^{}]*)\}/g;
const APPLICATION = "application";
const RECORDING = "recording";

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
 * `{recording}` in the path say so. Folders are created. A layout is in a `.rbl` file of its own. A file that exists is
 * kept: the new one gets a number. So a recording is in several files if the relay was restarted, or has received more
 * than 100 others meanwhile.
 */
export class RecordingFiles implements MessageRecorder {
  failure: RerunError | undefined;
  readonly #pattern: string;
  readonly #options: RelayRecorderOptions;
  /** The open files by their stores, the least recently used first. */
  readonly #open = new Map<string, RelayRecorder>();
  /** The files that have messages which are not stored. */
  readonly #touched = new Set<RelayRecorder>();
  #finishedBytes = 0;
  #count = 0;

  constructor(pattern: string, options: RelayRecorderOptions) {
    this.#pattern = pattern;
    this.#options = options;
  }

  /** The number of bytes written so far. */
  get bytes(): number {
    let bytes = this.#finishedBytes;
    for (const recorder of this.#open.values()) bytes += recorder.bytes;
    return bytes;
  }

  /** The number of files. */
  get count(): number {
    return this.#count;
  }

  add(message: RelayMessage): void {
    if (this.failure !== undefined || message.store === undefined) return;
    const { kind, applicationId, recordingId } = message.store.id;
    const path = pathFor(this.#pattern, kind === "blueprint", applicationId, recordingId);
    // Different ids may have the same path.
    const key = JSON.stringify([path, this.#pattern.includes(`{${RECORDING}}`) ? [applicationId, recordingId] : []]);
    const recorder = this.#open.get(key) ?? this.#create(path);
    if (recorder === undefined) return;
    this.#open.delete(key);
    this.#open.set(key, recorder);
    this.#touched.add(recorder);
    recorder.add(message);
    this.#check(recorder);
  }

  store(): Promise<void> | undefined {
    // With this policy another client may wait for a message of this one.
    const recorders = this.#options.fsync === "every-ack" ? [...this.#open.values()] : [...this.#touched];
    this.#touched.clear();
    const storing: Promise<void>[] = [];
    for (const recorder of recorders) {
      const stored = recorder.store();
      if (stored !== undefined) storing.push(stored.then(() => this.#check(recorder)));
      else this.#check(recorder);
    }
    return storing.length === 0 ? undefined : all(storing);
  }

  /** Finishes all files. */
  close(): void {
    for (const recorder of this.#open.values()) this.#finish(recorder);
    this.#open.clear();
  }

  #create(path: string): RelayRecorder | undefined {
    const [oldest] = this.#open;
    if (this.#open.size >= MAX_OPEN_FILES && oldest !== undefined) {
      this.#open.delete(oldest[0]);
      this.#finish(oldest[1]);
    }
    try {
      mkdirSync(dirname(path), { recursive: true });
      const recorder = new RelayRecorder(freePath(path), this.#options);
      recorder.start();
      this.#count++;
      return recorder;
    } catch (error) {
      this.failure = error as RerunError;
      this.#options.onWarning(this.failure.message);
      return undefined;
    }
  }

  #finish(recorder: RelayRecorder): void {
    recorder.close();
    this.#touched.delete(recorder);
    this.#finishedBytes += recorder.bytes;
    this.#check(recorder);
  }

  #check(recorder: RelayRecorder): void {
    this.failure ??= recorder.failure;
  }
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

/** The path, or the first with a number that is free. */
function freePath(path: string): string {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  let free = path;
  for (let number = 2; existsSync(free); number++) free = `${stem}-${number}${extension}`;
  return free;
}
