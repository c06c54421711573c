import type { ValuesOf } from "../command/command-table.ts";
import type { BLUEPRINT } from "./blueprint-table.ts";
import { onlyPath, withPaths } from "./rrd-arguments.ts";
import { checkOutput, writeOutput } from "./rrd-output.ts";
import { reportDamage, sourceOf } from "./rrd-sources.ts";
import { blueprintToCode } from "@rerun-ts/reading";

/** Runs `rerun-ts rrd blueprint`, which prints a layout as TypeScript. */
export async function printBlueprint(values: ValuesOf<typeof BLUEPRINT>): Promise<void> {
  const given = withPaths(values);
  const path = onlyPath(given, "blueprint");
  checkOutput(path, given.output);
  const code = await blueprintToCode(sourceOf(path), {
    packageName: given.package,
    name: given.name,
    which: given["recording-id"],
    onDamage: (damage) => reportDamage(given, [{ ...damage, source: 0 }]),
  });
  await writeOutput(given.output, one(code));
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
