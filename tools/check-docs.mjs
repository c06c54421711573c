import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root, run } from "./lib/run.mjs";

const BLOCK = /^```ts\n([\s\S]*?)^```/gm;

/** Compiles the TypeScript examples of README.md and docs/. Problems, or nothing. */
export async function checkDocs() {
  const folder = join(root, ".cache/docs");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const pages = [
    "README.md",
    ...(await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
  ];
  for (const page of pages) {
    // The examples of a page build on each other, but for those that begin anew.
    const programs = [];
    for (const [, code] of (await readFile(join(root, page), "utf8")).matchAll(BLOCK)) {
      if (code.includes('from "@rerun-ts/')) programs.push(code);
      else programs.push(`${programs.pop() ?? ""}${code}`);
    }
    for (const [index, program] of programs.entries()) {
      await writeFile(join(folder, `${page.replace(/\W/g, "-")}-${index}.ts`), hoistImports(program));
    }
  }
  const config = {
    extends: "../../tests/types/tsconfig.node.json",
    compilerOptions: { lib: ["es2022", "dom", "dom.iterable"], types: ["node"], skipLibCheck: true },
    files: [],
    include: ["*.ts"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await run("npx", ["--no-install", "tsc", "-p", folder], { capture: true });
  return code === 0 ? "" : output.trim();
}

/** Imports of later examples go to the front. */
function hoistImports(program) {
  const lines = program.split("\n");
  const isImport = (line) => line.startsWith("import ");
  return [...lines.filter(isImport), "", ...lines.filter((line) => !isImport(line))].join("\n");
}
