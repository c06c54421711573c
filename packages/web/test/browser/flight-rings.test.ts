import { FlightRecorder, RecordingStream, Scalars } from "@rerun-ts/web";
import { beforeEach, expect, it } from "vitest";
import { needStorage } from "./features.ts";

beforeEach(needStorage);

it("rings of pages that were closed at their starts are removed, and do not displace rings with data", async () => {
  const spool = crypto.randomUUID();
  const root = await navigator.storage.getDirectory();
  const own = await root.getDirectoryHandle("rerun-ts", { create: true });
  const area = await own.getDirectoryHandle("recordings", { create: true });
  const names = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const name of area.keys()) if (name.includes(spool)) found.push(name);
    return found.sort();
  };
  const nameOf = (number: number): string =>
    encodeURIComponent(`flight-recorder/${spool}/${String(number).padStart(32, "0")}`);

  const rec = new RecordingStream("flight");
  await rec.setSinks([new FlightRecorder({ spool })]);
  rec.log("value", new Scalars(1));
  await rec.flush();
  const [ring = ""] = await names();
  const copy = await area.getDirectoryHandle(nameOf(1), { create: true });
  for await (const [name, handle] of (await area.getDirectoryHandle(ring)).entries()) {
    const contents = await (handle as FileSystemFileHandle).getFile();
    const writable = await (await copy.getFileHandle(name, { create: true })).createWritable();
    await writable.write(await contents.arrayBuffer());
    await writable.close();
  }
  await rec.close();
  // Files are created ahead of their data.
  for (let number = 10; number < 22; number++) {
    const folder = await area.getDirectoryHandle(nameOf(number), { create: true });
    await folder.getFileHandle("d00000001.rrd", { create: true });
  }
  const next = new RecordingStream("flight");
  await next.setSinks([new FlightRecorder({ spool })]);
  await expect.poll(async () => (await names()).length).toBe(2);
  expect(await names()).toContain(nameOf(1));
  await next.close();
  expect(await FlightRecorder.recover({ spool })).toHaveLength(1);
  await (await area.getDirectoryHandle(nameOf(30), { create: true })).getFileHandle("d00000001.rrd", { create: true });
  expect(await FlightRecorder.discard({ spool })).toBe(1);
  expect(await names()).toEqual([]);
});
