import { DeliveryQueue, GrpcWebWriter, parseProxyUrl, type WriterEvents } from "@rerun-ts/core/transport";
import { chunkMessage } from "@rerun-ts/test-support/common/encoded-messages";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LIMITS = { maxQueueBytes: 1e6, maxRetainedBytes: 1e6, policy: "drop-oldest" } as const;
const OK = Uint8Array.from([0x80, 0, 0, 0, 15, ...new TextEncoder().encode("grpc-status:0\r\n")]);

/** A writer, and the sizes of the requests that it has made. */
function start(isSilent = false): {
  writer: GrpcWebWriter;
  queue: DeliveryQueue;
  calls: number[];
  warnings: string[];
} {
  const calls: number[] = [];
  const warnings: string[] = [];
  const answer = {
    status: 200,
    statusText: "",
    type: "basic",
    headers: new Headers({ "content-type": "application/grpc-web+proto" }),
    arrayBuffer: async () => OK.buffer,
  } as Response;
  const send = async (_: unknown, init?: RequestInit): Promise<Response> => {
    calls.push(init?.body instanceof Uint8Array ? init.body.byteLength : 0);
    if (isSilent) await new Promise(() => {});
    return answer;
  };
  const queue = new DeliveryQueue(LIMITS);
  const events: WriterEvents = { onState: () => {}, onWarning: (warning) => warnings.push(warning) };
  const options = {
    url: parseProxyUrl("rerun+http://127.0.0.1:9876/proxy"),
    fetch: send as typeof fetch,
    join: (parts: readonly Uint8Array[]) => new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0)),
    connectionHint: () => "",
  };
  const writer = new GrpcWebWriter(queue, options, events);
  void writer.run();
  return { writer, queue, calls, warnings };
}

it("a gRPC-web writer gathers small messages for 50 ms between calls, and sends what a caller waits for now", async () => {
  const { writer, queue, calls } = start();
  await vi.advanceTimersByTimeAsync(0);
  for (let turn = 0; turn < 60; turn++) {
    queue.push(chunkMessage());
    writer.wake();
    await vi.advanceTimersByTimeAsync(10);
  }
  // An empty call, one at the start, and one every 50 ms.
  expect(calls.length).toBeGreaterThan(8);
  expect(calls.length).toBeLessThanOrEqual(2 + 600 / 50);
  queue.push(chunkMessage());
  await writer.until(() => queue.isEmpty, true);
  expect(queue.isEmpty).toBe(true);
  writer.abort();
});

it("a gRPC-web writer of a page names the limit of connections when a server does not answer", async () => {
  const { writer, warnings } = start(true);
  await vi.advanceTimersByTimeAsync(3000);
  expect(warnings).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(warnings).toEqual([
    expect.stringMatching(/has not answered for 4 seconds; .* six connections .* `connectWebSocket`/),
  ]);
  writer.abort();
});
