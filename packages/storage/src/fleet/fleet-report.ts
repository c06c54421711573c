import type { DamagedPart, UnreadablePart } from "../mend/damaged-parts.ts";
import type { UnreadableRecord } from "../mend/record-reader.ts";

/** Some parts or objects. */
export interface Amount {
  count: number;
  bytes: number;
}

/** The parts that one producer has uploaded by itself. Producers of NATS have no name in the bucket. */
export interface ProducerStatus {
  readonly name: string;
  /** The number of its runs, once for each recording. */
  runs: number;
  parts: number;
  bytes: number;
  /** When its last part arrived, by the clock of the store, in ISO 8601. */
  lastPart: string | null;
}

/** The part of a dataset that is in the bucket. */
export interface BucketStatus {
  readonly producers: readonly ProducerStatus[];
  readonly recordings: { readonly count: number; readonly newest: NewestRecording | null };
  readonly parts: {
    /** Parts that producers have uploaded by themselves. */
    readonly direct: Amount;
    /** Parts of ingesters, also those that are not committed yet. */
    readonly log: Amount;
    /** Parts made of others. */
    readonly compacted: Amount;
    /** Parts that were replaced or removed, and whose objects are still there. */
    readonly waitingForDeletion: Amount;
    /** Objects beside the parts that no program counts, such as those of killed compactors. */
    readonly uncounted: Amount;
  };
  /** Bytes of parts that have arrived from producers, by the clock of the store. */
  readonly growth: { readonly lastHourBytes: number; readonly lastDayBytes: number };
  readonly layouts: { readonly count: number; readonly newest: string | null };
  readonly damaged: {
    /** Damaged parts that `rerun-ts parts mend` has set aside. At most 100 keys. */
    readonly setAside: Amount & { readonly keys: readonly string[] };
    /** Damaged parts that readers leave out. `null` without `--check`. */
    readonly found: readonly DamagedPart[] | null;
    /** Parts that the store does not deliver. `null` without `--check`. */
    readonly unreadable: readonly UnreadablePart[] | null;
    /** Commits and replacements that cannot be read. `null` without `--check`. */
    readonly records: readonly UnreadableRecord[] | null;
  };
  /** Recordings with a damaged record: it is unclear which of their parts count. */
  readonly unclear: readonly { readonly recordingId: string; readonly reason: string }[];
}

/** The recording whose last part is the newest. */
export interface NewestRecording {
  readonly id: string;
  readonly lastPart: string;
}

/** Packs of a partition that are in NATS, and not in the bucket. */
export interface WaitingPartition {
  readonly partition: number;
  readonly messages: number;
  /** The age of the oldest of them, in seconds. */
  readonly oldestSeconds: number | null;
}

/** The stream of a dataset in NATS. */
export interface StreamStatus {
  readonly name: string;
  readonly messages: number;
  readonly bytes: number;
  /** Limits of the stream. `null` stands for none. */
  readonly limits: {
    readonly bytes: number | null;
    readonly messages: number | null;
    readonly messagesPerSubject: number | null;
    readonly messageBytes: number | null;
    readonly ageSeconds: number | null;
    /** The effect of its limits: it drops the oldest messages, or refuses new ones. */
    readonly whenFull: "drops-oldest" | "refuses";
  };
  readonly waiting: readonly WaitingPartition[];
}

/** A part with the reason why it is not in a catalog. */
export interface MissingPart {
  readonly key: string;
  readonly kind: "damaged" | "unclear" | "uncommitted" | "unknown";
  readonly reason: string;
}

/** A dataset in a catalog, compared with the bucket. Lists have at most 100 entries. */
export interface CatalogStatus {
  readonly exists: boolean;
  readonly registered: number;
  /** Parts that are so new that the keeper may not have seen them. */
  readonly recent: number;
  readonly missing: { readonly count: number; readonly parts: readonly MissingPart[] };
  /** Parts in the dataset for conflicts, because they have other types. */
  readonly conflicts: { readonly count: number; readonly keys: readonly string[] };
  /** Registered parts that were replaced or removed. */
  readonly replaced: number;
  /** Registered parts whose object is gone without a replacement. */
  readonly gone: { readonly count: number; readonly keys: readonly string[] };
}

/** A problem that does not end by itself. */
export interface FleetProblem {
  readonly dataset: string;
  readonly problem: string;
  /** The action for a person. */
  readonly action: string;
}

/** The state of a dataset. */
export interface DatasetStatus extends BucketStatus {
  readonly dataset: string;
  /** `null` without `--nats`, or if NATS has no stream for the dataset. */
  readonly stream: StreamStatus | null;
  /** `null` without `--catalog`. */
  readonly catalog: CatalogStatus | null;
}

/** The state of a fleet. */
export interface FleetReport {
  readonly store: string;
  /** The time of the store. */
  readonly time: string;
  /** Whose clock it is: that of this machine if the store does not allow to ask for its time. */
  readonly clock: "store" | "machine";
  readonly datasets: readonly DatasetStatus[];
  readonly problems: readonly FleetProblem[];
}

/** The longest list in a report. */
export const MAX_LISTED = 100;
