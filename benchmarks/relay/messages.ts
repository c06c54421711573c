/** The gRPC service whose methods are called. */
export const SERVICE = "/rerun.sdk_comms.v1alpha1.MessageProxyService/";
/**
 * The distance of a message's time from the message's end. The time is the clock of the machine, which is the same in
 * all processes.
 */
export const TIME_FROM_END = 30;

let count = 0;

/** A `WriteMessagesRequest` in gRPC's frame, of about `bytes` bytes: a chunk whose payload only a viewer would read. */
export function frameOf(bytes: number): Buffer {
  const store = field(
    1,
    Buffer.concat([Buffer.from([8, 1]), field(2, Buffer.from("bench")), field(3, field(1, Buffer.from("bench")))]),
  );
  const id = Buffer.alloc(18);
  id[0] = 9;
  id.writeUInt32LE(count++, 1);
  id[9] = 17;
  // In the order of their numbers, in which servers write them again.
  const tail = Buffer.concat([field(6, id), Buffer.from([7 * 8, 0])]);
  const payload = field(5, Buffer.alloc(Math.max(8, bytes - store.length - tail.length - 20), 1));
  const message = field(1, field(2, Buffer.concat([store, payload, tail])));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function field(number: number, bytes: Uint8Array): Buffer {
  const header = [number * 8 + 2];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) header.push((rest & 127) | 128);
  header.push(rest);
  return Buffer.concat([Buffer.from(header), bytes]);
}
