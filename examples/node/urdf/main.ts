// A crane from a URDF file: its shapes once, and its joints over time.
//
//   npm run examples -- urdf
import { files } from "@rerun-ts/node";
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

const robot = await files.readUrdf(new URL("../../assets/crane/crane.urdf", import.meta.url));
await saveScene("urdf", "A crane", (rec) => logScene(rec, robot), layout);
