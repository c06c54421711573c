import { setTimeout } from "node:timers/promises";
import { messageOf } from "@rerun-ts/core/checks";
import { LockedError } from "@rerun-ts/node/spool";
import { sealParts } from "@rerun-ts/node/parts";
import type { PartUploader, WaitingPart } from "../parts/part-uploader.ts";
import type { PendingParts } from "../parts/uploading-sink.ts";
import { rowCounter } from "./part-contents.ts";
import { RunFolder, spooledPartsIn, runFoldersIn, type RunFacts, type SpooledPart } from "./run-folder.ts";

/** Interval of looks for parts that programs have left. */
const LOOK_MS = 60_000;

/** A part in the spool that waits to be sent. */
export interface PendingPart extends SpooledPart, WaitingPart {
  readonly facts: RunFacts;
  /** Called when the part is not in the spool any more. */
  readonly onGone?: (() => void) | undefined;
}

/** A sink that uses a spool. */
export interface SpoolMember {
  /** The folder of the run of the sink. */
  readonly runPath: string;
  readonly uploader: PartUploader<PendingPart>;
  warn(text: string): void;
}

/** The run of an earlier program whose parts a member sends. */
interface Adopted {
  readonly run: RunFolder;
  readonly member: SpoolMember;
}

const spools = new Map<string, SharedSpool>();

/**
 * A spool for all sinks of this thread that use it. One of them sends the parts of earlier programs, and of programs
 * that end meanwhile. The size of the spool counts for all.
 */
export class SharedSpool implements PendingParts {
  readonly #path: string;
  readonly #members = new Set<SpoolMember>();
  readonly #adopted = new Set<Adopted>();
  readonly #ended = new AbortController();
  #wait = new AbortController();
  /** The bytes of the parts of other programs that run. */
  #otherBytes = 0;
  #reported = new Set<string>();

  private constructor(path: string) {
    this.#path = path;
  }

  static join(path: string, member: SpoolMember): SharedSpool {
    let spool = spools.get(path);
    const isNew = spool === undefined;
    spool ??= new SharedSpool(path);
    spools.set(path, spool);
    spool.#members.add(member);
    if (isNew) void spool.#look();
    return spool;
  }

  /** The bytes of all parts in the spool. */
  get pendingBytes(): number {
    let bytes = this.#otherBytes;
    for (const { uploader } of this.#members) bytes += uploader.pendingBytes;
    return bytes;
  }

  /** The number of parts that the sinks of this thread send. */
  get pendingParts(): number {
    let parts = 0;
    for (const { uploader } of this.#members) parts += uploader.pendingParts;
    return parts;
  }

  /** Removes the oldest part of all that this thread sends. */
  removeOldest(): { readonly rows: number; readonly bytes: number } | undefined {
    let oldest: SpoolMember | undefined;
    for (const member of this.#members)
      if (member.uploader.oldestRemovable < (oldest?.uploader.oldestRemovable ?? Infinity)) oldest = member;
    return oldest?.uploader.removeOldest();
  }

  /** Ends the use of the spool by a sink whose uploads have ended. */
  leave(member: SpoolMember): void {
    this.#members.delete(member);
    member.uploader.forgetLeft();
    for (const adopted of this.#adopted) if (adopted.member === member) this.#release(adopted);
    // Another sink continues with the parts of earlier programs.
    if (this.#members.size > 0) return this.#wait.abort();
    this.#ended.abort();
    spools.delete(this.#path);
  }

  /** Looks for parts of other programs. Never rejects. */
  async #look(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const problems = new Set<string>();
      try {
        await this.#lookOnce(problems);
      } catch (error) {
        problems.add(messageOf(error));
      }
      const [member] = this.#members;
      for (const problem of problems)
        if (!this.#reported.has(problem)) member?.warn(`parts of earlier programs stay in ${this.#path}: ${problem}`);
      this.#reported = problems;
      this.#wait = new AbortController();
      // The wait does not keep the program alive.
      const waits = { ref: false, signal: AbortSignal.any([signal, this.#wait.signal]) };
      await setTimeout(LOOK_MS, undefined, waits).catch(() => {});
    }
  }

  async #lookOnce(problems: Set<string>): Promise<void> {
    let otherBytes = 0;
    const known = new Set([...this.#members].map(({ runPath }) => runPath));
    for (const { run } of this.#adopted) known.add(run.path);
    for (const path of await runFoldersIn(this.#path, known)) {
      if (this.#ended.signal.aborted) return;
      try {
        await this.#adopt(path, problems);
      } catch (error) {
        if (!(error instanceof LockedError) || error.owner === "unknown") problems.add(messageOf(error));
        for (const { bytes } of await spooledPartsIn(path).catch(() => [])) otherBytes += bytes;
      }
    }
    this.#otherBytes = otherBytes;
  }

  /** Takes the run of a program that has ended, and lets a member send its parts. */
  async #adopt(path: string, problems: Set<string>): Promise<void> {
    const run = await RunFolder.take(path);
    if (run === undefined) return;
    try {
      const { failed } = await sealParts(path, { signal: this.#ended.signal });
      for (const { path: part, error } of failed) problems.add(`${part}: ${messageOf(error)}`);
      const [parts, countRows] = [await run.parts(), await rowCounter()];
      const [member] = this.#members;
      if (member === undefined || parts.length === 0) return run.release();
      const adopted = { run, member };
      this.#adopted.add(adopted);
      let left = parts.length;
      const onGone = (): void => {
        if (--left === 0 && this.#adopted.has(adopted)) this.#release(adopted);
      };
      const { facts } = run;
      for (const part of parts) {
        const ageMs = Math.max(0, Date.now() - part.modifiedAt);
        member.uploader.add({
          ...part,
          name: part.path,
          facts,
          ageMs,
          isLeft: true,
          onGone,
          get rows() {
            return countRows(part.path);
          },
        });
      }
    } catch (error) {
      run.release();
      throw error;
    }
  }

  #release(adopted: Adopted): void {
    this.#adopted.delete(adopted);
    try {
      adopted.run.release();
    } catch {
      // The folder was removed, or cannot be changed now: a later look finds it.
    }
  }
}
