import type { RecordingStream } from "@rerun-ts/core";
import { frozenAt } from "@rerun-ts/core/integration";
import { DynamicArchetype, TextLog } from "@rerun-ts/types";
import { ASSET_ARCHETYPE, assetsPath, EVENT_ARCHETYPE, metaPath, snapshotsPath } from "../events/layout.ts";
import { EVENT, textOf, type PageEvent } from "../events/page-event.ts";

/** The smallest difference of two times, in milliseconds: readers keep one value of each time. */
const STEP_MS = 0.001;
/** Events of this time share a row, which costs less than a row for each of them. */
const ROW_MS = 50;
/** The most events of a row. */
const MAX_ROW_EVENTS = 1000;

/** Writes the events of a page as rows, in their order. `log_time` of a row is the time of its last event. */
export class EventLog {
  readonly #recording: RecordingStream;
  readonly #path: string;
  #lastMs = 0;
  #meta: PageEvent | undefined;
  /** The events of the next row, as JSON. */
  #pending: string[] = [];
  #pendingMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #assets = 0;

  constructor(recording: RecordingStream, path: string) {
    this.#recording = recording;
    this.#path = path;
  }

  /** Logs an event. The size and the URL of the page are logged with the snapshot that follows. */
  write(event: PageEvent): void {
    if (event.type === EVENT.meta) this.#meta = event;
    else if (event.type === EVENT.fullSnapshot) this.#writeSnapshot(event);
    else {
      this.#pending.push(JSON.stringify(event));
      this.#pendingMs = event.timestamp;
      this.#timer ??= setTimeout(() => this.flush(), ROW_MS);
      if (this.#pending.length >= MAX_ROW_EVENTS) this.flush();
    }
  }

  /** Logs all pending events, unless the recording is closed. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#pending;
    this.#pending = [];
    if (events.length === 0 || this.#recording.state === "closed") return;
    this.#viewAt(this.#pendingMs).log(this.#path, rowOf(events));
  }

  /** Logs an image or a font, unless the recording is closed. */
  asset(url: string, mediaType: string, bytes: ArrayBuffer): void {
    if (this.#recording.state === "closed") return;
    const path = `${assetsPath(this.#path)}/${this.#assets++}`;
    const values = { url, media_type: mediaType, bytes };
    this.#recording.log(path, new DynamicArchetype(ASSET_ARCHETYPE, values), { static: true });
  }

  #writeSnapshot(event: PageEvent): void {
    this.flush();
    const view = this.#viewAt(event.timestamp);
    view.log(snapshotsPath(this.#path), rowOf([JSON.stringify(event)]));
    const meta = this.#meta;
    if (meta === undefined) return;
    view.log(metaPath(this.#path), [
      new TextLog(textOf(meta.data["href"]), { level: "INFO" }),
      rowOf([JSON.stringify(meta)]),
    ]);
  }

  #viewAt(timestamp: number): ReturnType<typeof frozenAt> {
    this.#lastMs = Math.max(timestamp, this.#lastMs + STEP_MS);
    return frozenAt(this.#recording, {}, this.#lastMs);
  }
}

function rowOf(events: readonly string[]): DynamicArchetype {
  return new DynamicArchetype(EVENT_ARCHETYPE, { event: events });
}
