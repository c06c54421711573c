import { RecordingStream } from "@rerun-ts/core";
import { Asset3D, EncodedImage } from "@rerun-ts/types";
import { logFile } from "@rerun-ts/types/files";
import { expect, it } from "vitest";

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The warnings of logging a file. */
async function warningsOf(name: string, text: string): Promise<string[]> {
  const warnings: string[] = [];
  const recording = new RecordingStream("files", { onWarning: ({ message }) => warnings.push(message) });
  await logFile({ recording, view: recording.at({}), name, contents: bytesOf(text), options: {} });
  return warnings;
}

it.each(["a.glb", "a.png", "a.ply", "a.mp4", "a.txt"])("%s that is a pointer of Git LFS is refused", async (name) => {
  await expect(warningsOf(name, POINTER)).rejects.toMatchObject({
    code: "INVALID_FORMAT",
    message: expect.stringMatching(/is a pointer of Git LFS and not the file itself; run `git lfs pull`$/),
  });
});

it("contents that are a pointer of Git LFS are refused", () => {
  const recording = new RecordingStream("files", { strict: true });
  const contents = bytesOf(POINTER);
  for (const data of [new Asset3D({ contents }), new EncodedImage({ contents, mediaType: "image/png" })])
    expect(() => recording.log("a", data)).toThrow(/must be the contents of a file, got a pointer of Git LFS/);
});

it("a model that refers to other files is logged with one warning that names them", async () => {
  const gltf = { buffers: [{ uri: "mesh.bin" }, { uri: "data:,a" }], images: [{ uri: "wood.png" }, { bufferView: 0 }] };
  expect(await warningsOf("a.gltf", JSON.stringify(gltf))).toEqual([
    '"a.gltf" refers to other files, which viewers do not receive: mesh.bin, wood.png; pack it as a .glb',
  ]);
  expect(await warningsOf("a.obj", "# a box\r\nmtllib box.mtl\r\nv 0 0 0\r\n")).toEqual([
    '"a.obj" refers to other files, which viewers do not receive: box.mtl; convert it to a .glb',
  ]);
  expect(await warningsOf("b.gltf", JSON.stringify({ buffers: [{ uri: "data:,a" }] }))).toEqual([]);
  expect(await warningsOf("b.obj", "v 0 0 0")).toEqual([]);
});
