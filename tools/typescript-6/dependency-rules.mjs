// @ts-check
// What may import what: rules for dependency-cruiser, which `npm run check:dependencies` runs.

/** @typedef {import("dependency-cruiser").IForbiddenRuleType} Rule */

/**
 * What the sources of a package may import besides each other, as resolved paths.
 * @typedef {object} PackageRule
 * @property {readonly string[]} allowed
 * @property {boolean} [builtIns] whether that includes the modules of Node
 * @property {readonly string[]} [later] only with `import()`, while the program runs
 * @property {Readonly<Record<string, readonly string[]>>} [exceptions] what single files may import besides
 */

/** @type {(name: string, ...entries: string[]) => string} */
const sibling = (name, ...entries) => `^packages/${name}/dist/(bundle/)?(${entries.join("|")})[.]js$`;
/** @type {(...names: string[]) => string} */
const npm = (...names) => `^(packages/mcap/)?node_modules/(${names.join("|")})/`;
const DECODER = sibling("core", "decode");
const VIEWER_PAGE = sibling("core", "viewer-page");
const VIEWER_CONTROL = sibling("core", "viewer-control");
const RRD = sibling("core", "rrd");
const PROTOBUF = sibling("core", "protobuf");
const TRANSPORT = sibling("core", "transport");
const NATS = npm("@nats-io/nats-core", "@nats-io/jetstream", "@nats-io/transport-node");
const NODE_FILES = sibling("reading", "node-files");
/** Types alone. */
const COMMAND_TYPES = "^rerun-ts/command$";
/** The doors of `reading` for its siblings. */
const READING = sibling("reading", "index", "chunks", "source");

/** @type {Readonly<Record<string, PackageRule>>} */
const PACKAGES = {
  core: { allowed: [npm("@bufbuild/protobuf")] },
  types: {
    allowed: [sibling("core", "index", "checks", "encode", "recording", "util")],
    later: [DECODER, npm("@rgrove/parse-xml")],
  },
  blueprint: {
    allowed: [
      sibling("core", "index", "checks", "encode", "util"),
      sibling("types", "index", "archetype-names", "gen/blueprint", "gen/components"),
    ],
  },
  reading: {
    allowed: [
      sibling("core", "index", "checks", "encode", "recording", "rrd", "decode", "util"),
      npm("apache-arrow", "fzstd"),
      "^packages/reading/dist/",
    ],
    exceptions: {
      "live/stream-buffer.ts": [TRANSPORT],
      "lenses/lens-sink.ts": [TRANSPORT],
      "node/threads/(node-thread|serve-jobs).ts": ["^(node:)?(fs|process|worker_threads)"],
      "node/threads/copy-shared.ts": ["^(node:)?buffer"],
      "node/open-path.ts": ["^(node:)?(fs|buffer|url)"],
      "node/replace-file.ts": ["^(node:)?(fs|path|process)"],
      "node/write-path.ts": ["^(node:)?(fs|url|util)"],
      "(tools/split-video|video/.*)[.]ts": [sibling("types", "media")],
      // The types of archetypes and trees, and the function that distinguishes the entities of a tree from other
      // objects.
      "(query/column-choice|typed/.*)[.]ts": [sibling("types", "index", "archetype-names")],
      "reading/recording-reader.ts": [sibling("types", "index", "archetype-names", "media")],
      // With `import()`, and its types.
      "reading/encode-parquet.ts": [npm("hyparquet-writer")],
    },
  },
  mcap: {
    allowed: [
      READING,
      sibling("core", "index", "checks", "encode", "recording", "rrd", "decode", "util"),
      npm("apache-arrow"),
      "^packages/mcap/dist/",
    ],
    exceptions: {
      // Programs that read no such files do not load these.
      "chunks/robot-chunks.ts": [sibling("types", "index")],
      "file/read-records.ts": [npm("@foxglove/crc")],
      "file/zstd-decoder.ts": [npm("zstddec", "fzstd")],
      "protobuf/.*[.]ts": [npm("@bufbuild/protobuf")],
      "export/mcap-(writer|channels).ts": [npm("@mcap/core")],
      "ros/parse-definitions.ts": [npm("@foxglove/rosmsg")],
      "node/native-zstd.ts": ["^(node:)?zlib"],
      "node/threads.ts": [sibling("reading", "threads")],
      "node/begun-thread.ts": ["^(node:)?fs", sibling("reading", "threads")],
      "node/decompress-thread-entry.ts": ["^(node:)?fs", npm("@foxglove/wasm-zstd"), sibling("reading", "threads")],
    },
  },
  catalog: {
    allowed: [
      READING,
      sibling("reading", "query", "typed"),
      sibling("core", "index", "checks", "encode", "recording", "rrd", "decode", "util"),
      PROTOBUF,
      TRANSPORT,
      npm("apache-arrow", "@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-web"),
      "^packages/catalog/dist/",
    ],
    exceptions: {
      "node/(grpc-frames|catalog-transport).ts": [npm("@connectrpc/connect-node")],
      "node/put-object.ts": ["^(node:)?(https|stream)"],
    },
  },
  import: {
    allowed: [
      READING,
      sibling("core", "index", "checks", "encode", "recording", "rrd", "decode", "util"),
      npm("apache-arrow"),
      "^packages/import/dist/",
    ],
    exceptions: {
      "node/native-codecs.ts": ["^(node:)?zlib"],
      // With `import()`, for columns that are named after archetypes.
      "tables/named-columns.ts": [sibling("types", "index")],
      // With `import()` below `importLeRobot`.
      "lerobot/(frame-chunks|dataset-import).ts": [sibling("types", "index")],
      "lerobot/episode-videos.ts": [sibling("types", "index", "media")],
      // With `import()`, and its types.
      "tables/(read-parquet|parquet-types).ts": [npm("hyparquet", "fzstd")],
    },
  },
  node: {
    builtIns: true,
    allowed: [
      sibling("core", "index", "checks", "encode", "logging", "recording", "storage", "transport", "types", "util"),
      sibling("types", "index", "file-types", "files", "logging", "media", "value-types"),
      sibling("blueprint", "index"),
      npm("@connectrpc/connect", "@connectrpc/connect-node", "open", "sirv", "ws"),
    ],
    exceptions: {
      // With `import()`, and types.
      "server/serve-catalog.ts": [sibling("catalog", "index")],
      // With `import()`.
      "importer/run-importers.ts": [DECODER],
      // Only servers load these.
      "relay/(relay-recorder|recording-files|retained-videos|static-keys).ts": [DECODER, RRD],
      // With `import()`, by edges.
      "relay/(upstream-record|relay-feed).ts": [DECODER, RRD],
      // With `import()`, when there is something to be read.
      "(spool/spool|flight-recorder/recover-rings).ts": [DECODER],
      "recording/log-large-recording.ts": [DECODER],
      // Loaded with `import()` to finish what programs have left, and when there is a video.
      "parts/(seal-parts|seal-again|cut-part).ts": [DECODER, RRD],
      "video/video-chunks.ts": [RRD],
      "recording/log-mcap.ts": [sibling("mcap", "index")],
      "recording/log-(table|lerobot).ts": [sibling("import", "index")],
      "file/optimize-file.ts": [sibling("reading", "index"), NODE_FILES],
      "file/save-mp4.ts": [NODE_FILES],
      // With `import()`, and its types.
      "viewer/connect-viewer.ts": [VIEWER_CONTROL],
      "web-viewer/recording-to-html.ts": [VIEWER_PAGE],
      // Types.
      "namespaces/viewer.ts": [sibling("core", "viewer-types"), VIEWER_PAGE],
      "spawn/start-viewer.ts": [VIEWER_CONTROL],
    },
  },
  testing: {
    builtIns: true,
    allowed: [
      sibling("core", "index", "checks", "encode", "recording", "viewer-control", "util"),
      sibling("types", "index"),
      sibling("blueprint", "index"),
      sibling("node", "index", "files", "processes"),
      sibling("reading", "index"),
    ],
    // Tests have these packages.
    exceptions: {
      // With `import()`.
      "render-video.ts": [NODE_FILES],
      "compare-pictures.ts": [npm("pixelmatch", "pngjs", "@types/pngjs")],
      "playwright-trace.ts": [npm("fflate")],
      "playwright(-reporter)?.ts": [npm("@playwright/test")],
      "vitest(-reporter)?.ts": [npm("vitest")],
    },
  },
  cli: {
    builtIns: true,
    allowed: [
      sibling("core", "index", "checks", "encode", "rrd", "decode", "transport", "viewer-control", "util"),
      sibling("node", "index", "files", "parts", "processes", "relay", "status", "web-viewer"),
      sibling("reading", "index", "node-files"),
      sibling("mcap", "index", "threads"),
      sibling("catalog", "index"),
      sibling("controls", "protocol"),
      sibling("replay", "html"),
      npm("@bufbuild/protobuf", "@connectrpc/connect-node"),
    ],
  },
  web: {
    allowed: [
      sibling("core", "index", "checks", "encode", "logging", "recording", "storage", "transport", "types", "util"),
      sibling("types", "index", "file-types", "logging", "media", "value-types"),
      sibling("blueprint", "index"),
    ],
    later: [sibling("types", "files"), npm("@rerun-io/web-viewer")],
    exceptions: {
      // With `import()`, when there is something to be read.
      "opfs/read-segment.ts": [DECODER],
      "opfs/follow-recording.ts": [DECODER, RRD],
      "viewer/recording-to-html.ts": [VIEWER_PAGE],
      "viewer/make-page.ts": [VIEWER_PAGE],
      // Types.
      "download/download-html.ts": [VIEWER_PAGE],
      "opfs/opfs-recording.ts": [DECODER],
      "read.ts": [DECODER],
      "reading/proxy-call.ts": [DECODER, npm("@connectrpc/connect", "@connectrpc/connect-web")],
      "reading/read-messages.ts": [DECODER, RRD],
      "reading/tables.ts": [RRD],
      "namespaces/viewer.ts": [sibling("core", "viewer-types"), VIEWER_PAGE],
      // With `import()`, and its types.
      "viewer/connect-viewer.ts": [VIEWER_CONTROL, npm("@connectrpc/connect", "@connectrpc/connect-web")],
      // The first is loaded with `import()`, the others are types.
      "element/rerun-viewer-element.ts": [VIEWER_CONTROL],
      "element/wanted-time.ts": [VIEWER_CONTROL],
      "viewer/control-web-viewer.ts": [VIEWER_CONTROL, RRD],
      "viewer/call-web-viewer.ts": [VIEWER_CONTROL],
      "viewer/viewer-messages.ts": [VIEWER_CONTROL],
      "viewer/lazy-control.ts": [VIEWER_CONTROL],
      "viewer/file-drops.ts": [VIEWER_CONTROL],
      "viewer/open-file.ts": [VIEWER_CONTROL],
      "viewer/open-web-viewer.ts": [VIEWER_CONTROL],
    },
  },
  controls: {
    allowed: [
      sibling("core", "index", "checks", "recording", "transport", "util"),
      sibling("types", "index"),
      "^packages/controls/dist/",
    ],
    exceptions: {
      // With `import()`, and its types.
      "platform/node/.*[.]ts": ["^(node:)?(crypto|fs|http|path|url)", sibling("node", "relay", "web-viewer")],
    },
  },
  replay: {
    allowed: [
      sibling("core", "index", "checks", "integration"),
      // The type of what `recordingToHtml` takes.
      VIEWER_PAGE,
      sibling("types", "index"),
      READING,
      npm("rrweb"),
      "^packages/replay/dist/",
    ],
  },
  // Integrations have the public API alone.
  three: { allowed: [sibling("core", "index", "integration"), sibling("types", "index", "integration")] },
  react: {
    allowed: [sibling("web", "index", "element"), sibling("controls", "index", "panel"), npm("react", "@types/react")],
  },
  opentelemetry: { allowed: [sibling("core", "index", "integration"), sibling("types", "index")] },
  loggers: {
    builtIns: true,
    allowed: [
      sibling("core", "index", "integration"),
      sibling("types", "index", "integration"),
      sibling("node", "index"),
    ],
    exceptions: { "rerun-transport.ts": [npm("winston-transport")] },
  },
  storage: {
    builtIns: true,
    allowed: [
      sibling("core", "index", "checks", "encode", "transport", "util"),
      npm("aws4fetch"),
      "^packages/storage/dist/",
    ],
    exceptions: {
      // Their entry points are separate, because other programs need no NATS, and programs that only log need no
      // decoder.
      "nats/.*[.]ts": [NATS],
      "ingest/.*[.]ts": [NATS, RRD, DECODER],
      "fleet/.*[.]ts": [NATS, sibling("catalog", "index")],
      "(reading|mend)/.*[.]ts": [sibling("reading", "index")],
      "share/.*[.]ts": [sibling("node", "index")],
      "(keeper|grants|compact)/.*[.]ts": [
        sibling("reading", "index"),
        sibling("catalog", "index"),
        sibling("node", "files", "processes", "spool", "status"),
        DECODER,
      ],
      // Programs on Node alone load these.
      "spool/.*[.]ts": [sibling("node", "index", "files", "parts", "spool"), RRD],
      // For the locks of objects that are being written.
      "store/fs-store.ts": [sibling("node", "spool")],
      "status/due-work-metrics.ts": [sibling("node", "status")],
      "edge/.*[.]ts": [sibling("node", "index", "files", "relay", "status"), COMMAND_TYPES],
      "commands.ts": [COMMAND_TYPES],
      "cli/.*[.]ts": [
        sibling("node", "index", "files", "processes", "spool", "status"),
        COMMAND_TYPES,
        sibling("catalog", "index"),
      ],
    },
  },
};

/** The folders of core with helpers for all others, and the versions beside them. */
const HELPERS = [".", "collections", "bytes", "errors", "checks", "async"];

/**
 * The layers of a package: which of its other folders each folder may import from. `.` stands for the files beside the
 * folders, except for the entry points, which may import everything.
 * @type {Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>}
 */
const LAYERS = {
  core: {
    ".": [],
    collections: [],
    bytes: [],
    errors: [],
    // The version tells objects of several copies apart.
    checks: ["."],
    async: ["errors"],
    hash: ["bytes"],
    time: HELPERS,
    entity: HELPERS,
    arrow: HELPERS,
    batch: [...HELPERS, "time", "arrow"],
    compress: [...HELPERS, "arrow", "gen"],
    protobuf: HELPERS,
    rrd: [...HELPERS, "protobuf", "time", "arrow", "batch", "compress", "hash", "gen"],
    sink: [...HELPERS, "entity", "batch", "rrd"],
    storage: [...HELPERS, "rrd", "sink"],
    transport: [...HELPERS, "protobuf", "batch", "rrd", "sink"],
    spool: [...HELPERS, "batch", "rrd", "sink", "transport"],
    recording: [...HELPERS, "time", "entity", "arrow", "batch", "compress", "hash", "rrd", "sink"],
    "flight-recorder": [...HELPERS, "time", "entity", "arrow", "batch", "rrd", "sink"],
    "viewer-control": [...HELPERS, "arrow", "time", "rrd", "recording", "transport", "gen"],
    "viewer-page": [...HELPERS, "hash", "time", "viewer-control"],
    gen: [],
  },
  reading: {
    ".": [],
    source: ["arrays"],
    node: ["source"],
    arrays: [],
    ipc: ["arrays"],
    values: ["arrays"],
    store: ["source", "arrays", "ipc"],
    query: ["source", "arrays", "ipc", "store"],
    chunks: ["arrays", "ipc", "values", "store", "query"],
    typed: ["arrays", "values", "store", "query", "chunks"],
    video: ["source", "arrays", "store", "query"],
    reading: ["source", "arrays", "ipc", "values", "store", "query", "chunks", "typed", "video"],
    compare: ["source", "arrays", "values", "store", "query", "reading"],
    tools: ["source", "arrays", "ipc", "store", "query", "chunks", "reading", "video"],
    live: ["source", "store", "reading"],
    lenses: ["arrays", "values", "store", "query", "chunks", "reading", "sending"],
    sending: ["arrays", "ipc", "store", "query", "chunks", "reading", "tools"],
    streams: ["source", "node", "store", "query", "chunks", "reading", "lenses", "sending"],
    gen: [],
    "blueprint-code": ["source", "arrays", "values", "store", "reading", "gen"],
  },
  import: { ".": ["tables", "lerobot"], node: [], tables: [], lerobot: ["tables"] },
  storage: {
    ".": [],
    store: [],
    http: ["store"],
    s3: ["store", "http"],
    status: [],
    parts: ["store", "http", "status"],
    spool: ["store", "http", "parts"],
    commits: ["store", "parts"],
    nats: ["parts", "commits"],
    replacements: ["store", "parts", "commits"],
    reading: ["store", "parts", "replacements"],
    ingest: ["store", "parts", "commits", "nats", "replacements", "reading", "status"],
    live: ["parts", "commits", "nats", "ingest"],
    edge: ["parts", "commits", "nats", "live", "status"],
    keeper: ["store", "parts", "commits", "replacements", "reading", "status"],
    compact: ["store", "parts", "spool", "commits", "replacements", "reading", "keeper"],
    mend: ["store", "parts", "spool", "commits", "replacements", "reading", "compact"],
    fleet: ["store", "parts", "commits", "replacements", "keeper", "compact", "mend", "nats", "ingest"],
    grants: ["store", "http", "s3", "parts", "keeper", "commits"],
    share: ["store"],
    pages: ["store", "http", "parts"],
    cli: [
      "store",
      "s3",
      "parts",
      "spool",
      "status",
      "keeper",
      "commits",
      "compact",
      "mend",
      "fleet",
      "nats",
      "ingest",
      "live",
      "edge",
      "share",
    ],
  },
  node: {
    ".": [],
    net: ["."],
    file: ["."],
    worker: ["."],
    stdout: [".", "file"],
    transport: [".", "net", "worker"],
    video: ["."],
    relay: [".", "file", "net", "transport", "worker", "video"],
    spool: [".", "file"],
    parts: [".", "file", "spool", "video"],
    "flight-recorder": [".", "file", "spool"],
    viewer: [".", "net", "transport"],
    spawn: [".", "file", "net", "transport", "viewer"],
    server: [".", "file", "net", "spawn"],
    "web-viewer": [".", "net", "relay", "spawn"],
    blueprints: [".", "file", "transport", "spawn"],
    importer: ["."],
    recording: [".", "file", "parts", "stdout", "transport", "relay", "spawn", "importer"],
    script: [".", "relay", "spawn", "importer", "recording", "stdout"],
    metrics: ["."],
    status: [],
    namespaces: [
      ".",
      "file",
      "parts",
      "relay",
      "server",
      "web-viewer",
      "script",
      "recording",
      "blueprints",
      "flight-recorder",
      "spool",
      "transport",
      "spawn",
      "metrics",
      "viewer",
      "video",
    ],
  },
};
const ENTRY_POINTS =
  "(index|blueprint|checks|chunks|commands?|decode|encode|file-types|files|ingest|integration|logging|media|nats|node-files|parts|processes|protobuf|protocol|query|recording|relay|rrd|siblings|source|spool|status|storage|threads|transport|typed|types|util|value-types|video|viewer-control|viewer-page|viewer-types|web|web-viewer)[.]ts$";

const ERROR = /** @type {const} */ ("error");
/** The packages whose modules must not import each other, however indirectly, not even for types only. */
const WITHOUT_CYCLES = [...Object.keys(PACKAGES), "test-support"];
/** The packages whose folders must not import from each other, however indirectly. */
const WITHOUT_CYCLES_OF_FOLDERS = ["core", "reading", "mcap", "import", "web", "storage", "test-support"];

/** The types of the modules of Node itself, to which an entry point refers. */
const TYPES_OF_NODE = "^node_modules/@types/node/";

/** @type {(name: string, rule: PackageRule) => Rule[]} */
function packageRules(name, { allowed: listed, builtIns = false, later = [], exceptions = {} }) {
  const own = `^packages/${name}/src/`;
  const allowed = builtIns ? [...listed, TYPES_OF_NODE] : listed;
  const files = Object.keys(exceptions).map((file) => `${own}${file}$`);
  const kinds = builtIns ? { dependencyTypesNot: [/** @type {const} */ ("core")] } : {};
  return [
    {
      name: `${name}-imports`,
      severity: ERROR,
      comment: `What packages/${name} may import is in tools/typescript-6/dependency-rules.mjs.`,
      from: { path: own, pathNot: files },
      to: { pathNot: [own, ...allowed, ...later], ...kinds },
    },
    ...(later.length === 0
      ? []
      : [
          /** @type {Rule} */ ({
            name: `${name}-imports-later`,
            severity: ERROR,
            comment: "This may only be loaded with `import()`.",
            from: { path: own },
            to: { path: [...later], dependencyTypesNot: ["dynamic-import"] },
          }),
        ]),
    ...Object.entries(exceptions).map(([file, more]) => ({
      name: `${name}-imports-of-${file}`,
      severity: ERROR,
      from: { path: `${own}${file}$` },
      to: { pathNot: [own, ...allowed, ...later, ...more], ...kinds },
    })),
  ];
}

/** @type {(name: string, layers: Readonly<Record<string, readonly string[]>>) => Rule[]} */
function layerRules(name, layers) {
  const own = `^packages/${name}/src/`;
  /** @type {(folder: string) => string} */
  const pathOf = (folder) => (folder === "." ? `${own}[^/]+$` : `${own}${folder}/`);
  return [
    ...Object.entries(layers).map(([folder, below]) => ({
      name: `${name}-layer-${folder}`,
      severity: ERROR,
      comment: `${folder} may import from: ${below.join(", ") || "nothing"}.`,
      from: { path: pathOf(folder), pathNot: `${own}${ENTRY_POINTS}` },
      to: { path: own, pathNot: [folder, ...below].map(pathOf) },
    })),
    {
      name: `${name}-layer-unknown`,
      severity: ERROR,
      comment: "This folder has no layer yet: add it to LAYERS.",
      from: { path: own, pathNot: Object.keys(layers).map(pathOf) },
      to: { path: own },
    },
  ];
}

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(PACKAGES).flatMap(([name, rule]) => packageRules(name, rule)),
    ...Object.entries(LAYERS).flatMap(([name, layers]) => layerRules(name, layers)),
    {
      name: "no-cycles-of-modules",
      severity: ERROR,
      from: { path: `^packages/(${WITHOUT_CYCLES.join("|")})/` },
      to: { circular: true },
    },
    {
      name: "no-cycles-of-folders",
      severity: ERROR,
      scope: "folder",
      from: { path: `^packages/(${WITHOUT_CYCLES_OF_FOLDERS.join("|")})/` },
      to: { circular: true },
    },
    {
      name: "test-support-common",
      severity: ERROR,
      comment: "These helpers are loaded in browsers too.",
      from: { path: "^packages/test-support/src/common/" },
      to: { path: ["^packages/test-support/src/(?!common/)", "^packages/node/"] },
    },
    {
      name: "test-support-common-without-node",
      severity: ERROR,
      comment: "These helpers are loaded in browsers too.",
      from: { path: "^packages/test-support/src/common/" },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "/dist/"] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default"] },
  },
};
