import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { McapIndexedReader } from "@mcap/core";
import { convertMcap, exportMcap, mcapChunks, type ExportMcapReport } from "@rerun-ts/arrow/mcap";
import * as rr from "@rerun-ts/node";
import { run } from "@rerun-ts/test-support/node/run";
import { needRerun, realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";

/** The components that come back as they were. */
const KEPT = ["Points3D:", "Image:", "EncodedImage:", "VideoStream:", "Transform3D:", "TextLog:"];

test("exportMcap writes messages that Rerun and @mcap/core read back as what they were", async (context) => {
  needRerun(context);
  const [rrd, mcap, back] = ["rrd", "mcap", "back.rrd"].map((end) => outputFile(`export.${end}`)) as [
    string,
    string,
    string,
  ];
  const source = join(import.meta.dirname, "mcap/foxglove.mcap");
  await writeFile(rrd, convertMcap(source, { excludeTopics: ["tfs"] }));
  let report: ExportMcapReport | undefined;
  await writeFile(mcap, exportMcap(rrd, { onReport: (found) => (report = found) }));
  const bytes = await readFile(mcap);
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: () => Promise.resolve(BigInt(bytes.length)),
      read: (offset, size) => Promise.resolve(bytes.subarray(Number(offset), Number(offset + size))),
    },
  });
  let messages = 0;
  for await (const { logTime } of reader.readMessages()) if (logTime > 0n) messages++;
  expect(messages).toBe(report?.messages);
  expect(report?.leftOut).toMatchObject({ "/fix:GeoPoints:positions": 4, "/scene:foxglove.SceneUpdate:message": 4 });
  const { code, output } = await run(realRerun().rerun, ["mcap", "convert", mcap, "-o", back], { capture: true });
  expect(code, output).toBe(0);
  const request = [{ ours: rrd, theirs: back, components: KEPT }];
  expect(await runPython<string[][]>("compare_mcap.py", request)).toEqual([[]]);
});

test("exportMcap writes scalars, depths and entities without frames of any recording", async () => {
  const rec = new rr.RecordingStream("export", { recordingId: "one" });
  const memory = rec.memoryRecording();
  rec.log("robot/arm", new rr.Transform3D({ translation: [1, 2, 3] }), { static: true });
  rec.setTime("t", { timestamp: new Date(5000) });
  rec.log("speed", new rr.Scalars([1.5, Number.NaN]));
  rec.log("depth", new rr.DepthImage({ data: new Uint16Array([1, 2]), width: 2, height: 1 }));
  rec.log("boxes", new rr.Boxes3D({ halfSizes: [[1, 1, 1]] }));
  const bytes = memory.drainAsBytes();
  const pieces: Uint8Array[] = [];
  let report: ExportMcapReport | undefined;
  for await (const piece of exportMcap(bytes, { timeline: "t", onReport: (found) => (report = found) }))
    pieces.push(piece);
  expect(report).toEqual({ messages: 3, leftOut: { "/boxes:Boxes3D:half_sizes": 1 } });
  const found: string[] = [];
  for await (const chunk of mcapChunks(Buffer.concat(pieces), { decoders: ["protobuf", "json"] })) {
    const name = chunk.components[0] ?? "";
    const values = JSON.stringify(chunk.table.getChild(name)?.get(0), (_, value: unknown) =>
      typeof value === "bigint" ? Number(value) : value,
    );
    found.push(`${chunk.entityPath} ${chunk.table.getChild("message_log_time")?.data[0]?.values[0]} ${values}`);
  }
  expect(found.sort()).toEqual([
    expect.stringMatching(/^\/depth 5000000000 .*"encoding":"16UC1"/),
    expect.stringMatching(
      /^\/robot\/arm 5000000000 .*"parent_frame_id":"\/robot","child_frame_id":"\/robot\/arm".*"x":1,"y":2/,
    ),
    "/speed 5000000000 [1.5,null]",
  ]);
  await expect(exportMcap(bytes, { timeline: "frame" }).next()).rejects.toThrow(/`timeline` must be one of .*log_time/);
  await expect(exportMcap(new Uint8Array(8)).next()).rejects.toMatchObject({ code: "INVALID_FORMAT" });
});
