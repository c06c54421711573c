import { RecordingStream, logImageBitmap } from "@rerun-ts/web";
import { expect, it, vi } from "vitest";

it("revokes the URL of the worker that encodes images", async () => {
  const create = vi.spyOn(URL, "createObjectURL");
  const revoke = vi.spyOn(URL, "revokeObjectURL");
  const recording = new RecordingStream("page");
  const canvas = new OffscreenCanvas(8, 8);
  canvas.getContext("2d")?.fillRect(0, 0, 8, 8);
  expect(await logImageBitmap(recording, "image", canvas, { encoding: "png" })).toBe(true);
  const urls = create.mock.results.map(({ value }) => value as string);
  expect(urls.length).toBe(1);
  expect(revoke.mock.calls.map(([url]) => url)).toEqual(urls);
});
