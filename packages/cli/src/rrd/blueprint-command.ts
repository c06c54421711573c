import { onlyPath, parseRrdArguments } from "./rrd-arguments.ts";
import { checkOutput, writeOutput } from "./rrd-output.ts";
import { reportDamage, sourceOf } from "./rrd-sources.ts";
import { blueprintToCode, type BlueprintCodeOptions } from "@rerun-ts/reading";

/** Runs `rerun-ts rrd blueprint`, which prints a layout as TypeScript. */
export async function printBlueprint(args: string[]): Promise<void> {
  const given = parseRrdArguments(args, {
    package: { type: "string" },
    name: { type: "string" },
    "recording-id": { type: "string" },
    output: { type: "string", short: "o" },
  });
  const path = onlyPath(given, "blueprint");
  checkOutput(path, given.text("output"));
  const code = await blueprintToCode(sourceOf(path), {
    packageName: given.text("package") as BlueprintCodeOptions["packageName"],
    name: given.text("name"),
    which: given.text("recording-id"),
    onDamage: (damage) => reportDamage(given, [{ ...damage, source: 0 }]),
  });
  await writeOutput(given.text("output"), one(code));
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
