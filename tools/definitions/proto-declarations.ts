import { runBuf } from "../lib/run-buf.ts";

/** The parts of a `google.protobuf.FileDescriptorSet` in JSON that are compared. */
interface FileDescriptor {
  readonly package: string;
  readonly messageType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly service?: readonly ServiceDescriptor[];
}

interface MessageDescriptor {
  readonly name: string;
  readonly field?: readonly FieldDescriptor[];
  readonly oneofDecl?: readonly { readonly name: string }[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly options?: { readonly mapEntry?: boolean };
}

interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName?: string;
  readonly oneofIndex?: number;
  readonly proto3Optional?: boolean;
  readonly options?: { readonly deprecated?: boolean };
}

interface EnumDescriptor {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number?: number }[];
}

interface ServiceDescriptor {
  readonly name: string;
  readonly method?: readonly MethodDescriptor[];
}

interface MethodDescriptor {
  readonly name: string;
  readonly inputType: string;
  readonly outputType: string;
  readonly clientStreaming?: boolean;
  readonly serverStreaming?: boolean;
}

/**
 * Packages whose enumerations are an `int32` in other packages: with an import, programs that need one enumeration
 * would load the descriptors of all messages.
 */
const LARGE_PACKAGES: readonly string[] = ["rerun.cloud.v1alpha1"];

/** A field, a value of an enumeration, or a method. */
export interface Member {
  /** The key that identifies the member on the wire: its number, or the name of a method. */
  readonly key: string;
  /** The declaration as it stands in a `.proto` file, with full names of types. */
  readonly text: string;
  /** The `oneof` that it belongs to. */
  readonly oneof?: string;
}

/** A message, an enumeration or a service. */
export interface Declaration {
  readonly kind: "message" | "enum" | "service";
  readonly members: readonly Member[];
}

/** All declarations of some files by their full names. */
export type Declarations = ReadonlyMap<string, Declaration>;

/** Files, with their packages and their declarations. */
export interface ProtoFiles {
  readonly packages: readonly string[];
  /**
   * Returns the declarations of the files. An enumeration of a package that is not among `packages`, or that is large,
   * is an `int32` in other packages, which is the same on the wire.
   */
  declarations(packages: readonly string[]): Declarations;
}

/** Compiles all `.proto` files of a folder, or reads compiled ones (`FILE#format=binpb`). */
export async function compileProtos(source: string): Promise<ProtoFiles> {
  const output = await runBuf(["build", source, "--as-file-descriptor-set", "-o", "-#format=json"]);
  const { file: files } = JSON.parse(output) as { readonly file: readonly FileDescriptor[] };
  return {
    packages: files.map((file) => file.package),
    declarations: (packages) => new Map(files.flatMap((file) => [...fileDeclarations(file, packages)])),
  };
}

/** The full name of something, and its members. */
type Entry = [name: string, declaration: Declaration];

function* fileDeclarations(file: FileDescriptor, packages: readonly string[]): Iterable<Entry> {
  const { package: scope, messageType = [], enumType = [], service = [] } = file;
  const imported = packages.filter((name) => name === scope || !LARGE_PACKAGES.includes(name));
  for (const message of messageType) yield* messageDeclarations(scope, message, imported);
  for (const declared of enumType) yield enumDeclaration(scope, declared);
  for (const { name, method = [] } of service) {
    yield [`${scope}.${name}`, { kind: "service", members: method.map(methodMember) }];
  }
}

function* messageDeclarations(scope: string, message: MessageDescriptor, packages: readonly string[]): Iterable<Entry> {
  const name = `${scope}.${message.name}`;
  const members = (message.field ?? []).map((field) => fieldMember(field, message, packages));
  yield [name, { kind: "message", members }];
  for (const nested of message.nestedType ?? []) {
    if (nested.options?.mapEntry !== true) yield* messageDeclarations(name, nested, packages);
  }
  for (const nested of message.enumType ?? []) yield enumDeclaration(name, nested);
}

function enumDeclaration(scope: string, { name, value }: EnumDescriptor): Entry {
  const members = value.map((each) => ({ key: `${each.number ?? 0}`, text: `${each.name} = ${each.number ?? 0}` }));
  return [`${scope}.${name}`, { kind: "enum", members }];
}

function methodMember({ name, inputType, outputType, clientStreaming, serverStreaming }: MethodDescriptor): Member {
  const inBrackets = (type: string, isStream = false): string => `(${isStream ? "stream " : ""}${type.slice(1)})`;
  const types = [inBrackets(inputType, clientStreaming), inBrackets(outputType, serverStreaming)];
  return { key: name, text: `rpc ${name}${types.join(" returns ")}` };
}

function fieldMember(field: FieldDescriptor, message: MessageDescriptor, packages: readonly string[]): Member {
  const { name, number, label, oneofIndex, proto3Optional = false, options } = field;
  const map = mapText(field, message, packages);
  const prefix = proto3Optional ? "optional " : label === "LABEL_REPEATED" && map === undefined ? "repeated " : "";
  const deprecated = options?.deprecated === true ? " [deprecated = true]" : "";
  const oneof = oneofIndex === undefined || proto3Optional ? undefined : message.oneofDecl?.[oneofIndex]?.name;
  return {
    key: `${number}`,
    text: `${prefix}${map ?? typeText(field, packages)} ${name} = ${number}${deprecated}`,
    ...(oneof === undefined ? {} : { oneof }),
  };
}

/** The type of a map; `undefined` if the field is not a map. */
function mapText({ typeName }: FieldDescriptor, { nestedType }: MessageDescriptor, packages: readonly string[]) {
  const entry = nestedType?.find(({ name, options }) => options?.mapEntry === true && typeName?.endsWith(`.${name}`));
  if (entry === undefined) return undefined;
  return `map<${(entry.field ?? []).map((field) => typeText(field, packages)).join(", ")}>`;
}

function typeText({ type, typeName }: FieldDescriptor, packages: readonly string[]): string {
  if (typeName === undefined) return type.replace("TYPE_", "").toLowerCase();
  const isKnown = packages.some((scope) => typeName.startsWith(`.${scope}.`));
  return type === "TYPE_ENUM" && !isKnown ? "int32" : typeName.slice(1);
}
