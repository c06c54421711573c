import type { EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { storeKey } from "@rerun-ts/core/encode";
import { getOrAdd } from "@rerun-ts/core/util";
import { PackRanges, missingOf, type FlatRanges } from "../commits/pack-ranges.ts";
import { NatsLogStream, STREAM_LIMITS } from "../ingest/nats-log-stream.ts";
import { PackAssembler } from "../ingest/pack-assembler.ts";
import { PartitionReader } from "../ingest/partition-reader.ts";
import type { NatsConnectOptions } from "../nats/connect-nats.ts";
import { parseNatsUrl } from "../nats/nats-address.ts";
import { slicePack, type Pack, type PackId } from "../nats/pack.ts";
import { recordingSubject } from "../nats/subjects.ts";
import { checkDataset } from "../parts/part-key.ts";

const MAX_ASSEMBLY_BYTES = 256 * 1024 * 1024;

/** Settings of {@link followDataset}. */
export interface FollowSettings {
  readonly from: string;
  readonly dataset: string;
  /** The ids of the recordings. Default: all. */
  readonly recordings?: readonly string[] | undefined;
  readonly connect?: NatsConnectOptions | undefined;
  /** Packs of which these numbers are not missing are left out. Default: none. */
  readonly known?: { missing(id: PackId): FlatRanges } | undefined;
  readonly onMessage: (message: EncodedMessage) => void;
  readonly onWarning: (message: string) => void;
  /** Called with the failure of each attempt to read, or with `undefined` once an attempt succeeds. Default: none. */
  readonly onState?: ((problem: string | undefined) => void) | undefined;
}

export interface FollowedDataset {
  stop(): Promise<void>;
}

/**
 * Passes on the messages of a dataset: first those that its stream still has, and then new ones. Each message is passed
 * on once. Failures of NATS do not end it.
 *
 * @throws {TypeError} if the address or the dataset is wrong
 */
export function followDataset(settings: FollowSettings): FollowedDataset {
  const { from, dataset, recordings, connect = {}, known, onMessage, onWarning, onState } = settings;
  const address = parseNatsUrl(from);
  const stream = new NatsLogStream({
    address,
    dataset: checkDataset(dataset),
    connect,
    limits: STREAM_LIMITS,
  });
  const stop = new AbortController();
  const passOn = passOnOnce(onMessage);
  const subjects = (recordings ?? [undefined]).map((recording) => recordingSubject(dataset, recording));
  const reading = subjects.map((subject) =>
    readSubject(stream, subject, { passOn, known, onWarning, onState, signal: stop.signal }),
  );
  return {
    async stop() {
      stop.abort();
      await stream.close();
      await Promise.all(reading);
    },
  };
}

/** Passes on the messages of packs. Before them, opens each store with one message. */
function passOnOnce(onMessage: FollowSettings["onMessage"]): (pack: Pack) => void {
  const opened = new Set<string>();
  return ({ storeId, storeInfo, messages }) => {
    const key = storeKey(storeId);
    if (storeInfo !== undefined && !opened.has(key)) {
      opened.add(key);
      onMessage({ kind: "storeInfo", storeId, payload: storeInfo, isStatic: true });
    }
    for (const message of messages) onMessage(message);
  };
}

interface Reading {
  readonly passOn: (pack: Pack) => void;
  readonly known: FollowSettings["known"];
  readonly onWarning: (message: string) => void;
  readonly onState: FollowSettings["onState"];
  readonly signal: AbortSignal;
}

/** Reads until the signal is aborted. */
async function readSubject(stream: NatsLogStream, subject: string, reading: Reading): Promise<void> {
  const { passOn, known: others, onWarning, onState, signal } = reading;
  const runs = new Map<string, PackRanges>();
  const source = {
    url: stream.url,
    state: () => stream.state(),
    read: (_partition: number, from: number, created: string, ended: AbortSignal) =>
      stream.readSubject(subject, from, created, ended),
  };
  const reader = new PartitionReader(source, 0, new PackAssembler(MAX_ASSEMBLY_BYTES), {
    isKnown: (id) => missingOf(runs.get(id.run), id).length === 0,
    onPack({ pack }) {
      const passed = getOrAdd(runs, pack.run, () => new PackRanges());
      for (const part of slicePack(pack, missingOf(passed, pack)))
        for (const rest of slicePack(part, others?.missing(part) ?? missingOf(undefined, part))) passOn(rest);
      passed.add(pack.number, pack.number + pack.count - 1);
    },
    onRejected: (reason) => onWarning(`${stream.url}: ${reason}`),
    room: () => Promise.resolve(),
  });
  let lastWarning = "";
  await reader.follow(
    () => {
      onState?.(undefined);
      return 0;
    },
    signal,
    (error) => {
      const warning = messageOf(error);
      onState?.(warning);
      if (warning !== lastWarning) onWarning((lastWarning = warning));
    },
    () => void (lastWarning = ""),
  );
}
