import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import zstd from "@foxglove/wasm-zstd";
import { openRrd } from "@rerun-ts/reading";
import { cdrText, mcapFile, textChannel } from "@rerun-ts/test-support/common/mcap-file";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { root } from "@rerun-ts/test-support/node/environment";
import * as rr from "@rerun-ts/node";
import { describe, expect } from "vitest";
import { runCli } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

const FILES = join(root, "tests/conformance/mcap");

/** The entities of a recording. */
async function entitiesOf(path: string): Promise<readonly string[]> {
  return (await openRrd(await readFile(path))).recording().schema().entityPaths;
}

describe("rerun-ts mcap", () => {
  it("converts a file with the options of `rerun mcap convert`", async ({ folder, rerun }) => {
    const out = join(folder, "out.rrd");
    const flags = ["-d", "ros2msg", "-d", "ros2_reflection", "-y", "^/(imu|tf)$", "-n", "tf", "--recording-id", "one"];
    const times = ["--start-time", "1700000000.1s", "--end-time", "2023-11-14T22:13:20.3Z", "--timestamp-offset-ns=-5"];
    const { code, stderr } = await runWarmCli([
      "mcap",
      "convert",
      join(FILES, "ros2.mcap"),
      "-o",
      out,
      ...flags,
      ...times,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const file = await openRrd(await readFile(out));
    expect(file.recordings).toMatchObject([{ applicationId: "ros2", recordingId: "one" }]);
    const reader = file.recording();
    expect(await entitiesOf(out)).toEqual(["/imu"]);
    expect(reader.timeRange("message_log_time")).toEqual({
      start: 1_700_000_000_100_000_995n,
      end: 1_700_000_000_200_000_995n,
    });
    await rerun.verify(out);
  });

  it("converts a large file with zstd, whose first chunks are decompressed while the command is loaded", async ({
    folder,
  }) => {
    await zstd.isLoaded;
    const random = seededRandom(11);
    const lines = Array.from({ length: 9000 }, (_, row) =>
      `${row} `.padEnd(1500, String.fromCharCode(...Array.from({ length: 700 }, () => 33 + random(90)))),
    );
    const compressChunk = (records: Uint8Array): { compression: string; compressedData: Uint8Array } => ({
      compression: "zstd",
      compressedData: zstd.compress(records, 1),
    });
    const channel = textChannel(
      "/a",
      lines.map((line) => cdrText(line)),
    );
    const [path, out] = [join(folder, "large.mcap"), join(folder, "large.rrd")];
    await writeFile(path, await mcapFile([channel], { chunkSize: 1024 * 1024, compressChunk }));
    const { code, stderr } = await runCli(["mcap", "convert", path, "-o", out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const texts: unknown[] = [];
    for await (const { table } of (await openRrd(out)).recording().chunks({ contents: "/a" }))
      for (const [text] of (table.getChild("TextDocument:text") ?? []) as Iterable<Iterable<string>>) texts.push(text);
    expect(texts).toEqual(lines);
  });

  it("writes to standard output", async ({ folder }) => {
    const { code, stdout } = await runCli(["mcap", "convert", join(FILES, "other.mcap")]);
    expect(code).toBe(0);
    const path = join(folder, "piped.rrd");
    await writeFile(path, stdout);
    expect(await entitiesOf(path)).toContain("/json");
  });

  it("shows the contents of a file, and checks the order of its messages", async () => {
    const info = await runWarmCli(["mcap", "info", join(FILES, "other.mcap")]);
    expect(info.stdout.toString()).toMatch(
      /Messages +12\n[^]*zstd +1 [^]*\/flat +3 +demo\.Thing +flatbuffer \/ flatbuffer\n/,
    );
    const json = await runWarmCli(["mcap", "info", "--json", join(FILES, "other.mcap")]);
    expect(JSON.parse(json.stdout.toString())).toMatchObject({ messages: 12, hasSummary: true });
    const check = await runWarmCli(["mcap", "check", "--full", join(FILES, "ros2.mcap")]);
    expect(check.stdout.toString()).toMatch(/ros2_timestamp\n[^]*ok +1 +2 +\/text +-\n/);
  });

  it("converts what is left of a damaged file, and exits with 1 unless that is wanted", async ({ folder }) => {
    const whole = await readFile(join(FILES, "ros2.mcap"));
    const cut = join(folder, "cut.mcap");
    await writeFile(cut, whole.subarray(0, whole.length * 0.2));
    const out = join(folder, "cut.rrd");
    const plain = await runWarmCli(["mcap", "convert", cut, "-o", out]);
    expect(plain.code).toBe(1);
    expect(plain.stderr).toMatch(/cut\.mcap: damaged at byte \d+: the file ends within a record/);
    expect(await entitiesOf(out)).toContain("/imu");
    const recovered = await runWarmCli(["mcap", "convert", "--recover", cut, "-o", out]);
    expect(recovered.code).toBe(0);
    const info = await runWarmCli(["mcap", "info", "--recover", cut]);
    expect(info.stdout.toString()).toMatch(/Messages +108\n/);
  });

  it("exports a recording, and reports what has no message", async ({ folder }) => {
    const [recording, out] = [join(folder, "in.rrd"), join(folder, "out.mcap")];
    await runWarmCli(["mcap", "convert", join(FILES, "ros2.mcap"), "-o", recording]);
    const { code, stderr } = await runWarmCli(["mcap", "export", recording, "-o", out]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/exported \d+ messages\n/);
    expect(stderr).toContain("/grid:GridMap:data has no message: left out 6 rows\n");
    const info = await runWarmCli(["mcap", "info", out]);
    expect(info.stdout.toString()).toMatch(/\/cloud +6 +foxglove\.PointCloud +protobuf \/ protobuf\n/);
  });

  it("exits with 2 for wrong usage, and with 1 for a file of another kind", async ({ folder }) => {
    const file = join(FILES, "other.mcap");
    const text = join(folder, "text.mcap");
    await writeFile(text, "this is not an MCAP file");
    for (const [args, code, reason] of [
      [["mcap", "convrt", file], 2, /did you mean `?mcap convert/i],
      [["mcap", "convert"], 2, /requires exactly one file/],
      [["mcap", "convert", "-d", "ros3", file], 2, /`--decoder` must be one of attachments/],
      [["mcap", "convert", "-y", "(", file], 2, /`--include-topic-regex` must be/],
      [["mcap", "convert", "--start-time", "noon", file], 2, /`--start-time` must be nanoseconds/],
      [["mcap", "info", text], 1, /text\.mcap is not an MCAP file/],
      [["mcap", "info", join(folder, "none.mcap")], 1, /no such file/],
    ] as const) {
      const result = await runWarmCli([...args]);
      expect(result.stderr).toMatch(reason);
      expect(result.code, args.join(" ")).toBe(code);
    }
  });

  it("leaves nothing and says why if the file becomes too large in the middle", async ({ folder, skip }) => {
    const [input, output] = [join(folder, "in.mcap"), join(folder, "out.rrd")];
    const random = seededRandom(5);
    const text = (): string => String.fromCharCode(...Array.from({ length: 4000 }, () => 33 + random(90)));
    await writeFile(
      input,
      await mcapFile([
        textChannel(
          "/a",
          Array.from({ length: 1500 }, () => cdrText(text())),
        ),
      ]),
    );
    const main = join(root, "packages/cli/dist/bundle/main.js");
    // In KiB. The signal for it is ignored.
    const script = `trap "" XFSZ; ulimit -f 3072; ${process.execPath} ${main} mcap convert ${input} -o ${output}`;
    const { status, stderr, error } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    skip(error !== undefined, "there is no bash");
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^rerun-ts: cannot write .*out\.rrd: EFBIG/)]);
    expect(await readdir(folder)).toEqual(["in.mcap"]);
  });

  it("does not replace its input by its output", async ({ folder }) => {
    const [file, recording] = [join(folder, "in.mcap"), join(folder, "in.rrd")];
    const bytes = await readFile(join(FILES, "other.mcap"));
    await writeFile(file, bytes);
    await runWarmCli(["mcap", "convert", file, "-o", recording]);
    for (const [path, ...command] of [
      [file, "mcap", "convert"],
      [recording, "mcap", "export"],
      [recording, "rrd", "query", "--static"],
      [recording, "rrd", "blueprint"],
    ] as const) {
      const before = await readFile(path);
      const { code, stderr } = await runWarmCli([...command, path, "-o", path]);
      expect(stderr).toContain("`-o` must be another file than the input, which it would replace");
      expect(code).toBe(2);
      expect((await readFile(path)).equals(before)).toBe(true);
    }
  });
});

describe("logFileFromPath and logFileFromContents", () => {
  it("log MCAP files, and warn about what is lost", async ({ folder }) => {
    const warnings: string[] = [];
    const rec = new rr.RecordingStream("mcap", { onWarning: ({ message }) => warnings.push(message) });
    const path = join(folder, "log.rrd");
    await rec.save(path);
    await rec.logFileFromPath(join(FILES, "ros2.mcap"));
    await rec.logFileFromContents("other.mcap", new Blob([await readFile(join(FILES, "other.mcap"))]));
    await rec.logFileFromContents("images.MCAP", await readFile(join(FILES, "ros2-images.mcap")));
    await rec.close();
    expect(await entitiesOf(path)).toEqual(expect.arrayContaining(["/camera/rgb", "/json", "/bayer_bggr8"]));
    expect(warnings).toEqual([
      expect.stringMatching(/ros2\.mcap: a part cannot be converted: .*"strange9" is unknown/),
    ]);
    await expect(rec.logFileFromPath(join(folder, "none.mcap"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
