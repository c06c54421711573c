// `npm run generate`: writes packages/*/src/gen and docs/archetypes.md from definitions/, proto/ and `lz4.wat`, and the
// reference in docs/cli.md from the tables of commands.
// `npm run generate -- --check` writes nothing and fails if a file would change.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { definitionGaps } from "./definition-gaps.ts";
import { readSources } from "./definitions.ts";
import { generateFiles, writeFiles, type GeneratedFiles } from "./generated-files.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const gaps = definitionGaps(readSources(join(root, "definitions")));
for (const { file, problem, todo } of gaps) console.error(`${file}: ${problem}: ${todo}`);
if (gaps.length > 0) process.exitCode = 1;
else if (process.argv.includes("--check")) report(await generateFiles(root));
else write(await generateFiles(root));

function report({ files, stale, orphans }: GeneratedFiles): void {
  console.log(`${files.size} generated files, ${stale.length} stale`);
  if (stale.length + orphans.length === 0) return;
  for (const path of stale) console.error(`stale: ${path}`);
  for (const path of orphans) console.error(`no longer generated: ${path}`);
  console.error(
    "Generated files do not match definitions/, proto/, lz4.wat and the tables of commands: run `npm run generate`.",
  );
  process.exitCode = 1;
}

function write(generated: GeneratedFiles): void {
  writeFiles(root, generated);
  console.log(`${generated.files.size} generated files, ${generated.stale.length} changed`);
}
