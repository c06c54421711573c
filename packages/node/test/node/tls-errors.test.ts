import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { describe, expect, it, onTestFinished } from "vitest";

const FILES = join(import.meta.dirname, "../../../../tests/processes/harness/tls");
const cert = readFileSync(join(FILES, "certificate.pem"), "utf8");
const key = readFileSync(join(FILES, "key.pem"), "utf8");

/** What a server wants of its clients. */
interface Demands {
  readonly wantsCertificate?: boolean;
  readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
}

async function listen({ wantsCertificate = false, maxVersion = "TLSv1.3" }: Demands): Promise<number> {
  const server = createSecureServer({
    cert,
    key,
    maxVersion,
    allowHTTP1: true,
    ...(wantsCertificate && { requestCert: true, rejectUnauthorized: true, ca: cert }),
  });
  server.on("sessionError", () => {});
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** The first error of a sink that is not about the time, and the warnings of its recording. */
async function fail(transport: string, port: number, tls: object, thread: boolean): Promise<readonly string[]> {
  const warnings: string[] = [];
  const rec = new RecordingStream("tls", { onError: () => {}, onWarning: ({ message }) => warnings.push(message) });
  onTestFinished(async () => void (await rec.close({ timeoutMs: 0 }).catch(() => {})));
  if (transport === "gRPC") await rec.connectGrpc(`rerun://127.0.0.1:${port}/proxy`, { tls, thread });
  else await rec.connectWebSocket(`wss://127.0.0.1:${port}/ws`, { tls, thread });
  rec.log("row", new Scalars(1));
  expect(await rec.flush({ ack: true, timeoutMs: 1500 })).toMatchObject({ complete: false, droppedRows: 0 });
  const [{ lastError, state } = {}] = rec.stats().sinks;
  expect({ code: lastError?.code, state }).toEqual({ code: "AUTH", state: "connecting" });
  expect(warnings).toEqual([`${lastError?.message}. Data is queued until the server accepts it`]);
  return warnings;
}

describe.each(["gRPC", "WebSocket"])("%s over TLS", (transport) => {
  it.each([true, false])("says that a certificate is not trusted, and what to pass (thread: %s)", async (thread) => {
    const [warning] = await fail(transport, await listen({}), {}, thread);
    expect(warning).toMatch(
      /^the certificate of \S+ is not trusted: .*\(DEPTH_ZERO_SELF_SIGNED_CERT\); if it is the right/,
    );
    expect(warning).toContain("`tls: { ca }`");
  });

  it("says that `tls.ca` is not the authority of the certificate", async () => {
    const ca = readFileSync(join(FILES, "other-authority.pem"), "utf8");
    const [warning] = await fail(transport, await listen({}), { ca }, true);
    expect(warning).toContain("; `tls.ca` is not the certificate of its authority");
  });

  it("says that a certificate is for another host", async () => {
    const [warning] = await fail(transport, await listen({}), { ca: cert, servername: "other.example" }, true);
    expect(warning).toMatch(/^the certificate of \S+ is for another host: .*; use a name that is in the certificate/);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "says that the server wants a certificate of the client (%s)",
    async (maxVersion) => {
      const port = await listen({ wantsCertificate: true, maxVersion });
      const [warning] = await fail(transport, port, { ca: cert }, true);
      expect(warning).toMatch(/`tls: \{ cert, key \}`/);
      expect(warning).not.toMatch(/start a (viewer|relay)|\.c:\d+/);
    },
  );
});
