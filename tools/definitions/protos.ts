import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Crates } from "./crates.ts";

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

/** The members of each message, enumeration and service by its full name; each member as text. */
type Declarations = ReadonlyMap<string, readonly string[]>;

/**
 * Compares `proto/`, which has our own comments and only the packages that are used, with the files of a release.
 * Returns one line for each difference: a message, an enumeration or a service that is here must be there and have the
 * same members. An enumeration of a package that is not here is an `int32`, which is the same on the wire.
 */
export async function protoDifferences(folder: string, { re_protos: crate }: Crates): Promise<string[]> {
  const files = await descriptorsOf(folder);
  const packages = files.map((file) => file.package);
  const [ours, theirs] = [files, await descriptorsOf(join(crate, "proto"))].map((each) =>
    declarationsIn(each, packages),
  );
  return [...(ours ?? [])].flatMap(([name, members]) => {
    const found = theirs?.get(name);
    if (found === undefined) return [`proto/: ${name} is not in Rerun's files any more`];
    const missing = found.filter((member) => !members.includes(member));
    const surplus = members.filter((member) => !found.includes(member));
    return [
      ...missing.map((member) => `proto/: ${name} lacks \`${member}\``),
      ...surplus.map((member) => `proto/: ${name} has \`${member}\`, which Rerun's files do not have`),
    ];
  });
}

/** Compiles all `.proto` files of a folder. */
async function descriptorsOf(folder: string): Promise<readonly FileDescriptor[]> {
  const args = ["--no-install", "buf", "build", folder, "--as-file-descriptor-set", "-o", "-#format=json"];
  const { stdout } = await promisify(execFile)("npx", args, { maxBuffer: 2 ** 28 });
  return (JSON.parse(stdout) as { readonly file: readonly FileDescriptor[] }).file;
}

function declarationsIn(files: readonly FileDescriptor[], packages: readonly string[]): Declarations {
  return new Map(files.flatMap((file) => [...fileDeclarations(file, packages)]));
}

/** The full name of something, and its members. */
type Declaration = [name: string, members: string[]];

function* fileDeclarations(file: FileDescriptor, packages: readonly string[]): Iterable<Declaration> {
  const { package: scope, messageType = [], enumType = [], service = [] } = file;
  for (const message of messageType) yield* messageDeclarations(scope, message, packages);
  for (const declared of enumType) yield enumDeclaration(scope, declared);
  for (const { name, method = [] } of service) yield [`${scope}.${name}`, method.map(methodText)];
}

function* messageDeclarations(
  scope: string,
  message: MessageDescriptor,
  packages: readonly string[],
): Iterable<Declaration> {
  const name = `${scope}.${message.name}`;
  yield [name, (message.field ?? []).map((field) => fieldText(field, message, packages))];
  for (const nested of message.nestedType ?? []) yield* messageDeclarations(name, nested, packages);
  for (const nested of message.enumType ?? []) yield enumDeclaration(name, nested);
}

function enumDeclaration(scope: string, { name, value }: EnumDescriptor): Declaration {
  return [`${scope}.${name}`, value.map((each) => `${each.name} = ${each.number ?? 0}`)];
}

function methodText({ name, inputType, outputType, clientStreaming, serverStreaming }: MethodDescriptor): string {
  const inBrackets = (type: string, isStream = false): string => `(${isStream ? "stream " : ""}${type.slice(1)})`;
  return `rpc ${name}${inBrackets(inputType, clientStreaming)} returns ${inBrackets(outputType, serverStreaming)}`;
}

/** A field nearly as it stands in a `.proto` file. */
function fieldText(field: FieldDescriptor, { oneofDecl = [] }: MessageDescriptor, packages: readonly string[]): string {
  const { name, number, label, oneofIndex, proto3Optional = false, options } = field;
  const oneof = oneofIndex === undefined || proto3Optional ? "" : `oneof ${oneofDecl[oneofIndex]?.name} `;
  const prefix = proto3Optional ? "optional " : label === "LABEL_REPEATED" ? "repeated " : oneof;
  const deprecated = options?.deprecated === true ? " [deprecated = true]" : "";
  return `${prefix}${typeText(field, packages)} ${name} = ${number}${deprecated}`;
}

function typeText({ type, typeName }: FieldDescriptor, packages: readonly string[]): string {
  if (typeName === undefined) return type.replace("TYPE_", "").toLowerCase();
  const isKnown = packages.some((scope) => typeName.startsWith(`.${scope}.`));
  return type === "TYPE_ENUM" && !isKnown ? "int32" : typeName.slice(1);
}
