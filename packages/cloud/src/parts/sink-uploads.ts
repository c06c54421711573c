// The same for the sinks of Node and of pages.
import type { RerunError } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import type { PartUploader, WaitingPart } from "./part-uploader.ts";
import type { PartsSinkUploads } from "./parts-sink-uploads.ts";

/** The policy of a full spool. */
export type FullSpoolPolicy = "drop-newest" | "drop-oldest";

/** @throws {TypeError} */
export function checkOnFull(onFull: unknown): FullSpoolPolicy {
  if (onFull === "drop-newest" || onFull === "drop-oldest") return onFull;
  throw invalidArgument("onFull", '"drop-newest" or "drop-oldest"', onFull);
}

/** The state of the uploads of a sink; that of a sink without any before it is open. */
export function uploadsOf(uploader: PartsSinkUploads | undefined): PartsSinkUploads {
  const { pendingParts = 0, pendingBytes = 0, oldestMs = 0, sentParts = 0, sentBytes = 0, lastError } = uploader ?? {};
  const { secondsSinceSuccess = 0, problem } = uploader ?? {};
  return { pendingParts, pendingBytes, oldestMs, secondsSinceSuccess, problem, sentParts, sentBytes, lastError };
}

/** The limits of {@link hasRoom}. */
export interface SpoolLimits {
  readonly onFull: FullSpoolPolicy;
  /** The most bytes that may be pending now. */
  readonly maxBytes: () => number;
  /** Called with what was removed to make room. */
  readonly onRemoved: (lost: { readonly rows: number; readonly bytes: number }) => void;
}

/** The parts that are stored, and wait to be sent. */
export type PendingParts = Pick<PartUploader<WaitingPart>, "pendingParts" | "pendingBytes" | "removeOldest">;

/** Whether there is room for so many bytes, after the oldest parts were removed if the policy is so. */
export function hasRoom(parts: PendingParts, bytes: number, { onFull, maxBytes, onRemoved }: SpoolLimits): boolean {
  while (parts.pendingParts > 0 && parts.pendingBytes + bytes > maxBytes()) {
    const removed = onFull === "drop-newest" ? undefined : parts.removeOldest();
    if (removed === undefined) return false;
    onRemoved(removed);
  }
  return true;
}

/** The beginning of a warning about parts that were not sent. */
export function describeUnsent(count: number, url: string): string {
  return `${count === 1 ? "1 part was" : `${count} parts were`} not sent to ${url}`;
}

/** Warns of failures to send parts: once until something is sent, and when the number of refused parts doubles. */
export class UploadFailures {
  readonly #where: string;
  readonly #warn: (text: string) => void;
  #isReported = false;

  /** @param where the place of the parts for the warning, such as " in /spool", or nothing */
  constructor(where: string, warn: (text: string) => void) {
    this.#where = where;
    this.#warn = warn;
  }

  report(error: RerunError): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#warn(`${error.message}; parts are kept${this.#where}, and tried again`);
  }

  /** A part was refused, and the others go on. */
  reportRefused(error: RerunError, name: string, count: number): void {
    if ((count & (count - 1)) !== 0) return;
    const what = count === 1 ? "1 part is refused and kept" : `${count} parts are refused and kept`;
    this.#warn(`${what}${this.#where}, and tried again; the last one is ${name}: ${error.message}`);
  }

  /** Something was sent: the next failure is another one. */
  reset(): void {
    this.#isReported = false;
  }
}
