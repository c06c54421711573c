import { rm } from "node:fs/promises";
import { join } from "node:path";
import { connectCatalog } from "@rerun-ts/catalog";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import type { S3Server } from "@rerun-ts/test-support/node/s3-server";
import { pythonReading, runProgram } from "../run-peers.ts";
import { DATASET, keyOfPart, makePart, makeParts } from "./make-parts.ts";
import { RunningProgram, storeEnvironment } from "./programs.ts";

const PARTS = { full: 10_000, quick: 2000 };
const QUERIED = 1000;
/** New parts, of which each is looked for in the catalog. */
const NEW_PARTS = { full: 20, quick: 4 };
const POLL_MS = 20;

/** The times of a keeper in milliseconds, the best of some runs. */
export interface RegisterResult {
  readonly parts: number;
  /** From the start of the command until all are registered: with copies of the parts, or of a mounted store. */
  readonly copiedMs: number;
  readonly mountedMs: number;
}

/** How long a keeper needs to find a new part, in milliseconds. */
export interface BehindResult {
  readonly parts: number;
  readonly medianMs: number;
  readonly longestMs: number;
}

/** The time of the first query in a new program, in milliseconds: the best of some runs. */
export interface FirstQueryResult {
  readonly parts: number;
  readonly openPartsMs: number;
  readonly catalogMs: number;
  /** The time of the processor from the start of the process on. */
  readonly openPartsCpuMs: number;
  readonly catalogCpuMs: number;
  /** Of Rerun's Python SDK, connected before. */
  readonly pythonCatalogMs: number;
}

/** Measures how long a catalog with all parts takes to stand. */
export async function measureRegister(
  server: S3Server,
  rerun: string,
  folder: string,
  rounds: number,
  size: "full" | "quick",
): Promise<RegisterResult> {
  const bucket = server.bucketFolder("bucket");
  await makeParts(bucket, PARTS[size]);
  const best = { copiedMs: Infinity, mountedMs: Infinity };
  const files = join(folder, "files");
  for (let round = 0; round < rounds; round++) {
    const mounted = await startKeeper(server, rerun, ["--files", bucket, "--mounted"]);
    best.mountedMs = Math.min(best.mountedMs, mounted.ms);
    await mounted.keeper.stop();
    const copied = await startKeeper(server, rerun, ["--files", files]);
    best.copiedMs = Math.min(best.copiedMs, copied.ms);
    await copied.keeper.stop();
    await rm(files, { recursive: true });
    process.stdout.write(".");
  }
  await rm(join(bucket, "v1"), { recursive: true });
  return { parts: PARTS[size], ...best };
}

/** Measures how far a keeper is behind its store, and the first query over many parts. */
export async function measureKeeper(
  server: S3Server,
  { rerun, python }: { readonly rerun: string; readonly python: string },
  rounds: number,
  size: "full" | "quick",
): Promise<{ readonly behind: BehindResult; readonly firstQuery: FirstQueryResult }> {
  const bucket = server.bucketFolder("bucket");
  await makeParts(bucket, QUERIED);
  const statusPort = await freePort();
  const args = ["--files", bucket, "--mounted", "--status-port", String(statusPort)];
  const { keeper, url } = await startKeeper(server, rerun, args);
  try {
    const firstQuery = {
      openPartsMs: Infinity,
      catalogMs: Infinity,
      openPartsCpuMs: Infinity,
      catalogCpuMs: Infinity,
      pythonCatalogMs: Infinity,
    };
    const rows: number[] = [];
    const query = async (kind: "openParts" | "catalog", target: string): Promise<void> => {
      const program = RunningProgram.compiled("storage/first-query.ts", [kind, target], storeEnvironment(server));
      const {
        ms,
        cpuMs,
        rows: found,
      } = JSON.parse(await program.line()) as { ms: number; cpuMs: number; rows: number };
      rows.push(found);
      firstQuery[`${kind}Ms`] = Math.min(firstQuery[`${kind}Ms`], ms);
      firstQuery[`${kind}CpuMs`] = Math.min(firstQuery[`${kind}CpuMs`], cpuMs);
    };
    for (let round = 0; round < rounds; round++) {
      await query("openParts", server.url);
      await query("catalog", url);
      const peer = pythonReading(python);
      const theirs = await runProgram({ ...peer, command: [...peer.command, "c3", "1", url, "1"] });
      rows.push(theirs.value ?? NaN);
      firstQuery.pythonCatalogMs = Math.min(firstQuery.pythonCatalogMs, theirs.seconds * 1000);
      process.stdout.write(".");
    }
    if (new Set(rows).size !== 1) throw new Error(`the queries find ${[...new Set(rows)].join(" and ")} rows`);
    const delays: number[] = [];
    for (let added = 0; added < NEW_PARTS[size]; added++) {
      const part = QUERIED + added;
      await makePart(join(bucket, keyOfPart(part)), part);
      const before = performance.now();
      // At another moment of the keeper's interval each time.
      while ((await registeredOf(statusPort)) <= part) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      delays.push(performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, added * 97));
    }
    await checkLayers(url, QUERIED + NEW_PARTS[size]);
    delays.sort((a, b) => a - b);
    const medianMs = delays[delays.length >> 1] ?? NaN;
    const behind = { parts: QUERIED, medianMs, longestMs: delays.at(-1) ?? NaN };
    return { behind, firstQuery: { parts: QUERIED, ...firstQuery } };
  } finally {
    await keeper.stop();
    await rm(join(bucket, "v1"), { recursive: true });
  }
}

/** Starts a keeper. Resolves when all parts are registered. */
async function startKeeper(
  server: S3Server,
  rerun: string,
  args: readonly string[],
): Promise<{ readonly keeper: RunningProgram; readonly url: string; readonly ms: number }> {
  const port = await freePort();
  const command = ["catalog", "keep", "--from", "s3://bucket", "--dataset", DATASET, "--port", String(port), ...args];
  const before = performance.now();
  const keeper = RunningProgram.command(command, { ...storeEnvironment(server), RERUN_CLI_PATH: rerun });
  await keeper.until(/parts are registered/);
  return { keeper, url: `rerun+http://127.0.0.1:${port}`, ms: performance.now() - before };
}

async function registeredOf(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  return ((await response.json()) as { registered: number }).registered;
}

/** Asks Rerun's server itself. @throws if it has another number of parts */
async function checkLayers(url: string, parts: number): Promise<void> {
  using catalog = await connectCatalog(url);
  const { numRows } = await (await catalog.getDataset(DATASET)).manifest();
  if (numRows !== parts) throw new Error(`the catalog has ${numRows} parts, and not ${parts}`);
}
