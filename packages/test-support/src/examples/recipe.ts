import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { root } from "../node/environment.ts";

/** The first program in a section of a page in `docs`, in one of the languages. */
export async function programOf(page: string, title: string, languages = "ts|js"): Promise<string> {
  const text = await readFile(join(root, "docs", page), "utf8");
  const section = text.split(/^#{2,3} /m).find((part) => part.startsWith(`${title}\n`));
  const program = new RegExp(`^\`\`\`(?:${languages})\n([^]*?)^\`\`\``, "m").exec(section ?? "")?.[1];
  if (program === undefined) throw new Error(`docs/${page} has no program in "${title}"`);
  return program;
}

/** Writes a program in TypeScript within the repository, as JavaScript, which starts in half the time of tsx. */
export async function writeProgram(name: string, text: string): Promise<string> {
  const { code } = await transform(text, { loader: "ts", format: "esm", target: "node20" });
  return writeInRepository(`${name}.mjs`, code);
}

/** Writes a file within the repository, so that it finds the packages. Returns its path. */
export async function writeInRepository(name: string, text: string): Promise<string> {
  const path = join(root, ".cache/recipes", name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** Writes a program of docs/recipes.md as {@link writeProgram} does, with `more` at its end. Returns its path. */
export async function writeRecipe(title: string, more = ""): Promise<string> {
  const program = `${await programOf("recipes.md", title)}${more}`;
  // The tensors come from ONNX Runtime's common package; the package that computes with them is not installed.
  const installed = program.replace('"onnxruntime-web"', '"onnxruntime-common"');
  return writeProgram(title.replace(/\W/g, "-"), installed);
}
