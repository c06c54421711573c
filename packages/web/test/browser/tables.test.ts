import { tableFromArrays, tableToIPC } from "apache-arrow";
import { readTables, sendTable } from "@rerun-ts/web/read";
import { expect, it } from "vitest";

/** A length-delimited protobuf field. */
const field = (number: number, ...bytes: number[]): number[] => [(number << 3) | 2, bytes.length, ...bytes];
/** A frame of gRPC-web. */
const frame = (flag: number, ...bytes: number[]): number[] => [flag, 0, 0, 0, bytes.length, ...bytes];

it("tables that a viewer sends compressed are decompressed", async () => {
  // An LZ4 block: the literal "a", repeated seven times; then five literals.
  const block = [0x13, 0x61, 1, 0, 0x50, 0x62, 0x63, 0x64, 0x65, 0x66];
  const data = [8, 1, ...field(2, ...block), 24, 2, 32, 13];
  const response = [...field(1, ...field(1, 0x74)), ...field(2, ...data)];
  const trailer = new TextEncoder().encode("grpc-status: 0\r\n");
  const body = new Uint8Array([...frame(0, ...response), ...frame(0x80, ...trailer)]);
  const answer = (): Promise<Response> =>
    Promise.resolve(new Response(body, { headers: { "content-type": "application/grpc-web+proto" } }));
  const tables: unknown[] = [];
  for await (const { name, arrow } of readTables("rerun+http://localhost:1/proxy", { fetch: answer }))
    tables.push([name, new TextDecoder().decode(arrow)]);
  expect(tables).toEqual([["t", "aaaaaaaabcdef"]]);
});

it("sendTable sends the parts of a stream as one table", async () => {
  const trailer = new TextEncoder().encode("grpc-status: 0\r\n");
  const answer = new Uint8Array([...frame(0), ...frame(0x80, ...trailer)]);
  const bodies: (number[] | undefined)[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    bodies.push([...new Uint8Array(await new Request(url, init).arrayBuffer())]);
    return new Response(answer, { headers: { "content-type": "application/grpc-web+proto" } });
  };
  const table = tableToIPC(tableFromArrays({ a: Int8Array.of(7) }), "stream");
  const parts = [table.subarray(0, 10), table.subarray(10)];
  async function* later(): AsyncGenerator<Uint8Array> {
    yield* parts;
  }
  for (const arrow of [table, parts, later()]) await sendTable("rerun+http://localhost:1/proxy", "t", arrow, { fetch });
  const size = [(table.length & 127) | 128, table.length >> 7];
  const payload = [(2 << 3) | 2, ...size, ...table];
  const data = [8, 1, ...payload, 24, 1, 32, ...size];
  const dataLength = [(data.length & 127) | 128, data.length >> 7];
  const message = [...field(1, ...field(1, 0x74)), (2 << 3) | 2, ...dataLength, ...data];
  const whole = [0, 0, 0, message.length >> 8, message.length & 255, ...message];
  expect(bodies).toEqual([whole, whole, whole]);
  await expect(sendTable("rerun+http://localhost:1/proxy", "t", ["x"] as never, { fetch })).rejects.toThrow(
    /`arrow` must be an Arrow IPC stream .* got "x"/,
  );
});

it("sendTable refuses tables of which viewers show a part, or at which they crash", async () => {
  const send = (arrow: Uint8Array): Promise<void> => sendTable("rerun+http://localhost:1/proxy", "t", arrow);
  const numbers = tableFromArrays({ a: Int8Array.of(7) });
  await expect(send(tableToIPC(numbers.concat(numbers), "stream"))).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: "`arrow` must be an Arrow IPC stream with one record batch, got 2",
  });
  await expect(send(tableToIPC(tableFromArrays({ names: ["a"] }), "stream"))).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringMatching(/^`arrow` must be a table without dictionaries, .*, got "names"$/),
  });
  await expect(send(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9))).rejects.toMatchObject({ code: "INVALID_FORMAT" });
});
