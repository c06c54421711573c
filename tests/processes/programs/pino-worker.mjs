// Logs with pino, whose worker thread records: `pino-worker.mjs <way> <file>`.
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { pino } from "pino";
import { report } from "./lib/report.mjs";

const [way, file] = process.argv.slice(2);
const LINES = 1000;
const START_MS = 1000;
const TIMEOUT_MS = 10_000;

const target = "@rerun-ts/loggers/pino";
const options = { applicationId: "pino-worker", path: file, entityPath: "logs", timeline: "logged" };

const WAYS = {
  async "ends without closing"() {
    logLines(pino({ name: "app" }, pino.transport({ target, options })));
  },
  "calls process.exit"() {
    logLines(pino({ name: "app" }, pino.transport({ target, options })));
    process.exit(0);
  },
  async "calls process.exit later"() {
    logLines(pino({ name: "app" }, pino.transport({ target, options })));
    await setTimeout(START_MS);
    process.exit(0);
  },
  async "throws an uncaught exception"() {
    logLines(pino({ name: "app" }, pino.transport({ target, options })));
    await setTimeout(START_MS);
    throw new Error("not caught");
  },
  async "ends its transport"() {
    const transport = pino.transport({ target, options });
    logLines(pino({ name: "app" }, transport));
    transport.end();
    // The worker does not keep the program alive.
    await Promise.race([once(transport, "close"), setTimeout(TIMEOUT_MS)]);
    // The file must be complete because of the transport, not because of the end of the process.
    process.kill(process.pid, "SIGKILL");
  },
  async "uses other transports too"() {
    const others = { target: "pino/file", options: { destination: 2 }, level: "fatal" };
    const logger = pino({ name: "app", transport: { targets: [{ target, options }, others] } });
    logLines(logger);
  },
  async "has a wrong option"() {
    const transport = pino.transport({ target, options: { ...options, timeline: 5 } });
    transport.on("error", ({ name, message }) => report({ name, message }));
    pino(transport).info("x");
  },
  async "cannot write the file"() {
    const transport = pino.transport({ target, options: { ...options, path: `${file}/impossible.rrd` } });
    transport.on("error", ({ message }) => report({ message }));
    pino(transport).info("x");
  },
};

await WAYS[way]();

function logLines(logger) {
  for (let line = 0; line < LINES; line++) logger.info({ line }, "größe 😀");
}
