import {
  create,
  createFileRegistry,
  fromBinary,
  toBinary,
  ScalarType,
  type DescField,
  type DescMessage,
} from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import {
  FieldDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
  file_google_protobuf_duration,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  type FieldDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { seededRandom } from "./seeded-random.ts";

type Random = (below: number) => number;

/** Messages of one type. */
export interface ProtobufMessages {
  /** The name of their type. */
  readonly name: string;
  /** The schema, as MCAP files have it. */
  readonly schema: Uint8Array;
  readonly messages: readonly Uint8Array[];
}

const SCALARS = [
  Type.DOUBLE,
  Type.FLOAT,
  Type.INT64,
  Type.UINT64,
  Type.INT32,
  Type.FIXED64,
  Type.FIXED32,
  Type.BOOL,
  Type.STRING,
  Type.BYTES,
  Type.UINT32,
  Type.SFIXED32,
  Type.SFIXED64,
  Type.SINT32,
  Type.SINT64,
];
const KEYS = [Type.STRING, Type.INT32, Type.BOOL, Type.UINT64, Type.SINT64];
const KNOWN = ["Timestamp", "Duration", "Struct"].map((name) => `.google.protobuf.${name}`);
const KNOWN_FILES = [file_google_protobuf_timestamp, file_google_protobuf_duration, file_google_protobuf_struct];
const ENUM = ".test.Color";
const NUMBERS = [0, 1, 5, -3];
const TEXTS = ["", "a", "Z", "é", "À", "\uFFEE", "😀", "base_link"];

/** Random messages of a random type. */
export function randomProtobuf(seed: number, count: number): ProtobufMessages {
  const random = seededRandom(seed);
  const types = Array.from({ length: 1 + random(4) }, (_, index) => messageType(random, index));
  const value = NUMBERS.map((number, index) => ({ name: `C${index}`, number }));
  const file = {
    name: "test.proto",
    package: "test",
    syntax: "proto3",
    dependency: KNOWN_FILES.map(({ proto }) => proto.name),
    messageType: types,
    enumType: [{ name: "Color", value }],
  };
  const set = create(FileDescriptorSetSchema, { file: [...KNOWN_FILES.map(({ proto }) => proto), file] });
  const name = `test.M${types.length - 1}`;
  const schema = toBinary(FileDescriptorSetSchema, set);
  const description = createFileRegistry(fromBinary(FileDescriptorSetSchema, schema)).getMessage(name) as DescMessage;
  const messages = Array.from({ length: count }, () =>
    toBinary(description, messageOf(description, random, 0).message),
  );
  return { name, schema, messages };
}

/** A type with fields of all kinds, also of the types before it. */
function messageType(random: Random, index: number): object {
  const nestedType: object[] = [];
  const oneofDecl = [{ name: "choice" }];
  let number = 0;
  const fields = Array.from({ length: 1 + random(8) }, (_, place) => {
    number += [1, 1, 1, 4, 100][random(5)] as number;
    const name = `${["x", "fooBar", "foo_bar", "value"][random(4)]}${place}`;
    const kind = random(12);
    if (kind === 0) {
      const entry = `E${place}Entry`;
      const key = create(FieldDescriptorProtoSchema, {
        name: "key",
        number: 1,
        type: pick(random, KEYS),
        label: Label.OPTIONAL,
      });
      nestedType.push({ name: entry, options: { mapEntry: true }, field: [key, field(random, index, "value", 2)] });
      const typeName = `.test.M${index}.${entry}`;
      return create(FieldDescriptorProtoSchema, { name, number, type: Type.MESSAGE, typeName, label: Label.REPEATED });
    }
    const made = field(random, index, name, number);
    if (kind < 4) made.label = Label.REPEATED;
    else if (kind < 6) made.oneofIndex = 0;
    else if (kind === 6 && made.type !== Type.MESSAGE) {
      made.proto3Optional = true;
      made.oneofIndex = oneofDecl.push({ name: `_${name}` }) - 1;
    }
    return made;
  });
  const hasChoice = fields.some(({ oneofIndex, proto3Optional }) => oneofIndex === 0 && !proto3Optional);
  // A oneof may not be empty.
  if (!hasChoice) {
    const only = { name: "only", number: number + 1, type: Type.STRING, label: Label.OPTIONAL, oneofIndex: 0 };
    fields.push(create(FieldDescriptorProtoSchema, only));
  }
  return { name: `M${index}`, field: fields, nestedType, oneofDecl };
}

/** A scalar, an enum, or a message of a type before `index`. */
function field(random: Random, index: number, name: string, number: number): FieldDescriptorProto {
  const kind = random(8);
  const label = Label.OPTIONAL;
  if (kind === 0) return create(FieldDescriptorProtoSchema, { name, number, label, type: Type.ENUM, typeName: ENUM });
  if (kind > 3) return create(FieldDescriptorProtoSchema, { name, number, label, type: pick(random, SCALARS) });
  const typeName = kind === 1 && index > 0 ? `.test.M${random(index)}` : pick(random, KNOWN);
  return create(FieldDescriptorProtoSchema, { name, number, label, type: Type.MESSAGE, typeName });
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)] as Item;
}

/** A message of which some fields are set. */
function messageOf(description: DescMessage, random: Random, depth: number): ReflectMessage {
  const made = reflect(description);
  if (description.typeName === "google.protobuf.Struct") {
    const fields = {
      b: { kind: { case: "numberValue", value: 1.5 } },
      a: { kind: { case: "stringValue", value: "x" } },
    };
    return reflect(description, create(description, { fields } as never));
  }
  for (const one of description.fields) {
    if (random(4) === 0 || (depth > 3 && one.message !== undefined)) continue;
    if (one.fieldKind === "list") {
      const list = made.get(one);
      for (let count = random(4); count > 0; count--) list.add(valueOf(one, random, depth));
    } else if (one.fieldKind === "map") {
      const map = made.get(one);
      for (let count = random(4); count > 0; count--)
        map.set(scalarOf(one.mapKey, random) as never, valueOf(one, random, depth));
    } else made.set(one, valueOf(one, random, depth));
  }
  return made;
}

function valueOf(one: DescField, random: Random, depth: number): unknown {
  if (one.message !== undefined) return messageOf(one.message, random, depth + 1);
  return one.enum === undefined ? scalarOf(one.scalar as ScalarType, random) : pick(random, NUMBERS);
}

/** A value of a scalar type. */
function scalarOf(type: ScalarType, random: Random): unknown {
  const size = 2 ** 31;
  switch (type) {
    case ScalarType.BOOL:
      return random(2) === 1;
    case ScalarType.STRING:
      return pick(random, TEXTS);
    case ScalarType.BYTES:
      return Uint8Array.from({ length: random(5) }, () => random(256));
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return random(size) / 4;
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return random(2 * size);
    case ScalarType.INT32:
    case ScalarType.SFIXED32:
    case ScalarType.SINT32:
      return random(2 * size) - size;
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return BigInt(random(2 * size)) * 2n ** 32n + BigInt(random(2 * size));
    default:
      return BigInt.asIntN(64, BigInt(random(2 * size)) * 2n ** 32n + BigInt(random(2 * size)));
  }
}
