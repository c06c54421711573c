import { execFile } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { McapWriter } from "@mcap/core";
import { openRrd } from "@rerun-ts/reading";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { cdrText } from "@rerun-ts/test-support/common/mcap-file";
import { expect } from "vitest";
import { it } from "./harness/test.ts";

const MIB = 2 ** 20;
const SIZE = (isSoak ? 1024 : 96) * MIB;
const BLOB = new Uint8Array(256 * 1024).map((_, index) => (index * 7919) >> 3);
const PROGRAM = `
  import { createWriteStream, readFileSync } from "node:fs";
  import { pipeline } from "node:stream/promises";
  import { convertMcap } from "@rerun-ts/mcap";
  const [from, to] = process.argv.slice(1);
  await pipeline(convertMcap(from), createWriteStream(to));
  // On Linux the other number begins with the memory of the process that has started this one.
  const isLinux = process.platform === "linux";
  const status = isLinux ? readFileSync("/proc/self/status", "utf8") : "";
  console.log(isLinux ? /VmHWM:\\s+(\\d+) kB/.exec(status)[1] : process.resourceUsage().maxRSS);
`;

/** Writes a file with large and small messages in chunks. Returns the number of the small ones. */
async function writeFile(path: string): Promise<number> {
  const file = await open(path, "w");
  const output = {
    size: 0,
    position: () => BigInt(output.size),
    write: async (bytes: Uint8Array) => {
      output.size += bytes.byteLength;
      await file.writeFile(bytes);
    },
  };
  const writer = new McapWriter({ writable: output, chunkSize: 4 * MIB });
  await writer.start({ profile: "", library: "test" });
  const data = new TextEncoder().encode("string data");
  const schemaId = await writer.registerSchema({ name: "std_msgs/msg/String", encoding: "ros2msg", data });
  const channel = { metadata: new Map<string, string>() };
  const text = await writer.registerChannel({ ...channel, topic: "/text", messageEncoding: "cdr", schemaId });
  const blob = await writer.registerChannel({ ...channel, topic: "/blob", messageEncoding: "own", schemaId: 0 });
  let count = 0;
  while (output.size < SIZE) {
    for (const [channelId, message] of [
      [text, cdrText(`message ${count}`)],
      [blob, BLOB],
    ] as const) {
      const time = BigInt(count) * 1000n;
      await writer.addMessage({ channelId, sequence: count, logTime: time, publishTime: time, data: message });
    }
    count++;
  }
  await writer.end();
  await file.close();
  return count;
}

it(
  `an MCAP file of ${SIZE / MIB} MiB is converted in memory that does not depend on its size`,
  { timeout: isSoak ? 300_000 : 90_000 },
  async ({ folder, rerun }) => {
    const [source, target] = [join(folder, "large.mcap"), join(folder, "large.rrd")];
    const count = await writeFile(source);
    const program = ["--input-type=module", "--eval", PROGRAM, source, target];
    const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: import.meta.dirname });
    expect(Number(stdout) / 1024).toBeLessThan(400);
    await using file = await openRrd(target);
    const recording = file.recording();
    expect(recording.timeRange("message_log_time")).toEqual({ start: 0n, end: BigInt(count - 1) * 1000n });
    const counts: Record<string, number> = {};
    for await (const { entityPath, numRows, isStatic } of recording.chunks({ contents: ["/text", "/blob"] }))
      if (!isStatic) counts[entityPath] = (counts[entityPath] ?? 0) + numRows;
    expect(counts).toEqual({ "/text": count, "/blob": count });
    await rerun.verify(target);
  },
);
