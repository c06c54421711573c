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

/** The calls of @rerun-ts/reading. */
export const READING_CALLS: Readonly<Record<string, Call | FailingCall | Reason>> = {
  "catalog CatalogQuery.rows": "as `Query.rows`",
  "catalog CatalogQuery.toColumns": "as `Query.toColumns`",
  "catalog DatasetSelection.query": "its conditions are those of `RecordingReader.query`",
  "reading Chunk.fromColumns": ({ reading }, other) => {
    const chunk = reading.Chunk.fromColumns(entity(other), { timelines: times(other), columns: scalars(other) });
    return [chunk.entityPath, chunk.table.numRows];
  },
  "reading Chunk.fromProperty": ({ reading }, { node }) =>
    reading.Chunk.fromProperty("a", new node.Scalars(1)).entityPath,
  "reading Chunk.fromTable": ({ reading }, other) =>
    reading.Chunk.fromTable(table(), { index: "frame", entityPath: entity(other) } as never).map(
      (one) => one.entityPath,
    ),
  "reading Chunk.withEntityPath": ({ reading }, other, trial) =>
    trial.chunk({ ...other, reading }).withEntityPath(entity(other)).entityPath,
  "reading ChunkStore.from": async ({ reading }, other, trial) =>
    numRows((await reading.ChunkStore.from([trial.chunk(other)])).reader.query({ index: "frame" })),
  "reading ChunkStore.writeRrd": async (own, { node }, trial) => {
    const sink = new node.MemorySink();
    await (await own.reading.ChunkStore.from([trial.chunk(own)])).writeRrd(sink, { applicationId: "copies" });
    return describeRows(sink.toBytes());
  },
  "reading ChunkStream.concat": async (own, other, trial) =>
    (await own.reading.ChunkStream.concat([trial.chunk(own)], [trial.chunk(other)]).toArray()).length,
  "reading ChunkStream.derive": async (own, other, trial) =>
    (
      await own.reading.ChunkStream.from([trial.chunk(own)])
        .derive(lensOf(other) as never)
        .toArray()
    ).map(({ entityPath, table: { numRows: rows } }) => [entityPath, rows]),
  "reading ChunkStream.drop": "its conditions are values and functions of the program",
  "reading ChunkStream.filter": "its conditions are values and functions of the program",
  "reading ChunkStream.split": "its conditions are values and functions of the program",
  "reading ChunkStream.from": async ({ reading }, other, trial) =>
    (await reading.ChunkStream.from(other.reading.ChunkStream.from([trial.chunk(other)])).toArray()).map(
      ({ entityPath }) => entityPath,
    ),
  "reading ChunkStream.map": async (own, other, trial) =>
    (
      await own.reading.ChunkStream.from([trial.chunk(own)])
        .map(() => trial.chunk(other))
        .toArray()
    ).map(({ entityPath }) => entityPath),
  "reading ChunkStream.toTable": async (own, other, trial) =>
    (
      await own.reading.ChunkStream.from((await trial.reader(own)).chunks()).toTable({
        index: "frame",
        where: other.reading.col(["/robot", other.node.Scalars.scalars, 0]).gt(1),
      } as never)
    ).numRows,
  "reading ChunkStream.writeRrd": async (own, { node }, trial) => {
    const sink = new node.MemorySink();
    await own.reading.ChunkStream.from([trial.chunk(own)]).writeRrd(sink, { applicationId: "copies" });
    return describeRows(sink.toBytes());
  },
  "reading Query.rows": async (own, { node }, trial) =>
    gather(
      (await trial.reader(own)).query({ index: "frame" }).rows({ a: ["/robot", node.Scalars.scalars, 0] } as never),
    ),
  "reading Query.toColumns": async (own, { node }, trial) =>
    Object.keys(
      await (
        await trial.reader(own)
      )
        .query({ index: "frame" })
        .toColumns({ a: ["/robot", node.Scalars.scalars, 0] } as never),
    ),
  "reading RecordingReader.video": [
    async (own, other, trial) => (await trial.reader(own)).video(entity(other)),
    /has no VideoStream and no AssetVideo/,
  ],
  "reading RecordingReader.latestAt": "its options are values",
  "reading RecordingReader.rows": async (own, { node }, trial) => {
    const tree = node.defineTree({ robot: node.Scalars, [node.any]: { [node.entity]: node.Points3D } });
    return gather((await trial.reader(own)).rows(tree, { index: "frame" }));
  },
  "reading RecordingReader.query": async (own, other, trial) =>
    numRows(
      (await trial.reader(own)).query({
        index: "frame",
        where: other.reading.col(["/robot", other.node.Scalars.scalars, 0]).gt(1),
      }),
    ),
  "reading RowFilter.and": async (own, other, trial) => {
    const [a, b] = [own, other].map(({ reading, node }) => reading.col(["/robot", node.Scalars.scalars, 0]).gt(1));
    return numRows((await trial.reader(own)).query({ index: "frame", where: a?.and(b as never) as never }));
  },
  "reading RowFilter.or": async (own, other, trial) => {
    const [a, b] = [own, other].map(({ reading, node }) => reading.col(["/robot", node.Scalars.scalars, 0]).gt(1));
    return numRows((await trial.reader(own)).query({ index: "frame", where: a?.or(b as never) as never }));
  },
  "reading col": async (own, { node }, trial) =>
    numRows(
      (await trial.reader(own)).query({
        index: "frame",
        where: own.reading.col(["/robot", node.Scalars.scalars, 0]).gt(1),
      }),
    ),
  "reading blueprintToCode": ({ reading }, other) => reading.blueprintToCode(layout(other)),
  "reading compareRrd": async (own, other, trial) =>
    (await own.reading.compareRrd(await trial.reader(other), trial.bytes(own), { ids: false, ignore: [] } as never))
      .isEqual,
  "reading derive": ({ reading }, other, trial) =>
    reading.derive(trial.chunk(other), lensOf(other) as never).map(({ entityPath }) => entityPath),
  "import importLeRobot": [
    ({ importing }, other, trial, folder) => importing.importLeRobot(trial.recording(other), folder),
    /cannot read .*meta.info\.json/,
  ],
  "mcap importMcap": async ({ mcap }, other, trial) =>
    void (await mcap.importMcap(trial.recording(other), await mcapFile([textChannel("/text", [cdrText("hello")])]))),
  "import importTable": async ({ importing }, other, trial) =>
    importing.importTable(trial.recording(other), new TextEncoder().encode("frame,x\n1,2\n"), {
      index: "frame",
      entities: { "/a": { as: other.node.Scalars, fields: { scalars: "x" } } },
    } as never),
  "reading lens": async (own, { node }) => {
    const recording = new own.node.RecordingStream("copies");
    const sink = new node.MemorySink();
    await recording.setSink(own.reading.lens(sink, lensOf(own) as never));
    recording.log("a", new own.node.Scalars(1));
    await recording.close();
    return describeRows(sink.toBytes());
  },
  "reading openLive": async ({ reading }, other) => {
    const recording = new other.node.RecordingStream("copies");
    const sink = new other.node.MemorySink();
    await recording.setSink(sink);
    recording.log("a", new other.node.Scalars(1), { time: { frame: 1 } });
    await recording.flush();
    const live = await reading.openLive(sink);
    const rows = await numRows(live.query({ index: "frame" }));
    live.close();
    await recording.close();
    return rows;
  },
  "reading recordingContents": async ({ reading }, other, trial) =>
    JSON.stringify(await reading.recordingContents(await trial.reader(other))).includes("/robot"),
  "reading sendChunks": (own, other, trial) => own.reading.sendChunks(trial.recording(other), [trial.chunk(other)]),
  "reading sendDataframe": ({ reading }, other, trial) =>
    reading.sendDataframe(trial.recording(other), table(), { index: "frame", entityPath: entity(other) } as never),
};
