import type { EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { storeKey } from "@rerun-ts/core/encode";
import { Backoff } from "@rerun-ts/core/transport";
import { PackRanges } from "../commits/pack-ranges.ts";
import { NatsLogStream, STREAM_LIMITS } from "../ingest/nats-log-stream.ts";
import { PartitionReader } from "../ingest/partition-reader.ts";
import { parseNatsUrl } from "../nats/nats-address.ts";
import type { Pack } from "../nats/pack.ts";
import { recordingSubject } from "../nats/subjects.ts";
import { checkDataset } from "../parts/part-key.ts";

const MAX_ASSEMBLY_BYTES = 256 * 1024 * 1024;

/** Settings of {@link followDataset}. */
export interface FollowSettings {
  readonly from: string;
  readonly dataset: string;
  /** The ids of the recordings; all by default. */
  readonly recordings?: readonly string[] | undefined;
  readonly onMessage: (message: EncodedMessage) => void;
  readonly onWarning: (message: string) => void;
}

/** A dataset that is followed. */
export interface FollowedDataset {
  stop(): Promise<void>;
}

/**
 * Passes on the messages of a dataset: those that its stream still has, and then those that arrive. Each is passed on
 * once. It goes on through failures of NATS.
 *
 * @throws {TypeError} if the address or the dataset is wrong
 */
export function followDataset({ from, dataset, recordings, onMessage, onWarning }: FollowSettings): FollowedDataset {
  const address = parseNatsUrl(from);
  const stream = new NatsLogStream({
    address,
    dataset: checkDataset(dataset),
    connect: {},
    limits: STREAM_LIMITS,
  });
  const stop = new AbortController();
  const passOn = passOnOnce(onMessage);
  const subjects = (recordings ?? [undefined]).map((recording) => recordingSubject(dataset, recording));
  const reading = subjects.map((subject) => readSubject(stream, subject, { passOn, onWarning, signal: stop.signal }));
  return {
    async stop() {
      stop.abort();
      await stream.close();
      await Promise.all(reading);
    },
  };
}

/** Passes on the messages of packs, with one that opens each store before them. */
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
  readonly onWarning: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Reads until the signal is aborted. */
async function readSubject(stream: NatsLogStream, subject: string, reading: Reading): Promise<void> {
  const { passOn, onWarning, signal } = reading;
  const runs = new Map<string, PackRanges>();
  const source = {
    url: stream.url,
    state: () => stream.state(),
    read: (_partition: number, from: number, created: string, ended: AbortSignal) =>
      stream.readSubject(subject, from, created, ended),
  };
  const reader = new PartitionReader(source, 0, MAX_ASSEMBLY_BYTES, {
    isKnown: ({ run, number }) => runs.get(run)?.has(number) ?? false,
    onPack({ pack }) {
      let known = runs.get(pack.run);
      if (known === undefined) runs.set(pack.run, (known = new PackRanges()));
      known.add(pack.number);
      passOn(pack);
    },
    onRejected: (reason) => onWarning(`${stream.url}: ${reason}`),
    room: () => Promise.resolve(),
  });
  const backoff = new Backoff();
  let lastWarning = "";
  while (!signal.aborted) {
    const before = reader.sequence;
    try {
      await reader.read(() => 0, signal);
    } catch (error) {
      const warning = messageOf(error);
      if (!signal.aborted && warning !== lastWarning) onWarning((lastWarning = warning));
    }
    if (reader.sequence !== before) {
      backoff.reset();
      lastWarning = "";
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, backoff.next()));
  }
}
