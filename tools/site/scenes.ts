import { readProgram } from "./read-program.ts";

/** The scene of an example for Node that needs nothing of Node. */
export interface Scene {
  /** The title of its recording. */
  readonly title: string;
  /** Its files without extension, each after the files that it imports. Default: `scene` and `layout`. */
  readonly files?: readonly string[];
  /** Its layout. Default `layout`. */
  readonly layout?: string;
  /** The code that logs the scene. Default `logScene(rec);`. */
  readonly main?: string;
}

const VIDEO = `const clip = await (await fetch("assets/clip.mp4")).arrayBuffer();
logScene(rec, new Uint8Array(clip));`;
const URDF = `const read = (name: string): Promise<Response> => fetch(\`assets/crane/\${name}\`);
const resolveMesh = async (name: string): Promise<Blob> => (await read(name)).blob();
const robot = await rr.files.loadUrdf(await (await read("crane.urdf")).text(), { resolveMesh });
await logScene(rec, robot);`;

/** The scenes of the gallery that run in the playground, by the folders of their examples. */
export const SCENES: Readonly<Record<string, Scene>> = {
  "point-cloud": { title: "A lidar in a street" },
  camera: { title: "A camera and its depths" },
  video: { title: "A video in two ways", main: VIDEO },
  "robot-arm": { title: "A robot arm" },
  urdf: { title: "A crane from URDF", main: URDF },
  charts: { title: "Charts" },
  map: { title: "A map" },
  graph: { title: "A graph" },
  tensor: { title: "A tensor" },
  annotations: { title: "What a detector sees" },
  text: { title: "A log and a report" },
  layouts: { title: "Views and their options", files: ["layouts", "scene"], layout: "overview()" },
  demo: {
    title: "A cube and its satellites",
    files: ["camera", "scene", "layout"],
    main: "await logScene(rec, () => {});",
  },
};

const COMMENTS = /^(?:\/\/.*\n)+/;
const IMPORT = /^import .* from "(.*)";\n/gm;

/** The scene of an example in one program, with a main part as short as in a page. */
export async function joinScene(name: string): Promise<string> {
  const { files = ["scene", "layout"], layout = "layout", main = "logScene(rec);" } = SCENES[name] ?? {};
  const texts = await Promise.all(files.map((file) => readProgram(`examples/node/${name}/${file}.ts`)));
  const imports = new Set<string>();
  for (const [line, module = ""] of texts.flatMap((text) => [...text.matchAll(IMPORT)])) {
    if (!module.startsWith(".")) imports.add(line);
  }
  const [comments = ""] = COMMENTS.exec(texts[files.indexOf("scene")] ?? "") ?? [];
  const bodies = texts.map((text) =>
    text
      .replace(COMMENTS, "")
      .replace(IMPORT, "")
      .replaceAll(/^export /gm, "")
      .trim(),
  );
  const end = [
    `const rec = new rr.RecordingStream("rerun_ts_${name.replaceAll("-", "_")}");`,
    `rec.sendBlueprint(${layout});`,
    main,
  ];
  return [`${comments}${[...imports].join("")}`.trimEnd(), ...bodies, `${end.join("\n")}\n`].join("\n\n");
}
