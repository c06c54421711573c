import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { toBigInt } from "../time/int64.ts";
import type { FlightRing, WindowMessage } from "./flight-ring.ts";
import { latestMessages } from "./latest-messages.ts";
import { LeftOut, type LeftOutData } from "./left-out.ts";
import { markRows } from "./origin.ts";
import { staticMessages } from "./static-messages.ts";
import { sliceStoredRows } from "./video-frames.ts";
import { videoKey } from "./video-groups.ts";

/** The chunks of a store in a dump, and what the dump lacks. */
export interface StoreDump {
  readonly chunks: readonly EncodedMessage[];
  readonly leftOut: readonly LeftOutData[];
}

/** Collects the chunks of a store: static values, latest values, groups of pictures, and the window. */
export function dumpStore(ring: FlightRing, store: string): StoreDump {
  const window = ring.window.filter(({ message }) => storeKey(message.storeId) === store);
  const cut = new LeftOut();
  const frames = withoutUndecodable(ring, window, cut);
  const groups = neededGroups(ring, store, window);
  const entities = ring.latest.entitiesOf(store);
  const starts = startsOf(window);
  const newer = newerStatics(window);
  const chunks = [
    ...entities.flatMap((entity) => staticMessages(entity, newer)),
    ...latestMessages(ring.latest, entities, starts),
    ...groups.flat().map((message) => markRows(message, "group of pictures before the window")),
    ...frames,
  ];
  return { chunks, leftOut: [...ring.leftOutOf(store), ...cut.of(store)] };
}

/** The smallest time of the window, for each timeline. */
function startsOf(window: readonly WindowMessage[]): ReadonlyMap<string, bigint> {
  const starts = new Map<string, bigint>();
  for (const { manifest } of window.map(({ message }) => message)) {
    for (const [index, { name }] of (manifest?.timelines ?? []).entries()) {
      const start = manifest?.ranges[index]?.start;
      if (start === undefined) continue;
      const time = toBigInt(start);
      if (time < (starts.get(name) ?? Infinity)) starts.set(name, time);
    }
  }
  return starts;
}

/** The components with newer static values in the window. */
function newerStatics(window: readonly WindowMessage[]): ReadonlySet<string> {
  const newer = new Set<string>();
  for (const { message } of window) {
    if (!message.isStatic) continue;
    for (const { descriptor, rows } of message.manifest?.components ?? [])
      if (rows > 0) newer.add(`${message.manifest?.entityPath}\n${descriptor.component}`);
  }
  return newer;
}

/** The groups of the videos whose first frame in the window is not a key frame, or that have no frame there. */
function neededGroups(
  ring: FlightRing,
  store: string,
  window: readonly WindowMessage[],
): readonly (readonly EncodedMessage[])[] {
  const first = new Map<string, WindowMessage>();
  for (const found of window) if (found.frames !== undefined) getOrAdd(first, videoKey(found.message), () => found);
  return ring.groups.groupsOf(store).filter((group) => {
    const next = group[0] && first.get(videoKey(group[0]));
    return next?.frames?.startsGroup !== true;
  });
}

/** The messages of the window without frames that have no key frame before them. */
function withoutUndecodable(
  ring: FlightRing,
  window: readonly WindowMessage[],
  cut: LeftOut,
): readonly EncodedMessage[] {
  const started = new Set<string>();
  return window.flatMap(({ message, frames }) => {
    if (frames === undefined) return [message];
    const key = videoKey(message);
    if (started.has(key) || frames.startsGroup || ring.groups.groupOf(message).length > 0) {
      started.add(key);
      return [message];
    }
    if (frames.rows === undefined || frames.firstKeyRow < 0) {
      cut.add("frames", message);
      return [];
    }
    started.add(key);
    cut.add("frames", sliceStoredRows(message, frames.rows, 0, frames.firstKeyRow));
    return [sliceStoredRows(message, frames.rows, frames.firstKeyRow, frames.rows.rows)];
  });
}
