import { readFileSync } from "node:fs";
import { join } from "node:path";
import { definitionGaps } from "../codegen/definition-gaps.ts";
import { readSources } from "../codegen/definitions.ts";
import type { Gap } from "../codegen/gaps.ts";
import { generateFiles, writeFiles } from "../codegen/generated-files.ts";
import { applyProtos, protoGaps } from "../definitions/apply-protos.ts";
import { readFacts, writeDefinitions } from "../definitions/definition-files.ts";
import type { Facts } from "../definitions/model.ts";
import type { Release } from "../definitions/release.ts";
import { earlierReleases, keepRelease } from "./earlier-releases.ts";
import type { Step } from "./steps.ts";
import { changeVersions, currentVersion } from "./versions.ts";

const READER = "packages/reading/src/store/migrate-schema.ts";

/** The repository to upgrade, and where the release comes from. */
export interface Upgrade {
  readonly root: string;
  readonly version: string;
  readonly fetch: (version: string) => Promise<Release>;
}

/**
 * The steps from the definitions and messages of one release to the definitions and messages of another release, and to
 * the generated code.
 */
export function definitionSteps({ root, version, fetch }: Upgrade): readonly Step[] {
  const before = currentVersion(root);
  const proto = join(root, "proto");
  let release: Release | undefined;
  const fetched = (): Release => {
    if (release === undefined) throw new Error(`Rerun ${version} was not downloaded`);
    return release;
  };
  return [
    {
      title: `Install the Python package of ${version}, and read its types and messages`,
      run: async () => {
        try {
          release = await fetch(version);
          return { notes: release.notes ?? [], gaps: release.differences.map(unreadable) };
        } catch (error) {
          return { gaps: [unreadable(error instanceof Error ? error.message : String(error))] };
        }
      },
    },
    {
      title: "Keep the definitions of the release before",
      needsNoGaps: true,
      run: async () => {
        const kept = before === version ? undefined : keepRelease(root, before);
        return { notes: kept === undefined ? [] : [`${kept} is new`] };
      },
    },
    {
      title: `Set the version to ${version}`,
      run: async () => ({ notes: changeVersions(root, version).map((path) => `${path} was changed`) }),
    },
    {
      title: "Write definitions/*.json",
      run: async () => ({
        notes: describeChanges(readFacts(root), fetched().facts, writeDefinitions(root, fetched().facts)),
      }),
    },
    {
      title: "Change the declarations of proto/",
      run: async () => ({ notes: await applyProtos(proto, fetched().protos), gaps: protoGaps(proto) }),
    },
    {
      title: "Look for texts, codecs and constructor arguments",
      run: async () => ({ gaps: definitionGaps(readSources(join(root, "definitions"))) }),
    },
    {
      title: "Look for names of earlier releases that the reader does not know",
      run: async () => ({ gaps: readerGaps(root) }),
    },
    {
      title: "Generate code",
      needsNoGaps: true,
      run: async () => {
        const generated = await generateFiles(root);
        writeFiles(root, generated);
        return { notes: [`${generated.files.size} files, ${generated.stale.length} changed`] };
      },
    },
  ];
}

function unreadable(problem: string): Gap {
  return {
    file: "tools/definitions",
    problem,
    todo: "if it is not the network: Rerun writes its types in a new way; adapt reflection.ts, rust-types.ts or rust-arrow.ts",
  };
}

/** Which entries are new, gone or different. Call it before the files are written, with the paths that change. */
function describeChanges(before: Facts, after: Facts, paths: readonly string[]): string[] {
  const changes = (Object.keys(after) as (keyof Facts)[]).flatMap((kind) => {
    const [old, now] = [before[kind], after[kind]].map(textsByName) as [Map<string, string>, Map<string, string>];
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
      if (old.get(name) === now.get(name)) return [];
      return [`${kind}: ${name} ${old.has(name) ? (now.has(name) ? "is different" : "is gone") : "is new"}`];
    });
  });
  return [...paths.map((path) => `${path} was changed`), ...changes];
}

function textsByName(entries: readonly object[]): Map<string, string> {
  return new Map(
    entries.map((entry) => {
      const { name, classIdentifier } = entry as { readonly name?: string; readonly classIdentifier?: string };
      return [name ?? classIdentifier ?? "", JSON.stringify(entry)];
    }),
  );
}

/** Recordings of earlier releases have names that the newest one does not have: the reader must translate them. */
function readerGaps(root: string): Gap[] {
  const reader = readFileSync(join(root, READER), "utf8");
  const known = dataNames(readFacts(root));
  return earlierReleases(root).flatMap(({ version, facts }) =>
    [...dataNames(facts)]
      .filter((name) => !known.has(name) && !reader.includes(name))
      .map((name) => ({
        file: READER,
        problem: `${name} of ${version} does not exist any more`,
        todo: "give its new name, and that of its archetype; or name it in a comment as one that is gone",
      })),
  );
}

/** The components of archetypes of data (`Points3D:positions`) and their types, as columns of recordings name them. */
function dataNames({ archetypes }: Facts): ReadonlySet<string> {
  const data = archetypes.filter(({ scope }) => scope === undefined);
  return new Set(
    data.flatMap(({ name, fields }) => fields.flatMap((field) => [`${name}:${field.name}`, field.component])),
  );
}
