import { bundle } from "@rerun-ts/test-support/packages/bundle";
import { gzipSync } from "node:zlib";
const base = 'import { RecordingStream, Points3D, Scalars } from "@rerun-ts/web"; const rec = new RecordingStream("a"); void rec.connectGrpc(); rec.log("p", new Points3D([1,2,3])); rec.log("s", new Scalars(1));';
const simple = base + 'import * as rrb from "@rerun-ts/web/blueprint"; rec.sendBlueprint(new rrb.Blueprint(new rrb.Horizontal([new rrb.Spatial3DView({ origin: "/" }), new rrb.TimeSeriesView()], { columnShares: [3, 2] }), { collapsePanels: true }));';
const a = await bundle(base), b = await bundle(simple);
const before = new Map(a.modules.map(({ path, bytes }) => [path, bytes]));
let sum = 0;
const d = b.modules.map(({ path, bytes }) => [path, bytes - (before.get(path) ?? 0)] as const).filter(([, n]) => n > 0).sort((x, y) => y[1] - x[1]);
for (const [p, n] of d) { sum += n; console.log(n, p); }
console.log(sum, gzipSync(b.bytes, { level: 9 }).length - gzipSync(a.bytes, { level: 9 }).length);
