import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { S3_ENVIRONMENT } from "./bad-store.ts";
import { faultMs, type Faults, type FaultyWorldParts } from "./faulty-world-parts.ts";
import { runCli } from "./relay-program.ts";

/** The processes of the fleet, without its servers. */
function programs({ robots, keeper, compactors, producerPid, edge, ingest }: FaultyWorldParts): number[] {
  const all = [...robots, keeper, ...compactors, edge, ingest].map(({ pid }) => pid);
  return [...all, producerPid].filter((pid) => pid !== undefined);
}

function servers({ keeper, nats, server }: FaultyWorldParts): number[] {
  return [keeper.catalogPid, nats.pid, server.pid].filter((pid) => pid !== undefined);
}

/** Stops a process for a while, which hangs meanwhile. */
async function freeze(pids: readonly number[], { random, maxFreezeMs }: FaultyWorldParts): Promise<void> {
  const pid = pids[random(pids.length)] ?? 0;
  try {
    process.kill(pid, "SIGSTOP");
    await sleep(500 + random(maxFreezeMs));
    process.kill(pid, "SIGCONT");
  } catch {
    // It has ended meanwhile.
  }
}

/** Lets a process open no more files and connections for a while. */
async function takeDescriptors(world: FaultyWorldParts): Promise<void> {
  // Servers of others end without descriptors, as versitygw does, or cannot open their files again, as NATS.
  const pids = programs(world);
  const pid = pids[world.random(pids.length)] ?? 0;
  const limit = (...args: readonly string[]): string =>
    execFileSync("prlimit", ["--pid", `${pid}`, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const isAlive = (): boolean => existsSync(`/proc/${pid}`);
  try {
    const before = limit("--nofile", "--output", "SOFT", "--noheadings", "--raw").trim();
    limit("--nofile=3:");
    await sleep(faultMs(world.random));
    limit(`--nofile=${before}:`);
  } catch (error) {
    // It may have ended meanwhile. A limit that stays would be a fault without an end.
    if (isAlive()) throw error;
  }
}

const breakDisks =
  (code: "ENOSPC" | "EACCES" | "EIO") =>
  async ({ faultyDisk, random }: FaultyWorldParts): Promise<void> => {
    // In one step, because programs read it at any time.
    writeFileSync(faultyDisk, code);
    await sleep(faultMs(random));
    rmSync(faultyDisk);
  };

/** Sends noise to the edge, and requests without a token. */
async function disturbEdge({ edgePort, random }: FaultyWorldParts): Promise<void> {
  const noise = Buffer.from(Array.from({ length: 2000 }, () => random(256)));
  for (const bytes of [noise, Buffer.from("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), noise]) {
    await new Promise<void>((resolve) => {
      const socket = connect(edgePort, "127.0.0.1", () => socket.end(bytes));
      socket.on("error", () => resolve());
      socket.on("close", () => resolve());
      socket.resume();
      setTimeout(() => socket.destroy(), 500).unref();
    });
  }
}

/** The machine of the robots goes back to an earlier state of its disk: what was flushed in between may be gone. */
async function restoreMachine({ robots, spool, folder, random }: FaultyWorldParts): Promise<void> {
  const snapshot = join(folder, "spool-snapshot");
  const machine = robots.filter((robot) => robot.spool === spool);
  for (const robot of machine) robot.lives.push(await robot.die());
  // With its sockets, which `cpSync` refuses.
  execFileSync("cp", ["-a", spool, snapshot]);
  for (const robot of machine) robot.start();
  await sleep(faultMs(random));
  for (const robot of machine) await robot.die();
  rmSync(spool, { recursive: true });
  renameSync(snapshot, spool);
  for (const robot of machine) robot.start();
}

export const PROGRAM_FAULTS = {
  "a robot is killed": async ({ random, robots }) => robots[random(robots.length)]?.kill(),
  "the keeper is killed": async ({ keeper }) => {
    await keeper.killKeeper();
    await keeper.start();
  },
  "the catalog is killed": ({ keeper }) => keeper.killCatalog(),
  "the edge is killed": async ({ edge }) => {
    await edge.kill();
    await edge.resume();
  },
  "a program is frozen": (world) => freeze(programs(world), world),
  "a server is frozen": (world) => freeze(servers(world), world),
  "a process has no descriptors": takeDescriptors,
  "disks are full": breakDisks("ENOSPC"),
  "disks are denied": breakDisks("EACCES"),
  "disks fail": breakDisks("EIO"),
  "a machine goes back to a snapshot": restoreMachine,
  "the spool is pushed": async ({ spool, proxy }) => {
    await runCli(["push", spool, "--to", "s3://bucket/prefix", "--endpoint", proxy.url], { env: S3_ENVIRONMENT });
  },
  "pages are offline": async ({ context, random }) => {
    await context.setOffline(true);
    await sleep(faultMs(random));
    await context.setOffline(false);
  },
  "foreign files appear": ({ foreign }) => foreign.add(),
  "a stranger talks to the edge": disturbEdge,
} as const satisfies Faults;
