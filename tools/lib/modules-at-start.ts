import { rolldown, type InputOptions, type OutputChunk } from "rolldown";

/** The files of a bundle by their names. */
export type Chunks = ReadonlyMap<string, OutputChunk>;

/** Bundles modules without writing anything. */
export async function chunksOf(options: InputOptions): Promise<Chunks> {
  const bundle = await rolldown(options);
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  return new Map(output.filter((file) => file.type === "chunk").map((chunk) => [chunk.fileName, chunk]));
}

/**
 * Returns the modules that a program loads when it imports entry points. Modules that it imports later, or only with
 * others, are not among them.
 */
export function modulesAtStart(chunks: Chunks, entries: readonly string[]): ReadonlySet<string> {
  const modules = new Set<string>();
  const loaded = new Set<string>();
  const load = (fileName: string): void => {
    const chunk = chunks.get(fileName);
    if (chunk === undefined || loaded.has(fileName)) return;
    loaded.add(fileName);
    for (const id of chunk.moduleIds) modules.add(id);
    for (const imported of chunk.imports) load(imported);
  };
  for (const name of entries) load(`${name}.js`);
  return modules;
}
