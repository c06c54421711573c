import { openRrd, type Chunk } from "@rerun-ts/reading";
import { checkMcap, convertMcap, importMcap, mcapInfo } from "@rerun-ts/mcap";
import { RecordingStream } from "@rerun-ts/core";
import { cdrText, mcapFile, textChannel, type TestChannel } from "@rerun-ts/test-support/common/mcap-file";
import { convert, valuesOf } from "@rerun-ts/test-support/common/mcap-values";
import { describe, expect, it } from "vitest";

/** A file with three texts, whose chunk is compressed by zstd. */
const ZSTD_FILE =
  "iU1DQVAwDQoBGQAAAAAAAAAAAAAAEQAAAG1jYXAtcHl0aG9uLzEuNi4wBrYAAAAAAAAA6AMAAAAAAAC4CwAAAAAAAOQAAAAAAAAA" +
  "WK7PLQQAAAB6c3RkigAAAAAAAAAotS/9IOQNBADSBRUgoKcZAz/2b/3/hw8QocyyRf5X4qpuT2+mVNh+EdjfTaar8z7PYCA/FtA+" +
  "FvubxyOEgGOKv6z0J+MAsHYxdFKbUof7TTYYbhEptSVNbQm2+gvGDyUSAFEdAGZAPdyDFYA7cAIQAIYiKq4rBj7jcCEEVVjOUL+q" +
  "xRmhRd03gCEPBAAAAAAAAAAAAAAAAhQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAALDJxG+JTUNBUDANCg==";

const TEXT = "TextDocument:text";
const texts = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => cdrText(`text ${index}`));

describe("mcapChunks", () => {
  it("reads files without chunks, without a summary and without indexes", async () => {
    for (const options of [{ useChunks: false }, { useSummary: false }, { useChunks: false, useSummary: false }]) {
      const { chunks, problems } = await convert(await mcapFile([textChannel("/a", texts(3))], options));
      expect(problems, JSON.stringify(options)).toEqual([]);
      expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"], ["text 1"], ["text 2"]]);
      expect(valuesOf(chunks, "/__mcap_properties", "McapStatistics:message_count")).toEqual([[3]]);
      expect(valuesOf(chunks, "/__mcap_properties", "RecordingInfo:start_time")).toEqual([[1000]]);
    }
  });

  it("reads a file that was cut up to the last whole message", async () => {
    for (const useChunks of [true, false]) {
      const file = await mcapFile([textChannel("/a", texts(5))], { useChunks });
      const last = file.length - findLast(file, new TextEncoder().encode("text 4"));
      const { chunks, problems } = await convert(file.subarray(0, file.length - last));
      expect(valuesOf(chunks, "/a", TEXT)).toHaveLength(4);
      expect(problems.map(({ reason }) => reason)).toEqual([
        expect.stringMatching(/^damaged at byte \d+: the file ends/),
      ]);
    }
  });

  it("reads chunks with zstd, and reports those that are damaged", async () => {
    const file = Uint8Array.from(atob(ZSTD_FILE), (character) => character.charCodeAt(0));
    const { chunks, problems } = await convert(file);
    expect(problems).toEqual([]);
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"], ["text 1"], ["text 2"]]);
    const frame = findLast(file, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd));
    for (let at = frame; at < frame + 4; at++) {
      const damaged = file.slice();
      damaged[at] = (damaged[at] as number) ^ 0xff;
      const reasons = (await convert(damaged)).problems.map(({ reason }) => reason);
      expect(reasons).toEqual([expect.stringMatching(/the zstd compression of a chunk is damaged$/)]);
    }
    expect(valuesOf((await convert(file)).chunks, "/a", TEXT)).toHaveLength(3);
  });

  it("reports chunks with a wrong checksum when a file is checked, and reads their messages", async () => {
    const file = await mcapFile([textChannel("/a", texts(3))]);
    expect((await checkMcap(file)).problems).toEqual([]);
    const at = findLast(file, new TextEncoder().encode("text 1"));
    file.set(new TextEncoder().encode("TEXT"), at);
    const { problems } = await checkMcap(file);
    expect(problems.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/the checksum of the chunk is wrong$/),
    ]);
    expect(valuesOf((await convert(file)).chunks, "/a", TEXT)).toEqual([["text 0"], ["TEXT 1"], ["text 2"]]);
  });

  it("leaves out topics when the file describes more fields than memory has room for", async () => {
    const definition = Array.from({ length: 9000 }, (_, index) => `uint8 f${index}`).join("\n");
    const schema = ["a/msg/Wide", "ros2msg", definition] as const;
    const wide = Array.from({ length: 35 }, (_, index) => {
      return { topic: `/wide${index}`, messageEncoding: "cdr", schema, messages: [Uint8Array.of(0, 1, 0, 0)] };
    });
    const { chunks, problems } = await convert(await mcapFile([...wide, textChannel("/a", texts(1))]));
    const leftOut = problems.filter(({ reason }) => reason.includes("more than 300000 fields"));
    expect(leftOut.map(({ topic }) => topic)).toEqual(["/wide33", "/wide34"]);
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"]]);
  });

  it("keeps a damaged message as bytes, and reports its topic and time", async () => {
    const messages = texts(4);
    messages[1] = cdrText("cut").subarray(0, 9);
    messages[2] = cdrText("\u00e9").map((byte) => (byte === 0xc3 ? 0xff : byte));
    const file = await mcapFile([textChannel("/a", messages), textChannel("/b", texts(4))]);
    const { chunks, problems } = await convert(file);
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"], ["text 3"]]);
    const raw = "McapMessage:data";
    expect(valuesOf(chunks, "/a", raw)).toEqual([messages[1], messages[2]].map((bytes) => [[...(bytes ?? [])]]));
    const rawTimes = chunks.find(({ table }) => table.getChild(raw) !== null)?.table.getChild("message_log_time");
    expect([...(rawTimes ?? [])]).toEqual([0.002, 0.003]);
    for (const without of [{ rawFallback: false }, { decoders: ["ros2msg"] as const }])
      expect(valuesOf((await convert(file, without)).chunks, "/a", raw)).toEqual([]);
    expect(valuesOf(chunks, "/b", TEXT)).toHaveLength(4);
    expect(problems).toEqual([
      { topic: "/a", time: 2000n, reason: "the message ends before its last field", messages: 1 },
      { topic: "/a", time: 3000n, reason: expect.stringContaining("not valid"), messages: 1 },
    ]);
  });

  it("keeps the messages of a channel with an unusable schema as bytes, and all other channels", async () => {
    const channels: TestChannel[] = [
      { topic: "/bad", messageEncoding: "cdr", schema: ["x/msg/Y", "ros2msg", "x/Missing field"], messages: texts(2) },
      { topic: "/empty", messageEncoding: "protobuf", schema: ["a.B", "protobuf", ""], messages: [new Uint8Array(2)] },
      textChannel("/good", texts(2)),
    ];
    const { chunks, problems } = await convert(await mcapFile(channels));
    expect(valuesOf(chunks, "/bad", "McapMessage:data")).toHaveLength(2);
    expect(valuesOf(chunks, "/empty", "McapMessage:data")).toEqual([[[0, 0]]]);
    expect(valuesOf(chunks, "/good", TEXT)).toHaveLength(2);
    expect(problems.map(({ topic, reason }) => `${topic}: ${reason}`)).toEqual([
      "/bad: the field field has the type x/Missing, which the schema does not define",
      "/empty: the schema does not describe the message a.B",
    ]);
    const without = await convert(await mcapFile(channels), { rawFallback: false });
    expect(valuesOf(without.chunks, "/bad", "McapMessage:data")).toEqual([]);
  });

  it("reports messages that the summary counts, and that the file lacks", async () => {
    const file = await mcapFile([textChannel("/a", texts(3))]);
    // The record after the header has all messages.
    const chunkAt = 17 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(9, true));
    expect(file[chunkAt]).toBe(6);
    const damaged = file.slice();
    damaged[chunkAt] = 0x46;
    const { chunks, problems } = await convert(damaged);
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      "damaged: 0 of the 3 messages that its summary counts were found",
    ]);
  });

  it("reads messages by the last description before them of their channel and schema", async () => {
    const one = [textChannel("/a", texts(2))];
    const others: [TestChannel[], string, string, unknown[]][] = [
      [[textChannel("/b", texts(1))], "/b", TEXT, [["text 0"]]],
      [
        [{ topic: "/a", messageEncoding: "json", messages: [new TextEncoder().encode("{}")] }],
        "/a",
        "json:message",
        [[{ json: "{}" }]],
      ],
      [
        [
          {
            ...textChannel("/a", []),
            schema: ["c/msg/C", "ros2msg", "uint8 c"],
            messages: [Uint8Array.of(0, 1, 0, 0, 7)],
          },
        ],
        "/a",
        "c.msg.C:message",
        [[{ c: 7 }]],
      ],
    ];
    for (const [other, entity, component, values] of others) {
      const file = await filesInOne(one, other);
      const { chunks, problems } = await convert(file);
      expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 0"], ["text 1"]]);
      expect(valuesOf(chunks, entity, component)).toEqual(values);
      expect(valuesOf(chunks, "/a", "McapMessage:data")).toEqual([]);
      const expected = [{ topic: "/a", reason: expect.stringContaining("described again, differently") }];
      expect(problems).toMatchObject(expected);
      expect((await checkMcap(file)).problems).toMatchObject(expected);
    }
    expect((await convert(await filesInOne(one, one))).problems).toEqual([]);
    const turns = await filesInOne(
      ...Array.from({ length: 2100 }, (_, index) => [textChannel(`/${index % 2}`, texts(1))]),
    );
    const { chunks, problems } = await convert(turns);
    expect(valuesOf(chunks, "/0", TEXT).length + valuesOf(chunks, "/1", TEXT).length).toBe(1001);
    expect(problems.map(({ reason }) => reason)).toContain(
      "left out, since channels are described again more than 1000 times",
    );
  });

  it("reads times behind the last one of a timeline as that one", async () => {
    const last = Number(2n ** 63n - 1n);
    const file = await mcapFile([textChannel("/a", texts(2))], { timeOffset: 2n ** 64n - 2001n });
    for (const options of [{}, { timeOffset: 1n }]) {
      const { chunks } = await convert(file, options);
      const times = chunks
        .find(({ entityPath, isStatic }) => entityPath === "/a" && !isStatic)
        ?.times("message_log_time");
      expect(times).toEqual(BigInt64Array.of(2n ** 63n - 1n, 2n ** 63n - 1n));
      expect(valuesOf(chunks, "/__mcap_properties", "McapStatistics:message_end_time")).toEqual([[last]]);
    }
  });

  it("keeps metadata without a name", async () => {
    const { chunks } = await convert(await mcapFile([], { metadata: ["", "a"] }));
    expect(valuesOf(chunks, "/__mcap_metadata", "McapMetadata")).toEqual([[[{ first: "key", second: "" }]]]);
    expect(valuesOf(chunks, "/__mcap_metadata", "a")).toEqual([[[{ first: "key", second: "a" }]]]);
  });

  it("reads only chunks with the wanted times", async () => {
    const file = await mcapFile([textChannel("/a", texts(30))], { chunkSize: 200 });
    // Damage in a chunk that is not read is not noticed.
    file.fill(
      255,
      findLast(file, new TextEncoder().encode("text 29")) - 38,
      findLast(file, new TextEncoder().encode("text 29")) - 30,
    );
    expect((await convert(file)).problems).toHaveLength(1);
    const { chunks, problems } = await convert(file, { startTime: 3000n, endTime: 6000n });
    expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 2"], ["text 3"], ["text 4"]]);
    expect(problems).toEqual([]);
  });

  it("chooses topics by expressions, which may begin with flags", async () => {
    const file = await mcapFile(["/Camera/left", "/camera/right", "/imu"].map((topic) => textChannel(topic, texts(1))));
    for (const [includeTopics, count] of [
      [["^/camera"], 1],
      [["(?i)^/camera"], 2],
      [[/^\/camera/i, "(?is)IMU"], 3],
    ] as const) {
      const { chunks } = await convert(file, { includeTopics });
      expect(new Set(chunks.filter(({ isStatic }) => !isStatic).map(({ entityPath }) => entityPath)).size).toBe(count);
    }
  });

  it("makes chunks of limited size, whatever the chunks of the file", async () => {
    const file = await mcapFile([textChannel("/a", texts(9000))], { chunkSize: 100_000_000 });
    const { chunks } = await convert(file);
    const rows = chunks.filter(({ isStatic }) => !isStatic).map(({ numRows }) => numRows);
    expect(rows).toEqual([8192, 808]);
  });

  it("reads a channel that only a chunk with earlier times describes", async () => {
    for (const useSummary of [true, false]) {
      const file = await mcapFile([textChannel("/a", texts(30))], { chunkSize: 200, useSummary });
      const { chunks, problems } = await convert(file, { startTime: 29_000n });
      expect(valuesOf(chunks, "/a", TEXT)).toEqual([["text 28"], ["text 29"]]);
      expect(problems).toEqual([]);
    }
  });

  it("yields chunks that stay as they are while more are read", async () => {
    const file = await mcapFile([textChannel("/a", texts(9000))]);
    const { chunks } = await convert(file);
    const rows = chunks.filter(({ entityPath, isStatic }) => entityPath === "/a" && !isStatic);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.flatMap((chunk) => [...chunk.times("message_log_time")])).toEqual(
      Array.from({ length: 9000 }, (_, index) => BigInt(1000 * (index + 1))),
    );
    expect(valuesOf(rows, "/a", TEXT)).toEqual(Array.from({ length: 9000 }, (_, index) => [`text ${index}`]));
  });

  it("yields to the event loop every two megabytes, also if the file is in memory", async () => {
    const file = await mcapFile(
      [
        textChannel(
          "/a",
          Array.from({ length: 9 }, () => cdrText("x".repeat(1_000_000))),
        ),
      ],
      {
        chunkSize: 1000,
      },
    );
    let turns = 0;
    let isDone = false;
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      turns++;
      if (!isDone) port2.postMessage(0);
      else port1.close();
    });
    port1.start();
    port2.postMessage(0);
    await convert(file);
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it("ends with ABORTED, reports its progress, and rejects wrong arguments", async () => {
    const file = await mcapFile([textChannel("/a", texts(3))]);
    await expect(convert(file, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    const progress: number[] = [];
    await convert(file, { onProgress: ({ bytes }) => progress.push(bytes) });
    expect(progress.at(-1)).toBe(file.byteLength);
    await expect(convert(new Uint8Array(20))).rejects.toThrow(/not an MCAP file/);
    await expect(convert(file, { includeTopics: ["("] })).rejects.toThrow(
      /`includeTopics` must be valid regular expressions: .*\(\//,
    );
    await expect(convert(file, { includeTopics: "/a" as never })).rejects.toThrow(
      '`includeTopics` must be an array of regular expressions, got "/a"',
    );
    await expect(convert(file, { startTime: 5n, endTime: 5n })).rejects.toThrow(/`endTime` must be later/);
    // @ts-expect-error: no decoder has this name.
    await expect(convert(file, { decoders: ["ros3"] })).rejects.toThrow(/`decoders` must be an array of attachments/);
  });
});

describe("importMcap", () => {
  it("sends everything to a recording, and reports what was lost", async () => {
    const recording = new RecordingStream("mcap", { recordingId: "import" });
    const memory = recording.memoryRecording();
    const messages = [...texts(2), new Uint8Array(3)];
    const blob = new Blob([await mcapFile([textChannel("/a", messages)])]);
    const { rows, problems } = await importMcap(recording, blob);
    expect(problems).toMatchObject([{ topic: "/a", messages: 1 }]);
    expect(rows).toBe(6);
    const reader = (await openRrd(memory.drainAsBytes())).recording();
    const table = await reader.query({ index: "message_log_time", contents: "/a" }).toTable();
    expect(table.numRows).toBe(3);
  });
});

describe("convertMcap", () => {
  it("keeps the values of all chunks, which share memory while they are made", async () => {
    const file = await mcapFile([textChannel("/a", texts(20_000)), textChannel("/b", texts(9000))]);
    const parts: Uint8Array[] = [];
    for await (const part of convertMcap(file)) parts.push(part);
    const recording = (await openRrd(new Blob(parts as BlobPart[]))).recording();
    const chunks: Chunk[] = [];
    for await (const chunk of recording.chunks()) chunks.push(chunk);
    for (const [topic, count] of [
      ["/a", 20_000],
      ["/b", 9000],
    ] as const) {
      const expected = Array.from({ length: count }, (_, index) => [`text ${index}`]);
      expect(valuesOf(chunks, topic, TEXT)).toEqual(expected);
      const times = chunks.filter(({ entityPath, isStatic }) => entityPath === topic && !isStatic);
      expect(times.flatMap(({ table }) => Array.from(table.getChild("message_log_time") ?? []))).toHaveLength(count);
    }
    expect(recording.timeRange("message_log_time")).toEqual({ start: 1000n, end: 20_000_000n });
  });
});

describe("mcapInfo", () => {
  it("describes a file equally with and without its summary", async () => {
    const channels = [textChannel("/a", texts(4)), textChannel("/b", texts(2))];
    const { hasSummary, ...indexed } = await mcapInfo(await mcapFile(channels));
    for (const options of [{ useSummary: false }, { useStatistics: false }]) {
      const { hasSummary: isRead, ...scanned } = await mcapInfo(await mcapFile(channels, options));
      expect([hasSummary, isRead]).toEqual([true, false]);
      expect(scanned).toEqual(indexed);
    }
    expect(indexed).toMatchObject({ profile: "test", messages: 6, startTime: 1000n, endTime: 4000n, chunks: 1 });
    expect(indexed.channels.map(({ topic, messages }) => [topic, messages])).toEqual([
      ["/a", 4],
      ["/b", 2],
    ]);
  });
});

describe("checkMcap", () => {
  it("finds messages that its timelines order differently", async () => {
    const definition = `std_msgs/Header header\n===\nMSG: std_msgs/Header\nbuiltin_interfaces/Time stamp\nstring frame_id`;
    const schema = ["a/msg/Stamped", "ros2msg", definition] as const;
    const messages = [3, 1, 2].map((second) => Uint8Array.of(0, 1, 0, 0, second, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0));
    const file = await mcapFile([{ topic: "/s", messageEncoding: "cdr", schema, messages }]);
    expect(await checkMcap(file)).toMatchObject({ topics: [{ topic: "/s", hasConflict: false }], problems: [] });
    expect(await checkMcap(file, { full: true })).toMatchObject({
      timelines: ["message_log_time", "message_publish_time", "ros2_timestamp"],
      topics: [{ topic: "/s", chunks: 1, conflictingChunks: 1, hasConflict: true }],
    });
  });
});

/** A file with the records of several files one after the other, so that ids of channels and schemas repeat. */
async function filesInOne(...files: readonly TestChannel[][]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const [index, channels] of files.entries()) {
    const bytes = await mcapFile(channels, { useChunks: false, useSummary: false });
    const view = new DataView(bytes.buffer);
    const after = (at: number): number => at + 9 + Number(view.getBigUint64(at + 1, true));
    const magic = 8;
    let end = after(magic);
    const dataEnd = 0x0f;
    while (bytes[end] !== dataEnd) end = after(end);
    parts.push(bytes.subarray(index === 0 ? 0 : after(magic), index === files.length - 1 ? undefined : end));
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

function findLast(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = bytes.length - part.length; at >= 0; at--)
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  return -1;
}
