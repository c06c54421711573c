import { RecordingStream, setGlobalRecording, type RerunError } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/recording";
import { captureConsole, type CaptureConsoleOptions, type ConsoleLike } from "@rerun-ts/types";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";

type Line = readonly [level: string, text: string];

/** A console that remembers what was shown. */
class FakeConsole {
  readonly shown: unknown[][] = [];
  debug = (...data: unknown[]): void => void this.shown.push(data);
  error = (...data: unknown[]): void => void this.shown.push(data);
  info = (...data: unknown[]): void => void this.shown.push(data);
  log = (...data: unknown[]): void => void this.shown.push(data);
  warn = (...data: unknown[]): void => void this.shown.push(data);
  /** As in Node, where one method calls another one. */
  trace = (...data: unknown[]): void => this.error("Trace:", ...data);
  assert = (condition?: boolean, ...data: unknown[]): void => {
    if (condition !== true) this.warn(...data);
  };
}

function record(): { recording: RecordingStream; warnings: RerunError[]; lines: (path?: string) => Line[] } {
  const warnings: RerunError[] = [];
  const recording = new RecordingStream("console", { onWarning: (warning) => warnings.push(warning) });
  const memory = recording.memoryRecording();
  const lines = (path = "/logs/console"): Line[] => {
    const rrd = memory.drainAsBytes();
    const levels = valuesOf(rrd, path, "TextLog:level").flat() as string[];
    return (valuesOf(rrd, path, "TextLog:text").flat() as string[]).map((text, row) => [levels[row] ?? "", text]);
  };
  return { recording, warnings, lines };
}

/** A console whose calls are captured. */
function capture(options?: CaptureConsoleOptions): ReturnType<typeof record> & { fake: FakeConsole; undo: () => void } {
  const fake = new FakeConsole();
  const recorded = record();
  return { ...recorded, fake, undo: captureConsole(recorded.recording, { console: fake, ...options }) };
}

function fail(): never {
  throw new Error("called");
}

/** Getters are not called. */
class Pose {
  readonly x = 1;
  constructor() {
    Object.defineProperty(this, "y", { enumerable: true, get: fail });
  }
}

/** The text of one call. */
function textOf(...data: unknown[]): string | undefined {
  const { fake, lines } = capture();
  fake.log(...data);
  return lines()[0]?.[1];
}

describe("captureConsole", () => {
  it("shows each call as before and logs it with its level", () => {
    const { fake, lines } = capture();
    for (const method of ["debug", "log", "info", "warn", "error"] as const) fake[method](method, 1);
    expect(fake.shown).toEqual(["debug", "log", "info", "warn", "error"].map((method) => [method, 1]));
    expect(lines()).toEqual([
      ["DEBUG", "debug 1"],
      ["INFO", "log 1"],
      ["INFO", "info 1"],
      ["WARN", "warn 1"],
      ["ERROR", "error 1"],
    ]);
  });

  it("logs the given levels only, also where one method calls another", () => {
    const { fake, lines } = capture({ levels: ["WARN", "ERROR"] });
    for (const method of ["debug", "log", "warn", "error", "trace"] as const) fake[method](method);
    expect(lines()).toEqual([
      ["WARN", "warn"],
      ["ERROR", "error"],
    ]);
    expect(() => captureConsole(undefined, { levels: ["LOUD" as never] })).toThrow(
      '`levels` must be a list of ERROR, DEBUG, INFO, TRACE, WARN, got "LOUD"',
    );
  });

  it("logs one line for each call, even if the console calls itself", () => {
    const { fake, lines } = capture();
    fake.trace("here");
    fake.assert(true, "well");
    fake.assert(false, "%d left", 2);
    fake.assert(false, { left: 2 });
    fake.assert();
    expect(fake.shown).toEqual([["Trace:", "here"], ["%d left", 2], [{ left: 2 }], []]);
    expect(lines()).toEqual([
      ["TRACE", "here"],
      ["ERROR", "Assertion failed: 2 left"],
      ["ERROR", 'Assertion failed {"left": 2}'],
      ["ERROR", "Assertion failed"],
    ]);
  });

  it("logs to the given entity path at the time of the recording", () => {
    const { recording, lines } = record();
    const fake = new FakeConsole();
    captureConsole(recording.at({ frame: 7 }), { console: fake, entityPath: ["logs", "a b"] });
    fake.log("hello");
    expect(lines("/logs/a\\ b")).toEqual([["INFO", "hello"]]);
    captureConsole(recording.at({ frame: 8 }), { console: fake, entityPath: "here" });
    const memory = recording.memoryRecording();
    fake.log("again");
    const times = readChunks(memory.drainAsBytes()).map((chunk) => [chunk.entityPath, chunk.times["frame"]]);
    expect(Object.fromEntries(times)).toEqual({ "/here": [8n], "/logs/a\\ b": [7n] });
  });

  it("logs to the global recording by default", () => {
    const { recording, lines } = record();
    const previous = setGlobalRecording(recording);
    onTestFinished(() => void setGlobalRecording(previous));
    const fake = new FakeConsole();
    captureConsole(undefined, { console: fake });
    fake.log("hello");
    expect(lines()).toEqual([["INFO", "hello"]]);
  });

  it("captures the real console", () => {
    const { recording, lines } = record();
    const names = ["debug", "error", "info", "log", "trace", "warn"] as const;
    const spies = names.map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
    onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
    const before = { ...console };
    const undo = captureConsole(recording);
    for (const name of names) console[name]("%s!", name);
    undo();
    expect({ ...console }).toEqual(before);
    expect(lines().map(([, text]) => text)).toEqual(names.map((name) => `${name}!`));
  });

  it("captures objects, tables and groups", () => {
    const { recording, lines } = record();
    const names = ["dir", "dirxml", "group", "groupCollapsed", "log", "table"] as const;
    const spies = names.map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
    onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
    onTestFinished(captureConsole(recording));
    console.dir({ a: { b: 1 } }, { depth: 0 });
    console.dirxml([1], "two");
    console.group("%d wheels", 4);
    console.groupCollapsed();
    console.table([{ a: 1 }], ["a"]);
    expect(lines()).toEqual([
      ["INFO", '{"a": {"b": 1}}'],
      ["INFO", "[1] two"],
      ["INFO", "4 wheels"],
      ["INFO", '[{"a": 1}]'],
    ]);
  });
});

describe("captureConsole formats", () => {
  it.each<[string, unknown[], string]>([
    ["nothing", [], ""],
    ["one string, even with specifiers", ["100%% %s"], "100%% %s"],
    ["several values", ["a", 1, -0, 2n, null, undefined, true, Symbol("s")], "a 1 -0 2n null undefined true Symbol(s)"],
    ["functions", [parseInt, (() => () => {})()], "[function parseInt] [function]"],
    ["specifiers", ["%s|%d|%i|%f|%%", "x", 1.5, 1.5, "1.5x"], "x|1.5|1|1.5|%"],
    ["specifiers of objects", ["%o %O %j", [1], { a: 1 }, { b: [] }], '[1] {"a": 1} {"b": []}'],
    ["styles", ["%cred%c plain", "color: red", ""], "red plain"],
    ["colours of terminals", ["\u001b[1;31mred\u001b[0m", "\u001b[39mplain"], "red plain"],
    ["too few values", ["%s and %s", 1], "1 and %s"],
    ["too many values", ["%s", 1, 2, { a: "x" }], '1 2 {"a": "x"}'],
    ["values that are not numbers", ["%d %i %f %d", "x", {}, Symbol("s"), 5n], "NaN NaN NaN 5n"],
    ["a custom toString", ["%s", { toString: () => "mine" }], "mine"],
    [
      "objects",
      [{ a: "x", b: [1, { c: null }], "d e": undefined }],
      '{"a": "x", "b": [1, {"c": null}], "d e": undefined}',
    ],
    [
      "dates and other objects with toJSON",
      [new Date(0), [new URL("http://a/")]],
      '1970-01-01T00:00:00.000Z ["http://a/"]',
    ],
    ["numbers", [new Float32Array([1, 2.5]), new Uint8Array(2)], "Float32Array(2) [1, 2.5] Uint8Array(2) [0, 0]"],
    ["maps, sets, patterns", [new Map([["a", { b: 1 }]]), new Set([1]), /x/g], 'Map {"a" => {"b": 1}} Set {1} /x/g'],
    ["objects of classes", [new Pose()], 'Pose {"x": 1, "y": [getter]}'],
    [
      "deeply nested objects",
      [{ a: { b: { c: { d: { e: { f: { g: 1 } } } } } } }],
      '{"a": {"b": {"c": {"d": {"e": {"f": {…}}}}}}}',
    ],
    ["long lists", [Array.from({ length: 105 }, () => 0)], `[${"0, ".repeat(100)}… 5 more]`],
  ])("%s", (_, data, expected) => {
    expect(textOf(...data)).toBe(expected);
  });

  it("errors with their stack, fields and cause", () => {
    const cause = new TypeError("no number");
    const error = Object.assign(new Error("no reading", { cause }), { code: "E1" });
    const text = textOf("failed:", error) ?? "";
    expect(text).toMatch(
      /^failed: Error: no reading\n[^]*capture-console[^]*\{"code": "E1"\}\ncaused by: TypeError: no number\n/,
    );
    expect(textOf(new AggregateError([cause], "all"))).toContain("\n[TypeError: no number\n");
    const changed = new Error("before");
    changed.message = "after";
    expect(textOf(changed)).toMatch(/^Error: after\n/);
  });

  it("unreadable values without throwing", () => {
    const circular: Record<string, unknown> = { name: "loop", list: [] };
    (circular["list"] as unknown[]).push(circular);
    const endless = { toJSON: () => ({ more: { toJSON: endless.toJSON } }) };
    const hostile = { toJSON: fail };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(textOf(circular)).toBe('{"name": "loop", "list": [[circular]]}');
    expect(textOf(endless)).toBe('{"more": {"more": {"more": {"more": {"more": {"more": {…}}}}}}}');
    expect(textOf(hostile, proxy, [hostile])).toBe("[unreadable] [unreadable] [[unreadable]]");
    expect(textOf("%s %d", { toString: () => Object.create(null) as string }, Object.create(null))).toBe(
      "[unreadable] NaN",
    );
    expect(textOf(Object.create(null))).toBe("{}");
    expect(
      textOf(
        Object.defineProperty(() => {}, "name", { get: fail }),
        1,
      ),
    ).toBe("[unreadable] 1");
    expect(textOf(Object.assign(new Error("odd"), { stack: [] }))).toBe("Error: odd");
  });

  it("long output up to maxTextLength", () => {
    const limited = (...data: unknown[]): string | undefined => {
      const { fake, lines } = capture({ maxTextLength: 10 });
      fake.log(...data);
      return lines()[0]?.[1];
    };
    expect(limited("0123456789")).toBe("0123456789");
    expect(limited("0123456789", 1)).toBe("0123456789…");
    expect(limited("012345678😀")).toBe("012345678…");
    expect(limited(["0123456789"])).toBe('["01234567…');
    expect(
      textOf(
        "x".repeat(1_000_000),
        Array.from({ length: 1000 }, () => "y".repeat(1000)),
      ),
    ).toHaveLength(10_001);
  });
});

describe("captureConsole does not recurse", () => {
  it("if getters, toJSON or toString of a logged value print", () => {
    const { fake, lines } = capture();
    const nosy = {
      toJSON: () => {
        fake.log("asked", nosy);
        return "nosy";
      },
      toString: () => {
        fake.warn(nosy);
        return "text";
      },
    };
    fake.log(nosy);
    fake.log("%s", nosy);
    expect(lines()).toEqual([
      ["INFO", "nosy"],
      ["INFO", "nosy"],
    ]);
  });

  it("if the recording reports a warning", async () => {
    const fake = new FakeConsole();
    const recording = new RecordingStream("console", { onWarning: ({ message }) => fake.warn(message) });
    const memory = recording.memoryRecording();
    captureConsole(recording, { console: fake });
    await recording.close();
    fake.log("too late");
    expect(fake.shown).toEqual([["too late"], [expect.stringContaining("after the recording was closed")]]);
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });

  it("if the SDK prints its own messages, on any console", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const [{ recording, lines }, other] = [record(), new RecordingStream("console")];
    onTestFinished(captureConsole(recording, { console }));
    onTestFinished(captureConsole(other, { console }));
    other.memoryRecording();
    await other.close();
    console.warn("one");
    expect(warn.mock.calls).toEqual([["one"], [expect.stringContaining("[rerun] `log` was called after")]]);
    expect(lines()).toEqual([["WARN", "one"]]);
  });

  it("if a viewer in the page remarks on what it is shown", () => {
    const fake = new FakeConsole();
    const { recording, lines } = record();
    onTestFinished(captureConsole(recording, { console: fake }));
    const remark = " WARN re_log_encoding::rrd::frames: Found data stream with Rerun version 0.41.0";
    fake.warn(remark);
    fake.debug("DEBUG egui::context: Ignoring call request_discard");
    fake.warn("WARN my_app::motor: too hot");
    expect(fake.shown[0]).toEqual([remark]);
    expect(lines()).toEqual([["WARN", "WARN my_app::motor: too hot"]]);
  });

  it("if the recording throws, which the program does not notice", () => {
    const fake = new FakeConsole();
    const strict = {
      log: () => {
        fake.error("inside");
        throw new Error("strict");
      },
      at: () => strict,
      sendColumns: () => {},
    };
    captureConsole(strict, { console: fake });
    fake.log("one");
    fake.log("two");
    expect(fake.shown).toEqual([["one"], ["inside"], ["two"], ["inside"]]);
  });

  it("if the console itself throws, which the program receives", () => {
    const broken: ConsoleLike = {
      log: () => {
        throw new Error("closed");
      },
    };
    const { recording, lines } = record();
    captureConsole(recording, { console: broken });
    expect(() => broken.log?.("x")).toThrow("closed");
    expect(() => broken.log?.("x")).toThrow("closed");
    expect(lines()).toEqual([]);
  });
});

describe("several captures of one console", () => {
  it("log each call once per capture", () => {
    const { fake, lines, recording } = capture();
    const other = record();
    captureConsole(other.recording, { console: fake });
    captureConsole(recording, { console: fake, entityPath: "again" });
    fake.trace("hello");
    internalsOf(recording).dispatcher.flushRows();
    expect(fake.shown).toEqual([["Trace:", "hello"]]);
    expect(other.lines()).toEqual([["TRACE", "hello"]]);
    expect(lines()).toEqual([["TRACE", "hello"]]);
  });

  it("can be stopped in any order", () => {
    const fake = new FakeConsole();
    const { log } = fake;
    const [first, second] = [record(), record()];
    const undoFirst = captureConsole(first.recording, { console: fake });
    const undoSecond = captureConsole(second.recording, { console: fake });
    undoFirst();
    fake.log("one");
    undoSecond();
    fake.log("two");
    undoSecond();
    expect(first.lines()).toEqual([]);
    expect(second.lines()).toEqual([["INFO", "one"]]);
    expect(fake.shown).toEqual([["one"], ["two"]]);
    captureConsole(first.recording, { console: fake })();
    expect(fake.log).not.toBe(log); // the first one lies below, and does nothing
  });
});

describe("stopping a capture", () => {
  it("restores the original methods", () => {
    const fake = new FakeConsole();
    const before = Object.entries(fake);
    const inherits = Object.create(fake) as FakeConsole;
    captureConsole(record().recording, { console: fake })();
    captureConsole(record().recording, { console: inherits })();
    expect(Object.entries(fake)).toEqual(before);
    expect(Object.keys(inherits)).toEqual([]);
  });

  it("keeps methods that were replaced since", () => {
    const { fake, undo, lines } = capture();
    const captured = fake.log;
    const wrapper = (...data: unknown[]): void => captured("wrapped", ...data);
    fake.log = wrapper;
    undo();
    expect(fake.log).toBe(wrapper);
    fake.log("x");
    expect(fake.shown).toEqual([["wrapped", "x"]]);
    expect(lines()).toEqual([]);
  });
});

describe("captureConsole rejects wrong arguments", () => {
  it.each<[string, unknown[]]>([
    [
      "`recording` must be a recording, or undefined for the global one, got an object with entityPath",
      [{ entityPath: "x" }],
    ],
    ["`recording` must be a recording, or undefined for the global one, got null", [null]],
    ['`options` must be an object, got "logs"', [undefined, "logs"]],
    ["`options` must be an object, got null", [undefined, null]],
    ["`entityPath` must be an entity path: a string, or an array of its parts, got 5", [undefined, { entityPath: 5 }]],
    [
      '`entityPath` must be an array of non-empty strings, numbers or bigints, got ""',
      [undefined, { entityPath: [""] }],
    ],
    ["`maxTextLength` must be a number of characters, at least 1, got 0", [undefined, { maxTextLength: 0 }]],
    ["`console` must be a console, got an empty object", [undefined, { console: {} }]],
  ])("%s", (message, args) => {
    const call = captureConsole as (...all: unknown[]) => () => void;
    const before = { ...console };
    expect(() => call(...args)).toThrow(expect.objectContaining({ name: "TypeError", message }));
    expect({ ...console }).toEqual(before);
  });

  it("unknown options", () => {
    expect(() => capture({ path: "x" } as CaptureConsoleOptions)).toThrow(
      "`path` is not an option of `captureConsole`; known options: entityPath, maxTextLength, console, levels",
    );
  });
});
