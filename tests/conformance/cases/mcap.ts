import * as rr from "@rerun-ts/node";

const CHANNEL = { id: 65535, topic: "/camera/größe", messageEncoding: "cdr" };

export function allFields(rec: rr.RecordingStream): void {
  rec.log("channel", new rr.McapChannel({ ...CHANNEL, metadata: { a: "1", b: "" } }), { static: true });
  const data = new Uint8Array([0, 1, 255]);
  rec.log("schema", new rr.McapSchema({ id: 1, name: "sensor_msgs/Image", encoding: "ros2msg", data }));
  rec.log("message", new rr.McapMessage(data));
  rec.log("messages", new rr.McapMessage([data, data.buffer]));
}

export function statistics(rec: rr.RecordingStream): void {
  const counts = {
    messageCount: 2n ** 64n - 1n,
    schemaCount: 1,
    channelCount: 2n,
    attachmentCount: Number.MAX_SAFE_INTEGER,
    metadataCount: 0,
    chunkCount: new BigUint64Array([7n]),
  };
  const times = { messageStartTime: new Date(1_700_000_000_123), messageEndTime: { nanos: 2n ** 62n } };
  const channelMessageCounts = new Map([
    [1, 2n ** 64n - 1n],
    [65535, 0n],
  ]);
  rec.log("statistics", new rr.McapStatistics({ ...counts, ...times, channelMessageCounts }));
}

export function formsOfKeysAndValues(rec: rr.RecordingStream): void {
  const forms: Readonly<Record<string, rr.types.KeyValuePairsLike>> = {
    object: { a: "1", größe: "" },
    map: new Map([
      ["a", "1"],
      ["größe", ""],
    ]),
    pairs: [
      ["a", "1"],
      ["größe", ""],
    ],
    "list of one": [{ a: "1", größe: "" }],
    several: [{ a: "1" }, new Map([["b", "2"]]), [["c", "3"]], {}],
    "empty object": {},
    "empty map": new Map(),
    none: [],
  };
  for (const [path, metadata] of Object.entries(forms)) rec.log(path, new rr.McapChannel({ ...CHANNEL, metadata }));
}

export function formsOfChannelCounts(rec: rr.RecordingStream): void {
  const forms: Readonly<Record<string, rr.types.ChannelMessageCountsLike>> = {
    map: new Map([
      [1, 10],
      [2, 20],
    ]),
    pairs: [
      [1, 10n],
      [2, 20],
    ],
    objects: [
      { channelId: 1, messageCount: 10 },
      { channelId: 2, messageCount: 20n },
    ],
    several: [new Map([[1, 10]]), [[2, 20]]],
    none: [],
  };
  for (const [path, channelMessageCounts] of Object.entries(forms))
    rec.log(path, rr.McapStatistics.fromFields({ channelMessageCounts }));
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2, 3]);
  const metadata = [{ a: "1", b: "2" }, {}, { c: "3" }];
  rec.sendColumns("each row", frames, rr.McapChannel.columns({ metadata, id: [1, 2, 3] }));
  rec.sendColumns("partitioned", frames, rr.McapChannel.columns({ metadata }).partition([2, 1, 0]));
  const data = [new Uint8Array([1, 2]), new ArrayBuffer(0), new Uint8Array([3])];
  rec.sendColumns("messages", frames, rr.McapMessage.columns({ data }));
}
