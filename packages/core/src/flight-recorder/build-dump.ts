import { pushAll } from "../collections/push-all.ts";
import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { toBigInt } from "../time/int64.ts";
import type { Timeline } from "../time/timeline.ts";
import { dumpStore } from "./dump-store.ts";
import type { FlightDump } from "./flight-dump.ts";
import type { FlightRing, WindowMessage } from "./flight-ring.ts";
import type { LeftOutData } from "./left-out.ts";
import { reasonMessages, type Moment } from "./reason-messages.ts";

/** The moment at which a dump was asked for. */
export interface Trigger {
  readonly reasons: string[];
  /** On the clock of `performance.now`. */
  readonly at: number;
  readonly wallMs: number;
  readonly times: Moment["times"];
}

/** Notes the present moment. */
export function newTrigger(reason: string, ring: FlightRing): Trigger {
  return { reasons: [reason], at: performance.now(), wallMs: Date.now(), times: newestTimes(ring) };
}

/** The moment of a trigger, seen from the present contents of a ring. */
export function momentOf({ reasons, at, wallMs, times }: Trigger, ring: FlightRing): Moment {
  const oldest = ring.window[0]?.at ?? at;
  const seconds = Math.max(0, (performance.now() - oldest) / 1000);
  return { reasons, wallTime: BigInt(Math.floor(wallMs)) * 1_000_000n, times, seconds };
}

/**
 * Makes a dump of the present contents of a ring.
 *
 * @param isIncluded decides by the id of a recording
 */
export function buildDump(
  ring: FlightRing,
  trigger: Trigger,
  isIncluded: (recordingId: string) => boolean,
): FlightDump {
  const moment = momentOf(trigger, ring);
  const { reasons, seconds } = moment;
  const messages: EncodedMessage[] = [...ring.layouts];
  const leftOut: LeftOutData[] = [];
  const recordingIds: string[] = [];
  const windows = windowsOf(ring);
  for (const [key, store] of ring.stores) {
    const { info } = store;
    if (info === undefined || !isIncluded(info.storeId.recordingId)) continue;
    const dump = dumpStore(store, windows.get(key) ?? [], ring.earlyRowsOf(key));
    messages.push(info);
    pushAll(messages, dump.chunks);
    pushAll(messages, reasonMessages(info.storeId, moment, dump.leftOut));
    pushAll(leftOut, dump.leftOut);
    recordingIds.push(info.storeId.recordingId);
  }
  const rrd = encodeRrd(messages);
  return {
    reason: reasons.join("; "),
    reasons,
    triggeredAt: new Date(trigger.wallMs),
    rrd,
    seconds,
    recordingIds,
    leftOut,
  };
}

/** The messages of the window, by store. */
function windowsOf({ window }: FlightRing): ReadonlyMap<string, readonly WindowMessage[]> {
  const windows = new Map<string, WindowMessage[]>();
  for (const found of window) getOrAdd(windows, storeKey(found.message.storeId), () => []).push(found);
  return windows;
}

/** Chunks of the same moment arrive within this time, in no order. */
const SAME_MOMENT_MS = 500;

/** The newest time of each timeline: the largest one in the chunks that arrived last. */
function newestTimes({ window }: FlightRing): Moment["times"] {
  const times = new Map<string, NewestTime>();
  for (const { message, at } of window) {
    for (const [index, timeline] of (message.manifest?.timelines ?? []).entries()) {
      const end = message.manifest?.ranges[index]?.end;
      if (end === undefined) continue;
      const [time, known] = [toBigInt(end), times.get(timeline.name)];
      const isOld = known === undefined || at - known.at > SAME_MOMENT_MS;
      if (isOld || time > known.time) times.set(timeline.name, { timeline, time, at: isOld ? at : known.at });
    }
  }
  return times;
}

interface NewestTime {
  readonly timeline: Timeline;
  readonly time: bigint;
  /** When the first chunk of the moment arrived. */
  readonly at: number;
}
