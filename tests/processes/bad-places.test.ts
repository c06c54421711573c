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
  /** The part of the message besides the path: the problem, and what to do about it. */
  readonly says: RegExp;
  /** Creates the place in a folder, and returns its path. */
  readonly make: (folder: string) => Promise<string>;
}

const BAD_PLACES: BadPlace[] = [
  {
    name: "in a folder that does not exist",
    says: /ENOENT.*the folder must exist/,
    make: async (folder) => join(folder, "none/x.rrd"),
  },
  {
    name: "below a file",
    says: /ENOTDIR.*a part of the path is a file/,
    make: async (folder) => {
      await writeFile(join(folder, "a-file"), "");
      return join(folder, "a-file/x.rrd");
    },
  },
  {
    name: "at a folder",
    says: /EISDIR.*the path is a folder/,
    make: async (folder) => {
      await mkdir(join(folder, "a-folder"));
      return join(folder, "a-folder");
    },
  },
  {
    name: "at a read-only file",
    says: /EACCES.*the file must be writable/,
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
  BAD_PLACES.push({ name: "on a full device", says: /ENOSPC.*free some space/, make });
}

/** The options to run a program as another user if this is root, whom permissions do not restrict. */
async function asNobody(folder: string): Promise<ProgramOptions> {
  if (process.getuid?.() !== 0) return {};
  await chown(folder, NOBODY, NOBODY);
  return { uid: NOBODY };
}

describe.for(BAD_PLACES)("save $name", ({ says, make }) => {
  it("rejects once with advice, prints nothing, and loses no data", async ({ folder, rerun }) => {
    const file = join(folder, "good.rrd");
    const path = await make(folder);
    const end = await runProgram("bad-place", ["awaited", path, file], await asNobody(folder));
    const error = { code: "IO_ERROR", message: expect.stringMatching(says) };
    expect(end.reports).toEqual([{ event: error }, { rejected: error }, { state: "buffering" }]);
    expect(JSON.stringify(end.reports)).toContain(JSON.stringify(path).slice(1, -1));
    expect(linesOf(end.stderr)).toEqual([]);
    expect(end.code).toBe(0);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it("reports one event and prints one line if it is not awaited", async ({ folder, rerun }) => {
    const file = join(folder, "good.rrd");
    const end = await runProgram("bad-place", ["not awaited", await make(folder), file], await asNobody(folder));
    expect(end.reports).toEqual([{ event: { code: "IO_ERROR", message: expect.stringMatching(says) } }]);
    expect(linesOf(end.stderr)).toHaveLength(1);
    expect(end.code).toBe(0);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });
});

describe("a sink that cannot be opened", () => {
  it("is reported even if the program exits at once", async ({ folder }) => {
    const end = await runProgram("bad-place", ["before it calls process.exit", join(folder, "none/x.rrd")]);
    expect(end.reports).toEqual([{ event: expect.objectContaining({ code: "IO_ERROR" }) }]);
    expect(linesOf(end.stderr)).toHaveLength(1);
  });

  it("leaves the previous file open and intact", async ({ folder, rerun }) => {
    const file = join(folder, "good.rrd");
    const end = await runProgram("bad-place", ["with a file open", join(folder, "none/x.rrd"), file]);
    expect(end.reports).toEqual([{ event: expect.objectContaining({ code: "IO_ERROR" }) }, { state: "open" }]);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it("prevents other sinks of the same call from replacing the previous ones", async ({ folder, rerun }) => {
    const file = join(folder, "good.rrd");
    const end = await runProgram("bad-place", ["among others", join(folder, "none/x.rrd"), file]);
    expect(end.reports.slice(1)).toEqual([
      { rejected: expect.objectContaining({ code: "IO_ERROR" }) },
      { state: "buffering" },
    ]);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });
});
