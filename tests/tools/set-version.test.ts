import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { checkVersions, setVersion } from "../../tools/set-version.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGES = [
  "reading",
  "mcap",
  "catalog",
  "import",
  "testing",
  "blueprint",
  "cli",
  "storage",
  "core",
  "loggers",
  "node",
  "opentelemetry",
  "react",
  "three",
  "types",
  "web",
];
const FILES = [
  ...PACKAGES.map((name) => `packages/${name}/package.json`),
  "packages/core/src/version.ts",
  "package-lock.json",
  "CHANGELOG.md",
];
const SECTION = "\n## [9.8.7-rc.1] - 2030-01-31\n";

/** A copy of the files that have versions in them. */
let root = "";

beforeEach(async () => {
  root = makeTemporaryFolder().path;
  onTestFinished(() => removeTemporaryFolder(root));
  for (const file of FILES) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await cp(join(project, file), join(root, file));
  }
});

const read = (file: string): Promise<string> => readFile(join(root, file), "utf8");
const readAll = (): Promise<string[]> => Promise.all(FILES.map(read));

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(join(root, file), change(await read(file)));
}

describe("setVersion", () => {
  it("changes nothing but the versions of the packages", async () => {
    await edit("CHANGELOG.md", (text) => text + SECTION);
    const { version } = JSON.parse(await read("packages/core/package.json")) as { version: string };
    const before = await readAll();
    await setVersion(root, "9.8.7-rc.1");
    const after = await readAll();
    expect(after).not.toEqual(before);
    expect(after.map((text) => text.replaceAll("9.8.7-rc.1", version))).toEqual(
      before.map((text) => text.replaceAll("9.8.7-rc.1", version)),
    );
  });

  it("sets the version of each package, of its siblings in it, of the lockfile and of the constant", async () => {
    await edit("CHANGELOG.md", (text) => text + SECTION);
    await setVersion(root, "9.8.7-rc.1");
    expect(await checkVersions(root, "9.8.7-rc.1")).toEqual([]);
    const lockfile = JSON.parse(await read("package-lock.json")) as { packages: Record<string, object> };
    const pins = { "@rerun-ts/core": "9.8.7-rc.1", "@rerun-ts/types": "9.8.7-rc.1" };
    expect(JSON.parse(await read("packages/cli/package.json"))).toMatchObject({
      version: "9.8.7-rc.1",
      dependencies: { "@rerun-ts/node": "9.8.7-rc.1" },
    });
    const expected = { version: "9.8.7-rc.1", dependencies: expect.objectContaining(pins) as object };
    expect(JSON.parse(await read("packages/node/package.json"))).toMatchObject({
      ...expected,
      peerDependencies: { "@rerun-ts/reading": "9.8.7-rc.1" },
    });
    expect(lockfile.packages["packages/web"]).toMatchObject(expected);
    expect(await read("packages/core/src/version.ts")).toContain('VERSION = "9.8.7-rc.1"');
  });

  it.for(["1.2", "v1.2.3", "^1.2.3", "1.2.3+build"])("rejects %s, which is not a version", async (version) => {
    await expect(setVersion(root, version)).rejects.toThrow("the version must be like 1.2.3");
  });

  it("changes nothing if the changelog has no section for the version", async () => {
    const before = await readAll();
    await expect(setVersion(root, "9.8.7")).rejects.toThrow("CHANGELOG.md has no section `## [9.8.7] - YYYY-MM-DD`");
    expect(await readAll()).toEqual(before);
  });
});

describe("checkVersions", () => {
  it("finds no problem in the project", async () => {
    expect(await checkVersions(project)).toEqual([]);
  });

  it("names each place that has another version", async () => {
    await edit("packages/web/package.json", (text) => text.replace('"@rerun-ts/types": "', '"@rerun-ts/types": "^'));
    await edit("packages/core/src/version.ts", (text) => text.replace('VERSION = "', 'VERSION = "9.'));
    expect(await checkVersions(root)).toEqual([
      expect.stringMatching(/^packages\/web\/package\.json: dependency @rerun-ts\/types is \^\S+ instead of \S+$/),
      expect.stringMatching(/^packages\/core\/src\/version\.ts: VERSION is 9\.\S+ instead of \S+$/),
    ]);
  });

  it("expects a section of the changelog for a version that is about to be published", async () => {
    expect(await checkVersions(root, "9.8.7")).toContain("CHANGELOG.md has no section `## [9.8.7] - YYYY-MM-DD`");
  });
});

describe("the packages", () => {
  interface Links {
    readonly homepage: string;
    readonly bugs: { readonly url: string };
    readonly repository: { readonly url: string; readonly directory?: string };
  }

  it.for(PACKAGES)("%s names the same repository as the project", async (name) => {
    const own = JSON.parse(await read(`packages/${name}/package.json`)) as Links;
    const shared = JSON.parse(await readFile(join(project, "package.json"), "utf8")) as Links;
    expect([own.homepage, own.bugs]).toEqual([shared.homepage, shared.bugs]);
    expect(own.repository).toEqual({ ...shared.repository, directory: `packages/${name}` });
  });
});
