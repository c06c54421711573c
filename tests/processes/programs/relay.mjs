// A relay: `relay.mjs [<options>]`, the options as JSON. Reports its URL; shuts down cleanly on SIGTERM.
import { readFileSync } from "node:fs";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const relay = await rr.serve.serveGrpcRelay({ port: 0, ...JSON.parse(process.argv[2] ?? "{}") });
const idle = peakBytes();
report({ url: relay.url, port: relay.port });
process.on("SIGTERM", () => void end());

async function end() {
  await relay.close();
  report({ stats: relay.stats(), usedBytes: peakBytes() - idle });
  process.exit(0);
}

/** The peak memory of this process, as far as the platform reports it. */
function peakBytes() {
  if (process.platform !== "linux") return 0;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kilobytes) * 1024;
}
