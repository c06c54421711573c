import { GrpcWebSink, WebSocketSink } from "@rerun-ts/core";
import { describeUrl, maskUrl } from "@rerun-ts/core/checks";
import { describe, expect, it } from "vitest";

const SECRET = "hunter2";

describe("a URL in a message", () => {
  it.each([
    ["ws://user:hunter2@host/ws", "ws://…@host/ws"],
    ["s3://key:hunter2/1@bucket/p", "s3://…@bucket/p"],
    ["nats://a:hunter2@one,nats://hunter2@two:4222", "nats://…@one,nats://…@two:4222"],
    ["https://host/a.rrd?X-Amz-Signature=hunter2&b=hunter2#t=hunter2", "https://host/a.rrd?X-Amz-Signature=…&b=…#…"],
    ["user:hunter2@host/proxy", "…@host/proxy"],
    ["https://host/package@1.0/a.rrd", "https://host/package@1.0/a.rrd"],
    ["rerun+http://127.0.0.1:9876/proxy", "rerun+http://127.0.0.1:9876/proxy"],
  ])("has no secrets: %s", (url, masked) => {
    expect(maskUrl(url)).toBe(masked);
    expect(describeUrl(url)).toBe(JSON.stringify(masked));
  });

  it.each([
    `ws://user:${SECRET}@host/ws`,
    `ws://user:${SECRET}@host:99999/ws`,
    `ws://host/ws?token=${SECRET}`,
    `rerun+http://user:${SECRET}@host:99999/proxy`,
    `rerun+http://host/proxy/more?token=${SECRET}`,
  ])("is shown without them by sinks that refuse it, in the cause too: %s", (url) => {
    for (const create of [() => new WebSocketSink(url), () => new GrpcWebSink(url)]) {
      const error = errorOf(create);
      if (error === undefined) continue;
      const shown: unknown[] = [error.message, error.cause, JSON.stringify(error.cause), String(error.stack)];
      expect(shown.join("\n")).not.toContain(SECRET);
    }
    expect(errorOf(() => new WebSocketSink(url))).toBeInstanceOf(TypeError);
  });
});

function errorOf(create: () => unknown): Error | undefined {
  try {
    create();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
