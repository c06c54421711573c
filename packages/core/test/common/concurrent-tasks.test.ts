import { TimeColumn, type RecordingView } from "@rerun-ts/core";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it, onTestFailed } from "vitest";
import { CollectingSink, numbers } from "@rerun-ts/test-support/common/messages";
import { observeRecording } from "@rerun-ts/test-support/common/recordings";

const TASKS = 20;
const STEPS = 25;

/** Yields to the other tasks, which continue in a random order. */
async function yieldToOthers(random: (below: number) => number): Promise<void> {
  const turns = random(4);
  if (turns === 0) await new Promise((resolve) => setTimeout(resolve));
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}

/** Logs a row at each of its steps, and yields between them. */
async function work(at: RecordingView, task: number, random: (below: number) => number): Promise<void> {
  for (let step = 0; step < STEPS; step++) {
    await yieldToOthers(random);
    at.at({ step }).log(["tasks", String(task)], numbers(task));
  }
}

describe("a view of a recording at fixed times", () => {
  it("keeps the times of concurrent tasks separate, also when the recording's times change", async () => {
    const seed = Date.now() % 2 ** 31;
    onTestFailed(() => console.error(`The seed of the order is ${seed}.`));
    const random = seededRandom(seed);
    const { recording } = observeRecording({ logTime: false });
    const sink = new CollectingSink();
    await recording.setSink(sink);
    const tasks = Array.from({ length: TASKS }, (_, task) => {
      recording.setTime("frame", task * 10);
      return work(recording.at({ task }), task, random);
    });
    recording.setTime("frame", 1_000_000);
    await Promise.all(tasks);
    await recording.flush();

    const logged = sink.messages.flatMap(({ manifest }) =>
      manifest?.entityPath.startsWith("/tasks/") === true ? [manifest] : [],
    );
    expect(logged).toHaveLength(TASKS * STEPS);
    const steps = new Map<number, number>();
    for (const { entityPath, timelines, ranges } of logged) {
      const task = Number(entityPath.slice("/tasks/".length));
      const step = steps.get(task) ?? 0;
      steps.set(task, step + 1);
      const times = Object.fromEntries(timelines.map(({ name }, slot) => [name, ranges[slot]?.start.lo]));
      expect(times).toEqual({ frame: task * 10, step, task });
    }
  });

  it("does not change the times of the recording", async () => {
    const { recording } = observeRecording({ logTime: false });
    const sink = new CollectingSink();
    await recording.setSink(sink);
    recording.setTime("frame", 7);
    recording.at({ frame: 8, task: 1 }).log("view", numbers(1));
    recording.log("own", numbers(2));
    const [view, own] = sink.messages.slice(-2);
    expect(view?.manifest).toMatchObject({
      timelines: [{ name: "frame" }, { name: "task" }],
      ranges: [{ start: { lo: 8 } }, { start: { lo: 1 } }],
    });
    expect(own?.manifest).toMatchObject({ timelines: [{ name: "frame" }], ranges: [{ start: { lo: 7 } }] });
  });

  it("reports and ignores calls after the recording was closed", async () => {
    const { recording, warnings } = observeRecording();
    const sink = new CollectingSink();
    await recording.setSink(sink);
    const at = recording.at({ task: 1 });
    await recording.close();
    const count = sink.messages.length;
    at.log("late", numbers(1));
    at.sendColumns("late", TimeColumn.sequence("row", [1]), []);
    expect(sink.messages).toHaveLength(count);
    expect(warnings.map(({ code }) => code)).toEqual(["CLOSED", "CLOSED"]);
  });
});
