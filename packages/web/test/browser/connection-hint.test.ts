import { GrpcSink, RecordingStream, viewer } from "@rerun-ts/web";
import { describe, expect, it } from "vitest";
import { connectionHint } from "../../dist/page/connection-hint.js";

describe("the hint for a page that cannot connect", () => {
  it.each([
    ["http://localhost:5173", "rerun+http://localhost:9876/proxy", "; is it running?"],
    ["https://app.example.com", "rerun+http://192.168.1.2:9876/proxy", "mixed content"],
    ["https://app.example.com", "rerun+http://127.0.0.1:9876/proxy", "--cors-allow-origin https://app.example.com"],
    [
      "http://app.lan",
      "rerun+http://robot.lan:9876/proxy",
      "--cors-allow-origin http://app.lan` and `--allow-host robot.lan`",
    ],
    ["http://localhost:5173", "rerun+http://robot.lan:9876/proxy", "is it running, with `--allow-host robot.lan`"],
    ["http://intranet", "rerun+http://192.168.1.2:9876/proxy", "--cors-allow-origin http://intranet"],
  ])("is, for %s and the server %s: %s", (page, url, hint) => {
    expect(connectionHint(viewer.parseProxyUrl(url), new URL(page))).toContain(hint);
  });

  it("is appended to the warning of a sink", async () => {
    const warnings: string[] = [];
    const recording = new RecordingStream("page", { onWarning: ({ message }) => void warnings.push(message) });
    const fetch = (): Promise<never> => Promise.reject(new TypeError("Failed to fetch"));
    await recording.setSink(new GrpcSink(undefined, { fetch }));
    await expect
      .poll(() => warnings)
      .toEqual([expect.stringMatching(/^cannot connect to .*: Failed to fetch; is it running/)]);
    await recording.close({ timeoutMs: 0 }).catch(() => {});
  });
});
