import { create, toBinary, type DescMessage, type DescMethod, type MessageInitShape } from "@bufbuild/protobuf";
import type { Http2SessionManager } from "@connectrpc/connect-node";
import { createNodeHttpClient } from "@connectrpc/connect-node";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { requestHeader, validateResponse, validateTrailer } from "@connectrpc/connect/protocol-grpc";
import type { CatalogTransport } from "../catalog-transport.ts";
import { EnvelopeReader } from "../envelope-reader.ts";

/** Connections for calls, as Connect's client needs them. */
export type Sessions = Pick<Http2SessionManager, "authority" | "request" | "notifyResponseByteRead">;

/** Makes calls over HTTP/2 whose responses are not decoded. */
export function grpcFrames(origin: string, sessions: Sessions): CatalogTransport["frames"] {
  const send = createNodeHttpClient({ httpVersion: "2", sessionProvider: () => sessions });
  return async (method, signal, headers, message) => {
    const { status, header, body, trailer } = await send({
      url: `${origin}/${method.parent.typeName}/${method.name}`,
      method: "POST",
      header: requestHeader(true, undefined, headers),
      signal,
      body: one(encodeRequest(method, message)),
    });
    const { foundStatus, headerError } = validateResponse(status, header);
    if (headerError !== undefined) throw headerError;
    return readFrames(body, () => {
      if (!foundStatus) validateTrailer(trailer, header);
    });
  };
}

async function* readFrames(
  body: AsyncIterable<Uint8Array>,
  end: () => void,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const reader = new EnvelopeReader();
  for await (const piece of body) {
    const envelopes = reader.read(piece);
    if (envelopes.length > 0) yield envelopes.map(({ data }) => data);
  }
  end();
  reader.end();
}

function encodeRequest<I extends DescMessage>(
  { input }: DescMethod & { readonly input: I },
  message: MessageInitShape<I>,
): Uint8Array {
  return encodeEnvelope(0, toBinary(input, create(input, message)));
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}
