// `npm run docs`: builds the documentation site into docs/dist: the pages of docs/, a page for each archetype, the API
// reference and the playground. It is static: any web server can serve the folder.
// `npm run docs -- --serve` serves it until Ctrl-C; `--base /path/` is for sites below a path.
import { parseArgs } from "node:util";
import { buildPackages } from "./lib/build-packages.ts";
import { buildSite } from "./site/build-site.ts";
import { serveSite } from "./site/serve-site.ts";

const options = {
  base: { type: "string" },
  serve: { type: "boolean" },
  // For tests, which run after the check that writes it.
  "reuse-api": { type: "boolean" },
} as const;
const { base, serve, "reuse-api": reusesApi } = parseArgs({ options }).values;
await buildPackages();
await buildSite({ base, reusesApi });
console.log("Wrote docs/dist/index.html.");
if (serve === true) console.log(`Serving ${(await serveSite()).url} until you press Ctrl-C.`);
