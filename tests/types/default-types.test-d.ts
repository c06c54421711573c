// A program whose configuration names no types, as TypeScript 6 and later have it by default.
import { RecordingStream } from "@rerun-ts/node";
import pinoTransport from "@rerun-ts/loggers/pino";

const rec = new RecordingStream("types");
await rec.connectGrpc("rerun://localhost:9876/proxy", { tls: { ca: "-----BEGIN CERTIFICATE-----" } });
// @ts-expect-error -- a number is not a certificate: without the types of Node it could be anything
await rec.connectGrpc("rerun://localhost:9876/proxy", { tls: { ca: 5 } });
(await pinoTransport({ applicationId: "types", path: "types.rrd" })).end();
