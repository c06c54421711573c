import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

/** The entry points for users. Those for siblings are not public. */
const ENTRY_POINTS = [
  "core/src/index.ts",
  "core/src/decode.ts",
  "core/src/integration.ts",
  "core/src/viewer-control.ts",
  "types/src/index.ts",
  "types/src/integration.ts",
  "blueprint/src/index.ts",
  "reading/src/index.ts",
  "mcap/src/index.ts",
  "catalog/src/index.ts",
  "import/src/index.ts",
  "node/src/index.ts",
  "testing/src/index.ts",
  "web/src/index.ts",
  "web/src/read.ts",
  "three/src/index.ts",
  "controls/src/index.ts",
  "replay/src/index.ts",
  "react/src/index.ts",
  "opentelemetry/src/index.ts",
  "loggers/src/pino.ts",
  "loggers/src/winston.ts",
  "storage/src/index.ts",
  "storage/src/nats.ts",
  "storage/src/ingest.ts",
  "storage/src/web.ts",
];
const RE_EXPORT = /^export (?:type )?(?:\{(?<names>[^}]*)\}|\*(?: as \w+)?) from "(?<from>\.[^"]*)";/gmu;
const DECLARATION =
  /^(?<exported>export )?(?:declare |abstract |async )*(?:class|interface|type|function\*?|const|enum) (?<name>\w+)/u;
const DOC_BLOCK = /^ *\/\*\*(?<text>(?:(?!\*\/)[\s\S])*)\*\/\n/gmu;
const HIDDEN_MEMBER = /^\s*(?:private |protected |(?:readonly |static |async |get |set )*#)/u;
const EXAMPLE = /^@example(?:.*\n?)(?:(?!@).*\n?)*/gmu;

/** Reads the documentation of the names that the packages export for users: the texts of doc blocks, by package. */
export async function publicDocBlocks(): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, Set<string>>();
  for (const entry of ENTRY_POINTS) await collectNames(entry, undefined, names);
  const blocks = new Map<string, readonly string[]>();
  for (const [path, wanted] of names) {
    const name = path.split("/")[0] ?? "";
    blocks.set(name, [...(blocks.get(name) ?? []), ...docBlocksOf(await readSource(path), wanted)]);
  }
  return blocks;
}

/** Finds the doc blocks of some declarations in a file, and of their members. Their examples are left out. */
export function docBlocksOf(source: string, names: ReadonlySet<string>): readonly string[] {
  const texts: string[] = [];
  let isPublic = false;
  let position = 0;
  for (const { 0: block, index, groups = {} } of source.matchAll(DOC_BLOCK)) {
    const [after = ""] = source.slice(index + block.length).split("\n", 1);
    for (const line of [...source.slice(position, index).split("\n"), after]) {
      const declared = DECLARATION.exec(line)?.groups;
      if (declared !== undefined) isPublic = declared["exported"] !== undefined && names.has(declared["name"] ?? "");
    }
    position = index + block.length;
    const text = (groups["text"] ?? "").replaceAll(/^\s*\* ?/gmu, "").trim();
    if (isPublic && !HIDDEN_MEMBER.test(after) && !text.includes("@internal")) texts.push(text.replaceAll(EXAMPLE, ""));
  }
  return texts;
}

/** Adds the exported names of a file, or only the wanted ones, to the names of the declaring files. */
async function collectNames(
  path: string,
  wanted: ReadonlySet<string> | undefined,
  names: Map<string, Set<string>>,
): Promise<void> {
  const source = await readSource(path);
  for (const { groups = {} } of source.matchAll(RE_EXPORT)) {
    const listed = groups["names"]?.match(/\w+(?=\s*(?:,|$| as ))/gu)?.filter((name) => wanted?.has(name) ?? true);
    if (listed?.length === 0) continue;
    const file = join(path, "..", groups["from"] ?? "");
    await collectNames(file, listed === undefined ? wanted : new Set(listed), names);
  }
  const known = names.get(path) ?? new Set();
  names.set(path, known);
  for (const line of source.split("\n")) {
    const { exported, name = "" } = DECLARATION.exec(line)?.groups ?? {};
    if (exported !== undefined && (wanted?.has(name) ?? true)) known.add(name);
  }
}

async function readSource(path: string): Promise<string> {
  return await readFile(join(root, "packages", path), "utf8");
}
