import { readPick } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { openLive, openRrd } from "@rerun-ts/reading";
import { expect, it } from "vitest";

const DAY = 1_767_225_600_000;

/** A recording with a cloud of three points, which grows warmer frame by frame. */
function record(): rr.MemorySink {
  const rec = new rr.RecordingStream("arm");
  const memory = new rr.MemorySink();
  void rec.setSinks([memory]);
  for (let frame = 0; frame < 3; frame++) {
    rec.setTime("frame", frame);
    rec.setTime("at", { timestamp: new Date(DAY + frame) });
    rec.log("my cloud", [
      new rr.Points3D(
        Array.from({ length: 3 }, (_, point): [number, number, number] => [point, frame, 0]),
        { radii: 0.5 },
      ),
      new rr.AnyValues({ temperature: [frame, frame + 10, frame + 20] }),
    ]);
  }
  return memory;
}

it("readPick reads the values of the clicked point at the time of the viewer, from a live recording and a file", async () => {
  const memory = record();
  const sources = [await openLive(memory), (await openRrd(memory.toBytes())).recording()];
  for (const source of sources) {
    const pick = { entityPath: "/my\\ cloud", instance: 2, timeline: "frame" };
    expect(await readPick(source, { ...pick, time: 1 })).toEqual({
      "Points3D:positions": [2, 1, 0],
      "Points3D:radii": 0.5,
      temperature: 21,
    });
    // Between two frames, the viewer shows the earlier one.
    expect(await readPick(source, { ...pick, time: 1.9 })).toMatchObject({ temperature: 21 });
    expect(await readPick(source, { ...pick, time: -1 })).toEqual({});
    const { instance: _, ...whole } = pick;
    expect(await readPick(source, { ...whole, time: 2 })).toMatchObject({
      "Points3D:radii": [0.5],
      temperature: [2, 12, 22],
    });
  }
});

it("readPick finds a row at a time whose nanoseconds the viewer has rounded", async () => {
  const [live] = [await openLive(record())];
  const exact = BigInt(DAY + 2) * 1_000_000n;
  for (const offset of [0n, 100n, 128n]) {
    const pick = { entityPath: "/my\\ cloud", instance: 0, timeline: "at", time: Number(exact - offset) };
    expect(await readPick(live, pick)).toMatchObject({ temperature: 2 });
  }
  const earlier = { entityPath: "/my\\ cloud", instance: 0, timeline: "at", time: Number(exact - 1000n) };
  expect(await readPick(live, earlier)).toMatchObject({ temperature: 1 });
});

it("readPick rejects a click without a time", async () => {
  await expect(readPick(await openLive(record()), { entityPath: "/a" })).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", argument: "pick" }),
  );
});
