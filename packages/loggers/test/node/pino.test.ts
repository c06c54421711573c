import { once } from "node:events";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { RecordingStream, setGlobalRecording } from "@rerun-ts/node";
import openTransport, {
  rerunDestination,
  type RerunDestinationOptions,
  type RerunPinoOptions,
} from "@rerun-ts/loggers/pino";
import { pino, type LoggerOptions } from "pino";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { readLines, recordLines, type RecordedLine } from "@rerun-ts/test-support/node/read-lines";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

/** The recorded lines that `use` logs. */
function logged(
  use: (logger: pino.Logger) => void,
  options?: LoggerOptions,
  destination?: RerunDestinationOptions,
): RecordedLine[] {
  const { recording, read } = recordLines();
  use(pino({ level: "trace", ...options }, rerunDestination(recording, destination)));
  return readLines(read());
}

describe("a line of pino", () => {
  it("has the nearest of Rerun's levels for any number", () => {
    const lines = logged(
      (logger) => {
        for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) logger[level](level);
        for (const level of ["chatter", "notice", "alarm", "doom"])
          (logger as unknown as Record<string, (text: string) => void>)[level]?.(level);
      },
      { customLevels: { chatter: 24, notice: 25, alarm: 52, doom: 100 } },
    );
    expect(lines.map(({ level, text }) => `${text}: ${level}`)).toEqual([
      "trace: TRACE",
      "debug: DEBUG",
      "info: INFO",
      "warn: WARN",
      "error: ERROR",
      "fatal: CRITICAL",
      "chatter: DEBUG",
      "notice: INFO",
      "alarm: ERROR",
      "doom: CRITICAL",
    ]);
  });

  it("has Rerun's level if a formatter writes level names", () => {
    const formatters = { level: (name: string) => ({ level: name === "info" ? "Chatter" : name }) };
    const lines = logged((logger) => (logger.fatal("a"), logger.info("b")), { formatters });
    expect(lines.map(({ level }) => level)).toEqual(["CRITICAL", "Chatter"]);
  });

  it("is logged to the entity for the logger's name", () => {
    const log = (logger: pino.Logger): void => logger.info("x");
    const path = (...args: Parameters<typeof logged> extends [unknown, ...infer Rest] ? Rest : never): string[] =>
      logged(log, ...args).map((line) => line.path);
    expect(path()).toEqual(["/logs/pino"]);
    expect(path({ name: "app.db" })).toEqual(["/logs/pino/app/db"]);
    expect(path({ name: "/app//a b." }, { entityPath: ["service", 1] })).toEqual(["/service/1/app/a\\ b"]);
    expect(path({ name: "app", base: { module: "net" } }, { nameKeys: ["module", "name"] })).toEqual([
      "/logs/pino/net",
    ]);
    expect(path({ name: "app" }, { nameKeys: [], entityPath: "log" })).toEqual(["/log"]);
  });

  it("has its other fields after the message", () => {
    const lines = logged((logger) => {
      logger.info({ ms: 1200, query: "select 1", ok: true, tags: ["a", { b: null }], none: undefined }, "slow");
      logger.info({ only: "fields" });
      logger.child({ request: 7 }).info({ "odd key": "", quoted: '"', equation: "a=b" }, "in %s", "child");
      logger.info("");
    });
    expect(lines.map(({ text }) => text)).toEqual([
      'slow ms=1200 query="select 1" ok=true tags=["a", {"b": null}]',
      "only=fields",
      'in child request=7 "odd key"="" quoted="\\"" equation="a=b"',
      "",
    ]);
  });

  it("has errors with their stack on separate lines", () => {
    const error = Object.assign(new TypeError("no number", { cause: new Error("no reading") }), { code: "E1" });
    const [line, bare] = logged((logger) => (logger.error({ err: error, at: 3 }, "failed"), logger.error(error)));
    expect(line?.text).toMatch(
      /^failed at=3\nTypeError: no number\n {4}at [^]*\ncaused by: Error: no reading\n[^]*\{"code": "E1"\}$/,
    );
    expect(bare?.text).toMatch(/^no number(: no reading)?\nTypeError: no number/);
  });

  it("has the message of another key with `messageKey`", () => {
    const lines = logged((logger) => logger.info({ msg: 1 }, "x"), { messageKey: "text" }, { messageKey: "text" });
    expect(lines.map(({ text }) => text)).toEqual(["x msg=1"]);
  });

  it.each<[string, (() => string) | false, bigint[]]>([
    ["milliseconds", () => ',"time":1700000000123', [1_700_000_000_123_000_000n]],
    ["seconds", () => ',"time":1700000000', [1_700_000_000_000_000_000n]],
    ["a string", () => ',"time":"2023-11-14T22:13:20.123Z"', [1_700_000_000_123_000_000n]],
    ["no time", false, []],
    ["nonsense", () => ',"time":"soon"', []],
  ])("has its time on the timeline of the option: %s", (_, timestamp, expected) => {
    const { recording, read } = recordLines();
    pino({ timestamp }, rerunDestination(recording, { timeline: "logged" })).info("x");
    pino({ timestamp }, rerunDestination(recording, { entityPath: "other" })).info("x");
    const chunks = Object.fromEntries(readChunks(read()).map((chunk) => [chunk.entityPath, chunk.times]));
    expect(chunks["/logs/pino"]?.["logged"] ?? []).toEqual(expected);
    expect(Object.keys(chunks["/other"] ?? {})).toEqual(["log_time"]);
  });

  it("is logged once per destination of multistream, by default to the global recording", () => {
    const { recording, read } = recordLines();
    const previous = setGlobalRecording(recording);
    onTestFinished(() => void setGlobalRecording(previous));
    const written: string[] = [];
    const others = { write: (line: string) => void written.push(line) };
    const logger = pino({}, pino.multistream([{ stream: rerunDestination() }, { stream: others, level: "warn" }]));
    logger.info("one");
    logger.warn("two");
    expect(readLines(read()).map(({ text }) => text)).toEqual(["one", "two"]);
    expect(written).toHaveLength(1);
  });
});

describe("rerunDestination", () => {
  it("logs lines that are not pino's unchanged", () => {
    const { recording, read } = recordLines();
    const destination = rerunDestination(recording);
    for (const line of ["plain text\n", '{"level":50}{\n', "7", "null\n", "\n", ""]) destination.write(line);
    destination.write('{"level":40,"msg":"a","name":7}\n{"msg":{"b":1}}\n');
    expect(readLines(read()).map(({ path, level, text }) => [path, level, text])).toEqual([
      ["/logs/pino", "INFO", "plain text"],
      ["/logs/pino", "INFO", '{"level":50}{'],
      ["/logs/pino", "INFO", "7"],
      ["/logs/pino", "INFO", "null"],
      ["/logs/pino", "WARN", "a name=7"],
      ["/logs/pino", "INFO", '{"b": 1}'],
    ]);
  });

  it("truncates text longer than `maxTextLength`", () => {
    const lines = logged((logger) => logger.info({ key: "y".repeat(50) }, "x"), {}, { maxTextLength: 10 });
    expect(lines[0]?.text).toBe("x key=yyyy…");
  });

  it("neither logs its own messages nor throws", async () => {
    const recording = new RecordingStream("logs", { onWarning: ({ message }) => logger.warn(message) });
    const memory = recording.memoryRecording();
    const logger = pino(rerunDestination(recording));
    recording.log("x", "no data" as never);
    logger.info("one");
    await recording.close();
    logger.info("too late");
    expect(readLines(memory.drainAsBytes())).toMatchObject([{ level: "WARN" }, { text: "one" }]);

    let calls = 0;
    const log = (): never => {
      calls++;
      nosy.warn("called");
      throw new Error("strict");
    };
    const nosy: pino.Logger = pino(rerunDestination({ log, at: () => recording, sendColumns: () => {} }));
    nosy.info("one");
    nosy.info("two");
    expect(calls).toBe(2);
    const destination = rerunDestination(recording);
    for (const odd of [undefined, Object.create(null)]) destination.write(odd as string);
  });

  it.each<[string, unknown[]]>([
    ["`recording` must be a recording, or undefined for the global one, got an empty object", [{}]],
    ["`entityPath` must be an entity path: a string, or an array of its parts, got 5", [undefined, { entityPath: 5 }]],
    ['`timeline` must be the name of a timeline, got ""', [undefined, { timeline: "" }]],
    ["`messageKey` must be a string, got null", [undefined, { messageKey: null }]],
    ['`nameKeys` must be an array of strings, got "name"', [undefined, { nameKeys: "name" }]],
  ])("throws a TypeError: %s", (message, args) => {
    expect(() => (rerunDestination as (...all: unknown[]) => unknown)(...args)).toThrow(
      expect.objectContaining({ name: "TypeError", message }),
    );
  });

  it("rejects unknown options", () => {
    expect(() => rerunDestination(undefined, { path: "x" } as RerunDestinationOptions)).toThrow(
      "`path` is not an option of `rerunDestination`; known options: entityPath, maxTextLength, timeline, messageKey, nameKeys",
    );
  });
});

describe("the transport for pino, outside of a worker", () => {
  it("writes a file from lines that arrive in arbitrary pieces", async () => {
    const path = join(folder.path, "pieces.rrd");
    const stream = await openTransport({ applicationId: "logs", recordingId: "r1", path, entityPath: "log" });
    const bytes = Buffer.from('{"level":30,"msg":"größe"}\n{"level":50,"msg":"b"}\n{"level":20,"msg":"last"}');
    for (const byte of bytes.subarray(0, 30)) stream.write(Buffer.of(byte));
    stream.end(bytes.subarray(30).toString());
    await once(stream, "close");
    expect(readLines(await readFile(path))).toEqual([
      { path: "/log", level: "INFO", text: "größe" },
      { path: "/log", level: "ERROR", text: "b" },
      { path: "/log", level: "DEBUG", text: "last" },
    ]);
  });

  it.each<[string, object | undefined]>([
    ["`options` must be an object, got undefined", undefined],
    ["`applicationId` must be", { path: "x.rrd" }],
    ["`path` must be the path of a file, got undefined", { applicationId: "logs" }],
    ["`timeline` must be the name of a timeline, got 5", { applicationId: "logs", path: "x.rrd", timeline: 5 }],
  ])("rejects wrong options with INVALID_ARGUMENT: %s", async (message, options) => {
    const opened = openTransport(options as RerunPinoOptions);
    await expect(opened).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(opened).rejects.toThrow(message);
  });
});
