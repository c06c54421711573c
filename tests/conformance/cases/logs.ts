import * as rr from "@rerun-ts/node";
import { rerunDestination } from "@rerun-ts/loggers/pino";
import { pino } from "pino";

/** A console without output. */
function quietConsole(): Required<
  Pick<rr.types.ConsoleLike, "assert" | "debug" | "error" | "info" | "log" | "trace" | "warn">
> {
  const quiet = (): void => {};
  return { assert: quiet, debug: quiet, error: quiet, info: quiet, log: quiet, trace: quiet, warn: quiet };
}

export function consoleLines(rec: rr.RecordingStream): void {
  const console = quietConsole();
  const restore = rr.captureConsole(rec, { console, entityPath: "logs/console" });
  console.trace("trace");
  console.debug("debug");
  console.log("%s of %d", "one", 2, true);
  console.info({ name: "größe 😀", list: [1, 2.5, null, { empty: {} }] });
  console.warn("warn", 1, "a\nb");
  console.error("");
  console.assert(false, "%i left", 3);
  restore();
  console.log("not logged");
  rr.captureConsole(rec.at({ frame: 7 }), { console, entityPath: ["logs", "a b"] });
  console.log("at a frame");
}

/** The lines that Python's logging handler logs. */
export function pinoLines(rec: rr.RecordingStream): void {
  const options = {
    level: "chatter",
    customLevels: { chatter: 1 },
    formatters: { level: (level: string) => ({ level }) },
  };
  for (const name of ["app", "app.db", "app.db.größe 1"]) {
    const logger = pino({ ...options, name }, rerunDestination(rec, { entityPath: "logs/python" }));
    for (const level of ["debug", "info", "warn", "error", "fatal", "chatter"] as const)
      logger[level]("it is %s", level);
  }
}

export function pinoFields(rec: rr.RecordingStream): void {
  const destination = rerunDestination(rec, { entityPath: "logs", timeline: "logged" });
  const timestamp = (): string => ',"time":1700000000123';
  pino({ timestamp }, destination).info({ ms: 1200, query: "select 1", tags: ["a", { b: null }] }, "slow");
  pino({ timestamp, name: "net" }, destination).child({ request: 7 }).warn("late");
}
