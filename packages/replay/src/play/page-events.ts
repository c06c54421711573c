import type { RecordingReader } from "@rerun-ts/reading";
import { plainRows } from "@rerun-ts/reading";
import { ASSET_ARCHETYPE, assetsPath, EVENT_COMPONENT, metaPath, snapshotsPath } from "../events/layout.ts";
import { fieldsOf, type PageEvent } from "../events/page-event.ts";

/** The timeline with the times of events, in nanoseconds since 1970. */
export const PAGE_TIMELINE = "log_time";
/** The segments that are kept in memory. */
const MAX_SEGMENTS = 4;
const SAFE_MEDIA = /^(?:image|font)\/[\w.+-]+$|^application\/(?:x-)?font-[\w-]+$/;

/** An event and its time, in nanoseconds since 1970. */
export interface TimedEvent {
  readonly time: bigint;
  readonly event: PageEvent;
}

/** The events of a page in a recording. They are read as they are needed, from one full snapshot to the next. */
export class PageEvents {
  /** The events with the size and the address of the page, one before each full snapshot. */
  readonly #metas: TimedEvent[];
  #end = 0n;
  readonly #reader: RecordingReader;
  readonly #path: string;
  readonly #readAssets = new Set<string>();
  readonly #segments = new Map<number, Promise<readonly TimedEvent[]>>();

  private constructor(reader: RecordingReader, path: string, metas: TimedEvent[]) {
    this.#reader = reader;
    this.#path = path;
    this.#metas = metas;
    this.#findEnd();
  }

  /** The size and the address of the page at each full snapshot, in their order. */
  get metas(): readonly TimedEvent[] {
    return this.#metas;
  }

  /** The first time of the page. */
  get start(): bigint {
    return this.#metas[0]?.time ?? 0n;
  }

  /** The last time of the recording. */
  get end(): bigint {
    return this.#end;
  }

  /** Reads where the snapshots are. @returns `undefined` if the entity has no page */
  static async open(reader: RecordingReader, path: string): Promise<PageEvents | undefined> {
    if (!reader.schema().entityPaths.includes(metaPath(path))) return undefined;
    const metas = await rowsOf(reader, metaPath(path));
    return metas.length === 0 ? undefined : new PageEvents(reader, path, metas);
  }

  /** Reads the rows that a live recording has received since the last call. */
  async refresh(): Promise<void> {
    // The events after the last snapshot have grown, too.
    this.#segments.delete(this.#metas.length - 1);
    const last = this.#metas.at(-1)?.time ?? 0n;
    this.#metas.push(...(await rowsOf(this.#reader, metaPath(this.#path), last + 1n)));
    this.#findEnd();
  }

  #findEnd(): void {
    const last = this.#metas.at(-1)?.time ?? 0n;
    const end = this.#reader.timeRange(PAGE_TIMELINE)?.end ?? last;
    this.#end = end > last ? end : last;
  }

  /** The index of the last snapshot at or before a time, or -1. */
  snapshotAt(time: bigint): number {
    let [low, high] = [0, this.metas.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.metas[middle]?.time ?? 0n) <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The full snapshot with an index. `undefined` if it is missing. */
  async snapshot(index: number): Promise<PageEvent | undefined> {
    const time = this.metas[index]?.time;
    if (time === undefined) return undefined;
    const [row] = await rowsOf(this.#reader, snapshotsPath(this.#path), time, time);
    return row?.event;
  }

  /** The incremental events from one snapshot to the next. */
  segment(index: number): Promise<readonly TimedEvent[]> {
    const known = this.#segments.get(index);
    if (known !== undefined) return known;
    const from = this.metas[index]?.time ?? 0n;
    const next = this.metas[index + 1]?.time;
    const rows = rowsOf(this.#reader, this.#path, from, next === undefined ? undefined : next - 1n);
    this.#segments.set(index, rows);
    // The next call repeats a failed read.
    rows.catch(() => this.#segments.delete(index));
    const [oldest] = this.#segments.keys();
    if (this.#segments.size > MAX_SEGMENTS && oldest !== undefined) this.#segments.delete(oldest);
    return rows;
  }

  /** The images and fonts of the page that no earlier call has returned, by their addresses. */
  async newAssets(): Promise<ReadonlyMap<string, Blob>> {
    const all = new Map<string, Blob>();
    const below = `${assetsPath(this.#path)}/`;
    const paths = this.#reader.schema().entityPaths.filter((path) => path.startsWith(below));
    for (const path of paths) {
      if (this.#readAssets.has(path)) continue;
      this.#readAssets.add(path);
      const query = this.#reader.query({ index: null, contents: path });
      for (const row of plainRows(await query.toTable())) {
        const [url, type, bytes] = ["url", "media_type", "bytes"].map(
          (name) => (row[`${path}:${ASSET_ARCHETYPE}:${name}`] as readonly unknown[] | null | undefined)?.[0],
        );
        if (typeof url !== "string" || typeof type !== "string" || !SAFE_MEDIA.test(type)) continue;
        if (bytes instanceof Uint8Array) all.set(url, new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
      }
    }
    return all;
  }
}

async function rowsOf(reader: RecordingReader, path: string, from?: bigint, to?: bigint): Promise<TimedEvent[]> {
  if (!reader.schema().entityPaths.includes(path)) return [];
  const name = `${path}:${EVENT_COMPONENT}`;
  const query = reader.query({ index: PAGE_TIMELINE, contents: path, columns: [name], range: { from, to } });
  const rows: TimedEvent[] = [];
  // After the snapshot, which may be of the same millisecond.
  let earliest = (from ?? 0n) + 1n;
  for (const row of plainRows(await query.toTable())) {
    const texts = row[name];
    const end = row[PAGE_TIMELINE];
    if (!Array.isArray(texts) || typeof end !== "bigint") continue;
    for (const text of texts) {
      const event = parseEvent(text);
      if (event === undefined) continue;
      // Events are in order, whatever the times in them say, and none is later than its row.
      const own = BigInt(Math.round(event.timestamp)) * 1_000_000n;
      const time = own > end || texts.length === 1 ? end : own < earliest ? earliest : own;
      rows.push({ time, event });
      earliest = time;
    }
  }
  return rows;
}

/** The event in a text of JSON. `undefined` for anything else. */
export function parseEvent(text: unknown): PageEvent | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const { type, timestamp, data } = fieldsOf(JSON.parse(text));
    if (typeof type !== "number") return undefined;
    return { type, timestamp: Number.isFinite(timestamp) ? Number(timestamp) : 0, data: fieldsOf(data) };
  } catch {
    return undefined;
  }
}
