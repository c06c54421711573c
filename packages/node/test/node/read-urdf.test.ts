import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RecordingStream, files } from "@rerun-ts/node";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";

const STL = "solid empty\nendsolid empty\n";

afterEach(() => vi.unstubAllEnvs());

it("meshes of a URDF are found beside it, by their URLs and in packages; the others are reported", async () => {
  const { path: folder, remove } = makeTemporaryFolder();
  onTestFinished(remove);
  const inPackage = join(folder, "prefix/share/parts");
  await mkdir(inPackage, { recursive: true });
  await writeFile(join(inPackage, "a.stl"), STL);
  vi.stubEnv("AMENT_PREFIX_PATH", join(folder, "prefix"));
  const url = pathToFileURL(join(inPackage, "a.stl")).href;
  const names = [
    "prefix/share/parts/a.stl",
    url,
    "package://parts/a.stl",
    "package://other/a.stl",
    "b.stl",
    "http://x/a.stl",
  ];
  const visuals = names.map((name) => `<visual><geometry><mesh filename="${name}"/></geometry></visual>`);
  const path = join(folder, "robot.urdf");
  await writeFile(path, `<robot name="r"><link name="base">${visuals.join("")}</link></robot>`);
  const warnings: string[] = [];
  const rec = new RecordingStream("urdf", { onWarning: ({ message }) => warnings.push(message) });
  const memory = rec.memoryRecording();
  await rec.logFileFromPath(path, { resolveMesh: undefined });
  const rrd = memory.drainAsBytes();
  const found = names.map((_, index) =>
    valuesOf(rrd, `/r/visual_geometries/base/visual_${index}`, "Asset3D:blob").some(Boolean),
  );
  expect(found).toEqual([true, true, true, false, false, false]);
  expect(warnings).toEqual([
    expect.stringMatching(/package:\/\/other\/a.stl is in no folder of `ROS_PACKAGE_PATH` or `AMENT_PREFIX_PATH`/),
    expect.stringMatching(/cannot read .*b.stl/),
    expect.stringMatching(/http:\/\/x\/a.stl cannot be read; use the option `resolveMesh`/),
  ]);
  await expect(files.readUrdf(join(folder, "none.urdf"))).rejects.toMatchObject({ code: "NOT_FOUND" });
});
