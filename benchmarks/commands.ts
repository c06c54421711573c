import { copyFile, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import type { RealRerun } from "@rerun-ts/test-support/setup/rerun";
import { makeManyEntities, makeMcapImages, makeSmallRecording, type McapImages } from "./commands/make-files.ts";
import { outputFolder } from "./run-peers.ts";
import { alignTable } from "./table.ts";
import { timesOf, type Times } from "./times.ts";

/** The time of a command of `rerun-ts` beside that of the same command of `rerun`, in seconds. */
export interface CommandResult {
  readonly command: string;
  readonly input: string;
  readonly inputBytes: number;
  readonly ours: Times;
  readonly native: Times;
  /** Ours through native's, of the least times. */
  readonly ratioToNative: number;
}

/** A file, and the commands that read it. */
interface Input {
  readonly title: string;
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
  make(this: void, path: string): Promise<void>;
}

const STATS = ["rrd", "stats"];
const OPTIMIZE = ["rrd", "optimize"];
const COMPARE = ["rrd", "compare"];
const CONVERT = ["mcap", "convert"];

/** Measures commands beside those of the real `rerun`, in turns. Each run is a process with its start. */
export async function measureCommands(
  { rerun, python }: RealRerun,
  rounds: number,
  size: "full" | "quick",
): Promise<readonly CommandResult[]> {
  const cli = join(root, "packages/cli/dist/bundle/main.js");
  await mkdir(outputFolder, { recursive: true });
  const folder = await mkdtemp(join(outputFolder, "commands-"));
  const results: CommandResult[] = [];
  try {
    for (const { title, name, commands, make } of inputsOf(size, python)) {
      const path = join(folder, name);
      await make(path);
      const { size: inputBytes } = await stat(path);
      for (const command of commands) {
        process.stdout.write(`${command.join(" ")}, ${title}: `);
        const copy = join(folder, `copy-${name}`);
        if (command === COMPARE) await copyFile(path, copy);
        const others = command === COMPARE ? [copy] : ["-o", join(folder, "output.rrd")];
        const args = command === STATS ? [...command, path] : [...command, path, ...others];
        const [ours, native]: [number[], number[]] = [[], []];
        for (let round = 0; round < rounds; round++) {
          ours.push(await secondsOf(process.execPath, [cli, ...args]));
          native.push(await secondsOf(rerun, args));
          process.stdout.write(".");
        }
        process.stdout.write("\n");
        const [our, their] = [timesOf(ours), timesOf(native)];
        const ratioToNative = our.least / their.least;
        results.push({ command: command.join(" "), input: title, inputBytes, ours: our, native: their, ratioToNative });
      }
      await rm(path);
    }
    return results;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Formats the results for a console. */
export function formatCommands(results: readonly CommandResult[]): string {
  return alignTable([
    ["command", "input", "MB", "ours", "native", "time ÷ native, less is better (medians)"],
    ...results.map(({ command, input, inputBytes, ours, native, ratioToNative }) => [
      command,
      input,
      (inputBytes / 1e6).toFixed(0),
      `${ours.least.toFixed(2)} s`,
      `${native.least.toFixed(2)} s`,
      `${ratioToNative.toFixed(2)}× (${(ours.median / native.median).toFixed(2)}×)`,
    ]),
  ]);
}

function inputsOf(size: "full" | "quick", python: string): readonly Input[] {
  const isFull = size === "full";
  const entities = (chunks: number, rows: number): Input => ({
    title: `1,000 entities in ${chunks},000 chunks of ${rows} rows`,
    name: "entities.rrd",
    commands: [STATS, OPTIMIZE, COMPARE],
    make: (path) => makeManyEntities(path, chunks, rows),
  });
  const count = isFull ? 180 : 18;
  const images = (title: string, options: McapImages): Input => ({
    title,
    name: "images.mcap",
    commands: [CONVERT],
    make: (path) => makeMcapImages(path, options),
  });
  const small = {
    title: "10,100 rows in 12 chunks",
    name: "small.rrd",
    commands: [STATS, OPTIMIZE, COMPARE],
    make: makeSmallRecording,
  };
  return [
    small,
    entities(6, 10),
    ...(isFull ? [entities(20, 50), entities(60, 50)] : []),
    images("images with much noise, zstd", { count, noise: 8, python }),
    images("images with little noise, zstd", { count, noise: 4, python }),
    images("images with much noise", { count: Math.round(count * 0.6), noise: 8 }),
  ];
}

async function secondsOf(executable: string, args: readonly string[]): Promise<number> {
  const before = performance.now();
  const { code, output } = await run(executable, args, { capture: true });
  const seconds = (performance.now() - before) / 1000;
  if (code !== 0) throw new Error(`${executable} ${args.join(" ")} failed:\n${output}`);
  return seconds;
}
