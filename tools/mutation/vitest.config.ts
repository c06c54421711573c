// The unit tests of a folder of sources, with mutants in its files: see `mutation.ts`.
import { join, relative } from "node:path";
import { defineConfig, type Plugin } from "vitest/config";
import { root } from "../../packages/test-support/src/node/environment.ts";
import { sources } from "../../packages/test-support/src/setup/sources.ts";
import { mutateFile } from "./mutants.ts";

const { MUTATION_SOURCES = "", MUTATION_TESTS = "" } = process.env;

/** Puts the mutants into the files of a folder. */
function mutants(): Plugin {
  const files = new Set(MUTATION_SOURCES.split(","));
  return {
    name: "mutants",
    enforce: "pre",
    transform(code, id) {
      const file = relative(root, id);
      if (!files.has(file)) return;
      const path = JSON.stringify(`${file}#`);
      const head = `const __mutant = (id) => isMutantActive(${path} + id), __loop = () => countMutantLoop();`;
      return { code: `${head}\n${mutateFile(code).code}`, map: null };
    },
  };
}

export default defineConfig({
  root,
  plugins: [sources(), mutants()],
  test: {
    include: MUTATION_TESTS.split(","),
    runner: join(import.meta.dirname, "runner.ts"),
    // A test is repeated for each mutant.
    testTimeout: 0,
    fileParallelism: false,
    maxWorkers: 1,
    silent: true,
    // Mutants may cause rejections of promises that no code awaits.
    dangerouslyIgnoreUnhandledErrors: true,
  },
});
