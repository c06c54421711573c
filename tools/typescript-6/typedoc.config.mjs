// @ts-check
// The API reference: `npm run check:api` writes it, and fails if something is not documented; `npm run docs` copies it
// into the site.
import { fileURLToPath } from "node:url";
import { OptionDefaults } from "typedoc";

const PACKAGES = [
  "core",
  "types",
  "blueprint",
  "reading",
  "mcap",
  "catalog",
  "import",
  "node",
  "testing",
  "web",
  "three",
  "controls",
  "replay",
  "react",
  "opentelemetry",
  "loggers",
  "storage",
];

/** @type {(path: string) => string} */
const inRepository = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  name: "rerun-ts",
  entryPoints: [
    "core/src/index.ts",
    "core/src/decode.ts",
    "core/src/integration.ts",
    "types/src/index.ts",
    "types/src/integration.ts",
    "blueprint/src/index.ts",
    "reading/src/index.ts",
    "mcap/src/index.ts",
    "catalog/src/index.ts",
    "import/src/index.ts",
    "node/src/index.ts",
    "testing/src/index.ts",
    "web/src/index.ts",
    "web/src/read.ts",
    "three/src/index.ts",
    "controls/src/index.ts",
    "replay/src/index.ts",
    "react/src/index.ts",
    "opentelemetry/src/index.ts",
    "loggers/src/pino.ts",
    "loggers/src/winston.ts",
    "storage/src/index.ts",
    "storage/src/nats.ts",
    "storage/src/ingest.ts",
    "storage/src/web.ts",
  ].map((path) => inRepository(`packages/${path}`)),
  tsconfig: fileURLToPath(new URL("tsconfig.json", import.meta.url)),
  plugin: [fileURLToPath(new URL("api-plugin.mjs", import.meta.url))],
  out: inRepository(".cache/api"),
  readme: "none",
  logLevel: "Warn",
  // A checkout need not have a remote to link to.
  disableSources: true,
  // Its summary lacks an interface that two packages export, to which pages link.
  includeHierarchySummary: false,
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  // Of code that is generated from protobuf.
  blockTags: [...OptionDefaults.blockTags, "@generated"],
  excludeTags: [...OptionDefaults.excludeTags, "@generated"],
  validation: { invalidLink: true, invalidPath: true, notDocumented: true, notExported: true, rewrittenLink: true },
  packagesRequiringDocumentation: PACKAGES.map((name) => `@rerun-ts/${name}`),
  treatWarningsAsErrors: true,
  // `npm run check:types` finds errors of the compiler in the same sources.
  skipErrorChecking: true,
};
