import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { toBigInt } from "../time/int64.ts";
import type { WindowMessage } from "./flight-ring.ts";
import type { KeptStore } from "./kept-store.ts";
import { latestMessages } from "./latest-messages.ts";
import { LeftOut, type LeftOutData } from "./left-out.ts";
import { markRows } from "./origin.ts";
import { staticMessages } from "./static-messages.ts";
import { sliceStoredRows } from "./video-frames.ts";
import type { VideoGroups } from "./video-groups.ts";

/** The chunks of a store in a dump, and what the dump lacks. */
export interface StoreDump {
  readonly chunks: readonly EncodedMessage[];
  readonly leftOut: readonly LeftOutData[];
}

/**
 * Collects the chunks of a store: static values, latest values, groups of pictures, and the window.
 *
 * @param window the messages of the store in the window
 * @param early the rows that had to leave the window before their time
 */
export function dumpStore(
  { latest, groups, leftOut }: KeptStore,
  window: readonly WindowMessage[],
  early: { readonly rows: number; readonly bytes: number },
): StoreDump {
  const cut = new LeftOut();
  const frames = withoutUndecodable(groups, window, cut);
  const needed = neededGroups(groups, window);
  const starts = startsOf(window);
  const newer = newerStatics(window);
  const chunks = [
    ...latest.entities.flatMap((entity) => staticMessages(entity, newer)),
    ...latestMessages(latest, starts),
    ...needed.map((message) => markRows(message, "group of pictures before the window")),
    ...frames,
  ];
  const rows: readonly LeftOutData[] = early.rows > 0 ? [{ entityPath: "/", what: "rows", ...early }] : [];
  return { chunks, leftOut: [...rows, ...leftOut.entries, ...cut.entries] };
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
function neededGroups(groups: VideoGroups, window: readonly WindowMessage[]): readonly EncodedMessage[] {
  const first = new Map<string, WindowMessage>();
  for (const found of window)
    if (found.frames !== undefined) getOrAdd(first, found.message.manifest?.entityPath ?? "", () => found);
  return groups.paths
    .filter((path) => first.get(path)?.frames?.startsGroup !== true)
    .flatMap((path) => groups.groupOf(path));
}

/** The messages of the window without frames that have no key frame before them. */
function withoutUndecodable(
  groups: VideoGroups,
  window: readonly WindowMessage[],
  cut: LeftOut,
): readonly EncodedMessage[] {
  const started = new Set(groups.paths);
  return window.flatMap(({ message, frames }) => {
    const path = message.manifest?.entityPath;
    if (frames === undefined || path === undefined) return [message];
    if (started.has(path) || frames.startsGroup) {
      started.add(path);
      return [message];
    }
    if (frames.rows === undefined || frames.firstKeyRow < 0) {
      cut.add("frames", message);
      return [];
    }
    started.add(path);
    cut.add("frames", sliceStoredRows(message, frames.rows, 0, frames.firstKeyRow));
    return [sliceStoredRows(message, frames.rows, frames.firstKeyRow, frames.rows.rows)];
  });
}
