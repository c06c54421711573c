import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { describe, expect, it, onTestFinished } from "vitest";
import { formatEntries } from "../../../../tools/definitions/format.ts";
import { protoDifferences } from "../../../../tools/definitions/protos.ts";
import { readArrowType } from "../../../../tools/definitions/rust-arrow.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

describe("readArrowType", () => {
  const resolve = (path: string) => ({ encoding: `full.${path}`, arrow: { type: "UInt16" } as const });

  it.for([
    ["a leaf", "DataType::Boolean", { type: "Bool" }],
    [
      "a list over several lines",
      `DataType::List(std::sync::Arc::new(Field::new(
        "item",
        DataType::Float32,
        false,
      )))`,
      { type: "List", item: { name: "item", type: "Float32", nullable: false } },
    ],
    [
      "a list of a fixed size",
      `DataType::FixedSizeList(std::sync::Arc::new(Field::new("item", DataType::UInt8, true)), 16,)`,
      { type: "FixedSizeList", size: 16, item: { name: "item", type: "UInt8", nullable: true } },
    ],
    [
      "a struct with an encoding",
      `DataType::Struct(Fields::from(vec![
        Field::new("id", <crate::encodings::ClassId>::arrow_data_type(), false),
        Field::new("label", DataType::Utf8, true),
      ]))`,
      {
        type: "Struct",
        fields: [
          { name: "id", encoding: "full.crate::encodings::ClassId", type: "UInt16", nullable: false },
          { name: "label", type: "Utf8", nullable: true },
        ],
      },
    ],
    [
      "a union",
      `DataType::Union(
        UnionFields::try_new(
          vec![0, 1],
          vec![Field::new("_null_markers", DataType::Null, true), Field::new("U8", DataType::UInt8, false)],
        )
        .expect("UnionFields::try_new should be infallible"),
        UnionMode::Dense,
      )`,
      {
        type: "Union",
        mode: "dense",
        typeIds: [0, 1],
        fields: [
          { name: "_null_markers", type: "Null", nullable: true },
          { name: "U8", type: "UInt8", nullable: false },
        ],
      },
    ],
  ] as const)("reads %s", ([, source, arrow]) => {
    expect(readArrowType(source, resolve)).toEqual(arrow);
  });

  it("rejects expressions that it does not know instead of guessing", () => {
    expect(() => readArrowType('DataType::Map(Field::new("item"))', resolve)).toThrow("written in a new way");
    expect(() => readArrowType("DataType::List(Box::new(Field))", resolve)).toThrow("written in a new way");
  });
});

describe("definitions/*.json", () => {
  it.for(["archetypes", "components", "encodings", "views"])(
    "%s has the format that `npm run definitions` writes",
    (name) => {
      const text = readFileSync(join(root, `definitions/${name}.json`), "utf8");
      expect(formatEntries(JSON.parse(text) as object[])).toBe(text);
    },
  );
});

describe("the comparison of proto/ with Rerun's files", () => {
  /** Compares proto/ with a copy of it in which one text is replaced. */
  async function compare(from: string, to: string): Promise<string[]> {
    const { path: crate, remove } = makeTemporaryFolder();
    onTestFinished(remove);
    cpSync(join(root, "proto"), join(crate, "proto"), { recursive: true });
    const path = join(crate, "proto/rerun/sdk_comms/v1alpha1/sdk_comms.proto");
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    return protoDifferences(join(root, "proto"), join(crate, "proto"));
  }

  const REQUEST = "rerun.sdk_comms.v1alpha1.ReadMessagesRequest";

  it.for([
    ["nothing if only comments differ", "message ReadMessagesRequest", "// Words.\nmessage ReadMessagesRequest", []],
    [
      "a new field",
      "message ReadMessagesRequest {",
      "message ReadMessagesRequest {\n  optional string since = 1;",
      [`proto/: ${REQUEST} lacks \`optional string since = 1\``],
    ],
    [
      "a new number",
      "message WriteTableRequest {\n  rerun.common.v1alpha1.TableId id = 1;",
      "message WriteTableRequest {\n  rerun.common.v1alpha1.TableId id = 7;",
      [
        "proto/: rerun.sdk_comms.v1alpha1.WriteTableRequest lacks `rerun.common.v1alpha1.TableId id = 7`",
        "proto/: rerun.sdk_comms.v1alpha1.WriteTableRequest has `rerun.common.v1alpha1.TableId id = 1`, which Rerun's files do not have",
      ],
    ],
    [
      "a method that streams",
      "(WriteTableRequest) returns",
      "(stream WriteTableRequest) returns",
      [
        "proto/: rerun.sdk_comms.v1alpha1.MessageProxyService lacks `rpc WriteTable(stream rerun.sdk_comms.v1alpha1.WriteTableRequest) returns (rerun.sdk_comms.v1alpha1.WriteTableResponse)`",
        "proto/: rerun.sdk_comms.v1alpha1.MessageProxyService has `rpc WriteTable(rerun.sdk_comms.v1alpha1.WriteTableRequest) returns (rerun.sdk_comms.v1alpha1.WriteTableResponse)`, which Rerun's files do not have",
      ],
    ],
  ] as const)("reports %s", async ([, from, to, expected]) => {
    expect(await compare(from, to)).toEqual(expected);
  });
});
