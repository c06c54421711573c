import { RecordingStream, setGlobalRecording, type RerunError } from "@rerun-ts/node";
import { RerunTransport, type RerunTransportOptions } from "@rerun-ts/loggers/winston";
import { describe, expect, it, onTestFinished } from "vitest";
import winston, { type LoggerOptions } from "winston";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { readLines, recordLines, type RecordedLine } from "@rerun-ts/test-support/node/read-lines";

const { format } = winston;

/** The recorded lines that `use` logs. */
async function logged(
  use: (logger: winston.Logger) => void,
  options?: LoggerOptions,
  transport?: RerunTransportOptions,
): Promise<RecordedLine[]> {
  const { recording, read } = recordLines();
  const transports = [new RerunTransport({ recording, ...transport })];
  const logger = winston.createLogger({ level: "silly", transports, ...options });
  use(logger);
  await ended(logger);
  return readLines(read());
}

async function ended(logger: winston.Logger): Promise<void> {
  const finished = new Promise((resolve) => void logger.once("finish", resolve));
  logger.end();
  await finished;
}

describe("a line of winston", () => {
  it.each<[string, LoggerOptions["levels"] | undefined, Record<string, string>]>([
    [
      "npm",
      undefined,
      { error: "ERROR", warn: "WARN", info: "INFO", http: "DEBUG", verbose: "DEBUG", debug: "DEBUG", silly: "TRACE" },
    ],
    [
      "syslog",
      winston.config.syslog.levels,
      {
        emerg: "CRITICAL",
        alert: "CRITICAL",
        crit: "CRITICAL",
        error: "ERROR",
        warning: "WARN",
        notice: "INFO",
        info: "INFO",
        debug: "DEBUG",
      },
    ],
    ["custom levels keep their names", { loud: 0, quiet: 1 }, { loud: "loud", quiet: "quiet" }],
  ])("has the nearest of Rerun's levels: %s", async (_, levels, expected) => {
    const names = Object.keys(expected);
    const options = { level: names.at(-1) ?? "", ...(levels !== undefined && { levels }) };
    const lines = await logged((logger) => names.forEach((name) => logger.log(name, name)), options);
    expect(Object.fromEntries(lines.map(({ level, text }) => [text, level]))).toEqual(expected);
  });

  it("has level and message without the colours of a format", async () => {
    const colorful = format.combine(format.colorize({ all: true, colors: { warn: "yellow" } }), format.simple());
    const lines = await logged((logger) => logger.warn("hot"), { format: colorful });
    expect(lines).toEqual([{ path: "/logs/winston", level: "WARN", text: "hot" }]);
  });

  it("is logged to the entity for its label, service or name", async () => {
    const path = async (options: LoggerOptions, transport?: RerunTransportOptions): Promise<string | undefined> =>
      (await logged((logger) => logger.info("x"), options, transport))[0]?.path;
    expect(await path({ defaultMeta: { service: "app.db" } })).toBe("/logs/winston/app/db");
    expect(await path({ defaultMeta: { name: "app" } }, { entityPath: "log" })).toBe("/log/app");
    expect(await path({ defaultMeta: { service: "app" }, format: format.label({ label: "net/http" }) })).toBe(
      "/logs/winston/net/http",
    );
    expect(await path({ defaultMeta: { service: "app" } }, { nameKeys: [] })).toBe("/logs/winston");
  });

  it("has its other fields after the message", async () => {
    const lines = await logged(
      (logger) => {
        logger.info("slow", { ms: 1200, tags: ["a"], at: new Date(0), big: 2n });
        logger.child({ request: 7 }).info({ message: { a: 1 } } as never);
        logger.info("%s of %d", "one", 2, { rest: 1 });
        logger.log({ level: "info", message: "x", service: "s", label: "l", timestamp: "now" });
      },
      { format: format.splat() },
    );
    expect(lines.map(({ text }) => text)).toEqual([
      'slow ms=1200 tags=["a"] at=1970-01-01T00:00:00.000Z big=2n',
      '{"a": 1} request=7',
      "one of 2 rest=1",
      "x service=s",
    ]);
  });

  it("has errors with their stack on separate lines", async () => {
    const error = (): Error => Object.assign(new Error("no reading", { cause: new Error("why") }), { code: "E1" });
    const use = (logger: winston.Logger): void => {
      logger.error("failed", error());
      logger.error(error());
      logger.error("failed", { reason: error(), ms: 1 });
      logger.error({ message: error() } as never);
    };
    for (const own of [undefined, format.errors({ stack: true })]) {
      const lines = await logged(use, own && { format: own });
      const [meta, itself, field, message] = lines.map(({ text }) => text);
      expect(meta).toMatch(/^failed no reading code=E1\nError: no reading\n {4}at [^]*\nError: why\n {4}at /);
      expect(itself).toMatch(/^no reading( code=E1)?\nError: no reading\n {4}at /);
      expect(field).toMatch(
        /^failed ms=1\nError: no reading\n {4}at [^]*\{"code": "E1"\}\ncaused by: Error: why\n {4}at /,
      );
      expect(message).toMatch(/^(Error: )?no reading[^]*\n {4}at /);
    }
  });

  it("only has the stack of an uncaught exception", async () => {
    const use = (logger: winston.Logger): void => {
      logger.log(logger.exceptions.getAllInfo(new Error("lost")) as winston.LogEntry);
    };
    const [line] = await logged(use, undefined, { handleExceptions: true });
    expect(line).toMatchObject({ path: "/logs/winston", level: "ERROR" });
    expect(line?.text).toMatch(/^uncaughtException: lost\nError: lost(\n {4}at .*)+$/);
  });

  it("has the time of the format `timestamp` on the timeline of the option", async () => {
    const { recording, read } = recordLines();
    const time = new Date(1_700_000_000_123);
    const at = format((info) => ({ ...info, timestamp: time.toISOString() }));
    const transports = [
      new RerunTransport({ recording, timeline: "logged" }),
      new RerunTransport({ recording, entityPath: "x" }),
    ];
    const logger = winston.createLogger({ format: at(), transports });
    logger.info("x");
    await ended(logger);
    const times = Object.fromEntries(readChunks(read()).map((chunk) => [chunk.entityPath, chunk.times]));
    expect(times["/logs/winston"]).toMatchObject({ logged: [1_700_000_000_123_000_000n] });
    expect(Object.keys(times["/x"] ?? {})).toEqual(["log_time"]);
  });
});

describe("RerunTransport", () => {
  it("supports winston's options level, silent and format", async () => {
    const use = (logger: winston.Logger): void => void logger.warn("hot").info("cold");
    const texts = async (options: RerunTransportOptions): Promise<string[]> =>
      (await logged(use, undefined, options)).map(({ text }) => text);
    expect(await texts({ level: "warn" })).toEqual(["hot"]);
    expect(await texts({ silent: true })).toEqual([]);
    expect(await texts({ format: format.label({ label: "a", message: true }) })).toEqual(["[a] hot", "[a] cold"]);
  });

  it("emits `logged` for each line, and uses the global recording by default", async () => {
    const { recording, read } = recordLines();
    const previous = setGlobalRecording(recording);
    onTestFinished(() => void setGlobalRecording(previous));
    const transport = new RerunTransport();
    const reported: unknown[] = [];
    transport.on("logged", ({ message }: { message: string }) => reported.push(message));
    const logger = winston.createLogger({ transports: [transport] });
    for (let line = 0; line < 100; line++) logger.info(`line ${line}`);
    await ended(logger);
    await new Promise((resolve) => void setImmediate(resolve));
    expect(readLines(read())).toHaveLength(100);
    expect(reported).toHaveLength(100);
  });

  it("truncates text longer than `maxTextLength`", async () => {
    const lines = await logged((logger) => logger.info("x", { key: "y".repeat(50) }), {}, { maxTextLength: 10 });
    expect(lines[0]?.text).toBe("x key=yyyy…");
  });

  it("neither logs its own messages nor throws", async () => {
    const fail = (): never => {
      throw new Error("no");
    };
    let calls = 0;
    const warn = ({ message }: RerunError): void => {
      calls++;
      logger.warn(message);
    };
    const recording = new RecordingStream("logs", { onWarning: warn });
    recording.memoryRecording();
    const broken = { log: fail, at: fail, sendColumns: fail };
    const logger = winston.createLogger({
      format: format((info) => info)(),
      transports: [new RerunTransport({ recording }), new RerunTransport({ recording: broken })],
    });
    await recording.close();
    logger.info("too late", { hostile: { toJSON: fail } });
    logger.info("again");
    await ended(logger);
    expect(calls).toBe(1);
  });

  it.each<[string, unknown]>([
    ["`options` must be an object, got null", null],
    ["`recording` must be a recording, or undefined for the global one, got 5", { recording: 5 }],
    ["`entityPath` must be an entity path: a string, or an array of its parts, got 5", { entityPath: 5 }],
    ["`timeline` must be the name of a timeline, got 5", { timeline: 5 }],
    ["`nameKeys` must be an array of strings, got an array of length 1 starting with 5", { nameKeys: [5] }],
  ])("throws a TypeError: %s", (message, options) => {
    expect(() => new RerunTransport(options as RerunTransportOptions)).toThrow(
      expect.objectContaining({ name: "TypeError", message }),
    );
  });

  it("rejects unknown options", () => {
    expect(() => new RerunTransport({ path: "x" } as RerunTransportOptions)).toThrow("`path` is not an option of ");
  });
});
