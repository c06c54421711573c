/** One workload to measure. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly calls: WorkloadCalls;
  /** The name of its program in programs.ts and in peers/. Default: the name of the workload. */
  readonly program?: string;
  /** Sends to a real `rerun --serve-grpc`, a new one for each run. */
  readonly toServer?: boolean;
  /** Sends to a relay of this SDK, a new one for each run: pages over a WebSocket, others over gRPC. */
  readonly toRelay?: boolean;
  /** In a page, a worker sends or reads. */
  readonly fromWorker?: boolean;
  /** Runs this SDK in Chromium. Both SDKs keep the recording in memory, unless the workload sends it to a server. */
  readonly inPage?: boolean;
  /** Is compared with Chromium alone, too, which sends the same bytes. */
  readonly besidePlatform?: boolean;
  /** Measures the whole process, from its start to its end, with one row in a file. */
  readonly isProcess?: boolean;
  /** Reads a recording of so many steps, made before by `reading/make-recording.ts`, each call once. */
  readonly readsSteps?: ReadSteps;
  /** Whether a real catalog is read: the steps are the number of its segments. */
  readonly ofCatalog?: boolean;
}

/** The number of steps of the recording to read; each step takes about 650 bytes. */
export interface ReadSteps {
  readonly full: number;
  readonly quick: number;
}

/** How many calls the programs make. */
export interface WorkloadCalls {
  readonly full: number;
  /** In a quick run; without it, the workload is not part of that. */
  readonly quick?: number;
  /** In the check that all SDKs write the same values; without it, nothing is checked. */
  readonly check?: number;
}

const SMALL_FILE: ReadSteps = { full: 160_000, quick: 80_000 };
const MIDDLE_FILE: ReadSteps = { full: 320_000, quick: 320_000 };
const LARGE_FILE: ReadSteps = { full: 3_200_000, quick: 160_000 };
/** The segments of a dataset, with 1000 chunks each. */
const SEGMENTS: ReadSteps = { full: 100, quick: 20 };

/** All workloads, in the order in which they are measured. */
export const WORKLOADS: readonly Workload[] = [
  { name: "w1", title: "Scalars, one entity", calls: { full: 1_000_000, quick: 600_000, check: 5000 } },
  { name: "w2", title: "Scalars, 100 entities", calls: { full: 1_000_000, quick: 600_000, check: 5000 } },
  { name: "w3", title: "Points3D of 10 points", calls: { full: 100_000, quick: 100_000, check: 5000 } },
  { name: "w4", title: "Points3D of 100,000 points", calls: { full: 100, quick: 100, check: 6 } },
  { name: "w5a", title: "Image, RGB 640×480", calls: { full: 200, quick: 200, check: 10 } },
  { name: "w5b", title: "Image, RGB 1920×1080", calls: { full: 50, check: 4 } },
  { name: "w6", title: "Transform3D", calls: { full: 100_000, quick: 100_000, check: 5000 } },
  { name: "w7", title: "TextLog of 80 characters", calls: { full: 200_000, quick: 150_000, check: 5000 } },
  // The shares of starting and of code that is not compiled yet are small in these.
  { name: "w3-long", title: "W3, ten times as long", calls: { full: 1_000_000 }, program: "w3" },
  { name: "w6-long", title: "W6, ten times as long", calls: { full: 1_000_000 }, program: "w6" },
  { name: "w8a", title: "sendColumns of 10,000,000 scalars", calls: { full: 1 } },
  { name: "w8b", title: "sendColumns of 100,000 scalars", calls: { full: 100, quick: 100, check: 3 } },
  { name: "w11", title: "Scalars, 10,000 entities × 10", calls: { full: 100_000, quick: 100_000, check: 20_000 } },
  { name: "w11b", title: "Scalars, 100,000 entities × 2", calls: { full: 200_000 } },
  { name: "w12", title: "Scalars, 20 timelines", calls: { full: 100_000, quick: 100_000, check: 5000 } },
  { name: "start", title: "Process that logs a row", calls: { full: 1, quick: 1 }, isProcess: true },
  {
    name: "w10-w1",
    title: "W1 to a server",
    calls: { full: 1_000_000, quick: 300_000 },
    program: "w1",
    toServer: true,
  },
  { name: "w10-w4", title: "W4 to a server", calls: { full: 100, quick: 100 }, program: "w4", toServer: true },
  {
    name: "w10-paced",
    title: "W4 to a server, every 10 ms",
    calls: { full: 100, quick: 100 },
    program: "w4-paced",
    toServer: true,
  },
  ...[
    { name: "web-w1", title: "W1 in a page", calls: { full: 1_000_000, quick: 100_000, check: 5000 } },
    { name: "web-w3", title: "W3 in a page", calls: { full: 100_000, check: 5000 } },
    { name: "web-w4", title: "W4 in a page", calls: { full: 100, check: 6 } },
    { name: "web-w5a", title: "W5a in a page", calls: { full: 200, check: 10 } },
  ].map((workload) => ({ ...workload, program: workload.name.slice("web-".length), inPage: true })),
  ...[
    { name: "web-w10-w1", title: "W1, a page to a server", calls: { full: 1_000_000 } },
    { name: "web-w10-w3", title: "W3, a page to a server", calls: { full: 100_000 } },
    { name: "web-w10-w4", title: "W4, a page to a server", calls: { full: 100, quick: 100 }, besidePlatform: true },
    { name: "web-w10-w5a", title: "W5a, a page to a server", calls: { full: 200 } },
  ].map((workload) => ({ ...workload, program: workload.name.slice("web-w10-".length), inPage: true, toServer: true })),
  ...[
    { name: "r1", title: "Open a file, count its rows", calls: { full: 20, quick: 20 } },
    { name: "r1-footer", title: "Open a file, count its chunks", calls: { full: 100, quick: 100 } },
    { name: "r2", title: "A file to a table", calls: { full: 5, quick: 5 } },
    { name: "r3", title: "Latest-at 10,000 values, in memory", calls: { full: 20, quick: 20 } },
    { name: "r3-file", title: "Latest-at 10,000 values, from a file", calls: { full: 5, quick: 5 } },
    { name: "r5", title: "All angles and points of a file as typed arrays", calls: { full: 5, quick: 5 } },
  ].map((workload) => ({ ...workload, readsSteps: SMALL_FILE })),
  ...[
    { name: "c1", title: "A catalog: the first batch", calls: { full: 5, quick: 3 } },
    { name: "c2", title: "A catalog: all rows of a dataset", calls: { full: 3, quick: 1 } },
    { name: "c3", title: "A catalog: one entity of a dataset", calls: { full: 5, quick: 3 } },
  ].map((workload) => ({ ...workload, readsSteps: SEGMENTS, ofCatalog: true })),
  { name: "r4", title: "One small entity of a large file", calls: { full: 5, quick: 5 }, readsSteps: LARGE_FILE },
  {
    name: "web-r2",
    title: "R2, a File in a worker",
    calls: { full: 5, quick: 5 },
    inPage: true,
    fromWorker: true,
    readsSteps: SMALL_FILE,
  },
  {
    name: "web-page-r2",
    title: "R2, a File of 200 MB in a page",
    calls: { full: 3, quick: 1 },
    program: "r2",
    inPage: true,
    readsSteps: MIDDLE_FILE,
  },
  ...[
    { name: "web-worker-w4", title: "W4, a page's worker to a server", toServer: true, fromWorker: true },
    { name: "web-relay-w4", title: "W4, a page's worker to our relay, WebSocket", toRelay: true, fromWorker: true },
    { name: "web-page-relay-w4", title: "W4, a page to our relay, WebSocket", toRelay: true },
  ].map((workload) => ({
    ...workload,
    calls: { full: 100, quick: 100 },
    program: "w4",
    inPage: true,
    besidePlatform: true,
  })),
];
