// `npm run docs`: writes the API reference as HTML to docs/api.
import { runNpm } from "@rerun-ts/test-support/node/run-bin";

const { code } = await runNpm(["--prefix", "tools/typescript-6", "run", "--silent", "write-api"]);
if (code === 0) console.log("Wrote docs/api/index.html.");
process.exit(code);
