import { BATCHER_PRESETS, componentBatches, type BatcherConfig } from "@rerun-ts/core";
import { PrimitiveBuilder } from "@rerun-ts/core/encode";
import { TestNumber, numbers } from "@rerun-ts/test-support/common/messages";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Batcher } from "../../../dist/batch/batcher.js";
import type { LoggedChunk } from "../../../dist/batch/logged-chunk.js";
import type { AsComponents } from "../../../dist/batch/component.js";
import { TuidGenerator } from "../../../dist/batch/tuid.js";
import { Clock } from "../../../dist/time/clock.js";
import { TimePoint } from "../../../dist/time/time-point.js";
import { TimelineRegistry } from "../../../dist/time/timeline.js";

/** A chunk that was sent: its entity, the times of its rows, and the components with how many rows have them. */
type Sent = readonly [entity: string, times: readonly number[], components: Readonly<Record<string, number>>];

function plain({ entityPath, times, components, from, to, rowIds }: LoggedChunk): Sent {
  expect(rowIds.length).toBe(16 * (to - from));
  const [first] = times;
  const view = first && new DataView(first.bytes.buffer, first.bytes.byteOffset, first.bytes.byteLength);
  const list =
    view === undefined ? [] : Array.from({ length: to - from }, (_, row) => Number(view.getBigInt64(row * 8, true)));
  const counts = components.map(({ field, cells }) => [field.descriptor.component, to - from - cells.nullCount]);
  return [entityPath, list, Object.fromEntries(counts) as Record<string, number>];
}

function start(config: Partial<BatcherConfig> = {}) {
  const sent: Sent[] = [];
  const more: boolean[] = [];
  const notices: string[] = [];
  const target = {
    onSend: ((): void => {}) as (chunk: LoggedChunk) => void,
    send(chunk: LoggedChunk): void {
      sent.push(plain(chunk));
      target.onSend(chunk);
    },
    expectMore: (isMore: boolean): void => void more.push(isMore),
  };
  const batcher = new Batcher(
    { ...BATCHER_PRESETS.never, ...config },
    new Clock(),
    new TuidGenerator(),
    target,
    (notice) => notices.push(notice),
  );
  const registry = new TimelineRegistry();
  const frames = registry.resolve("frame", "sequence");
  const point = new TimePoint(registry, {});
  const log = (
    entity: string,
    frame: number,
    data: AsComponents | readonly AsComponents[] = numbers(frame),
    now = 0,
  ): boolean => {
    point.assign(frames, frame, 0);
    return batcher.append(batcher.entities.at(entity), data, point, now);
  };
  const static_ = new TimePoint(registry, {});
  const logStatic = (entity: string, data = numbers(1)): boolean =>
    batcher.append(batcher.entities.at(entity), data, static_, 0);
  return { batcher, sent, more, notices, target, log, logStatic };
}

const VALUES = "test.Numbers:values";

describe("rows are sent", () => {
  it("when they are flushed, as one chunk of each entity, with a note that more follow", () => {
    const { batcher, sent, more, log } = start();
    for (const [entity, frame] of [
      ["/a", 1],
      ["/b", 2],
      ["/a", 3],
    ] as const)
      expect(log(entity, frame)).toBe(true);
    expect([sent, batcher.isIdle]).toEqual([[], false]);
    batcher.flush();
    expect(sent).toEqual([
      ["/a", [1, 3], { [VALUES]: 2 }],
      ["/b", [2], { [VALUES]: 1 }],
    ]);
    expect([more, batcher.isIdle]).toEqual([[true, false], true]);
    batcher.flush();
    expect(sent.length).toBe(2);
  });

  it("of one entity alone", () => {
    const { batcher, sent, log } = start();
    log("/a", 1);
    log("/b", 2);
    batcher.flushEntity(batcher.entities.at("/b"));
    expect(sent).toEqual([["/b", [2], { [VALUES]: 1 }]]);
  });

  it("when there are many", () => {
    const { batcher, sent, log } = start({ flushNumRows: 3 });
    for (let frame = 1; frame <= 7; frame++) log("/a", frame);
    expect(sent.map(([, times]) => times)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    batcher.flush();
    expect(sent[2]?.[1]).toEqual([7]);
  });

  it("when they are large", () => {
    // A row takes 16 bytes for its id, 8 for its time, and 8 for each number, besides the offsets of its list.
    const { sent, log } = start({ flushNumBytes: 1000 });
    for (let frame = 1; frame <= 3; frame++) log("/a", frame, numbers([...Array(50).keys()]));
    expect(sent.map(([, times]) => times)).toEqual([[1, 2, 3]]);
    for (let frame = 1; frame <= 2; frame++) log("/a", frame, numbers([...Array(140).keys()]));
    expect(sent.map(([, times]) => times)).toEqual([[1, 2, 3], [1], [2]]);
  });

  it("when the first of them has been pending for long enough", () => {
    const { batcher, sent, log } = start({ flushTickMs: 100 });
    log("/a", 1, numbers(1), 1000);
    log("/b", 2, numbers(1), 1050);
    log("/a", 3, numbers(1), 1099);
    expect(sent).toEqual([]);
    log("/b", 4, numbers(1), 1100);
    expect(sent.map(([entity, times]) => [entity, times])).toEqual([
      ["/a", [1, 3]],
      ["/b", [2, 4]],
    ]);
    expect(batcher.isIdle).toBe(true);
    log("/a", 5, numbers(1), 1150);
    expect(sent.length).toBe(2);
    batcher.flush();
  });

  it("before one with a smaller time makes an unsorted chunk too large", () => {
    const { sent, log } = start({ chunkMaxRowsIfUnsorted: 3 });
    for (const frame of [5, 4, 6, 7, 8]) log("/a", frame);
    expect(sent.map(([, times]) => times)).toEqual([[5, 4, 6]]);
    const sorted = start({ chunkMaxRowsIfUnsorted: 3 });
    for (const frame of [4, 5, 6, 7, 7]) sorted.log("/a", frame);
    expect(sorted.sent).toEqual([]);
  });
});

describe("rows of many entities", () => {
  it("are sent when together they take 64 MiB, of which each entity takes 4 KiB besides its rows", () => {
    const { sent, log } = start();
    const most = (64 * 1024 * 1024) / 4096;
    let entities = 0;
    while (sent.length === 0 && entities < 2 * most) log(`/${entities++}`, 1);
    expect(sent.length).toBe(entities);
    expect(entities).toBeGreaterThan(most * 0.95);
    expect(entities).toBeLessThanOrEqual(most);
    // The count begins again.
    for (let entity = 0; entity < most * 0.9; entity++) log(`/${entity}`, 2);
    expect(sent.length).toBe(entities);
  });

  it("share their builders if there are more than 256", () => {
    for (const [count, left] of [
      [256, 256],
      [257, 0],
    ] as const) {
      const { batcher, log } = start();
      for (let entity = 0; entity < count; entity++) log(`/${entity}`, 1);
      batcher.flush();
      const builders = Array.from({ length: count }, (_, entity) => [...batcher.entities.at(`/${entity}`).builders]);
      expect(builders.flat().length).toBe(left);
    }
  });
});

describe("rows of one entity", () => {
  it("are not sent because they are many: only their size counts", () => {
    const { sent, log } = start();
    for (let frame = 0; frame < 20_000; frame++) log("/a", frame);
    expect(sent).toEqual([]);
  });

  it("go into one chunk for each set of timelines, in turn", () => {
    const { batcher, sent, log, logStatic } = start();
    for (const frame of [1, 2]) {
      log("/a", frame);
      logStatic("/a");
    }
    batcher.flush();
    expect(sent).toEqual([
      ["/a", [1, 2], { [VALUES]: 2 }],
      ["/a", [], { [VALUES]: 2 }],
    ]);
  });

  it("are sent when they have exactly the size of the limit", () => {
    const sizes = start();
    sizes.log("/a", 1);
    const size = sizes.batcher.entities.at("/a").current?.byteLength ?? 0;
    for (const [flushNumBytes, count] of [
      [size, 1],
      [size + 1, 0],
    ] as const) {
      const { sent, log } = start({ flushNumBytes });
      log("/a", 1);
      expect(sent.length).toBe(count);
    }
  });

  it("are sent at once if they are large and refer to the caller's memory", () => {
    const borrowed = (isBorrowed: boolean, count: number): AsComponents =>
      componentBatches("test.Numbers", {
        values: {
          type: {
            ...TestNumber,
            createBuilder: () => Object.defineProperty(TestNumber.createBuilder(), "isBorrowed", { value: isBorrowed }),
          } as never,
          values: Array(count).fill(0),
        },
      });
    for (const [isBorrowed, count, isSent] of [
      [true, 10_000, true],
      [true, 1, false],
      [false, 10_000, false],
    ] as const) {
      const { sent, log } = start();
      log("/a", 1, borrowed(isBorrowed, count));
      expect([isBorrowed, count, sent.length > 0]).toEqual([isBorrowed, count, isSent]);
    }
  });

  it("that were sent do not count as pending for those of others", () => {
    const { sent, log } = start({ flushNumBytes: 1e5 });
    log("/b", 1);
    const data = numbers(Array.from({ length: 15_000 }, () => 0));
    for (let frame = 0; frame < 1200; frame++) log("/a", frame, data);
    expect([sent.length, sent.some(([entity]) => entity === "/b")]).toEqual([1200, false]);
  });
});

it("entities without rows are forgotten when there are more than 200,000", () => {
  const { batcher, target, log } = start({ flushNumRows: 1 });
  for (let entity = 0; entity < 200_000; entity++) batcher.entities.at(`/${entity}`);
  batcher.flush();
  expect(batcher.entities.size).toBe(200_000);
  batcher.entities.at("/more");
  // Not while a row is pending again.
  batcher.config = { ...batcher.config, flushNumRows: Infinity };
  log("/a", 1);
  target.onSend = () => {
    target.onSend = () => {};
    log("/b", 2);
  };
  batcher.flush();
  expect(batcher.entities.size).toBeGreaterThan(200_000);
  batcher.flush();
  expect(batcher.entities.size).toBe(0);
});

it("a timer that was started for rows that are sent already does not send later ones", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { batcher, sent, log } = start({ flushTickMs: 100 });
  log("/a", 1);
  await vi.advanceTimersByTimeAsync(50);
  batcher.flush();
  log("/a", 2);
  await vi.advanceTimersByTimeAsync(99);
  expect(sent.map(([, times]) => times)).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.map(([, times]) => times)).toEqual([[1], [2]]);
});

it("rows are sent by a timer, once", async () => {
  const { batcher, sent, target, log } = start({ flushTickMs: 1 });
  const isSent = new Promise<void>((resolve) => (target.onSend = () => resolve()));
  log("/a", 1);
  log("/a", 2);
  await isSent;
  expect([sent.map(([, times]) => times), batcher.isIdle]).toEqual([[[1, 2]], true]);
});

it("ids of rows and chunks increase", () => {
  const { batcher, target, log } = start();
  const ids: string[] = [];
  const hex = (...words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, "0")).join("");
  target.onSend = ({ id, rowIds }) => {
    for (let row = 0; row < rowIds.length; row += 16)
      ids.push(Array.from(rowIds.subarray(row, row + 16), (byte) => byte.toString(16).padStart(2, "0")).join(""));
    ids.push(hex(id.timeHi, id.timeLo, id.incHi, id.incLo));
  };
  for (const frame of [1, 2, 3]) log("/a", frame);
  batcher.flush();
  log("/a", 4);
  batcher.flush();
  expect(ids.length).toBe(6);
  expect([...new Set(ids)].sort((a, b) => (a < b ? -1 : 1))).toEqual(ids);
});

describe("a row", () => {
  it("is not stored if it has no component", () => {
    const { batcher, sent, log } = start();
    expect(log("/a", 1, [])).toBe(false);
    batcher.flush();
    expect([sent, batcher.isIdle]).toEqual([[], true]);
  });

  it("is not stored if one of its components is wrong, and leaves the rows before it whole", () => {
    const { batcher, sent, log } = start();
    log("/a", 1);
    const wrong = {
      asComponents: (): never => {
        throw new Error("wrong");
      },
    } as AsComponents;
    expect(() => log("/a", 2, [numbers([7, 8]), wrong])).toThrow("wrong");
    log("/a", 3);
    batcher.flush();
    expect(sent).toEqual([["/a", [1, 3], { [VALUES]: 2 }]]);
  });

  it("with another type begins another chunk, with a warning", () => {
    const { batcher, sent, notices, log } = start();
    const wide = numbers(1);
    const narrow = componentBatches("test.Numbers", {
      values: {
        type: {
          ...TestNumber,
          arrow: { type: "Float32" },
          createBuilder: () => new PrimitiveBuilder({ type: "Float32" }),
          append: () => {},
        },
        values: [],
      },
    });
    log("/a", 1, wide);
    log("/a", 2, narrow);
    expect(sent).toEqual([["/a", [1], { [VALUES]: 1 }]]);
    expect(notices).toEqual([expect.stringContaining("changed its type from Float64 to Float32")]);
    batcher.flush();
    expect(sent[1]).toEqual(["/a", [2], { [VALUES]: 1 }]);
  });

  it("with another component type begins another chunk, without a warning", () => {
    const { sent, notices, log } = start();
    log("/a", 1);
    const named = { ...TestNumber, name: "test.Other" };
    log("/a", 2, componentBatches("test.Numbers", { values: { type: named as never, values: [1] } }));
    expect([sent, notices]).toEqual([[["/a", [1], { [VALUES]: 1 }]], []]);
  });

  it("is complete before the rows before it are sent, if user code flushes while it is read", () => {
    const { batcher, sent, log } = start();
    log("/a", 1);
    const flushing = {
      asComponents: (writer: never) => {
        batcher.flush();
        expect(sent).toEqual([]);
        numbers(2).asComponents(writer);
      },
    } as unknown as AsComponents;
    log("/a", 2, flushing);
    expect(sent).toEqual([["/a", [1, 2], { [VALUES]: 2 }]]);
  });

  it("that is logged while a chunk is sent goes into another chunk", () => {
    const { batcher, sent, target, log } = start();
    log("/a", 1);
    target.onSend = ({ entityPath }) => {
      target.onSend = () => {};
      log(entityPath, 2);
    };
    batcher.flush();
    expect(sent.map(([, times]) => times)).toEqual([[1]]);
    batcher.flush();
    expect(sent.map(([, times]) => times)).toEqual([[1], [2]]);
  });

  it("cannot be logged from inside another one", () => {
    const { log } = start();
    const nested = { asComponents: () => void log("/b", 1) } as unknown as AsComponents;
    expect(() => log("/a", 1, nested)).toThrow("a call from inside it");
  });

  it("is sent once if a flush inside of a flush sends it", () => {
    const { batcher, sent, target, log } = start();
    for (const entity of ["/a", "/b", "/c"]) log(entity, 1);
    target.onSend = () => {
      target.onSend = () => {};
      batcher.flush();
    };
    batcher.flush();
    expect(sent.map(([entity]) => entity)).toEqual(["/a", "/b", "/c"]);
  });

  it("is pending no more when sending it fails", () => {
    const { batcher, sent, more, target, log } = start();
    log("/a", 1);
    target.onSend = () => {
      throw new Error("lost");
    };
    expect(() => batcher.flush()).toThrow("lost");
    target.onSend = () => {};
    log("/a", 2);
    batcher.flush();
    expect(sent.map(([, times]) => times)).toEqual([[1], [2]]);
    expect(more).toEqual([true, false, true, false]);
  });
});
