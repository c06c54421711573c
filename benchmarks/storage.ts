import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { S3Server, type S3Program } from "@rerun-ts/test-support/node/s3-server";
import { ensureNatsServer } from "@rerun-ts/test-support/setup/nats";
import type { RealRerun } from "@rerun-ts/test-support/setup/rerun";
import { ensureS3Server } from "@rerun-ts/test-support/setup/s3-server";
import { outputFolder } from "./run-peers.ts";
import {
  measureKeeper,
  measureRegister,
  type BehindResult,
  type FirstQueryResult,
  type RegisterResult,
} from "./storage/measure-catalog.ts";
import { measureIngest, type IngestResult } from "./storage/measure-ingest.ts";
import { measureUpload, type UploadResult } from "./storage/measure-upload.ts";
import { alignTable } from "./table.ts";

/** The names of the measurements of object storage. */
export const STORAGE = ["storage-upload", "storage-ingest", "storage-keep", "storage-register"] as const;

/** The certificate of the server with TLS, which is also that of its authority, and its key. */
const TLS = join(import.meta.dirname, "../tests/processes/harness/tls");
const CERTIFICATE = { cert: join(TLS, "certificate.pem"), key: join(TLS, "key.pem") };

/** The measurements of object storage. */
export interface StorageResult {
  readonly upload?: UploadResult;
  readonly secureUpload?: UploadResult;
  readonly ingest?: readonly IngestResult[];
  readonly behind?: BehindResult;
  readonly firstQuery?: FirstQueryResult;
  readonly register?: RegisterResult;
}

/** Measures parts in object storage, with real servers: the best of so many runs. Linux only. */
export async function measureStorage(
  isWanted: (name: string) => boolean,
  rerun: RealRerun | undefined,
  rounds: number,
  size: "full" | "quick",
): Promise<StorageResult> {
  const program = await ensureS3Server();
  const nats = await ensureNatsServer();
  // Objects of the other server are not files.
  if ("missing" in program || program.name !== "versitygw") {
    console.log("Nothing is measured of object storage: versitygw is not installed");
    return {};
  }
  const folder = await mkdtemp(join(outputFolder, "storage-"));
  const server = await S3Server.start(program, { folder, buckets: ["bucket"] });
  const can = (name: (typeof STORAGE)[number]): boolean => {
    if (isWanted(name)) process.stdout.write(`\n${name}: `);
    return isWanted(name);
  };
  try {
    return {
      ...(can("storage-upload") && {
        upload: await measureUpload({ server }, folder, rounds, size),
        secureUpload: await measureSecureUpload(program, folder, rounds, size),
      }),
      ...(nats !== undefined &&
        can("storage-ingest") && { ingest: await measureIngest(nats, server, folder, rounds, size) }),
      ...(rerun !== undefined && can("storage-keep") && (await measureKeeper(server, rerun, rounds, size))),
      ...(rerun !== undefined &&
        can("storage-register") && {
          register: await measureRegister(server, rerun.rerun, folder, rounds, size),
        }),
    };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

async function measureSecureUpload(
  program: S3Program,
  folder: string,
  rounds: number,
  size: "full" | "quick",
): Promise<UploadResult> {
  const data = join(folder, "tls");
  await mkdir(data);
  const server = await S3Server.start(program, { folder: data, buckets: ["bucket"], tls: CERTIFICATE });
  try {
    return await measureUpload({ server, ca: await readFile(CERTIFICATE.cert, "utf8") }, folder, rounds, size);
  } finally {
    await server.stop();
  }
}

/** Formats the results for a console, with the goals. */
export function formatStorage(result: StorageResult): string {
  const { upload, secureUpload, ingest = [], behind, firstQuery, register } = result;
  const rows: (readonly string[])[] = [];
  for (const [found, way, goal] of [
    [secureUpload, " over TLS", "≥ 0.9×"],
    [upload, "", ""],
  ] as const) {
    if (found === undefined) continue;
    rows.push([`upload of parts${way}`, `${found.push.toFixed(0)} MB/s`, ""]);
    rows.push(["plain PUT of the same bytes", `${found.put.toFixed(0)} MB/s`, ""]);
    rows.push(["PUT with the SHA-256 of the bytes", `${found.hashedPut.toFixed(0)} MB/s`, ""]);
    rows.push(["upload ÷ plain PUT", `${found.ratio.toFixed(2)}×`, goal]);
    rows.push(["upload ÷ PUT with SHA-256", `${found.hashedRatio.toFixed(2)}×`, ""]);
  }
  for (const { chunks, perCpuSecond, perSecond, cpuMicrosPerChunk } of ingest) {
    const rate = `${perCpuSecond.toFixed(0)} MB/s a core, ${perSecond.toFixed(0)} MB/s`;
    rows.push([`ingest, chunks of ${chunks}`, `${rate}, ${cpuMicrosPerChunk.toFixed(1)} µs CPU a chunk`, "≥ 100 MB/s"]);
  }
  if (behind !== undefined) {
    const times = `${seconds(behind.medianMs)} in the median, ${seconds(behind.longestMs)} at most`;
    rows.push([`keeper of ${count(behind.parts)} parts behind its store`, times, "≤ 5 s"]);
  }
  if (firstQuery !== undefined) {
    const { openPartsMs, catalogMs, openPartsCpuMs, catalogCpuMs, pythonCatalogMs, parts } = firstQuery;
    const times = (ms: number, cpuMs: number): string => `${seconds(ms)}, processor ${seconds(cpuMs)}`;
    const first = times(openPartsMs, openPartsCpuMs);
    rows.push([`first query over ${count(parts)} parts, openParts`, first, "≤ 1 s"]);
    rows.push(["the same through the catalog", times(catalogMs, catalogCpuMs), "≤ 1 s"]);
    rows.push(["the same with Python, connected before", seconds(pythonCatalogMs), ""]);
  }
  if (register !== undefined) {
    rows.push([`registering ${count(register.parts)} parts, mounted`, seconds(register.mountedMs), "≤ 10 s"]);
    rows.push(["the same with copies", seconds(register.copiedMs), "≤ 10 s"]);
  }
  return alignTable([["object storage", "measured", "goal"], ...rows]);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
