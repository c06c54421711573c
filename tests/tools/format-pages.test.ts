import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { decodeRrd } from "@rerun-ts/core/decode";
import { CHECKSUM_SEED, xxh32 } from "@rerun-ts/core/rrd";
import { RecordingStream } from "@rerun-ts/node";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FORMAT = "rrd-format";

describe.each([FORMAT, "wire"])("the page %s", (name) => {
  it("names files that exist", async () => {
    const names = (await page(name)).matchAll(/`((?:packages|tests|proto|tools)\/[^`*<]+)`/gu);
    const paths = Array.from(names, ([, path]) => path);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(`${root}/${path}`))).toEqual([]);
  });
});

describe("the description of the format", () => {
  it("has the bytes with which recordings begin", async () => {
    const recording = new RecordingStream("page");
    const sink = recording.memoryRecording();
    await recording.flush();
    const header = sink.drainAsBytes().subarray(0, 12);
    expect(await page(FORMAT)).toContain(`The SDK writes \`${hexOf(header)}\``);
  });

  it("has checksums that footers have", async () => {
    const text = await page(FORMAT);
    const all = Uint8Array.from({ length: 256 }, (_, value) => value);
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode("RRF2"), all]) {
      expect(text).toContain(`0x${xxh32(bytes, CHECKSUM_SEED).toString(16)}`);
    }
  });

  it("has a message that is read as it says", async () => {
    const text = await page(FORMAT);
    const header = bytesOf(/The SDK writes `([^`]*)`/u.exec(text)?.[1] ?? "");
    const message = bytesOf(/```text\n((?:[\da-f]{2}\s+)+)```/u.exec(text)?.[1] ?? "");
    expect(decodeRrd(new Uint8Array([...header, ...message]))).toMatchObject([
      { kind: "storeInfo", storeId: { kind: "recording", recordingId: "rec1", applicationId: "mut" } },
    ]);
  });
});

async function page(name: string): Promise<string> {
  return await readFile(`${root}/docs/internals/${name}.md`, "utf8");
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function bytesOf(hex: string): number[] {
  return hex
    .trim()
    .split(/\s+/u)
    .map((byte) => Number.parseInt(byte, 16));
}
