import { readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Chunk, ChunkStream, openRrd } from "@rerun-ts/reading";
import { Scalars } from "@rerun-ts/types";
import { makeTemporaryFolder, type TemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

const chunk = Chunk.fromColumns("/a", { columns: Scalars.columns({ scalars: [1] }) });

const folders: TemporaryFolder[] = [];
let folder: string;
beforeEach(() => {
  const created = makeTemporaryFolder({ ignore: (path) => path === "old.rrd" });
  folders.push(created);
  folder = created.path;
});
afterAll(() => Promise.all(folders.map(({ remove }) => remove())));

describe("a stream that is written to a path", () => {
  it("becomes a complete file", async () => {
    const path = join(folder, "a.rrd");
    await ChunkStream.from([chunk]).writeRrd(path, { applicationId: "app", recordingId: "one" });
    await using file = await openRrd(path);
    expect(file.notices).toEqual([]);
    expect(file.recording().info).toMatchObject({ applicationId: "app", recordingId: "one" });
  });

  it("leaves the old file as it was if its source fails", async () => {
    const path = join(folder, "old.rrd");
    await writeFile(path, "old");
    async function* failing(): AsyncGenerator<Chunk> {
      yield chunk;
      throw new Error("unplugged");
    }
    await expect(ChunkStream.from(failing()).writeRrd(path, { applicationId: "app" })).rejects.toThrow("unplugged");
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["old.rrd"]);
  });

  it("leaves the symbolic link and the permissions of its path as they are", async () => {
    const [file, link] = [join(folder, "a.rrd"), join(folder, "link.rrd")];
    await writeFile(file, "old", { mode: 0o640 });
    await symlink(file, link);
    await ChunkStream.from([chunk]).writeRrd(link, { applicationId: "app" });
    expect(await readlink(link)).toBe(file);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    await using read = await openRrd(file);
    expect(read.recording().info.applicationId).toBe("app");
    expect((await readdir(folder)).sort()).toEqual(["a.rrd", "link.rrd"]);
  });

  it("is where a symbolic link to a missing file leads", async () => {
    await Promise.all([
      symlink("second.rrd", join(folder, "first.rrd")),
      symlink("new.rrd", join(folder, "second.rrd")),
    ]);
    await ChunkStream.from([chunk]).writeRrd(join(folder, "first.rrd"), { applicationId: "app" });
    expect(await readlink(join(folder, "first.rrd"))).toBe("second.rrd");
    expect((await stat(join(folder, "new.rrd"))).isFile()).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(["first.rrd", "new.rrd", "second.rrd"]);
  });

  it("is one of two whole files if two are written at once", async () => {
    const path = join(folder, "a.rrd");
    const write = (applicationId: string): Promise<unknown> =>
      ChunkStream.from([chunk]).writeRrd(path, { applicationId });
    await Promise.all([write("a"), write("b")]);
    await using file = await openRrd(path);
    expect(file.notices).toEqual([]);
    expect(["a", "b"]).toContain(file.recording().info.applicationId);
    expect(await readdir(folder)).toEqual(["a.rrd"]);
  });

  it("rejects with the reason if there is no such folder", async () => {
    const path = join(folder, "none", "a.rrd");
    await expect(ChunkStream.from([chunk]).writeRrd(path, { applicationId: "app" })).rejects.toMatchObject({
      code: "IO_ERROR",
      message: expect.stringContaining("ENOENT") as string,
    });
  });
});
