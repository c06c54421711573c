// Every Arrow type that Rerun accepts in a component: Python writes them, and reads them back.
import { writeFile } from "node:fs/promises";
import {
  filterRrd,
  mergeRrd,
  openRrd,
  sendChunks,
  sendDataframe,
  splitRrd,
  vectorBatch,
  type RecordingReader,
} from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { isRerunThere, needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { Dictionary, Int32, Utf8, Vector, vectorFromArray, type Data, type Table } from "apache-arrow";
import { beforeAll, describe, expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

const theirs = outputFile("arrow-types.python.rrd");
let names: readonly string[] = [];

beforeAll(async () => {
  if (isRerunThere()) names = await runPython<string[]>("arrow_types.py", { write: theirs });
});

/**
 * Returns the differences between the components of our recording and the components of Python's recording. Tables have
 * the plain form of types that apache-arrow lacks.
 */
async function problemsOf(
  name: string,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
  plain: boolean,
): Promise<string[]> {
  const ours = outputFile(`arrow-types.${name}.rrd`);
  await writeFile(ours, bytes);
  await rerunRrd("verify", ours);
  return runPython<string[]>("arrow_types.py", { ours, theirs, plain });
}

async function recorded(log: (recording: rr.RecordingStream, reader: RecordingReader) => Promise<void>) {
  const recording = new rr.RecordingStream("arrow_types", { recordingId: "ours" });
  const memory = recording.memoryRecording();
  const file = await openRrd(theirs);
  await log(recording, file.recording());
  await file.close();
  return memory.drainAsBytes();
}

describe("components of every Arrow type", () => {
  test("stay as they are in files that are merged or filtered", async (context) => {
    needRerun(context);
    expect(names.length).toBeGreaterThan(25);
    expect(await problemsOf("merge", mergeRrd(theirs), false)).toEqual([]);
    expect(await problemsOf("filter", filterRrd(theirs, { dropEntities: ["/end"] }), false)).toEqual([]);
  });

  test("have their plain form in all chunks if some are cut, because a component may have one type only", async (context) => {
    needRerun(context);
    const frames = outputFile("arrow-types.frames.rrd");
    await runPython("arrow_types.py", { frames });
    for await (const { from, bytes } of splitRrd(frames, { timeline: "frame", times: [3] })) {
      const cut = outputFile(`arrow-types.cut-${from}.rrd`);
      await writeFile(cut, bytes);
      await rerunRrd("verify", cut);
      const types = await runPython<string[]>("arrow_types.py", { cut });
      expect([types.length, ...new Set(types)], cut).toEqual([from === 0n ? 1 : 2, "list<item: double>"]);
    }
  });

  test("are sent as the chunks that were read", async (context) => {
    needRerun(context);
    const bytes = await recorded(async (recording, reader) => {
      await sendChunks(recording, reader.chunks({ contents: "/types/**" }));
    });
    expect(await problemsOf("chunks", bytes, false)).toEqual([]);
  });

  test("are sent as tables", async (context) => {
    needRerun(context);
    const bytes = await recorded(async (recording, reader) => {
      const query = reader.query({ index: null, contents: "/types/**" });
      await sendDataframe(recording, await query.toTable(), { index: null });
    });
    expect(await problemsOf("tables", bytes, true)).toEqual([]);
  });

  test("are logged as vectors, in rows and in columns", async (context) => {
    needRerun(context);
    for (const form of ["rows", "columns"]) {
      const bytes = await recorded(async (recording, reader) => {
        for (const name of names) {
          const table: Table = await reader.query({ index: null, contents: `/types/${name}` }).toTable();
          const cells = table.batches[0]?.data.children[0];
          const values = { value: vectorBatch(new Vector([cells?.children[0] as Data])) };
          if (form === "rows") recording.log(`types/${name}`, new rr.AnyValues(values), { static: true });
          else {
            const [length] = [values.value.values as Data].map((data) => data.length) as [number];
            recording.sendColumns(`types/${name}`, [], rr.AnyValues.columns(values).partition([length]));
          }
        }
        await recording.flush();
      });
      expect(await problemsOf(form, bytes, true), form).toEqual([]);
    }
  });

  test("keep a dictionary each if two components of an entity have equal ones", async (context) => {
    needRerun(context);
    const path = outputFile("arrow-types.dictionaries.rrd");
    const recording = new rr.RecordingStream("dictionaries", { logTime: false });
    await recording.save(path);
    const dictionary = (values: readonly string[]): rr.types.ComponentBatch =>
      vectorBatch(vectorFromArray([...values], new Dictionary(new Utf8(), new Int32())));
    recording.log("sides", new rr.AnyValues({ left: dictionary(["x", "y"]), right: dictionary(["p", "q"]) }));
    await recording.close();
    expect(await rerunRrd("print", "-vvv", path)).toMatch(/\[x, y\] +┆ \[p, q\]/);
  });
});

test("Values may have as many levels as Rerun reads", async (context) => {
  needRerun(context);
  const path = outputFile("arrow-types.levels.rrd");
  const recording = new rr.RecordingStream("arrow_types", { strict: true });
  void recording.save(path);
  const objects = Array.from({ length: 59 }).reduce<rr.types.AnyValue>((inner) => ({ inner }), 1);
  recording.log("levels", new rr.AnyValues({ objects, lists: JSON.parse("[".repeat(60) + "1" + "]".repeat(60)) }));
  await recording.close();
  await rerunRrd("verify", path);
});
