// `npm run check:docs`: compiles the TypeScript examples in the Markdown files, in doc blocks, and those of the
// playground.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { playgroundExamples } from "./site/examples.ts";
import { docExamples, programOf, undeclaredNames } from "./lib/tsdoc-examples.ts";
import { markdownFiles } from "./lib/markdown-files.ts";

const BLOCK = /^```ts\n([\s\S]*?)^```/gm;
const CONFIG = {
  extends: "../../tests/types/tsconfig.node.json",
  compilerOptions: {
    lib: ["es2022", "dom", "dom.iterable"],
    types: ["node"],
    skipLibCheck: true,
    jsx: "react-jsx",
    // The types that both packages have: the second one is 140 MB.
    paths: { "onnxruntime-web": ["../../node_modules/onnxruntime-common/dist/esm/index.d.ts"] },
  },
  files: [],
  include: ["*.ts", "*.tsx"],
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
// The examples of doc blocks leave out what their readers have. A first run finds these names.
const examples = await docExamples();
const own = join(folder, "tsdoc");
await mkdir(own);
// Parameters of callbacks of what is left out have no types.
const config = { extends: "../tsconfig.json", compilerOptions: { noImplicitAny: false }, include: ["*.ts", "*.tsx"] };
await writeFile(join(own, "tsconfig.json"), JSON.stringify(config));
for (const example of examples) await writeFile(join(own, example.name), await programOf(example));
const { output } = await runBin("typescript", "tsc", ["-p", own, "--pretty", "false"], { capture: true });
const names = undeclaredNames(output);
for (const example of examples)
  await writeFile(join(own, example.name), await programOf(example, names.get(example.name)));
const results = [await runBin("typescript", "tsc", ["-p", folder]), await runBin("typescript", "tsc", ["-p", own])];
process.exit(results.find(({ code }) => code !== 0)?.code ?? 0);

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
