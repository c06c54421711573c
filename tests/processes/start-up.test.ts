import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { describe, expect } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";

/** Each file costs most of a millisecond. One module for each source file would make seven hundred files. */
const MAX_FILES = 6;

/** The part of a package.json that says which files Node loads. */
interface Manifest {
  readonly exports: Readonly<Record<string, { readonly node: string }>>;
}

describe("a program that logs its first row", () => {
  it("has loaded a few files, and nothing of servers, viewers and connections", async ({ folder }) => {
    const file = join(folder, "start.rrd");
    const { code, stderr, reports } = await runProgram("start-up", [file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(reports.at(-1)).toBe("written");
    const urls = reports.slice(0, -1).map(String);
    const files = urls.filter((url) => url.startsWith("file:"));
    expect(files.length).toBeLessThanOrEqual(MAX_FILES);
    expect(files.filter((url) => !/\/dist\/bundle\//.test(url))).toEqual([]);
    expect(files.filter((url) => /relay-server|viewer-server|connectrpc|\/ws\//.test(url))).toEqual([]);
    expect(urls).not.toEqual(expect.arrayContaining([expect.stringMatching(/^node:(?:http2?|zlib)$/)]));
    expect(readChunks(await readFile(file)).map(({ entityPath }) => entityPath)).toContain("/row");
  });
});

describe("the worker that sends over gRPC", () => {
  it("contains the libraries for gRPC and its part of the SDK, which have hundreds of files", async () => {
    const bundle = join(root, "packages/node/dist/bundle");
    const entry = await readFile(join(bundle, "delivery-worker-entry.js"), "utf8");
    const libraries = await readFile(join(bundle, "delivery-worker-entry/grpc-libraries.js"), "utf8");
    expect(importsOf(entry)).toContain("./delivery-worker-entry/grpc-libraries.js");
    const others = [...importsOf(entry), ...importsOf(libraries)].filter((id) => !/^(?:\.|node:)/.test(id));
    // Only for WebSockets.
    expect(others).toEqual(["ws"]);
    expect(libraries).toMatch(/^\/\*!.*\n.*@connectrpc\/connect .*Apache-2\.0/);
  });
});

describe("the commands that work with files", () => {
  const cli = join(root, "packages/cli/dist/bundle");

  it("load nothing of what programs that log load at their start", async () => {
    const files = ["main.js", "stats-table.js", "convert-table.js", "stats-command2.js", "convert-command2.js"];
    const loaded = await Promise.all(files.map((file) => loadedWith(cli, file)));
    expect(loaded.flat().filter((id) => /^(?:@|\.\.\/|node:(?:net|worker_threads)$)/.test(id))).toEqual([]);
    const ofPrograms = await loadedWith(join(root, "packages/reading/dist/bundle"), "index.js");
    expect(ofPrograms).toContain("@rerun-ts/core/checks");
    expect(ofPrograms.filter((id) => /^@rerun-ts\/(?:types|blueprint)/.test(id))).toEqual([]);
  });

  it.for(["convert-mcap.js", "optimize-command.js", "stats-command.js"])(
    "load a few files, with their libraries in them: %s",
    async (file) => {
      const loaded = await loadedWith(cli, file);
      expect(loaded.filter((id) => !/^(?:\.\/|node:)/.test(id))).toEqual([]);
      expect(loaded.filter((id) => id.startsWith("./")).length).toBeLessThanOrEqual(8);
    },
  );

  it("load no more than the reader of an MCAP file to describe one", async () => {
    const loaded = await loadedWith(cli, "info-command.js");
    const sizes = await Promise.all(
      loaded.filter((id) => id.startsWith("./")).map(async (id) => (await stat(join(cli, id))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(120_000);
  });
});

describe("a program that uploads parts", () => {
  it("loads no relay, no WebSockets and no protobuf library", async () => {
    const node = await loadedWith(join(root, "packages/node/dist/bundle"), "parts.js");
    const entries = node.filter((id) => id.startsWith("@rerun-ts/core/"));
    const core = join(root, "packages/core");
    const { exports } = JSON.parse(await readFile(join(core, "package.json"), "utf8")) as Manifest;
    const files = entries.map((id) => exports[`./${id.slice("@rerun-ts/core/".length)}`]?.node ?? id);
    const loaded = await Promise.all(files.map((file) => loadedWith(join(core, dirname(file)), basename(file))));
    expect(entries).toContain("@rerun-ts/core/rrd");
    expect([...node, ...loaded.flat()].filter((id) => /relay-server|^ws$|bufbuild/.test(id))).toEqual([]);
  });
});

/** All that a file of a bundle loads at once. */
async function loadedWith(folder: string, file: string): Promise<readonly string[]> {
  const found = new Set([`./${file}`]);
  for (const id of found)
    if (id.startsWith("./"))
      for (const [, imported = ""] of (await readFile(join(folder, id), "utf8")).matchAll(
        /^(?:import|export) .*?"([^"]+)";$/gm,
      ))
        found.add(imported);
  return [...found];
}

/** The modules that a module imports, statically or later. */
function importsOf(code: string): readonly string[] {
  return Array.from(code.matchAll(/(?:\bfrom|\bimport\(?)\s*["`]([^"`]+)["`]/g), ([, id = ""]) => id);
}
