import type { RecordingStream } from "@rerun-ts/core";
import { frozenAt } from "@rerun-ts/core/integration";
import { DynamicArchetype, TextLog } from "@rerun-ts/types";
import { ASSET_ARCHETYPE, assetsPath, EVENT_ARCHETYPE, metaPath, snapshotsPath } from "../events/layout.ts";
import { EVENT, textOf, type PageEvent } from "../events/page-event.ts";

/** The smallest difference of two times, in milliseconds: readers keep one value of each time. */
const STEP_MS = 0.001;

/** Writes the events of a page as rows, in their order. `log_time` is the time of the event. */
export class EventLog {
  readonly #recording: RecordingStream;
  readonly #path: string;
  #lastMs = 0;
  #meta: PageEvent | undefined;
  #assets = 0;

  constructor(recording: RecordingStream, path: string) {
    this.#recording = recording;
    this.#path = path;
  }

  /** Logs an event. The size and the URL of the page are logged with the snapshot that follows. */
  write(event: PageEvent): void {
    if (event.type === EVENT.meta) {
      this.#meta = event;
      return;
    }
    this.#lastMs = Math.max(event.timestamp, this.#lastMs + STEP_MS);
    const view = frozenAt(this.#recording, {}, this.#lastMs);
    if (event.type === EVENT.fullSnapshot) {
      view.log(snapshotsPath(this.#path), rowOf(event));
      const meta = this.#meta;
      if (meta !== undefined)
        view.log(metaPath(this.#path), [new TextLog(textOf(meta.data["href"]), { level: "INFO" }), rowOf(meta)]);
    } else view.log(this.#path, rowOf(event));
  }

  /** Logs an image or a font. */
  asset(url: string, mediaType: string, bytes: ArrayBuffer): void {
    const path = `${assetsPath(this.#path)}/${this.#assets++}`;
    const values = { url, media_type: mediaType, bytes };
    this.#recording.log(path, new DynamicArchetype(ASSET_ARCHETYPE, values), { static: true });
  }
}

function rowOf(event: PageEvent): DynamicArchetype {
  return new DynamicArchetype(EVENT_ARCHETYPE, { event: JSON.stringify(event) });
}
