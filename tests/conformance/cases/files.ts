import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as rr from "@rerun-ts/node";
import { parquetWriteBuffer, type ColumnSource } from "hyparquet-writer";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { incomparable, recordings, type Case } from "../harness/case.ts";

const ASSETS = fileURLToPath(new URL("../../../examples/assets", import.meta.url));
const BYTES = new Uint8Array([120]);

/** The extensions of files that are stored unchanged. */
const PICTURES = "avif bmp dds exr farbfeld ff gif hdr ico jpeg jpg pam pbm pgm png ppm tga tif tiff webp rvl";
const OTHERS = "aac flac m4a mp3 oga ogg opus wav dae glb gltf obj stl md txt";

export async function kinds(rec: rr.RecordingStream): Promise<void> {
  rec.setTime("frame", 7);
  for (const extension of `${PICTURES} ${OTHERS} PNG Txt`.split(" ")) {
    await rec.logFileFromContents(`file.${extension}`, BYTES);
  }
}

export async function paths(rec: rr.RecordingStream): Promise<void> {
  const folder = join(makeTemporaryFolder().path, "notes");
  mkdirSync(folder);
  writeFileSync(join(folder, "notes.md"), "# Notes\n\nwith ünicode\r\n");
  const previous = process.cwd();
  process.chdir(folder);
  await rec.logFileFromPath("notes.md");
  await rec.logFileFromPath("./../notes/notes.md", { entityPathPrefix: "elsewhere" });
  process.chdir(previous);
  await rec.logFileFromPath(join(ASSETS, "picture.jpg"));
  await rec.logFileFromPath(join(ASSETS, "depth.png"), { entityPathPrefix: "world/cameras", static: true });
  await rec.logFileFromPath(join(ASSETS, "clip.mp4"));
  await rec.logFileFromPath(join(ASSETS, "clip.mp4"), { entityPathPrefix: "again" });
}

export const parquet: Case = incomparable(
  "the memory below a null differs, which `rerun rrd compare` compares within structs",
  async (rec) => {
    const path = join(makeTemporaryFolder().path, "table.parquet");
    const columnData: ColumnSource[] = [
      { name: "arm", data: [1n, 2n, 3n], type: "INT64" },
      { name: "arm_x", data: [0.5, null, 2.5], type: "DOUBLE" },
      { name: "arm_y", data: [1.5, 2.5, 3.5], type: "DOUBLE" },
      { name: "solo_name", data: ["a", "ü", ""], type: "STRING" },
      { name: "cam/is_open", data: [true, false, true], type: "BOOLEAN" },
      { name: "end_", data: [7n, 8n, 9n], type: "INT64" },
    ];
    writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })));
    await rec.logFileFromPath(path);
    await rec.logFileFromContents("any.parquet", readFileSync(path), { entityPathPrefix: "world/table" });
  },
);

export async function names(rec: rr.RecordingStream): Promise<void> {
  const texts = [
    "a b/c d.txt",
    "/absolute/path.txt",
    "über/日本語 🎉.txt",
    "a/../b/./c//d.txt",
    "../../up.txt",
    "C:\\folder\\file.txt",
    "archive.tar.txt",
    ".hidden.txt",
    "quotes'\"[1].txt",
  ];
  for (const name of texts) {
    await rec.logFileFromContents(name, Buffer.from(name));
    await rec.logFileFromContents(name, Buffer.from(name), { entityPathPrefix: "/prefix/with\\ space" });
  }
}

const XYZ = "property float x\nproperty float y\nproperty float z\n";
const SPLAT = [
  ["x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2"],
  Array.from({ length: 9 }, (_, index) => `f_rest_${index}`),
  ["opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"],
].flat();

function ply(properties: string, count: number, data: string, format = "ascii"): Buffer {
  const header = `ply\nformat ${format} 1.0\ncomment written by a test\nelement vertex ${count}\n${properties}`;
  return Buffer.from(`${header}end_header\n${data}`);
}

export async function pointsOfPly(rec: rr.RecordingStream): Promise<void> {
  const rgb = "property uchar red\nproperty uchar green\nproperty uchar blue\n";
  const files = {
    plain: ply(XYZ, 2, "1 2 3\n-0.1 4.5e-3 1e10\n"),
    flat: ply("property double x\nproperty int y\n", 2, "0.1 2\r\n3 -4\r\n"),
    none: ply(XYZ + rgb, 0, ""),
    colors: ply(`${XYZ}${rgb}property uchar alpha\nproperty float radius\n`, 1, "1 2 3 10 20 30 40 0.5\n"),
    fractions: ply(`${XYZ}${rgb.replaceAll("uchar", "float")}`, 2, "1 2 3 0.5 1 0\n1 2 3 2 -1 0.999\n"),
    wide: ply(`${XYZ}${rgb.replaceAll("uchar", "int")}property double radius\n`, 1, "1 2 3 300 -1 255 0.1\n"),
    labels: ply(`${XYZ}property list uchar uchar label\n`, 2, "1 2 3 2 72 105\n4 5 6 0\n"),
    noIndices: ply(XYZ, 1, "1 2 3\n7\n").toString().replace("end_header", "element face 1\nproperty int m\nend_header"),
  };
  for (const [name, file] of Object.entries(files)) await rec.logFileFromContents(`${name}.ply`, Buffer.from(file));
}

export async function otherPlys(rec: rr.RecordingStream): Promise<void> {
  const faces = "element face 1\nproperty list uchar int vertex_indices\n";
  await rec.logFileFromContents("mesh.ply", ply(XYZ + faces, 3, "0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"));
  const properties = SPLAT.map((name) => `property float ${name}\n`).join("");
  const rows = [0, 1, 2].map((row) => SPLAT.map((_, index) => ((index * 7 + row * 5) % 13) / 4 - 1).join(" "));
  await rec.logFileFromContents("splats.ply", ply(properties, 3, `${rows.join("\n")}\n`));
  const bare = SPLAT.filter((name) => !name.startsWith("f_rest")).map((name) => `property float ${name}\n`);
  await rec.logFileFromContents("bare.ply", ply(bare.join(""), 1, "1 2 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"));
}

export async function binaryPlys(rec: rr.RecordingStream): Promise<void> {
  for (const [name, isLittle] of [
    ["little", true],
    ["big", false],
  ] as const) {
    const data = new DataView(new ArrayBuffer(2 * 18));
    for (const row of [0, 1]) {
      for (const axis of [0, 1, 2]) data.setFloat32(row * 18 + axis * 4, row + axis / 10, isLittle);
      data.setUint16(row * 18 + 12, 40_000 + row, isLittle);
      data.setInt16(row * 18 + 14, -2, isLittle);
      data.setUint8(row * 18 + 16, 1);
      data.setUint8(row * 18 + 17, 65 + row);
    }
    const properties = `${XYZ}property ushort radius\nproperty short ignored\nproperty list uchar uchar label\n`;
    const header = ply(properties, 2, "", `binary_${name}_endian`);
    await rec.logFileFromContents(`${name}.ply`, Buffer.concat([header, new Uint8Array(data.buffer)]));
  }
}

/** A recording with the same ids, whose file is merged into this recording. */
export const recordingWithTheSameIds: Case = recordings(
  [{ recordingId: "files", sendProperties: false }],
  async (rec) => {
    const other = new rr.RecordingStream("conformance", { recordingId: "files", batcher: { flushNumRows: 0 } });
    const memory = other.memoryRecording();
    for (let frame = 0; frame < 3; frame++) {
      other.setTime("frame", frame);
      other.log("points", new rr.Points3D([[frame, 0, 0]], { radii: frame === 1 ? 0.5 : undefined }));
    }
    other.sendRecordingName("imported");
    await other.flush();
    await rec.logFileFromContents("other.rrd", memory.drainAsBytes());
  },
);

export async function readers(rec: rr.RecordingStream): Promise<void> {
  rec.log("picture", await rr.files.readEncodedImage(join(ASSETS, "picture.jpg")));
  rec.log("depth", await rr.files.readEncodedDepthImage(join(ASSETS, "depth.png")));
  rec.log("video", await rr.files.readAssetVideo(join(ASSETS, "clip.mp4")), { static: true });
  rec.log("same", new rr.AssetVideo({ contents: readFileSync(join(ASSETS, "clip.mp4")) }), { static: true });
}
