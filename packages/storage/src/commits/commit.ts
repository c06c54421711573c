import type { StoreId } from "@rerun-ts/core";
import { isFlatPrints, type FlatPrints } from "./run-prints.ts";
import type { StoredClock, StoredRuns } from "./run-memory.ts";
import { RecordError, parseStored } from "../store/stored-json.ts";
import { isFlatRanges, type FlatRanges } from "./pack-ranges.ts";
import type { BundlePlace } from "../parts/read-part.ts";

/** A part in a commit. */
export interface CommittedPart {
  /** The key of the object. A part in a bundle has such a key as its name, without an object. */
  readonly key: string;
  /** The recording, or the layout. */
  readonly store: StoreId;
  /** The size of the part. */
  readonly bytes: number;
  /** The SHA-256 of the part, as 64 hexadecimal digits. */
  readonly sha256: string;
  /** The place of the part in an object that it shares with others. Absent for a part with an object of its own. */
  readonly bundle?: BundlePlace | undefined;
  /** The number of chunks, without repeated static data. */
  readonly chunks: number;
  /** The number of rows, without repeated static data. */
  readonly rows: number;
  /**
   * The length of the beginning of the part with static data: all of the store so far, or what the beginnings of
   * earlier parts lack. Absent if there is none.
   */
  readonly staticBytes?: number | undefined;
  /**
   * The number of earlier beginnings with static data that still count, from the oldest. The part repeats the others.
   * Default: none.
   */
  readonly earlierStatics?: number | undefined;
}

/** The beginning of a part with the static data of its store. */
export interface StaticPlace {
  /** The key of the part. */
  readonly key: string;
  /** The length of the beginning. */
  readonly bytes: number;
  /** The place of the part in an object that it shares with others. */
  readonly bundle?: BundlePlace | undefined;
}

/** The places of the static data of a store. */
export interface StoreStatics {
  /** The beginnings of parts that have all of it together. */
  readonly places: readonly StaticPlace[];
  /** The bytes of other data since a part had all of it. */
  readonly newBytes: number;
  /** When that part was committed, by the clock of the commits, in milliseconds. Absent if it is unknown. */
  readonly repeatedAt?: number | undefined;
  /** The day of the last part of the store, by the clock of the commits. */
  readonly day: number;
}

/** A commit of an ingester: with this object parts begin to count, and packs are acknowledged. */
export interface Commit {
  /** A unique name for this commit, by which its ingester recognises it. */
  readonly owner: string;
  /** The stream that was read, identified by the time of its creation. */
  readonly stream: string;
  /** All packs of the partition up to this sequence of the stream are committed. */
  readonly last: number;
  /** The parts counted from this commit on. */
  readonly parts: readonly CommittedPart[];
  /** The packs in these parts, by their run. */
  readonly packs: Readonly<Record<string, FlatRanges>>;
  /** The prints of these packs, by their run. */
  readonly prints?: Readonly<Record<string, FlatPrints>> | undefined;
  /** When the newest of these packs came into the stream, by its clock, in milliseconds since 1970. */
  readonly time?: number | undefined;
  /** For how many days runs without commits must be remembered. Absent: for ever. */
  readonly runDays?: number | undefined;
}

/** The state after all commits of a partition up to a number. It depends on these commits alone. */
export interface Snapshot {
  readonly through: number;
  /** For each stream, the sequence up to which its packs are committed. */
  readonly streams: Readonly<Record<string, number>>;
  /** The time of the newest commit, and the time that has passed since the first one. */
  readonly clock: StoredClock;
  /** The packs of the runs that are remembered. */
  readonly runs: StoredRuns;
  /** The prints of the newest packs of the runs of the last commits. */
  readonly prints?: Readonly<Record<string, FlatPrints>> | undefined;
  /** The static data of each store, by its key. */
  readonly statics: Readonly<Record<string, StoreStatics>>;
}

/** The version of commits and snapshots. What does not know a version refuses it. */
const VERSION = 2;

export function encodeCommit(commit: Commit): Uint8Array<ArrayBuffer> {
  return encode(commit);
}

export function encodeSnapshot(snapshot: Snapshot): Uint8Array<ArrayBuffer> {
  return encode(snapshot);
}

/** @throws {RecordError} `INVALID_FORMAT` if the bytes are not a commit of this version */
export function decodeCommit(bytes: Uint8Array, key: string): Commit {
  const commit = parseStored(bytes, key, VERSION) as Partial<Commit>;
  const isCommit =
    typeof commit.owner === "string" &&
    typeof commit.stream === "string" &&
    Number.isSafeInteger(commit.last) &&
    Array.isArray(commit.parts) &&
    commit.parts.every(isCommittedPart) &&
    isPacks(commit.packs) &&
    arePrints(commit.prints);
  if (isCommit) return commit as Commit;
  throw new RecordError("INVALID_FORMAT", key, `${key} is not a commit`);
}

/** @throws {RecordError} `INVALID_FORMAT` if the bytes are not a snapshot of this version */
export function decodeSnapshot(bytes: Uint8Array, key: string): Snapshot {
  const snapshot = parseStored(bytes, key, VERSION) as Partial<Snapshot>;
  const isSnapshot =
    Number.isSafeInteger(snapshot.through) &&
    isClock(snapshot.clock) &&
    typeof snapshot.runs === "object" &&
    snapshot.runs !== null &&
    Object.entries(snapshot.runs).every(([day, packs]) => Number.isSafeInteger(Number(day)) && isPacks(packs)) &&
    arePrints(snapshot.prints) &&
    typeof snapshot.streams === "object" &&
    snapshot.streams !== null &&
    Object.values(snapshot.streams).every(Number.isSafeInteger) &&
    typeof snapshot.statics === "object" &&
    snapshot.statics !== null;
  if (isSnapshot) return snapshot as Snapshot;
  throw new RecordError("INVALID_FORMAT", key, `${key} is not a snapshot`);
}

function encode(value: Commit | Snapshot): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, ...value }));
}

function isClock(value: unknown): value is StoredClock {
  return Array.isArray(value) && value.length === 2 && typeof value[1] === "number";
}

function arePrints(value: unknown): boolean {
  return (
    value === undefined || (typeof value === "object" && value !== null && Object.values(value).every(isFlatPrints))
  );
}

function isCommittedPart(value: unknown): boolean {
  const part = value as Partial<CommittedPart> | null;
  return (
    typeof part?.key === "string" &&
    Number.isSafeInteger(part.bytes) &&
    typeof part.sha256 === "string" &&
    isPlace(part.bundle)
  );
}

/** Whether a part has the place of a part, or none. */
function isPlace(value: unknown): boolean {
  const place = value as Partial<BundlePlace> | null | undefined;
  return place === undefined || (typeof place?.key === "string" && Number.isSafeInteger(place.offset));
}

function isPacks(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every(isFlatRanges);
}
