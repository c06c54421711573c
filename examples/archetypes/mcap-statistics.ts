import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("mcap_statistics");
const statistics = new rr.McapStatistics({
  messageCount: 1200,
  schemaCount: 2,
  channelCount: 2,
  attachmentCount: 0,
  metadataCount: 1,
  chunkCount: 4,
  messageStartTime: new Date("2026-01-05T09:00:00Z"),
  messageEndTime: new Date("2026-01-05T09:01:00Z"),
  channelMessageCounts: [
    [1, 600],
    [2, 600],
  ],
});
rec.log("mcap/statistics", statistics);
