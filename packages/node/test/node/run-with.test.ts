import { setTimeout as sleep } from "node:timers/promises";
import * as rr from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { afterEach, expect, it } from "vitest";

afterEach(() => void rr.setGlobalRecording(undefined));

interface Begun {
  readonly recording: rr.RecordingStream;
  readonly rows: () => string[];
}

function begin(id: string): Begun {
  const recording = new rr.RecordingStream(id, { logTime: false, sendProperties: false, strict: true });
  const memory = recording.memoryRecording();
  const rows = (): string[] =>
    readChunks(memory.drainAsBytes()).flatMap(({ entityPath, times, rows: count }) =>
      Array.from({ length: count }, (_, row) => {
        const at = Object.entries(times).map(([name, values]) => `${name}=${values[row]}`);
        return `${entityPath} ${at.join(" ")}`.trim();
      }),
    );
  return { recording, rows };
}

it("the calls of concurrent tasks log to the recording and at the times of their task", async () => {
  const everything = begin("everything");
  const requests = Array.from({ length: 5 }, (_, index) => begin(`request${index}`));
  rr.setGlobalRecording(everything.recording);
  const handle = async (recording: rr.RecordingStream, index: number): Promise<number> => {
    rr.log("begun", new rr.Scalars(index));
    for (let step = 0; step < 3; step++) {
      await sleep((index * 7 + step * 5) % 4);
      rr.setTime("step", step);
      rr.log("step", new rr.Scalars(step));
    }
    await Promise.all([1, 2].map((part) => rr.runWith(recording, { part }, () => log("part"))));
    rr.resetTime();
    rr.at({ last: 1 }).log("ended", new rr.Scalars(index));
    return index;
  };
  const log = async (path: string): Promise<void> => {
    await Promise.resolve();
    rr.log(path, new rr.Scalars(0));
  };
  rr.setTime("frame", 9);
  const tasks = requests.map(({ recording }, index) =>
    rr.runWith(recording, { request: index }, () => handle(recording, index)),
  );
  rr.log("other", new rr.Scalars(0));
  expect(await Promise.all(tasks)).toEqual([0, 1, 2, 3, 4]);
  rr.log("other", new rr.Scalars(1));
  for (const [index, { rows }] of requests.entries()) {
    expect(rows().toSorted()).toEqual(
      [
        `/begun request=${index}`,
        ...[0, 1, 2].map((step) => `/step request=${index} step=${step}`),
        "/part part=1",
        "/part part=2",
        "/ended last=1",
      ].toSorted(),
    );
  }
  expect(everything.rows()).toEqual(["/other frame=9", "/other frame=9"]);
});

it("a task without a global recording uses its own for everything", async () => {
  const { recording, rows } = begin("own");
  const result = rr.runWith(recording, {}, () => {
    expect(rr.getGlobalRecording()).toBe(recording);
    rr.sendColumns("columns", rr.TimeColumn.sequence("t", [1, 2]), rr.Scalars.columns({ scalars: [1, 2] }));
    return rr.flush();
  });
  expect(await result).toMatchObject({ complete: true });
  expect(rows()).toEqual(["/columns t=1", "/columns t=2"]);
  expect(rr.getGlobalRecording()).toBeUndefined();
});

it("a task can replace the global recording and restore it, and keeps its own", () => {
  const [everything, other, task] = ["everything", "other", "task"].map(begin) as [Begun, Begun, Begun];
  rr.setGlobalRecording(everything.recording);
  rr.runWith(task.recording, {}, () => {
    const previous = rr.setGlobalRecording(other.recording);
    expect(previous).toBe(everything.recording);
    expect(rr.getGlobalRecording()).toBe(task.recording);
    rr.log("within", new rr.Scalars(0));
    rr.setGlobalRecording(previous);
  });
  rr.log("after", new rr.Scalars(0));
  expect([everything.rows(), other.rows(), task.rows()]).toEqual([["/after"], [], ["/within"]]);
});

it("what a task throws is thrown, and wrong arguments are named", () => {
  const { recording } = begin("wrong");
  const failure = new Error("no luck");
  expect(() =>
    rr.runWith(recording, {}, () => {
      throw failure;
    }),
  ).toThrow(failure);
  expect(() => rr.runWith({} as never, {}, () => {})).toThrow(/^`recording` must be a RecordingStream, got /);
  expect(() => rr.runWith(recording, {}, 3 as never)).toThrow("`run` must be a function, got 3");
});
