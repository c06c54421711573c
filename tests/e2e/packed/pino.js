// A program whose logger saves a recording in a worker of pino: node pino.js FILE
import { pino } from "pino";

const options = { applicationId: "packed", path: process.argv[2], entityPath: "logs" };
const logger = pino({ name: "app" }, pino.transport({ target: "@rerun-ts/loggers/pino", options }));
logger.warn({ ms: 1200 }, "slow query");
