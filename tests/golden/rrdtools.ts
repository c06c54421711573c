import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isShortened, type Golden, type StoredStore } from "./goldens.ts";
import { OUTPUT } from "./output.ts";
import { runPython, type Outcome } from "./programs.ts";

interface Request {
  readonly tables: readonly string[];
  readonly commands: readonly (readonly string[])[];
}

interface Answer {
  readonly tables: Readonly<Record<string, readonly StoredStore[]>>;
  readonly outcomes: readonly Outcome[];
}

/** The goldens with all their values: reads values that the index shortens from the recordings themselves. */
export async function withFullValues(goldens: readonly Golden[]): Promise<Golden[]> {
  const tables = goldens.filter(({ data }) => isShortened(data)).map(({ file }) => file);
  const full = (await runTool({ tables, commands: [] })).tables;
  return goldens.map((golden) => ({ ...golden, data: full[golden.file] ?? golden.data }));
}

/** Runs `python rrdtools.py` with each of these lists of arguments, in the folder of the goldens. */
export async function runCommands(commands: Request["commands"]): Promise<readonly Outcome[]> {
  return (await runTool({ tables: [], commands })).outcomes;
}

/** One process for all: it takes longer to start than for most files. */
async function runTool(request: Request): Promise<Answer> {
  const [requestPath, answerPath] = [join(OUTPUT, "request.json"), join(OUTPUT, "answer.json")];
  await writeFile(requestPath, JSON.stringify(request));
  const script = join(import.meta.dirname, "golden.py");
  const { code, output } = await runPython([script, requestPath, answerPath]);
  if (code !== 0) throw new Error(`golden.py failed: ${output}`);
  return JSON.parse(await readFile(answerPath, "utf8")) as Answer;
}
