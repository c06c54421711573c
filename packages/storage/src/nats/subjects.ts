import { PARTITIONS } from "../commits/log-keys.ts";

/** The digits of a run: 8 random bytes. */
export const RUN: RegExp = /^[0-9a-f]{16}$/;

/** The identity of a producer, from its start to its end. */
export function newRun(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The partition of a run. Runs are random, so partitions are equally full, however few recordings there are. */
export function partitionOf(run: string): number {
  return Number.parseInt(run.slice(0, 2), 16) % PARTITIONS;
}

/** The subject to which the packs of a run are published. */
export function packSubject(dataset: string, run: string, recording: string): string {
  return `rr.${token(dataset)}.${partitionOf(run)}.${token(recording)}`;
}

/** The subjects of the packs of a partition, or of all partitions. */
export function partitionSubject(dataset: string, partition: number | "*"): string {
  return `rr.${token(dataset)}.${partition}.*`;
}

/** The subjects of the packs of a recording, or of all recordings. */
export function recordingSubject(dataset: string, recording: string | undefined): string {
  return `rr.${token(dataset)}.*.${recording === undefined ? "*" : token(recording)}`;
}

/** The subject on which ingesters announce the committed packs of a run. */
export function ackSubject(dataset: string, run: string): string {
  return `rr-ack.${token(dataset)}.${run}`;
}

/**
 * The subject on which a producer requests that its packs are committed soon, and that committed packs are announced.
 */
export function askSubject(dataset: string, partition: number | "*"): string {
  return `rr-ask.${token(dataset)}.${partition}`;
}

/** The name of the stream of a dataset. Names of streams allow less than subjects. */
export function streamName(dataset: string): string {
  return `rr-${token(dataset).replaceAll("%", "=")}`;
}

/** The dataset of a stream with a name of {@link streamName}, or `undefined` for other streams. */
export function datasetOfStream(name: string): string | undefined {
  if (!name.startsWith("rr-")) return undefined;
  try {
    const dataset = decodeURIComponent(name.slice("rr-".length).replaceAll("=", "%"));
    return streamName(dataset) === name ? dataset : undefined;
  } catch {
    return undefined;
  }
}

/** A string as one token of a subject: bytes other than letters, digits, `_` and `-` become `%XX`. */
function token(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}
