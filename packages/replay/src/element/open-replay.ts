import { RerunError } from "@rerun-ts/core";
import { invalidArgument, isBlob, isUint8Array, isUrl } from "@rerun-ts/core/checks";
import { openLive, openRrd, type LiveSource, type RecordingReader } from "@rerun-ts/reading";
import { metaPath, missingPage, pagesOf } from "../events/layout.ts";
import { PageEvents, PAGE_TIMELINE } from "../play/page-events.ts";
import { ReplayDocument } from "../play/replay-document.ts";
import { openReplayFrame } from "../play/replay-frame.ts";
import { ReplayPlayer } from "../play/replay-player.ts";
import { TimeMap } from "../play/time-map.ts";

/** A recording with a page: its URL, a file, its bytes, or a recording that is still being logged. */
export type PageSource = string | URL | Blob | Uint8Array | LiveSource;

/** A page of a recording in a frame. */
export interface OpenedReplay {
  readonly player: ReplayPlayer;
  readonly frame: HTMLIFrameElement;
  /** The time on `log_time` of a time on a timeline of the viewer. `undefined` if it is unknown. */
  toLogTime(time: number, timeline: string | undefined): Promise<bigint | undefined>;
  /** Reads the rows that a live recording has received since. `undefined` for other recordings. */
  readonly refresh: (() => Promise<void>) | undefined;
  close(): void;
}

/** A larger time is a time of the clock (1973, in nanoseconds since 1970), and not the number of a sequence. */
const FIRST_WALL_TIME = 1e17;

/** The interval in which a live recording is searched for its page, in milliseconds. */
const POLL_MS = 200;

/** The page of a recording that is open. */
interface PageOfRecording {
  readonly reader: RecordingReader;
  readonly events: PageEvents;
  readonly isLive: boolean;
  close(): void;
}

/**
 * Opens a recording, and makes the frame of a page in an element. Waits for the page of a live recording. Rejects with
 * `NOT_FOUND` naming the entities with a page, if the entity of a file has none, and with the errors of `openRrd` and
 * `openLive`.
 *
 * @param onStatus receives texts about the progress
 */
export async function openReplay(
  source: PageSource,
  entity: string,
  parent: HTMLElement,
  signal: AbortSignal,
  onStatus: (text: string) => void,
): Promise<OpenedReplay> {
  const path = entity.startsWith("/") ? entity : `/${entity}`;
  const page = await (isLiveSource(source) ? openLivePage(source, path, signal, onStatus) : openFilePage(source, path));
  const { reader, events } = page;
  const frame = document.createElement("iframe");
  const urls = new Map<string, string>();
  const close = (): void => {
    frame.remove();
    for (const url of urls.values()) URL.revokeObjectURL(url);
    page.close();
  };
  const readAssets = async (): Promise<boolean> => {
    const assets = await events.newAssets();
    for (const [url, blob] of assets) if (!urls.has(url)) urls.set(url, URL.createObjectURL(blob));
    return assets.size > 0;
  };
  try {
    await readAssets();
    signal.throwIfAborted();
    parent.prepend(frame);
    const inner = await openReplayFrame(frame);
    if (inner === undefined) throw new RerunError("UNSUPPORTED", "the browser did not open a frame for the replay");
    const player = new ReplayPlayer(events, new ReplayDocument(inner, (url) => urls.get(url)));
    const maps = new Map<string, Promise<TimeMap>>();
    const refresh = async (): Promise<void> => {
      await events.refresh();
      maps.clear();
      // Images have taken the places of others before they came.
      if (await readAssets()) player.invalidate();
    };
    return {
      player,
      frame,
      close,
      refresh: page.isLive ? refresh : undefined,
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

function isLiveSource(source: PageSource): source is LiveSource {
  if (typeof source === "string" || isUrl(source) || isBlob(source) || isUint8Array(source)) return false;
  if (typeof source === "object" && ("readMessages" in source || Symbol.asyncIterator in source)) return true;
  throw invalidArgument("source", "a URL, a file, bytes, or a MemorySink of a recording", source);
}

async function openFilePage(source: Exclude<PageSource, LiveSource>, path: string): Promise<PageOfRecording> {
  const file = await openRrd(typeof source === "string" ? new URL(source, document.baseURI) : source);
  const close = (): void => void file.close();
  try {
    const pages = file.recordings.map((one) => pagesOf(file.recording(one).schema().entityPaths));
    const info = file.recordings.find((_, index) => pages[index]?.includes(path));
    const reader = info && file.recording(info);
    const events = reader && (await PageEvents.open(reader, path));
    if (reader === undefined || events === undefined)
      throw new RerunError("NOT_FOUND", missingPage(path, pages.flat()));
    return { reader, events, isLive: false, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function openLivePage(
  source: LiveSource,
  path: string,
  signal: AbortSignal,
  onStatus: (text: string) => void,
): Promise<PageOfRecording> {
  const reader = await openLive(source, { signal });
  const close = (): void => reader.close();
  try {
    for (;;) {
      const events = await PageEvents.open(reader, path);
      if (events !== undefined) return { reader, events, isLive: true, close };
      onStatus(`Waiting for a page at ${path} …`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      signal.throwIfAborted();
    }
  } catch (error) {
    close();
    throw error;
  }
}
