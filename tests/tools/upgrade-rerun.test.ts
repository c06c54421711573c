// The rehearsal of an upgrade: a copy of this repository that follows the release before is upgraded to the one that
// the repository follows. The facts of the release come from the repository's own definitions.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root as project } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { beforeEach, describe, expect, it, onTestFinished, type TestContext } from "vitest";
import type { Gap } from "../../tools/codegen/gaps.ts";
import { fetchCrates, type Crates } from "../../tools/definitions/crates.ts";
import { readFacts, writeDefinitions } from "../../tools/definitions/definition-files.ts";
import { collectFacts } from "../../tools/definitions/facts.ts";
import { protoDifferences } from "../../tools/definitions/protos.ts";
import { publishedProtos, type Release } from "../../tools/definitions/release.ts";
import { definitionSteps } from "../../tools/upgrade/definition-steps.ts";
import { earlierReleases, type EarlierRelease } from "../../tools/upgrade/earlier-releases.ts";
import { runSteps } from "../../tools/upgrade/steps.ts";
import { changeVersions, currentVersion } from "../../tools/upgrade/versions.ts";
import { takeTextsAway } from "./rehearsal-texts.ts";

const READER = "packages/reading/src/store/migrate-schema.ts";
const FILES = [
  "docs/cli.md",
  "README.md",
  "buf.gen.yaml",
  "buf.yaml",
  "package-lock.json",
  READER,
  "packages/core/src/compress/wasm/lz4.wat",
  "packages/core/src/rerun-version.ts",
  "packages/node/README.md",
  "packages/react/package.json",
  "packages/web/package.json",
];

const [before] = earlierReleases(project).slice(-1);
if (before === undefined) throw new Error("definitions/earlier is empty");
const version = currentVersion(project);
const facts = readFacts(project);
const published: Release = { version, facts, protos: join(project, "proto"), differences: [] };

/** A copy of this repository as it was with the release before. */
let root = "";

beforeEach(() => {
  const folder = makeTemporaryFolder();
  onTestFinished(folder.remove);
  root = folder.path;
  for (const file of FILES) copy(file);
  copy("definitions/docs");
  changeVersions(root, before.version);
  for (const name of Object.keys(before.facts)) writeFileSync(join(root, `definitions/${name}.json`), "");
  writeDefinitions(root, before.facts);
  for (const [path, text] of Object.entries(before.protos)) {
    mkdirSync(dirname(join(root, "proto", path)), { recursive: true });
    writeFileSync(join(root, "proto", path), text);
  }
});

function copy(path: string): void {
  cpSync(join(project, path), join(root, path), { recursive: true });
}

function upgrade(release: () => Promise<Release> = async () => published): Promise<readonly Gap[]> {
  return runSteps(definitionSteps({ root, version, fetch: release }), () => undefined);
}

/** The path and text of every file of the copy. */
function snapshot(): ReadonlyMap<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path, readFileSync(path, "latin1")]));
}

describe("an upgrade from the release before", () => {
  // Compiles messages a dozen times.
  it("stops with the texts that are missing or surplus, goes on when they are written, and ends at this repository", async () => {
    const missing = takeTextsAway(root, before.facts, facts);
    const messages = newMessages(before);
    const gaps = await upgrade();
    expect(gaps.map(({ problem }) => problem).sort()).toEqual([...missing, ...messages].sort());
    expect(existsSync(join(root, "packages/types/src/gen"))).toBe(false);

    // The work of a person.
    copy("definitions/docs");
    for (const path of Object.keys(before.protos)) {
      const text = readFileSync(join(root, "proto", path), "utf8");
      writeFileSync(join(root, "proto", path), text.replaceAll("// No description yet.", "// A description."));
    }

    expect(await upgrade()).toEqual([]);
    expect(readFacts(root)).toEqual(facts);
    expect(await protoDifferences(join(root, "proto"), join(project, "proto"))).toEqual([]);
    for (const file of FILES) {
      expect(readFileSync(join(root, file), "utf8"), file).toBe(readFileSync(join(project, file), "utf8"));
    }
    expect(earlierReleases(root)).toEqual([before]);
    for (const folder of ["packages/types/src/gen", "packages/blueprint/src/gen"]) {
      for (const file of readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })) {
        if (!file.endsWith(".ts")) continue;
        const [ours, theirs] = [root, project].map((each) => readFileSync(join(each, folder, file), "utf8"));
        expect(ours, file).toBe(theirs);
      }
    }

    const ended = snapshot();
    expect(await upgrade()).toEqual([]);
    expect(snapshot()).toEqual(ended);
  }, 120_000);

  it("names columns of the release before that the reader does not translate", async () => {
    const [points, ...others] = facts.archetypes.filter(({ name }) => name === "Points3D");
    const fields = points?.fields.map((field) => (field.name === "radii" ? { ...field, name: "sizes" } : field)) ?? [];
    const archetypes = facts.archetypes.map((each) => (each === points ? { ...points, fields } : each));
    expect(others).toEqual([]);
    const renamed = async (): Promise<Release> => ({ ...published, facts: { ...facts, archetypes } });
    const problem = `Points3D:radii of ${before.version} does not exist any more`;
    expect(await upgrade(renamed)).toContainEqual(expect.objectContaining({ file: READER, problem }));

    writeFileSync(join(root, READER), `// Points3D:radii is Points3D:sizes now.\n`);
    expect((await upgrade(renamed)).map((gap) => gap.problem)).not.toContain(problem);
  });

  it("changes neither the version nor the definitions if Rerun's sources cannot be read", async () => {
    const gaps = await upgrade(() => Promise.reject(new Error("an Arrow type is written in a new way")));
    expect(gaps).toEqual([
      expect.objectContaining({ file: "tools/definitions", problem: "an Arrow type is written in a new way" }),
    ]);
    expect(readFacts(root)).toEqual(before.facts);
    expect(currentVersion(root)).toBe(before.version);
    expect(earlierReleases(root)).toEqual([]);
  });
});

describe("the published crates of the release before", () => {
  it("say what was kept of it", async (context) => {
    const crates = await needCrates(before.version, context);
    // The Python package adds nothing but facts about views.
    const python = {
      version: before.version,
      archetypes: [],
      components: [],
      encodings: [],
      views: before.facts.views,
    };
    expect(collectFacts(crates, python)).toEqual(before.facts);
    expect(await protoDifferences(join(root, "proto"), publishedProtos(crates))).toEqual([]);
  }, 300_000);
});

/** The messages and enumerations that this repository has for others, and had not with the release before. */
function newMessages({ protos }: EarlierRelease): string[] {
  const old = Object.values(protos).join("\n");
  const now = Object.keys(protos)
    .map((path) => readFileSync(join(project, "proto", path), "utf8"))
    .join("\n");
  return [...now.matchAll(/^(?:message|enum) (\w+) /gm)].flatMap(([, name]) => {
    const isUsed = (now.match(new RegExp(`\\b${name}\\b`, "g")) ?? []).length > 1;
    return isUsed && !old.includes(` ${name} {`) ? [`${name} has no description`] : [];
  });
}

describe("the published crates of this release", () => {
  it("declare the messages of `proto/`", async (context) => {
    expect(await protoDifferences(join(project, "proto"), publishedProtos(await needCrates(version, context)))).toEqual(
      [],
    );
  }, 300_000);
});

/** Returns the crates of a release. Skips the test if they cannot be downloaded. */
async function needCrates(release: string, { skip }: Pick<TestContext, "skip">): Promise<Crates> {
  return fetchCrates(release).catch((error: unknown) =>
    skip(`Cargo cannot download Rerun's crates: ${String(error).slice(0, 200)}`),
  );
}
