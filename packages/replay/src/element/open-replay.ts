import { RerunError } from "@rerun-ts/core";
import { openRrd } from "@rerun-ts/reading";
import { metaPath, missingPage, pagesOf } from "../events/layout.ts";
import { PageEvents, PAGE_TIMELINE } from "../play/page-events.ts";
import { ReplayDocument } from "../play/replay-document.ts";
import { openReplayFrame } from "../play/replay-frame.ts";
import { ReplayPlayer } from "../play/replay-player.ts";
import { TimeMap } from "../play/time-map.ts";

/** A recording with a page: its URL, a file, or its bytes. */
export type PageSource = string | URL | Blob | Uint8Array;

/** A page of a recording in a frame. */
export interface OpenedReplay {
  readonly player: ReplayPlayer;
  readonly frame: HTMLIFrameElement;
  /** The time on `log_time` of a time on a timeline of the viewer. `undefined` if it is unknown. */
  toLogTime(time: number, timeline: string | undefined): Promise<bigint | undefined>;
  close(): void;
}

/** Times of sequences are smaller, in nanoseconds since 1970: those before 1973. */
const FIRST_WALL_TIME = 1e17;

/**
 * Opens a recording, and makes the frame of a page in an element. Rejects with `NOT_FOUND` naming the
 * entities with a page, if the entity has none, and with the errors of `openRrd`.
 */
export async function openReplay(
  source: PageSource,
  entity: string,
  place: HTMLElement,
  signal: AbortSignal,
): Promise<OpenedReplay> {
  const file = await openRrd(typeof source === "string" ? new URL(source, document.baseURI) : source);
  const frame = document.createElement("iframe");
  const urls = new Map<string, string>();
  const close = (): void => {
    frame.remove();
    for (const url of urls.values()) URL.revokeObjectURL(url);
    void file.close();
  };
  try {
    const path = entity.startsWith("/") ? entity : `/${entity}`;
    const info = file.recordings.find((one) => pagesOf(file.recording(one).schema().entityPaths).includes(path));
    const events = info && (await PageEvents.open(file.recording(info), path));
    if (info === undefined || events === undefined) {
      const pages = file.recordings.flatMap((one) => pagesOf(file.recording(one).schema().entityPaths));
      throw new RerunError("NOT_FOUND", missingPage(path, pages));
    }
    for (const [url, blob] of await events.assets()) urls.set(url, URL.createObjectURL(blob));
    signal.throwIfAborted();
    place.prepend(frame);
    const inner = await openReplayFrame(frame);
    if (inner === undefined) throw new RerunError("UNSUPPORTED", "the browser opens no frame for the page");
    const player = new ReplayPlayer(events, new ReplayDocument(inner, (url) => urls.get(url)));
    const reader = file.recording(info);
    const maps = new Map<string, Promise<TimeMap>>();
    return {
      player,
      frame,
      close,
      async toLogTime(time, timeline) {
        if (!Number.isFinite(time)) return undefined;
        const at = BigInt(Math.round(time));
        if (timeline === PAGE_TIMELINE || (timeline === undefined && time > FIRST_WALL_TIME)) return at;
        if (timeline === undefined || !reader.schema().indexes.some(({ name }) => name === timeline)) return undefined;
        const map = maps.get(timeline) ?? TimeMap.read(reader, [path, metaPath(path)], timeline);
        maps.set(timeline, map);
        return (await map).at(at);
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}
