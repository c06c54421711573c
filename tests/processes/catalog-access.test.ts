import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectCatalog } from "@rerun-ts/catalog";
import * as rr from "@rerun-ts/node";
import { CatalogServer } from "@rerun-ts/test-support/node/catalog-server";
import { describe, expect, onTestFinished } from "vitest";
import { SecureProxy } from "./harness/secure-proxy.ts";
import { it } from "./harness/test.ts";

const TOKEN = "the right one";
const ROWS = 5;

/** Starts a catalog with encryption and a token until the end of the test. */
async function start(rerun: string): Promise<SecureProxy> {
  const server = await CatalogServer.start(rerun);
  onTestFinished(() => server.stop());
  return SecureProxy.start(server.port, TOKEN);
}

function recording(): Uint8Array {
  const rec = new rr.RecordingStream("secure", { recordingId: "monday" });
  const memory = rec.memoryRecording();
  for (let frame = 0; frame < ROWS; frame++) rec.log("a", new rr.Scalars(frame), { time: { frame } });
  return memory.drainAsBytes();
}

describe("a catalog with encryption and tokens", () => {
  it("is read and written with the token and a trusted certificate, uploads included", async ({ rerun, folder }) => {
    const { url, ca } = await start(rerun.program);
    using catalog = await connectCatalog(url, { token: TOKEN, tls: { ca } });
    const dataset = await catalog.createDataset("secure");
    const path = join(folder, "monday.rrd");
    const bytes = recording();
    await writeFile(path, bytes);
    const sent: number[] = [];
    const onProgress = (progress: { bytes: number }): unknown => sent.push(progress.bytes);
    expect((await dataset.upload(path, { key: "monday.rrd", onProgress })).segmentId).toBe("monday");
    expect([sent[0], sent.at(-1)]).toEqual([0, bytes.byteLength]);
    await expect(catalog.stage(recording(), { key: "monday.rrd" })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    expect((await dataset.query({ index: "frame" }).toTable()).numRows).toBe(ROWS);
  });

  it("rejects with AUTH without the right token, also if it expires later", async ({ rerun }) => {
    const proxy = await start(rerun.program);
    const { url, ca } = proxy;
    for (const token of [undefined, "another one"])
      await expect(connectCatalog(url, { token, tls: { ca } })).rejects.toMatchObject({
        code: "AUTH",
        message: expect.stringContaining("the token is not valid") as string,
        cause: expect.objectContaining({ name: "ConnectError" }) as unknown,
      });
    let token = TOKEN;
    const headers = (): Record<string, string> => ({ authorization: `Bearer ${token}` });
    using catalog = await connectCatalog(url, { headers, tls: { ca } });
    const dataset = await catalog.createDataset("secure");
    await dataset.upload(recording(), { key: "monday.rrd" });
    proxy.token = "a newer one";
    const query = dataset.query({ index: "frame" });
    const calls = [
      () => query.toTable(),
      () => dataset.segment("monday"),
      () => dataset.upload(recording(), { key: "x" }),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "AUTH" });
    await expect(query.toTable()).rejects.toThrow('"secure"');
    token = proxy.token;
    expect((await query.toTable()).numRows).toBe(ROWS);
  });

  it("rejects with AUTH if its certificate is not trusted", async ({ rerun }) => {
    const { url } = await start(rerun.program);
    await expect(connectCatalog(url, { token: TOKEN })).rejects.toMatchObject({
      code: "AUTH",
      message: expect.stringContaining("certificate") as string,
    });
    using catalog = await connectCatalog(url, { token: TOKEN, tls: { rejectUnauthorized: false } });
    expect(await catalog.datasetNames()).toEqual([]);
  });
});
