// Run by `npm pack` and `npm publish` in the folder of a package: the licence is part of each package.
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./lib/run.mjs";

await copyFile(join(root, "LICENSE"), "LICENSE");
