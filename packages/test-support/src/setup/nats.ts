import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSoak, root } from "../node/environment.ts";
import { run } from "../node/run.ts";
import { installDebian } from "./debian.ts";
import { installGoProgram } from "./go-program.ts";

const NEWEST = "2.15.2";
const MODULE = `github.com/nats-io/nats-server/v2@v${NEWEST}`;
const PATHS = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"];

/** Finds the server of NATS for tests: `NATS_SERVER` in the environment, or the usual paths. */
export function natsServerPath(): string | undefined {
  return [process.env["NATS_SERVER"], ...PATHS].find((path) => path !== undefined && existsSync(path));
}

/**
 * Installs the server of NATS if it is missing. Soak tests take a newer one than Debian has, where there is Go. Returns
 * its path, `undefined` if it cannot be installed.
 */
export async function ensureNatsServer(): Promise<string | undefined> {
  if (isSoak && process.env["NATS_SERVER"] === undefined) {
    const newest = join(root, `.cache/nats-server-${NEWEST}/nats-server`);
    if (existsSync(newest) || (await installGoProgram(MODULE, newest))) return newest;
  }
  const found = natsServerPath();
  if (found !== undefined || !(await installDebian(["nats-server"]))) return found;
  // The package may have started a service, which the tests do not use.
  if (existsSync("/run/systemd/system")) await run("systemctl", ["disable", "--now", "nats-server"], { capture: true });
  return natsServerPath();
}
