// `npm run build`: compiles all packages into their dist folders.
import { buildPackages } from "./lib/build-packages.ts";

await buildPackages({ clean: true });
console.log("Built packages/*/dist.");
