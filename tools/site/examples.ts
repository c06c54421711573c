import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { readProgram } from "./read-program.ts";
import { joinScene, SCENES } from "./scenes.ts";

/** A program that runs in the playground. */
export interface PlaygroundExample {
  /** Identifies it in links, such as `archetypes/points3d`. */
  readonly name: string;
  /** Its title in the list. */
  readonly title: string;
  /** The heading in the list below which it is. */
  readonly group: string;
  readonly code: string;
}

/** The scenes that exist in Python, too. Tests compare the recordings of both programs. */
const PYTHON = { "point-cloud": "point_cloud.py", charts: "charts.py", "robot-arm": "robot_arm.py" };
/** The programs that need a page, by their files. */
const WITH_PAGE = { "page-replay": "A page and its replay" };
const ARCHETYPES = "examples/archetypes";
const FIRST_PROGRAM = /^```ts\n([\s\S]*?)^```/m;

/** All examples of the playground, read from files that the tests run and compile too. */
export async function playgroundExamples(): Promise<readonly PlaygroundExample[]> {
  const examples: PlaygroundExample[] = [
    { name: "helix", title: "A helix", group: "First steps", code: await firstProgram() },
  ];
  for (const [name, { title }] of Object.entries(SCENES)) {
    examples.push({ name: `gallery/${name}`, title, group: "Gallery", code: inPage(await joinScene(name)) });
  }
  for (const [name, title] of Object.entries(WITH_PAGE)) {
    const code = await readProgram(`examples/playground/${name}.ts`);
    examples.push({ name: `pages/${name}`, title, group: "Pages", code });
  }
  for (const file of (await readdir(join(root, ARCHETYPES))).sort()) {
    const code = await readProgram(`${ARCHETYPES}/${file}`);
    const stem = file.replace(/\.ts$/, "");
    const [, title = stem] = /new rr\.(\w+)[(<]/.exec(code.slice(code.indexOf("rec.log"))) ?? [];
    examples.push({ name: `archetypes/${stem}`, title, group: "Archetypes", code });
  }
  return examples;
}

/** Whole programs in Python, beside the same in TypeScript, as Markdown. */
export async function pythonPrograms(): Promise<string> {
  const sections = Object.entries(PYTHON).map(async ([example, file]) => {
    const programs = [readProgram(`examples/python/${file}`), readProgram(`examples/node/${example}/scene.ts`)];
    const [python, typeScript] = await Promise.all(programs);
    const columns = `\`\`\`python\n${python}\`\`\`\n\n\`\`\`ts\n${typeScript}\`\`\``;
    const picture = `![What both log, in the viewer](images/${example}.webp)`;
    return `## ${SCENES[example]?.title}\n\n${picture}\n\n<div class="side-by-side">\n\n${columns}\n\n</div>\n\n<RunExample name="gallery/${example}" />\n`;
  });
  return `\n${(await Promise.all(sections)).join("\n")}`;
}

/** The first program of README.md. In the playground the recording is shown instead of being saved. */
async function firstProgram(): Promise<string> {
  const [, program = ""] = FIRST_PROGRAM.exec(await readProgram("README.md")) ?? [];
  return inPage(program.replace(/^await rec\.save\(.*\);\n/m, ""));
}

/**
 * Returns a program with the package for pages in place of the package for Node. Both packages export the names that
 * all platforms share.
 */
function inPage(program: string): string {
  return program.replaceAll("@rerun-ts/node", "@rerun-ts/web");
}
