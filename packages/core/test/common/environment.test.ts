import { MemorySink, type RecordingOptions } from "@rerun-ts/core";
import { readEnvironment, type Environment } from "@rerun-ts/core/recording";
import { describe, expect, it } from "vitest";
import { CollectingSink, numbers } from "@rerun-ts/test-support/common/messages";
import { entitiesOf, observeRecording, rowsOf, type ObservedRecording } from "@rerun-ts/test-support/common/recordings";

function recordIn(environment: Environment, options?: RecordingOptions): ObservedRecording {
  return observeRecording(
    { batcher: undefined, ...options },
    { settings: (warn) => readEnvironment(environment, warn), maxBacklogBytes: 2 ** 20 },
  );
}

/** The number of rows of each chunk when ten rows are logged at `times`, by default 0, 1, 2, … */
async function chunksIn(
  environment: Environment,
  times?: readonly number[],
  options?: RecordingOptions,
): Promise<number[]> {
  const { recording } = recordIn(environment, options);
  const sink = new CollectingSink();
  await recording.setSink(sink);
  for (let row = 0; row < 10; row++) {
    recording.setTime("row", times?.[row] ?? row);
    recording.log("rows", numbers(row));
  }
  await recording.flush();
  return sink.messages.flatMap(({ manifest }) => (manifest?.entityPath === "/rows" ? [manifest.rows] : []));
}

/** The timelines of a logged row. */
async function timelinesIn(environment: Environment, options?: RecordingOptions): Promise<string[]> {
  const { recording } = recordIn(environment, options);
  const sink = new CollectingSink();
  await recording.setSink(sink);
  recording.log("row", numbers(1));
  await recording.flush();
  return sink.messages.at(-1)?.manifest?.timelines.map(({ name }) => name) ?? [];
}

describe("the environment variable", () => {
  it("RERUN=off disables recordings: nothing is opened or buffered, and one warning says so", async () => {
    const { recording, warnings } = recordIn({ RERUN: "off" });
    expect(recording.enabled).toBe(false);
    recording.log("row", numbers(1));
    const sink = new CollectingSink();
    await recording.setSink(sink);
    await recording.setSinks([new MemorySink()]);
    expect(entitiesOf(recording.memoryRecording().drainAsBytes())).toEqual([]);
    recording.log("row", numbers(2));
    expect(await recording.flush()).toMatchObject({ complete: true, droppedRows: 0 });
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
    expect(sink.messages).toEqual([]);
    expect(warnings).toMatchObject([{ code: "DISABLED" }]);
    expect(recording.stats()).toMatchObject({ rows: 0, backlogBytes: 0 });
  });

  it.for([
    [{ RERUN: "on" }, { defaultEnabled: false }, true],
    [{ RERUN: "1" }, { defaultEnabled: false }, true],
    [{ RERUN: "True" }, { defaultEnabled: false }, true],
    [{ RERUN: "0" }, {}, false],
    [{ RERUN: "FALSE" }, { defaultEnabled: true }, false],
    [{ RERUN: "off" }, { enabled: true }, true],
    [{ RERUN: "on" }, { enabled: false }, false],
    [{ RERUN: "" }, { defaultEnabled: false }, false],
    [{}, { defaultEnabled: false }, false],
    [{}, {}, true],
  ] as const)(
    "RERUN has precedence over the default, not over the option: %j with %j sets `enabled` to %s",
    ([environment, options, enabled]) => {
      expect(recordIn(environment, options).recording.enabled).toBe(enabled);
    },
  );

  it("RERUN_FLUSH_NUM_ROWS limits the rows of a chunk", async () => {
    expect(await chunksIn({ RERUN_FLUSH_NUM_ROWS: "4" })).toEqual([4, 4, 2]);
  });

  it("RERUN_FLUSH_NUM_BYTES limits the size of a chunk", async () => {
    const counts = await chunksIn({ RERUN_FLUSH_NUM_BYTES: "0.1 kB" });
    expect(counts.length).toBeGreaterThan(2);
    expect(await chunksIn({ RERUN_FLUSH_NUM_BYTES: "1MiB" })).toEqual([10]);
  });

  it("RERUN_FLUSH_TICK_SECS limits the time that rows are pending", async () => {
    expect(await chunksIn({ RERUN_FLUSH_TICK_SECS: "0" })).toHaveLength(10);
    expect(await chunksIn({ RERUN_FLUSH_TICK_SECS: "3600" })).toEqual([10]);
  });

  it.for(["RERUN_CHUNK_MAX_ROWS_IF_UNSORTED", "RERUN_MAX_CHUNK_ROWS_IF_UNSORTED"])(
    "%s limits the rows of a chunk with unsorted times",
    async (name) => {
      const environment = { [name]: "5", RERUN_FLUSH_TICK_SECS: "3600" };
      expect(await chunksIn(environment, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])).toEqual([5, 5]);
      expect(await chunksIn(environment)).toEqual([10]);
    },
  );

  it("RERUN_LOG_TICK and RERUN_LOG_TIME select the automatic timelines", async () => {
    expect(await timelinesIn({})).toEqual(["log_time"]);
    expect(await timelinesIn({ RERUN_LOG_TICK: "on" })).toEqual(["log_tick", "log_time"]);
    expect(await timelinesIn({ RERUN_LOG_TICK: "1", RERUN_LOG_TIME: "0" })).toEqual(["log_tick"]);
  });

  it("RERUN_STRICT=1 makes calls with invalid data throw", () => {
    const { recording } = recordIn({ RERUN_STRICT: "1" });
    expect(() => recording.setTime("row", 0.5)).toThrow(expect.objectContaining({ code: "INVALID_DATA" }));
    recording.setStrictMode(false);
    expect(() => recording.setTime("row", 0.5)).not.toThrow();
  });

  it("is overridden by the option of the same meaning", async () => {
    expect(await timelinesIn({ RERUN_LOG_TICK: "1", RERUN_LOG_TIME: "0" }, { logTick: false, logTime: true })).toEqual([
      "log_time",
    ]);
    const batcher = { flushNumRows: 5 };
    expect(await chunksIn({ RERUN_FLUSH_NUM_ROWS: "4" }, undefined, { batcher })).toEqual([5, 5]);
    const { recording } = recordIn({ RERUN_STRICT: "1" }, { strict: false });
    expect(() => recording.setTime("row", 0.5)).not.toThrow();
  });

  it.for([
    ["RERUN", "maybe", "on"],
    ["RERUN_STRICT", "2", "on"],
    ["RERUN_LOG_TIME", "never", "on"],
    ["RERUN_LOG_TICK", "x", "on"],
    ["RERUN_FLUSH_TICK_SECS", "-1", "seconds"],
    ["RERUN_FLUSH_TICK_SECS", "fast", "seconds"],
    ["RERUN_FLUSH_NUM_BYTES", "2 apples", "2MiB"],
    ["RERUN_FLUSH_NUM_BYTES", "1constructor", "2MiB"],
    ["RERUN_FLUSH_NUM_ROWS", "1.5", "a non-negative integer"],
    ["RERUN_CHUNK_MAX_ROWS_IF_UNSORTED", "", "a non-negative integer"],
  ] as const)("%s=%s is reported once, with the expected value, and ignored", async ([name, value, expected]) => {
    const environment = { [name]: value };
    const { recording, warnings } = recordIn(environment);
    await recording.setSinks([new MemorySink()]);
    recording.log("row", numbers(1));
    await recording.flush();
    expect(warnings).toHaveLength(1);
    for (const part of [name, JSON.stringify(value), expected]) expect(warnings[0]?.message).toContain(part);
    expect(await timelinesIn(environment)).toEqual(["log_time"]);
    expect(
      await chunksIn({ ...environment, RERUN_FLUSH_TICK_SECS: environment["RERUN_FLUSH_TICK_SECS"] ?? "3600" }),
    ).toEqual([10]);
  });
});

describe("a recording with `enabled: false`", () => {
  it("neither opens sinks nor reads the data that is logged", async () => {
    const { recording } = observeRecording({ enabled: false, strict: true });
    recording.log("row", { asComponents: () => expect.fail("the data was read") });
    const sink = new CollectingSink();
    await recording.setSink(sink);
    expect(rowsOf(sink.messages)).toEqual({});
    expect(recording.sinks).toMatchObject([{ kind: "buffering" }]);
  });
});
