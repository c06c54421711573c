import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isSoak, root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { readCorpus } from "./corpus.ts";
import { runInput } from "./fuzz-loop.ts";
import { mutated } from "./mutate.ts";
import { TARGETS } from "./targets.ts";

const SECONDS = 60;
const SEED = 1;
const INPUTS = isSoak ? 300 : 40;

describe.each(TARGETS)("$name", (target) => {
  const inputs = [...target.seeds(), ...readCorpus(target.name)];

  it("reads or rejects every input that is kept", async () => {
    for (const input of inputs) await runInput(target, input);
  });

  it(`reads or rejects ${INPUTS} damaged inputs`, async () => {
    const random = seededRandom(SEED);
    const any = (): Uint8Array => inputs[random(inputs.length)] as Uint8Array;
    for (let count = 0; count < INPUTS; count++) {
      await runInput(target, mutated(any(), any(), target.words ?? [], random));
    }
  });

  if (!isSoak) return;
  it(`reads or rejects what coverage leads to in ${SECONDS} seconds`, { timeout: 180_000 }, async () => {
    const program = ["tools/start.mjs", "tests/fuzz/fuzz.ts", target.name, String(SECONDS)];
    const { code, output } = await run(process.execPath, program, { capture: true });
    expect(code, output).toBe(0);
  });
});

it("inputs are kept for existing targets only", () => {
  const names = TARGETS.map(({ name }) => name);
  for (const folder of readdirSync(join(root, "tests/fuzz/corpus"))) expect(names).toContain(folder);
});
