import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { RecordingStream, logProcessMetrics } from "@rerun-ts/node";
import { readChunks, type ReadChunk } from "@rerun-ts/test-support/common/read-chunks";
import { expect, it, onTestFinished, vi } from "vitest";

type Values = (entityPath: string, component?: string) => unknown[][];

function record(): { recording: RecordingStream; values: Values } {
  const recording = new RecordingStream("metrics", { strict: true });
  const memory = recording.memoryRecording();
  const chunks: ReadChunk[] = [];
  return {
    recording,
    values(entityPath, component = "Scalars:scalars") {
      chunks.push(...readChunks(memory.drainAsBytes()));
      return chunks
        .filter((chunk) => chunk.entityPath === entityPath)
        .flatMap(({ components }) => (components[component] ?? []) as unknown[][]);
    },
  };
}

it("logs memory, processor time and the event loop until it is stopped", async () => {
  const { recording, values } = record();
  const stop = logProcessMetrics(recording, "process", { intervalMs: 10 });
  const cpu = await vi.waitFor(() => {
    // Work, so that there is something to measure.
    for (let round = 0; round < 1e6; round++) Math.sqrt(round);
    const found = values("/process/cpu").flat() as number[];
    expect(found.length).toBeGreaterThan(2);
    return found;
  });
  stop();
  stop();
  expect(Math.max(...cpu)).toBeGreaterThan(0);
  const [resident = 0, inUse = 0, heap = 0] = values("/process/memory")[0] as number[];
  expect(resident).toBeGreaterThan(heap);
  expect(heap).toBeGreaterThan(inUse);
  expect(values("/process/memory", "SeriesLines:names")[0]).toHaveLength(4);
  for (const [mean = 0, p99 = 0, max = 0] of values("/process/event_loop/delay") as number[][])
    expect([mean >= 0, p99 <= max * 1.01 + 1]).toEqual([true, true]);
  for (const [utilization] of values("/process/event_loop/utilization") as number[][])
    expect(utilization).toBeLessThanOrEqual(1);
  const count = values("/process/cpu").length;
  await sleep(50);
  expect(values("/process/cpu").length).toBe(count);
});

it("logs garbage collections, and the requests of servers and of fetch without their queries", async () => {
  const { recording, values } = record();
  const stop = logProcessMetrics(recording, "app", { intervalMs: 60_000 });
  onTestFinished(stop);
  const server = createServer((request, response) => {
    response.writeHead(request.url?.startsWith("/bad") === true ? 503 : 200).end("answer");
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const path of ["/good?token=secret", "/bad"]) await (await fetch(url + path)).text();
  const kept: unknown[] = [];
  await vi.waitFor(() => {
    for (let round = 0; round < 1e5; round++) kept[round % 1000] = { round };
    expect(values("/app/gc").length).toBeGreaterThan(0);
    expect(values("/app/http/server/requests", "TextLog:text")).toEqual([["GET /good 200"], ["GET /bad 503"]]);
  });
  expect(values("/app/http/server/requests", "TextLog:level")).toEqual([["INFO"], ["ERROR"]]);
  expect(values("/app/http/client/requests", "TextLog:text")).toEqual([
    [`GET ${url}/good 200`],
    [`GET ${url}/bad 503`],
  ]);
  for (const part of ["server", "client"]) {
    const durations = values(`/app/http/${part}`).flat() as number[];
    expect(durations).toHaveLength(2);
    for (const duration of durations) expect(duration).toBeGreaterThan(0);
  }
});

it("rejects wrong options", () => {
  const { recording } = record();
  expect(() => logProcessMetrics(recording, "p", { intervalMs: 0 })).toThrow("`intervalMs` must be a number from 1");
  expect(() => logProcessMetrics(recording, "p", { interval: 5 } as never)).toThrow("interval");
  expect(() => logProcessMetrics(recording, "p", null as never)).toThrow("`options` must be an object, got null");
  expect(() => logProcessMetrics(undefined as never)).toThrow("`recording` must be a RecordingStream, got undefined");
  expect(() => logProcessMetrics(recording, { http: false } as never)).toThrow("`path` must be a string");
});

it("ends with its recording, without a warning", async () => {
  const warnings: string[] = [];
  const recording = new RecordingStream("metrics", { onWarning: ({ message }) => warnings.push(message) });
  recording.memoryRecording();
  const stop = logProcessMetrics(recording, "process", { intervalMs: 5 });
  onTestFinished(stop);
  await recording.close();
  await sleep(50);
  expect(warnings).toEqual([]);
});
