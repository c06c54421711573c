// `npm run fuzz -- [target] [seconds] [seed] [--keep]`: mutates the inputs of code that reads untrusted bytes, guided
// by coverage. `--keep` adds the shortest inputs that have reached something new to the corpus.
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz-loop.ts";
import { keep, readCorpus } from "./corpus.ts";
import { TARGETS } from "./targets.ts";

/**
 * A process that needs more memory keeps the memory of earlier inputs, or believes an input that claims to be large.
 */
const MAX_MEMORY_MIB = 1536;
/** The number of inputs that `--keep` adds for each target. */
const KEPT = 8;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: "boolean" } } });
const [name = "all", seconds = "60", seed = String(Date.now() % 1e9)] = positionals;
const targets = TARGETS.filter((target) => name === "all" || target.name === name);
if (targets.length === 0) {
  const names = TARGETS.map((target) => target.name).join(", ");
  throw new TypeError(`the target must be one of ${names}, or \`all\`, got ${JSON.stringify(name)}`);
}
if (!(Number(seconds) > 0)) throw new TypeError(`the seconds must be a positive number, got ${seconds}`);

for (const target of targets) {
  const corpus = readCorpus(target.name);
  const { inputs, reached, interesting, failure } = await fuzz(target, corpus, Number(seconds), Number(seed));
  console.log(`${target.name}: ${inputs} inputs, ${reached} functions and blocks, seed ${seed}`);
  if (values.keep === true) {
    const shortest = interesting.toSorted((a, b) => a.byteLength - b.byteLength).slice(0, KEPT);
    for (const input of shortest) keep(target.name, "seen", input);
  }
  if (failure === undefined) continue;
  console.error(`${target.name} failed; the input is kept in ${keep(target.name, "found", failure.input)}`);
  console.error(failure.error);
  process.exitCode = 1;
}
const needed = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(`the process needed ${needed} MiB`);
if (needed > MAX_MEMORY_MIB) {
  console.error(`that is more than ${MAX_MEMORY_MIB} MiB`);
  process.exitCode = 1;
}
