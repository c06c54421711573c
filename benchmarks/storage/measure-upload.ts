import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { cp, link, rm } from "node:fs/promises";
import { Agent as HttpAgent, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { PartsSink, presignUpload, pushSpool, s3Store, type ObjectStore } from "@rerun-ts/storage";
import * as rr from "@rerun-ts/node";
import { S3_CREDENTIALS, type S3Server } from "@rerun-ts/test-support/node/s3-server";
import { DATASET } from "./make-parts.ts";

const SIZES = { full: { parts: 8, bytes: 32e6 }, quick: { parts: 4, bytes: 16e6 } };
/** Measurements of all ways in a round, which take turns in being first: on a busy machine single ones say little. */
const TURNS = 3;
/** The number of requests at a time, as in a spool. */
const UPLOADS = 4;
const PIECE_BYTES = 1024 * 1024;
const POINTS = 100_000;

/** The rates of uploads in megabytes per second, the best of some runs. */
export interface UploadResult {
  /** `pushSpool` of complete parts. */
  readonly push: number;
  /** Plain requests with the same bytes, as many at a time. */
  readonly put: number;
  /** The same requests with the SHA-256 of the bytes, which the server compares. */
  readonly hashedPut: number;
  /** The median of the ratios of `push` and `put` in one turn. */
  readonly ratio: number;
  /** The same of `push` and `hashedPut`. */
  readonly hashedRatio: number;
}

/** A server, and the certificate of its authority if it uses TLS. */
export interface UploadServer {
  readonly server: S3Server;
  readonly ca?: string | undefined;
}

/** Compares the upload of the parts of a spool with requests for the same bytes, in turns. */
export async function measureUpload(
  { server, ca }: UploadServer,
  folder: string,
  rounds: number,
  size: "full" | "quick",
): Promise<UploadResult> {
  const spool = join(folder, "spool");
  if (!existsSync(spool)) await fillSpool(spool, SIZES[size]);
  const store = s3Store("s3://bucket", { endpoint: server.url, credentials: S3_CREDENTIALS, ca });
  // The tests of the server, which are made once, and connections.
  await store.create("v1/test", new Blob([new Uint8Array(1e6)]));
  await store.delete("v1/test");
  const turns: Readonly<Record<keyof typeof UPLOAD_WAYS, number>>[] = [];
  for (let turn = 0; turn < rounds * TURNS; turn++) {
    const rates = { push: 0, put: 0, hashedPut: 0 };
    const ways = Object.keys(rates) as (keyof typeof rates)[];
    const order = [...ways.slice(turn % ways.length), ...ways.slice(0, turn % ways.length)];
    for (const way of order) rates[way] = await UPLOAD_WAYS[way]({ server, ca }, store, spool, folder);
    turns.push(rates);
    process.stdout.write(".");
  }
  return {
    push: Math.max(...turns.map(({ push }) => push)),
    put: Math.max(...turns.map(({ put }) => put)),
    hashedPut: Math.max(...turns.map(({ hashedPut }) => hashedPut)),
    ratio: medianOf(turns.map(({ push, put }) => push / put)),
    hashedRatio: medianOf(turns.map(({ push, hashedPut }) => push / hashedPut)),
  };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
}

type Upload = (server: UploadServer, store: ObjectStore, spool: string, folder: string) => Promise<number>;

/** Pushes a copy of the spool. Returns the megabytes per second. */
const pushOnce: Upload = async (_server, store, spool, folder) => {
  const copy = join(folder, "copy");
  await linkSpool(spool, copy);
  const { ms, result } = await timed(() => pushSpool(copy, store));
  const bytes = result.sent.reduce((sum, part) => sum + part.bytes, 0);
  if (result.failed.length > 0 || bytes === 0) throw new Error("parts were not sent");
  for (const { key } of result.sent) await store.delete(key);
  await rm(copy, { recursive: true });
  return bytes / ms / 1000;
};

/** Sends the files of the spool by requests, with their hashes if wanted. Returns the megabytes per second. */
const putOnce = async (server: UploadServer, store: ObjectStore, spool: string, isHashed: boolean): Promise<number> => {
  const parts = partsOf(spool).map((path, index) => ({ path, key: `v1/plain/${index}` }));
  const { ms } = await timed(() => putAll(server, parts, isHashed));
  for (const { key } of parts) await store.delete(key);
  return parts.reduce((sum, { path }) => sum + statSync(path).size, 0) / ms / 1000;
};

const UPLOAD_WAYS = {
  push: pushOnce,
  put: (server, store, spool) => putOnce(server, store, spool, false),
  hashedPut: (server, store, spool) => putOnce(server, store, spool, true),
} satisfies Record<string, Upload>;

/** Logs parts to a spool whose store is away. */
async function fillSpool(spool: string, { parts, bytes }: { readonly parts: number; readonly bytes: number }) {
  const store = { url: "s3://away", create: () => Promise.reject(new rr.RerunError("SERVER", "it is away")) };
  const rec = new rr.RecordingStream("benchmark", { recordingId: "upload" });
  await rec.setSinks([new PartsSink(store, { dataset: DATASET, spool, maxBytes: bytes, fsync: "never" })]);
  const positions = Float32Array.from({ length: 3 * POINTS }, () => Math.random());
  for (let sent = 0; sent < parts * bytes; sent += positions.byteLength) {
    rec.log("cloud", new rr.Points3D(positions));
    await rec.flush();
  }
  await rec.close();
}

/** Copies a spool without the bytes of its parts, which would be on their way to the disk during the upload. */
async function linkSpool(spool: string, copy: string): Promise<void> {
  await cp(spool, copy, { recursive: true, filter: (path) => !path.endsWith(".rrd") });
  for (const path of partsOf(spool)) await link(path, path.replace(spool, copy));
}

function partsOf(spool: string): string[] {
  return readdirSync(spool, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rrd"))
    .map((name) => join(spool, name));
}

async function putAll(
  { server, ca }: UploadServer,
  parts: readonly { readonly path: string; readonly key: string }[],
  isHashed: boolean,
) {
  const agent = ca === undefined ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true, ca });
  const request = ca === undefined ? requestHttp : requestHttps;
  const waiting = parts.values();
  const putSome = async (): Promise<void> => {
    for (const { path, key } of waiting) {
      const options = { endpoint: server.url, credentials: S3_CREDENTIALS };
      const hash = isHashed ? { sha256: await sha256Of(path) } : {};
      const { url, headers: signed } = await presignUpload("s3://bucket", { key, ...hash }, options);
      const headers = { ...signed, "if-none-match": "*", "content-length": statSync(path).size };
      const call = request(url, { method: "PUT", agent, headers });
      const status = new Promise((resolve, reject) => {
        call.once("response", (response) => response.resume().once("end", () => resolve(response.statusCode)));
        call.once("error", reject);
      });
      await pipeline(createReadStream(path, { highWaterMark: PIECE_BYTES }), call);
      if ((await status) !== 200) throw new Error(`a plain request was answered with ${String(await status)}`);
    }
  };
  await Promise.all(Array.from({ length: UPLOADS }, putSome));
  agent.destroy();
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) hash.update(piece as Buffer);
  return hash.digest("hex");
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const before = performance.now();
  const result = await work();
  return { ms: performance.now() - before, result };
}
