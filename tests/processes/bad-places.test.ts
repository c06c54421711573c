import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { linesOf, runProgram, type ProgramOptions } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const NOBODY = 65534;
const ALL_ROWS = { "/__properties": 1, "/rows": ROWS };

interface BadPlace {
  readonly name: string;
  /** What the message must say, besides the path: what is wrong, and what to do. */
  readonly says: RegExp;
  /** Makes the place in a folder; returns its path. */
  readonly make: (folder: string) => Promise<string>;
}

const BAD_PLACES: BadPlace[] = [
  {
    name: "in a folder that does not exist",
    says: /ENOENT.*its folder must exist/,
    make: async (folder) => join(folder, "none/x.rrd"),
  },
  {
    name: "below a file",
    says: /ENOTDIR.*a part of its path is a file/,
    make: async (folder) => {
      await writeFile(join(folder, "a-file"), "");
      return join(folder, "a-file/x.rrd");
    },
  },
  {
    name: "at a folder",
    says: /EISDIR.*it is a folder/,
    make: async (folder) => {
      await mkdir(join(folder, "a-folder"));
      return join(folder, "a-folder");
    },
  },
  {
    name: "at a read-only file",
    says: /EACCES.*it must be writable/,
    make: async (folder) => {
      const path = join(folder, "read-only.rrd");
      await writeFile(path, "");
      await chmod(path, 0o444);
      return path;
    },
  },
];
if (process.platform === "linux") {
  const make = async (): Promise<string> => "/dev/full";
  BAD_PLACES.push({ name: "on a full device", says: /ENOSPC.*make room/, make });
}

/** Who may do everything is not stopped by permissions: such tests run their programs as somebody else. */
async function asNobody(folder: string): Promise<ProgramOptions> {
  if (process.getuid?.() !== 0) return {};
  await chown(folder, NOBODY, NOBODY);
  return { uid: NOBODY };
}

describe.for(BAD_PLACES)("saving $name", ({ says, make }) => {
  it("rejects once, says what to do, and loses nothing", async ({ folder, rerun }) => {
    const file = join(folder, "good.rrd");
    const path = await make(folder);
    const end = await runProgram("bad-place", ["awaited", path, file], await asNobody(folder));
    const error = { code: "FILE", message: expect.stringMatching(says) };
    expect(end.reports).toEqual([{ event: error }, { rejected: error }, { state: "buffering" }]);
    expect(linesOf(end.stderr)).toEqual([expect.stringMatching(says)]);
    expect(end.stderr).toContain(path);
    expect(end.code).toBe(0);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it("is one event and one line on the console if it is left alone", async ({ folder, rerun }) => {
    const file = join(folder, "good.rrd");
    const end = await runProgram("bad-place", ["left alone", await make(folder), file], await asNobody(folder));
    expect(end.reports).toEqual([{ event: { code: "FILE", message: expect.stringMatching(says) } }]);
    expect(linesOf(end.stderr)).toHaveLength(1);
    expect(end.code).toBe(0);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });
});

describe("a sink that cannot be opened", () => {
  it("is told also if the program ends at once", async ({ folder }) => {
    const end = await runProgram("bad-place", ["before it calls process.exit", join(folder, "none/x.rrd")]);
    expect(end.reports).toEqual([{ event: expect.objectContaining({ code: "FILE" }) }]);
    expect(linesOf(end.stderr)).toHaveLength(1);
  });

  it("leaves the file before as it is, and in use", async ({ folder, rerun }) => {
    const file = join(folder, "good.rrd");
    const end = await runProgram("bad-place", ["with a file open", join(folder, "none/x.rrd"), file]);
    expect(end.reports).toEqual([{ event: expect.objectContaining({ code: "FILE" }) }, { state: "open" }]);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it("keeps its neighbours from taking over", async ({ folder, rerun }) => {
    const file = join(folder, "good.rrd");
    const end = await runProgram("bad-place", ["among others", join(folder, "none/x.rrd"), file]);
    expect(end.reports.slice(1)).toEqual([
      { rejected: expect.objectContaining({ code: "FILE" }) },
      { state: "buffering" },
    ]);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });
});
