import { connect, constants, type ClientHttp2Stream } from "node:http2";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema, type FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";

/** The service, of which all releases so far have this version. Source: grpc/reflection/v1alpha/reflection.proto. */
const PATH = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
/** The numbers of the fields of requests. */
const REQUEST = { fileByName: 3, fileOfSymbol: 4, services: 7 } as const;
/** The numbers of the fields of responses. */
const RESPONSE = { files: 4, services: 6, error: 7 } as const;
const PREFIX_BYTES = 5;

/** The messages and services of a server, as it describes them by gRPC reflection. */
export interface ReflectedProtos {
  readonly services: readonly string[];
  /** A `google.protobuf.FileDescriptorSet`: all files of the services, after the files that each imports. */
  readonly files: Uint8Array;
}

/**
 * Asks a server for its services, and the files that declare them.
 *
 * @param url the URL of the server, such as `http://127.0.0.1:9876`
 * @throws if the server does not know a file, or the connection is lost
 */
export async function reflectServer(url: string): Promise<ReflectedProtos> {
  const session = connect(url);
  const lost = new Promise<never>((_, reject) => session.on("error", reject));
  lost.catch(() => undefined);
  const stream = session.request({
    ":method": "POST",
    ":path": PATH,
    "content-type": "application/grpc",
    te: "trailers",
  });
  const call = new ReflectionCall(stream);
  try {
    return await Promise.race([lost, reflect(call)]);
  } finally {
    stream.close(constants.NGHTTP2_CANCEL);
    session.destroy();
  }
}

async function reflect(call: ReflectionCall): Promise<ReflectedProtos> {
  const listed = await call.ask(REQUEST.services, "*");
  const services = listed.flatMap(({ number, bytes }) => (number === RESPONSE.services ? textsIn(bytes) : []));
  const files = new Map<string, FileDescriptorProto>();
  const add = async (found: readonly FileDescriptorProto[]): Promise<void> => {
    for (const file of found) {
      if (files.has(file.name)) continue;
      for (const name of file.dependency) if (!files.has(name)) await add(await call.files(REQUEST.fileByName, name));
      files.set(file.name, file);
    }
  };
  for (const service of services) await add(await call.files(REQUEST.fileOfSymbol, service));
  return {
    services,
    files: toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [...files.values()] })),
  };
}

interface Field {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** A call with one response for each request. */
class ReflectionCall {
  readonly #stream: ClientHttp2Stream;
  readonly #parts: AsyncIterator<Uint8Array>;
  #received = new Uint8Array(0);

  constructor(stream: ClientHttp2Stream) {
    this.#stream = stream;
    this.#parts = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  }

  async files(request: number, name: string): Promise<FileDescriptorProto[]> {
    const fields = await this.ask(request, name);
    const error = fields.find(({ number }) => number === RESPONSE.error);
    if (error !== undefined) throw new Error(`the server does not describe ${name}`);
    return fields
      .filter(({ number }) => number === RESPONSE.files)
      .flatMap(({ bytes }) => fieldsOf(bytes))
      .map(({ bytes }) => fromBinary(FileDescriptorProtoSchema, bytes));
  }

  /** Sends a request with one text, and waits for the fields of the response. */
  async ask(request: number, text: string): Promise<readonly Field[]> {
    const message = new BinaryWriter().tag(request, WireType.LengthDelimited).string(text).finish();
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(message.byteLength, 1);
    this.#stream.write(Buffer.concat([prefix, message]));
    await this.#receive(PREFIX_BYTES);
    const size = Buffer.from(this.#received).readUInt32BE(1);
    await this.#receive(PREFIX_BYTES + size);
    const response = this.#received.subarray(PREFIX_BYTES, PREFIX_BYTES + size);
    this.#received = this.#received.slice(PREFIX_BYTES + size);
    return fieldsOf(response);
  }

  async #receive(size: number): Promise<void> {
    while (this.#received.byteLength < size) {
      const { done, value } = await this.#parts.next();
      if (done === true) throw new Error("the server has ended the reflection: it may not support it");
      this.#received = new Uint8Array(Buffer.concat([this.#received, value]));
    }
  }
}

/** The fields of a message that are texts, bytes or messages. */
function fieldsOf(message: Uint8Array): Field[] {
  const reader = new BinaryReader(message);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited) fields.push({ number, bytes: reader.bytes() });
    else reader.skip(wireType, number);
  }
  return fields;
}

/** The names in a `ListServiceResponse`. */
function textsIn(response: Uint8Array): string[] {
  return fieldsOf(response).flatMap(({ bytes }) => fieldsOf(bytes).map((name) => new TextDecoder().decode(name.bytes)));
}
