import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { fromUrl, openRrd } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { Scalars } from "@rerun-ts/types";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it, onTestFinished } from "vitest";

/** A recording of about 300 kB, in chunks of ten rows. */
function record(): Buffer {
  const recording = new RecordingStream("url", { recordingId: "one", batcher: { flushNumRows: 10 } });
  const memory = recording.memoryRecording();
  for (let frame = 0; frame < 3000; frame++) {
    recording.setTime("frame", frame);
    recording.log("a", new Scalars(noise(1, frame)));
  }
  return Buffer.from(memory.drainAsBytes());
}

type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  range: readonly [number, number] | undefined,
) => void;

/** Serves a file, and counts what is sent. */
async function serve(answer: Answer): Promise<{ readonly url: string; readonly sent: () => number }> {
  let sent = 0;
  const server = createServer((request, response) => {
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    answer(request, response, match === null ? undefined : [Number(match[1]), Number(match[2]) + 1]);
    response.on("close", () => (sent += response.socket?.bytesWritten ?? 0));
  });
  server.keepAliveTimeout = 1;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/run.rrd`, sent: () => sent };
}

/** Answers as a good server does. */
const inRanges =
  (bytes: Buffer, etag = '"1"'): Answer =>
  (_, response, range) => {
    const [from, to] = range ?? [0, bytes.byteLength];
    const end = Math.min(to, bytes.byteLength);
    const headers = range && { "content-range": `bytes ${from}-${end - 1}/${bytes.byteLength}` };
    response.writeHead(range ? 206 : 200, { ...headers, etag, "content-length": end - from });
    response.end(bytes.subarray(from, end));
  };

const bytes = record();
const query = { index: "frame", range: { from: 1000, to: 1009 } } as const;

describe("a recording at a URL", () => {
  it("is read in the parts that a query needs", async () => {
    const { url, sent } = await serve(inRanges(bytes));
    const file = await openRrd(url);
    expect(file.isLazy).toBe(true);
    expect((await file.recording().query(query).toTable()).numRows).toBe(10);
    expect(sent()).toBeLessThan(bytes.byteLength / 2);
  });

  it.for([
    ["supports no ranges", (_, response) => void response.end(bytes)],
    [
      "compresses",
      (_, response) => {
        response.writeHead(200, { "content-encoding": "gzip" });
        response.end(gzipSync(bytes));
      },
    ],
  ] satisfies [string, Answer][])("is read whole from a server that %s", async ([, answer]) => {
    const { url } = await serve(answer);
    const file = await openRrd(new URL(url));
    expect((await file.recording().query({ index: "frame" }).toTable()).numRows).toBe(3000);
  });

  it("that changes while it is read is an error", async () => {
    let requests = 0;
    const { url } = await serve((...call) => inRanges(bytes, ++requests < 3 ? '"1"' : '"2"')(...call));
    const file = await openRrd(url);
    await expect(file.recording().query(query).toTable()).rejects.toMatchObject({
      code: "SERVER",
      message: expect.stringContaining("has changed since it was opened"),
    });
  });

  it.for([
    [
      "other bytes than were asked for",
      (_, response, range) => inRanges(bytes)(_, response, range && [0, range[1] - range[0]]),
    ],
    [
      "less than was asked for",
      (_, response, range) => inRanges(bytes)(_, response, range && [range[0], range[1] - 1]),
    ],
  ] satisfies [string, Answer][])("whose server returns %s is an error", async ([, answer]) => {
    let requests = 0;
    const { url } = await serve((...call) => (++requests < 3 ? inRanges(bytes) : answer)(...call));
    const file = await openRrd(url);
    await expect(file.recording().query(query).toTable()).rejects.toMatchObject({
      code: "SERVER",
      message: /instead of/,
    });
  });

  it("whose connection is lost is an error, and can be read again", async () => {
    let requests = 0;
    const { url } = await serve((request, response, range) => {
      if (++requests !== 3) return inRanges(bytes)(request, response, range);
      const [from, to] = range ?? [0, 0];
      response.writeHead(206, { etag: '"1"', "content-length": to - from });
      response.write(bytes.subarray(from, from + 10), () => response.destroy());
    });
    const file = await openRrd(url);
    await expect(file.recording().query(query).toTable()).rejects.toMatchObject({ code: "CONNECTION" });
    expect((await file.recording().query(query).toTable()).numRows).toBe(10);
  });

  it("whose reading is aborted while a part arrives is `ABORTED`", async () => {
    let isStalling = false;
    const answer = inRanges(bytes);
    const { url } = await serve((request, response, range) => {
      if (!isStalling) return answer(request, response, range);
      const [from, to] = range ?? [0, 0];
      const headers = { "content-range": `bytes ${from}-${to - 1}/${bytes.byteLength}`, etag: '"1"' };
      response.writeHead(206, { ...headers, "content-length": to - from });
      response.write(bytes.subarray(from, from + 1));
    });
    const abort = new AbortController();
    const source = await fromUrl(url, {
      async fetch(...request) {
        const response = await fetch(...request);
        if (isStalling) setImmediate(() => abort.abort());
        return response;
      },
    });
    isStalling = true;
    const reading = source.read(100_000, 1000, { signal: abort.signal });
    await expect(reading).rejects.toMatchObject({ code: "ABORTED" });
    isStalling = false;
    expect(await source.read(100_000, 1000)).toEqual(new Uint8Array(bytes.subarray(100_000, 101_000)));
  });

  it("whose opening is aborted while the server owes its size is `ABORTED`", { timeout: 10_000 }, async () => {
    const abort = new AbortController();
    // A page may not see the size of a server elsewhere, and asks for it.
    const { url } = await serve(({ method }, response, range) => {
      const [from, to] = range ?? [0, bytes.byteLength];
      if (method === "HEAD") abort.abort();
      else response.writeHead(range ? 206 : 200).end(bytes.subarray(from, to));
    });
    await expect(openRrd(url, { signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("that does not exist, or has no server, is an error", async () => {
    const { url } = await serve((_, response) => void response.writeHead(404).end());
    await expect(openRrd(url)).rejects.toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("404") });
    await expect(openRrd(`http://127.0.0.1:${await freePort()}/run.rrd`)).rejects.toMatchObject({
      code: "CONNECTION",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("with another scheme says which ones can be read", async () => {
    await expect(openRrd("rerun+http://127.0.0.1:9876/proxy")).rejects.toThrow(/^`source` must be an `http:`/);
  });

  it("whose server has an empty file, or begins elsewhere, says so", async () => {
    const empty = await serve((_, response) => void response.writeHead(416, { "content-range": "bytes */0" }).end());
    await expect(openRrd(empty.url)).rejects.toMatchObject({ code: "INVALID_FORMAT", message: /too short/ });
    const shifted = await serve((request, response, range) =>
      inRanges(bytes)(request, response, range && [range[0] + 1, range[1]]),
    );
    await expect(openRrd(shifted.url)).rejects.toMatchObject({ code: "SERVER", message: /instead of/ });
  });

  it("whose server stops to support ranges is not read whole for each part", async () => {
    const { url } = await serve(inRanges(bytes));
    let [isStopped, pieces, isCancelled] = [false, 0, false];
    const source = await fromUrl(url, {
      async fetch(...request) {
        const response = await fetch(...request);
        if (!isStopped) return response;
        await response.body?.cancel();
        const body = new ReadableStream({
          pull: (controller) => (++pieces < 100 ? controller.enqueue(bytes) : controller.close()),
          cancel: () => void (isCancelled = true),
        });
        return new Response(body, { headers: { etag: '"1"' } });
      },
    });
    isStopped = true;
    await expect(source.read(100_000, 1000)).rejects.toMatchObject({ code: "SERVER", message: /instead of/ });
    expect(isCancelled).toBe(true);
    expect(pieces).toBeLessThan(10);
  });
});
