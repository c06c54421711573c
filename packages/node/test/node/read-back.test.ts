import { isSoak } from "@rerun-ts/test-support/node/environment";
import { join } from "node:path";
import { openRrd, verifyRrd } from "@rerun-ts/reading";
import { blueprint as rrb, Points3D, RecordingStream, Scalars } from "@rerun-ts/node";
import { readBack } from "@rerun-ts/test-support/common/read-back";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, it, onTestFinished } from "vitest";

/** Returns the path of a file that the test itself reads back. */
function temporaryFile(name: string): string {
  const { path, remove } = makeTemporaryFolder({ ignore: () => true });
  onTestFinished(remove);
  return join(path, name);
}

it.for([1, 10, 100, 1000, ...(isSoak ? [10_000] : [])])(
  "a file of %s entities and 12 views is read by its footer",
  async (entities) => {
    const path = temporaryFile("entities.rrd");
    const recording = new RecordingStream("read_back", { recordingId: "one" });
    const views = Array.from({ length: 12 }, (_, view) => new rrb.Spatial3DView({ origin: `/a/${view}` }));
    await recording.save(path, { defaultBlueprint: new rrb.Blueprint(new rrb.Grid(views)) });
    const frames = entities < 10_000 ? 3 : 1;
    for (let frame = 0; frame < frames; frame++) {
      recording.setTime("frame", frame);
      for (let entity = 0; entity < entities; entity++) {
        recording.log(["a", String(entity)], new Points3D([[frame, entity, 0]], { colors: "red", radii: 1 }));
        if (entity % 10 === 0) recording.log(["b", String(entity)], new Scalars(frame));
      }
    }
    await recording.close();
    const stores = await readBack(path);
    const rows = Object.entries(stores["one"] ?? {}).filter(([entity]) => !entity.startsWith("/__properties"));
    expect(rows).toHaveLength(entities + Math.ceil(entities / 10));
    expect(rows.filter(([, count]) => count !== frames)).toEqual([]);
  },
);

it("a file without a footer says why all of it was read", async () => {
  const recording = new RecordingStream("read_back");
  const memory = recording.memoryRecording();
  recording.log("a", new Scalars(1));
  const bytes = memory.drainAsBytes();
  await expect(openRrd(bytes)).resolves.toMatchObject({ isLazy: true, notices: [] });
  const damaged = bytes.slice();
  const footer = Number(new DataView(bytes.buffer).getBigUint64(bytes.byteLength - 32, true));
  damaged[footer + 20] = (damaged[footer + 20] as number) ^ 0xff;
  const reason = "the checksum of the footer is wrong";
  await expect(openRrd(damaged)).resolves.toMatchObject({
    isLazy: false,
    notices: [`all of the source was read: ${reason}`],
  });
  await expect(openRrd(damaged, { mode: "lazy" })).rejects.toThrow(reason);
  expect((await verifyRrd(damaged)).problems).toMatchObject([{ offset: footer - 16 }]);
  const cut = bytes.subarray(0, footer - 16);
  await expect(openRrd(cut)).resolves.toMatchObject({ notices: [expect.stringContaining("there is no footer")] });
});
