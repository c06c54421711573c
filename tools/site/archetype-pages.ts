import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { RERUN_MINOR } from "@rerun-ts/test-support/node/rerun-minor";
import { root } from "@rerun-ts/test-support/node/environment";
import { archetypeParts } from "../codegen/archetype-page.ts";
import { readDefinitions } from "../codegen/definitions.ts";
import { fileName } from "../codegen/names.ts";
import { readProgram } from "./read-program.ts";

/** The archetypes that no view shows, and the text that replaces the picture. */
const UNSEEN: Readonly<Record<string, string>> = {
  Clear: "removes what others show, so there is no picture of it",
  McapChannel: "has information about a file, which no view shows: select its entity to see it",
  McapMessage: "has bytes of a file, which no view shows: select its entity to see them",
  McapSchema: "has information about a file, which no view shows: select its entity to see it",
  McapStatistics: "has information about a file, which no view shows: select its entity to see it",
  RecordingInfo: "is shown in the list of recordings, not in a view",
};

const IMAGES = "docs/images/archetypes";

/** A page about one archetype. */
export interface ArchetypePage {
  readonly name: string;
  /**
   * Its file in the folder of archetypes, without extension. The files of its example and of its picture have the same
   * name.
   */
  readonly file: string;
  /** Its text, with the links of a page in docs/. */
  readonly markdown: string;
}

/** The pages of all archetypes of data, in the order of their names. */
export async function archetypePages(): Promise<readonly ArchetypePage[]> {
  const definitions = readDefinitions(join(root, "definitions"));
  const pages: ArchetypePage[] = [];
  for (const archetype of definitions.archetypes) {
    const { name } = archetype;
    const file = fileName(name);
    const { description, examples, fields } = archetypeParts(archetype, definitions);
    const program = await readProgram(`examples/archetypes/${file}.ts`);
    const markdown = [
      `# ${name}\n`,
      ...description,
      `${pictureOf(name, file)}\n`,
      "## Example\n",
      `\`\`\`ts\n${program}\`\`\`\n`,
      `<RunExample name="archetypes/${file}" />\n`,
      "## Fields\n",
      "[Values](values.md) describes the types. `undefined` leaves a field unchanged; `null` and `[]` clear it.\n",
      fields,
      "## More code\n",
      ...examples,
    ];
    pages.push({ name, file, markdown: markdown.join("\n") });
  }
  return pages;
}

/** The page that lists the archetypes with their pictures. The page has the links of a page in docs/. */
export async function archetypeIndex(pages: readonly ArchetypePage[]): Promise<string> {
  const pictures = new Set(await readdir(join(root, IMAGES)));
  const cards = pages.map(({ name, file }) => {
    const picture = pictures.has(`${file}.webp`) ? `<LazyImage src="/images/archetypes/small/${file}.webp" />` : "";
    return `<a class="card" href="./${file}.html">${picture}<span>${name}</span></a>`;
  });
  const introduction =
    "Everything that can be logged. Each page has the fields, an example that runs in the page, and a picture of it in " +
    `the viewer of Rerun ${RERUN_MINOR}. The parts of layouts are on [a page of their own](../blueprint-archetypes.md).`;
  return `# Archetypes\n\n${introduction}\n\n<div class="cards">\n${cards.join("\n")}\n</div>\n`;
}

function pictureOf(name: string, file: string): string {
  const reason = UNSEEN[name];
  if (reason !== undefined) return `\`${name}\` ${reason}.`;
  const path = `${IMAGES}/${file}.webp`;
  if (!existsSync(join(root, path))) throw new Error(`there is no ${path}: run tools/archetype-pictures.ts`);
  return `![The example below in the Rerun viewer](images/archetypes/${file}.webp)`;
}
