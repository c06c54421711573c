// `npm run build`: compiles all packages into their dist/ folders.
import { ensureBuilt } from "./lib/install.mjs";

await ensureBuilt();
console.log("Built packages/*/dist.");
