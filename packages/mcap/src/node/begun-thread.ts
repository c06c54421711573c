import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { DecompressJob, FileRange, StoredZstd, WorkThread } from "@rerun-ts/reading/source";
import { copyShared } from "@rerun-ts/reading/threads";

/** Finds parts of a file. `read` reads up to this many bytes. */
export type FindParts = (read: (position: number, length: number) => Uint8Array) => readonly StoredZstd[];

/** Starts a thread with parts of a file. `undefined` if there are none, or if there can be no thread. */
export function beginThread(
  path: string,
  start: (fileBytes: number) => WorkThread<DecompressJob, void> | undefined,
  find: FindParts,
): WorkThread<DecompressJob, void> | undefined {
  // To open a pipe would wait for its writer.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const descriptor = openSync(path, "r");
  const parts = find((position, length) => {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
  });
  const thread = parts.length === 0 ? undefined : start(fstatSync(descriptor).size);
  if (thread !== undefined) return new BegunThread(thread, descriptor, parts);
  closeSync(descriptor);
  return undefined;
}

/** A job that the thread has before it is asked for it. */
interface BegunJob {
  readonly byteLength: number;
  readonly target: Uint8Array;
  readonly done: Promise<void>;
}

/** A thread that has begun to decompress parts of a file. */
class BegunThread implements WorkThread<DecompressJob, void> {
  readonly #thread: WorkThread<DecompressJob, void>;
  readonly #file: string;
  readonly #begun: Map<number, BegunJob>;

  /** @param descriptor the open file, which is closed when the parts are decompressed */
  constructor(thread: WorkThread<DecompressJob, void>, descriptor: number, parts: readonly StoredZstd[]) {
    this.#thread = thread;
    this.#file = nameOf(descriptor);
    this.#begun = new Map(parts.map((part) => [part.position, begin(thread, descriptor, part)]));
    const jobs = [...this.#begun.values()].map(({ done }) => done);
    // Each job rejects when the caller asks for it, which may be never.
    void Promise.allSettled(jobs).then(() => closeSync(descriptor));
  }

  get started(): Promise<boolean> {
    return this.#thread.started;
  }

  async run(job: DecompressJob): Promise<void> {
    const begun = "descriptor" in job.source ? this.#take(job.source, job.target.byteLength) : undefined;
    if (begun === undefined) return this.#thread.run(job);
    await begun.done;
    copyShared(job.target, begun.target);
  }

  close(): void {
    this.#thread.close();
  }

  #take({ descriptor, position, byteLength }: FileRange, size: number): BegunJob | undefined {
    const begun = this.#begun.get(position);
    if (begun?.byteLength !== byteLength || begun.target.byteLength !== size) return undefined;
    this.#begun.delete(position);
    return nameOf(descriptor) === this.#file ? begun : undefined;
  }
}

function begin(
  thread: WorkThread<DecompressJob, void>,
  descriptor: number,
  { position, byteLength, size }: StoredZstd,
): BegunJob {
  const target = new Uint8Array(new SharedArrayBuffer(size));
  return { byteLength, target, done: thread.run({ source: { descriptor, position, byteLength }, target }) };
}

/** A text that only one file has. */
function nameOf(descriptor: number): string {
  const { dev, ino } = fstatSync(descriptor);
  return `${dev} ${ino}`;
}
