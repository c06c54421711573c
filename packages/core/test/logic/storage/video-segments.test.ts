import type { StoreId } from "@rerun-ts/core";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { decodeMessageFrame } from "../../../dist/rrd/decode/decode-message-frame.js";
import { segmentName, type SegmentFolder, type SegmentKind } from "../../../dist/storage/segment-file.js";
import { SegmentLog } from "../../../dist/storage/segment-log.js";
import { withoutRanges } from "../../../dist/storage/segment-videos.js";

const STORE: StoreId = { kind: "recording", applicationId: "log", recordingId: "one" };
const [STREAM, HEADER] = [12, 16];

/** A folder in memory, with the contents of its files. */
class ContentsFolder implements SegmentFolder {
  readonly files = new Map<string, Uint8Array>();
  #count = 0;

  create(kind: SegmentKind): ReturnType<SegmentFolder["create"]> {
    const name = segmentName(kind, this.#count++);
    this.files.set(name, new Uint8Array());
    const write = (pieces: readonly Uint8Array[], position: number): void => {
      const before = (this.files.get(name) as Uint8Array).subarray(0, position);
      this.files.set(name, new Uint8Array(Buffer.concat([before, ...pieces])));
    };
    return { name, file: { write, truncate: () => {}, close: () => {} } };
  }

  remove(name: string): void {
    this.files.delete(name);
  }

  cut(name: string, ranges: Parameters<SegmentFolder["cut"]>[1], bytes: number): boolean {
    const whole = (this.files.get(name) as Uint8Array).subarray(0, bytes);
    this.files.set(name, new Uint8Array(Buffer.concat(withoutRanges(whole, ranges))));
    return true;
  }

  /** The ids of the messages, which are their contents. */
  get ids(): number[] {
    return [...this.files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, bytes]) => {
        const ids: number[] = [];
        for (let at = STREAM; at < bytes.byteLength;) {
          const { length } = decodeMessageFrame(bytes.subarray(at, at + HEADER)) as { readonly length: number };
          ids.push(new DataView(bytes.buffer, bytes.byteOffset + at + HEADER).getUint32(0));
          at += HEADER + length;
        }
        return ids;
      });
  }
}

interface Frame {
  readonly entity: string;
  readonly startsGroup: boolean;
  readonly before: number | undefined;
}

const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ entity: fc.constantFrom("a", "b", "c"), startsGroup: fc.nat(9).map((n) => n === 0) }),
  },
  { weight: 2, arbitrary: fc.constant("other" as const) },
  { weight: 1, arbitrary: fc.constantFrom("seal" as const, "evict" as const, "release" as const) },
);

it("a log keeps no frame without those that it needs, whatever is dropped, and counts each row once", () => {
  fc.assert(
    fc.property(
      fc.array(action, { minLength: 60, maxLength: 200, size: "max" }),
      fc.integer({ min: 80, max: 700 }),
      (actions, segmentBytes) => {
        const folder = new ContentsFolder();
        const evicted: number[] = [];
        let rows = 0;
        const log = new SegmentLog(folder, {
          segmentBytes,
          segmentMs: Infinity,
          maxBytes: 1500,
          maxAgeMs: Infinity,
          separatesRetained: true,
          onEvicted: (found) => {
            rows += found.rows ?? 0;
            if (found.name === undefined) evicted.push(found.firstId);
          },
        });
        const frames = new Map<number, Frame>();
        const last = new Map<string, number>();
        let [id, released] = [0, 0];
        for (const each of actions) {
          if (each === "seal") log.seal();
          else if (each === "evict") log.evictOldest();
          else if (each === "release") log.release((released = Math.max(released, id - 10)));
          else {
            const payload = new Uint8Array(20);
            new DataView(payload.buffer).setUint32(0, ++id);
            const video = each === "other" ? undefined : each;
            log.append({ kind: "chunk", storeId: STORE, payload, rows: 1, retentionKey: undefined, video }, id);
            if (video === undefined) continue;
            frames.set(id, { ...video, before: last.get(video.entity) });
            last.set(video.entity, id);
          }
        }
        log.seal();
        const { ids } = folder;
        const present = new Set(ids);
        expect(ids).toEqual([...present].sort((a, b) => a - b));
        expect(evicted.filter((each) => present.has(each))).toEqual([]);
        expect(log.bytes).toBe([...folder.files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0));
        const isReleased = (each: number): boolean => each <= released;
        for (const each of ids) {
          const { startsGroup = true, before } = frames.get(each) ?? {};
          const isDecodable = startsGroup || before === undefined || present.has(before) || isReleased(before);
          expect(isDecodable, `frame ${each} after ${before}`).toBe(true);
        }
        // Released data may be there still, and what was released with other data may be reported as dropped.
        if (released === 0) expect(rows + ids.length).toBe(id);
      },
    ),
    { numRuns: 500 },
  );
});
