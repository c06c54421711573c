import {
  create,
  createFileRegistry,
  fromBinary,
  toJson,
  type DescField,
  type DescMessage,
  type DescMethodUnary,
  type FileRegistry,
  type JsonValue,
  type Message,
} from "@bufbuild/protobuf";
import {
  DescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  MethodDescriptorProtoSchema,
  ServiceDescriptorProtoSchema,
  type DescriptorProto,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { RerunError } from "../errors/rerun-error.ts";
import type { UnaryCall } from "./unary-call.ts";

const SERVICE = "rerun.viewer_control.v1alpha1.ViewerControlService";
const REFLECTION = "grpc.reflection.v1alpha";
/** More files than the messages of a viewer are in. */
const MAX_FILES = 100;

/**
 * Makes a call whose messages this SDK does not know, as the viewer itself describes them by gRPC reflection. Returns
 * the response as JSON, or `undefined` if the viewer has no such call.
 *
 * @param name the name of the call in the viewer's messages, such as `get_selection`
 */
export async function callAsDescribed(
  unary: UnaryCall,
  name: string,
  signal: AbortSignal,
): Promise<JsonValue | undefined> {
  const registry = await describedFiles(unary, signal).catch((error: unknown) => {
    throw RerunError.from(error, "INVALID_FORMAT");
  });
  const method = registry.getService(SERVICE)?.method["viewerControl"] as DescMethodUnary | undefined;
  const request = fieldOf(method?.input, name);
  const response = fieldOf(method?.output, name);
  if (method === undefined || request === undefined || response === undefined) return undefined;
  const value = { case: request.localName, value: create(request.message) };
  const answer = await unary(method, { [request.oneof.localName]: value }, signal);
  const given = (answer as unknown as Record<string, { case?: string; value?: Message } | undefined>)[
    response.oneof.localName
  ];
  if (given?.case !== response.localName || given.value === undefined)
    throw new RerunError("INVALID_FORMAT", `the viewer answered \`${name}\` with \`${given?.case}\``);
  return toJson(response.message, given.value, { registry });
}

/** A call is a message in the one field of requests and responses. */
type CallField = DescField & { readonly fieldKind: "message"; readonly oneof: NonNullable<DescField["oneof"]> };

function fieldOf(message: DescMessage | undefined, name: string): CallField | undefined {
  const found = message?.fields.find((each) => each.name === name);
  return found?.fieldKind === "message" && found.oneof !== undefined ? (found as CallField) : undefined;
}

/** The files in which a viewer declares its calls. */
async function describedFiles(unary: UnaryCall, signal: AbortSignal): Promise<FileRegistry> {
  /** Each file comes after those that it imports. `undefined` for files that are being asked for. */
  const files = new Map<string, FileDescriptorProto | undefined>();
  const add = async (request: Record<string, string>): Promise<void> => {
    const { files: answer } = (await unary(REFLECT, request, signal)) as unknown as ReflectionAnswer;
    if (answer === undefined) throw new RerunError("UNSUPPORTED", "the viewer does not describe its calls");
    for (const bytes of answer.file) {
      const file = fromBinary(FileDescriptorProtoSchema, bytes);
      if (files.get(file.name) !== undefined) continue;
      files.set(file.name, undefined);
      if (files.size > MAX_FILES)
        throw new RerunError("INVALID_FORMAT", "the viewer describes its calls in too many files");
      for (const name of file.dependency) if (!files.has(name)) await add({ name });
      files.delete(file.name);
      files.set(file.name, file);
    }
  };
  await add({ symbol: SERVICE });
  const file = [...files.values()].filter((each) => each !== undefined);
  return createFileRegistry(create(FileDescriptorSetSchema, { file }));
}

interface ReflectionAnswer extends Message {
  readonly files?: { readonly file: readonly Uint8Array[] };
}

/** The part of the reflection service that is used: one request and one response. Source: reflection.proto of gRPC. */
const REFLECT: DescMethodUnary = reflectionMethod();

function reflectionMethod(): DescMethodUnary {
  const file = create(FileDescriptorProtoSchema, {
    name: "reflection.proto",
    package: REFLECTION,
    syntax: "proto3",
    messageType: [
      messageOf("Request", field("name", 3, FieldDescriptorProto_Type.STRING), {
        ...field("symbol", 4, FieldDescriptorProto_Type.STRING),
      }),
      messageOf("Response", {
        ...field("files", 4, FieldDescriptorProto_Type.MESSAGE),
        typeName: `.${REFLECTION}.Files`,
      }),
      messageOf("Files", {
        ...field("file", 1, FieldDescriptorProto_Type.BYTES),
        label: FieldDescriptorProto_Label.REPEATED,
      }),
    ],
    service: [
      create(ServiceDescriptorProtoSchema, {
        name: "ServerReflection",
        method: [
          create(MethodDescriptorProtoSchema, {
            name: "ServerReflectionInfo",
            inputType: `.${REFLECTION}.Request`,
            outputType: `.${REFLECTION}.Response`,
          }),
        ],
      }),
    ],
  });
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
  return registry.getService(`${REFLECTION}.ServerReflection`)?.method["serverReflectionInfo"] as DescMethodUnary;
}

interface FieldInit {
  name: string;
  number: number;
  type: FieldDescriptorProto_Type;
  label?: FieldDescriptorProto_Label;
  typeName?: string;
}

function field(name: string, number: number, type: FieldDescriptorProto_Type): FieldInit {
  return { name, number, type, label: FieldDescriptorProto_Label.OPTIONAL };
}

function messageOf(name: string, ...fields: FieldInit[]): DescriptorProto {
  return create(DescriptorProtoSchema, { name, field: fields });
}
