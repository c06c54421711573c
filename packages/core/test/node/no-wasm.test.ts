import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { expect, test } from "vitest";

test("LZ4 works where a program must not use WebAssembly", async () => {
  const program = `
    import { lz4Bound, lz4Decode, Lz4Encoder } from "@rerun-ts/core/rrd";
    const pixels = new Uint8Array(200_000).map((_, index) => Math.imul(index, 0x9e3779b1) >>> 30);
    const block = new Uint8Array(lz4Bound(pixels.byteLength));
    const end = new Lz4Encoder().compress(pixels, [{ end: pixels.byteLength, stride: 0 }], block, 0);
    const restored = lz4Decode(block.subarray(0, end), pixels.byteLength);
    console.log(typeof WebAssembly, end < pixels.byteLength, Buffer.compare(restored, pixels));
  `;
  const cwd = join(root, "packages/core");
  const args = ["--jitless", "--input-type=module", "--eval", program];
  const { code, output } = await run(process.execPath, args, { capture: true, cwd });
  // Some versions of Node warn that the flag disables WebAssembly.
  expect({ code, last: output.trim().split("\n").at(-1) }).toEqual({ code: 0, last: "undefined true 0" });
});
