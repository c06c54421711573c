import { rm } from "node:fs/promises";
import { join } from "node:path";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import type { S3Server } from "@rerun-ts/test-support/node/s3-server";
import { processorTimeOf } from "../processor-time.ts";
import { DATASET } from "./make-parts.ts";
import { RunningProgram, storeEnvironment } from "./programs.ts";

/** Chunks of so many points: without any, of one scalar. */
const CHUNKS = [
  { title: "1 scalar", points: 0, full: 200_000, quick: 50_000 },
  { title: "5,000 points (60 kB)", points: 5000, full: 8000, quick: 2000 },
  { title: "80,000 points (1 MB)", points: 80_000, full: 500, quick: 125 },
];
const STREAM_BYTES = "2GB";

/** The cost of ingesting chunks of one size: the best of some runs. */
export interface IngestResult {
  readonly chunks: string;
  /** The bytes of the parts. */
  readonly bytes: number;
  /** Megabytes of parts for each second of the processor, without the seconds of starting. */
  readonly perCpuSecond: number;
  /** Megabytes of parts for each second that passes. */
  readonly perSecond: number;
  readonly cpuMicrosPerChunk: number;
}

interface IngestRun {
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** Measures `rerun-ts ingest` with a full stream: from NATS to a store. */
export async function measureIngest(
  nats: string,
  server: S3Server,
  folder: string,
  rounds: number,
  size: "full" | "quick",
): Promise<readonly IngestResult[]> {
  const results: IngestResult[] = [];
  for (const { title, points, ...counts } of CHUNKS) {
    const runs: IngestRun[] = [];
    for (let round = 0; round < rounds; round++) {
      runs.push(await ingestOnce(nats, server, folder, counts[size], points));
      process.stdout.write(".");
    }
    const { bytes } = runs[0] as IngestRun;
    const cpuSeconds = Math.min(...runs.map((run) => run.cpuSeconds));
    const seconds = Math.min(...runs.map((run) => run.seconds));
    results.push({
      chunks: title,
      bytes,
      perCpuSecond: bytes / 1e6 / cpuSeconds,
      perSecond: bytes / 1e6 / seconds,
      cpuMicrosPerChunk: (cpuSeconds * 1e6) / counts[size],
    });
  }
  return results;
}

async function ingestOnce(
  program: string,
  server: S3Server,
  folder: string,
  chunks: number,
  points: number,
): Promise<IngestRun> {
  const nats = await NatsServer.start(program, folder);
  const prefix = `ingest-${Date.now()}`;
  const args = [
    "--from",
    nats.url,
    "--to",
    `s3://bucket/${prefix}`,
    "--dataset",
    DATASET,
    "--stream-bytes",
    STREAM_BYTES,
  ];
  const start = (): RunningProgram =>
    RunningProgram.command(["ingest", ...args, "--max-seconds", "1"], storeEnvironment(server));
  try {
    // The first process makes the stream, and shows what starting costs.
    const first = start();
    await first.line();
    await streamOf(nats);
    const startMicros = await processorTimeOf(first.pid);
    await first.stop();
    const producer = RunningProgram.compiled("storage/fill-stream.ts", [nats.url, String(chunks), String(points)]);
    await producer.until(/stored/);
    await producer.stop("SIGKILL");
    const ingest = RunningProgram.command(
      ["ingest", ...args, "--max-seconds", "1", "--json"],
      storeEnvironment(server),
    );
    const before = performance.now();
    try {
      let [rows, bytes] = [0, 0];
      while (rows < chunks) {
        const commit = JSON.parse(await ingest.line()) as { parts: { rows: number; bytes: number }[] };
        for (const part of commit.parts) [rows, bytes] = [rows + part.rows, bytes + part.bytes];
      }
      const seconds = (performance.now() - before) / 1000;
      return { bytes, seconds, cpuSeconds: ((await processorTimeOf(ingest.pid)) - startMicros) / 1e6 };
    } finally {
      await ingest.stop();
    }
  } finally {
    await nats.kill("all");
    await rm(join(server.bucketFolder("bucket"), prefix), { recursive: true, force: true });
  }
}

/** Waits until there is a stream. */
async function streamOf(nats: NatsServer): Promise<void> {
  while (Number((await nats.monitor("jsz"))["streams"]) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
}
