import { cdrText, mcapFile, textChannel } from "@rerun-ts/test-support/common/mcap-file";
import {
  type Call,
  type FailingCall,
  type Reason,
  entity,
  times,
  scalars,
  table,
  layout,
  numRows,
  gather,
  lensOf,
} from "./objects.ts";
import { describeRows } from "./trial.ts";

/** The calls of @rerun-ts/arrow. */
export const READING_CALLS: Readonly<Record<string, Call | FailingCall | Reason>> = {
  "arrow CatalogQuery.rows": "as `Query.rows`",
  "arrow CatalogQuery.toColumns": "as `Query.toColumns`",
  "arrow DatasetSelection.query": "its conditions are those of `RecordingReader.query`",
  "arrow Chunk.fromColumns": ({ arrow }, other) => {
    const chunk = arrow.Chunk.fromColumns(entity(other), { timelines: times(other), columns: scalars(other) });
    return [chunk.entityPath, chunk.table.numRows];
  },
  "arrow Chunk.fromProperty": ({ arrow }, { node }) => arrow.Chunk.fromProperty("a", new node.Scalars(1)).entityPath,
  "arrow Chunk.fromTable": ({ arrow }, other) =>
    arrow.Chunk.fromTable(table(), { index: "frame", entityPath: entity(other) } as never).map((one) => one.entityPath),
  "arrow Chunk.withEntityPath": ({ arrow }, other, trial) =>
    trial.chunk({ ...other, arrow }).withEntityPath(entity(other)).entityPath,
  "arrow ChunkStore.from": async ({ arrow }, other, trial) =>
    numRows((await arrow.ChunkStore.from([trial.chunk(other)])).reader.query({ index: "frame" })),
  "arrow ChunkStore.writeRrd": async (own, { node }, trial) => {
    const sink = new node.MemorySink();
    await (await own.arrow.ChunkStore.from([trial.chunk(own)])).writeRrd(sink, { applicationId: "copies" });
    return describeRows(sink.toBytes());
  },
  "arrow ChunkStream.concat": async (own, other, trial) =>
    (await own.arrow.ChunkStream.concat([trial.chunk(own)], [trial.chunk(other)]).toArray()).length,
  "arrow ChunkStream.derive": async (own, other, trial) =>
    (
      await own.arrow.ChunkStream.from([trial.chunk(own)])
        .derive(lensOf(other) as never)
        .toArray()
    ).map(({ entityPath, table: { numRows: rows } }) => [entityPath, rows]),
  "arrow ChunkStream.drop": "its conditions are values and functions of the program",
  "arrow ChunkStream.filter": "its conditions are values and functions of the program",
  "arrow ChunkStream.split": "its conditions are values and functions of the program",
  "arrow ChunkStream.from": async ({ arrow }, other, trial) =>
    (await arrow.ChunkStream.from(other.arrow.ChunkStream.from([trial.chunk(other)])).toArray()).map(
      ({ entityPath }) => entityPath,
    ),
  "arrow ChunkStream.map": async (own, other, trial) =>
    (
      await own.arrow.ChunkStream.from([trial.chunk(own)])
        .map(() => trial.chunk(other))
        .toArray()
    ).map(({ entityPath }) => entityPath),
  "arrow ChunkStream.toTable": async (own, other, trial) =>
    (
      await own.arrow.ChunkStream.from((await trial.reader(own)).chunks()).toTable({
        index: "frame",
        where: other.arrow.col(["/robot", other.node.Scalars.scalars, 0]).gt(1),
      } as never)
    ).numRows,
  "arrow ChunkStream.writeRrd": async (own, { node }, trial) => {
    const sink = new node.MemorySink();
    await own.arrow.ChunkStream.from([trial.chunk(own)]).writeRrd(sink, { applicationId: "copies" });
    return describeRows(sink.toBytes());
  },
  "arrow Query.rows": async (own, { node }, trial) =>
    gather(
      (await trial.reader(own)).query({ index: "frame" }).rows({ a: ["/robot", node.Scalars.scalars, 0] } as never),
    ),
  "arrow Query.toColumns": async (own, { node }, trial) =>
    Object.keys(
      await (
        await trial.reader(own)
      )
        .query({ index: "frame" })
        .toColumns({ a: ["/robot", node.Scalars.scalars, 0] } as never),
    ),
  "arrow RecordingReader.latestAt": "its options are values",
  "arrow RecordingReader.rows": async (own, { node }, trial) => {
    const tree = node.defineTree({ robot: node.Scalars, [node.any]: { [node.entity]: node.Points3D } });
    return gather((await trial.reader(own)).rows(tree, { index: "frame" }));
  },
  "arrow RecordingReader.query": async (own, other, trial) =>
    numRows(
      (await trial.reader(own)).query({
        index: "frame",
        where: other.arrow.col(["/robot", other.node.Scalars.scalars, 0]).gt(1),
      }),
    ),
  "arrow RowFilter.and": async (own, other, trial) => {
    const [a, b] = [own, other].map(({ arrow, node }) => arrow.col(["/robot", node.Scalars.scalars, 0]).gt(1));
    return numRows((await trial.reader(own)).query({ index: "frame", where: a?.and(b as never) as never }));
  },
  "arrow RowFilter.or": async (own, other, trial) => {
    const [a, b] = [own, other].map(({ arrow, node }) => arrow.col(["/robot", node.Scalars.scalars, 0]).gt(1));
    return numRows((await trial.reader(own)).query({ index: "frame", where: a?.or(b as never) as never }));
  },
  "arrow col": async (own, { node }, trial) =>
    numRows(
      (await trial.reader(own)).query({
        index: "frame",
        where: own.arrow.col(["/robot", node.Scalars.scalars, 0]).gt(1),
      }),
    ),
  "arrow blueprintToCode": ({ arrow }, other) => arrow.blueprintToCode(layout(other)),
  "arrow compareRrd": async (own, other, trial) =>
    (await own.arrow.compareRrd(await trial.reader(other), trial.bytes(own), { ids: false, ignore: [] } as never))
      .isEqual,
  "arrow derive": ({ arrow }, other, trial) =>
    arrow.derive(trial.chunk(other), lensOf(other) as never).map(({ entityPath }) => entityPath),
  "arrow importLeRobot": [
    ({ arrow }, other, trial, folder) => arrow.importLeRobot(trial.recording(other), folder),
    /cannot read .*meta.info\.json/,
  ],
  "arrow importMcap": async ({ mcap }, other, trial) =>
    void (await mcap.importMcap(trial.recording(other), await mcapFile([textChannel("/text", [cdrText("hello")])]))),
  "arrow importTable": async ({ arrow }, other, trial) =>
    arrow.importTable(trial.recording(other), new TextEncoder().encode("frame,x\n1,2\n"), {
      index: "frame",
      entities: { "/a": { as: other.node.Scalars, fields: { scalars: "x" } } },
    } as never),
  "arrow lens": async (own, { node }) => {
    const recording = new own.node.RecordingStream("copies");
    const sink = new node.MemorySink();
    await recording.setSink(own.arrow.lens(sink, lensOf(own) as never));
    recording.log("a", new own.node.Scalars(1));
    await recording.close();
    return describeRows(sink.toBytes());
  },
  "arrow openLive": async ({ arrow }, other) => {
    const recording = new other.node.RecordingStream("copies");
    const sink = new other.node.MemorySink();
    await recording.setSink(sink);
    recording.log("a", new other.node.Scalars(1), { time: { frame: 1 } });
    await recording.flush();
    const live = await arrow.openLive(sink);
    const rows = await numRows(live.query({ index: "frame" }));
    live.close();
    await recording.close();
    return rows;
  },
  "arrow recordingContents": async ({ arrow }, other, trial) =>
    JSON.stringify(await arrow.recordingContents(await trial.reader(other))).includes("/robot"),
  "arrow sendChunks": (own, other, trial) => own.arrow.sendChunks(trial.recording(other), [trial.chunk(other)]),
  "arrow sendDataframe": ({ arrow }, other, trial) =>
    arrow.sendDataframe(trial.recording(other), table(), { index: "frame", entityPath: entity(other) } as never),
};
