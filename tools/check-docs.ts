// `npm run check:docs`: compiles the TypeScript examples in the Markdown files, and those of the playground.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { playgroundExamples } from "./site/examples.ts";
import { markdownFiles } from "./lib/markdown-files.ts";

const BLOCK = /^```ts\n([\s\S]*?)^```/gm;
const CONFIG = {
  extends: "../../tests/types/tsconfig.node.json",
  compilerOptions: {
    lib: ["es2022", "dom", "dom.iterable"],
    types: ["node"],
    skipLibCheck: true,
    // The types that both packages have: the second one is 140 MB.
    paths: { "onnxruntime-web": ["../../node_modules/onnxruntime-common/dist/esm/index.d.ts"] },
  },
  files: [],
  include: ["*.ts"],
};

const folder = join(root, ".cache/docs");
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const page of await markdownFiles()) {
  for (const [index, program] of programsOf(await readFile(join(root, page), "utf8")).entries()) {
    await writeFile(join(folder, `${page.replace(/\W/g, "-")}-${index}.ts`), hoistImports(program));
  }
}
for (const { name, code } of await playgroundExamples()) {
  await writeFile(join(folder, `playground-${name.replace(/\W/g, "-")}.ts`), code);
}
await writeFile(join(folder, "tsconfig.json"), JSON.stringify(CONFIG));
const { code } = await runBin("typescript", "tsc", ["-p", folder]);
process.exit(code);

/** The examples of a page build on each other, except for examples with an import, which start anew. */
function programsOf(text: string): readonly string[] {
  const programs: string[] = [];
  for (const [, example = ""] of text.matchAll(BLOCK)) {
    if (example.includes('from "@rerun-ts/')) programs.push(example);
    else programs.push(`${programs.pop() ?? ""}${example}`);
  }
  return programs;
}

/** Moves the imports of later examples to the top. */
function hoistImports(program: string): string {
  const lines = program.split("\n");
  const isImport = (line: string): boolean => line.startsWith("import ");
  return [...lines.filter(isImport), "", ...lines.filter((line) => !isImport(line))].join("\n");
}
