import { RerunError } from "@rerun-ts/core";
import { expect, it } from "vitest";
import { PartPreparation } from "../../../dist/keeper/part-preparation.js";
import type { StoredPart } from "../../../dist/keeper/part-files.js";

const { signal } = new AbortController();

function partOf(name: string): StoredPart {
  return { key: name, size: 1, recordingId: "monday", layer: name };
}

async function keysOf(preparation: PartPreparation, names: readonly string[]): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const group of preparation.run(names.map(partOf), signal)) keys.push(...group.map(({ part }) => part.key));
  return keys.sort();
}

it("a part whose bytes do not come holds up neither others nor later calls, and is ready in a call after them", async () => {
  let goOn = (): void => {};
  const hanging = new Promise<void>((resolve) => (goOn = resolve));
  const asked: string[] = [];
  const preparation = new PartPreparation({
    prepare: async ({ key }) => {
      asked.push(key);
      if (key === "slow") await hanging;
      return `file:///${key}`;
    },
    onFailed: () => {},
    patienceMs: 50,
  });
  expect(await keysOf(preparation, ["slow", "a", "b"])).toEqual(["a", "b"]);
  expect(await keysOf(preparation, ["slow", "c"])).toEqual(["c"]);
  expect(asked.filter((key) => key === "slow")).toHaveLength(1);
  goOn();
  await new Promise((resolve) => setTimeout(resolve));
  expect(await keysOf(preparation, ["slow"])).toEqual(["slow"]);
});

it("parts that fail are reported, and the others are yielded", async () => {
  const failed: string[] = [];
  const preparation = new PartPreparation({
    prepare: ({ key }) =>
      key === "bad" ? Promise.reject(new RerunError("CONNECTION", "away")) : Promise.resolve(`file:///${key}`),
    onFailed: ({ key }, { code }) => failed.push(`${key} ${code}`),
    patienceMs: Infinity,
  });
  const names = Array.from({ length: 250 }, (_, index) => `part-${index}`);
  expect(await keysOf(preparation, ["bad", ...names])).toEqual([...names].sort());
  expect(failed).toEqual(["bad CONNECTION"]);
});
