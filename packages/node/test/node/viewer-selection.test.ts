import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, createFileRegistry, toBinary, type DescService, type FileRegistry } from "@bufbuild/protobuf";
import {
  DescriptorProtoSchema,
  FieldDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import * as rr from "@rerun-ts/node";
import { viewerControlService } from "@rerun-ts/core/viewer-control";
import { describe, expect, it, onTestFinished } from "vitest";

const PACKAGE = "rerun.viewer_control.v1alpha1";
const REFLECTION_PATH = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
const OPTIONAL = Label.OPTIONAL;

/** Our messages of viewers and the files they import, with a call for the selection if that is wanted. */
function filesOf(hasSelection: boolean): FileDescriptorProto[] {
  const found = new Map<string, FileDescriptorProto>();
  const add = (file: (typeof viewerControlService)["file"]): void => {
    for (const dependency of file.dependencies) add(dependency);
    found.set(file.proto.name, structuredClone(file.proto));
  };
  add(viewerControlService.file);
  const files = [...found.values()];
  const viewer = files.at(-1);
  if (viewer === undefined) throw new Error("there is no file");
  if (!hasSelection) return files;
  const text = create(FieldDescriptorProtoSchema, {
    name: "entity_path",
    jsonName: "entityPath",
    number: 1,
    type: Type.STRING,
    label: OPTIONAL,
  });
  const instance = create(FieldDescriptorProtoSchema, {
    name: "instance",
    jsonName: "instance",
    number: 2,
    type: Type.UINT64,
    label: OPTIONAL,
  });
  viewer.messageType.push(
    create(DescriptorProtoSchema, { name: "GetSelectionRequest" }),
    create(DescriptorProtoSchema, { name: "GetSelectionResponse", field: [text, instance] }),
  );
  for (const [outer, inner] of [
    ["ViewerControlRequest", "GetSelectionRequest"],
    ["ViewerControlResponse", "GetSelectionResponse"],
  ])
    viewer.messageType
      .find(({ name }) => name === outer)
      ?.field.push(
        create(FieldDescriptorProtoSchema, {
          name: "get_selection",
          number: 123,
          type: Type.MESSAGE,
          label: OPTIONAL,
          typeName: `.${PACKAGE}.${inner}`,
          oneofIndex: 0,
        }),
      );
  return files;
}

/** Plays a viewer with the given files, which describes itself one file at a time. Returns its URL. */
async function playViewer(files: readonly FileDescriptorProto[], describesItself = true): Promise<string> {
  const main = files.at(-1);
  if (main === undefined) throw new Error("there is no file");
  const registry = createFileRegistry(main, (name) => files.find((file) => file.name === name));
  const answers = {
    getSelection: { entityPath: "/world/points", instance: 3n },
    getState: { viewerVersion: "0.44.0" },
  };
  const adapter = connectNodeAdapter({
    routes(router) {
      router.service(serviceOf(registry), {
        viewerControl: (request: unknown) => {
          const { case: name } = (request as { kind: { case: keyof typeof answers } }).kind;
          return { kind: { case: name, value: answers[name] } };
        },
      } as never);
    },
  });
  const server = createServer((request, response) => {
    if (request.url !== REFLECTION_PATH || !describesItself) return adapter(request, response);
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const asked = Buffer.concat(parts).toString("latin1");
      const file = files.find(({ name }) => asked.includes(name)) ?? main;
      const message = wrap(4, wrap(1, toBinary(FileDescriptorProtoSchema, file)));
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(message.byteLength, 1);
      response.writeHead(200, { "content-type": "application/grpc", trailer: "grpc-status" });
      response.write(Buffer.concat([prefix, message]));
      response.addTrailers({ "grpc-status": "0" });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `rerun+http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy`;
}

function serviceOf(registry: FileRegistry): DescService {
  const service = registry.getService(`${PACKAGE}.ViewerControlService`);
  if (service === undefined) throw new Error("there is no service");
  return service;
}

/** A field with bytes, by protobuf's encoding. */
function wrap(number: number, bytes: Uint8Array): Buffer {
  const size: number[] = [];
  for (let rest = bytes.byteLength; ; rest >>>= 7) {
    size.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...size]), bytes]);
}

describe("the selection of a viewer", () => {
  it("is read from a viewer that describes a call for it, whatever its number and its fields", async () => {
    const viewer = await rr.viewer.connectViewer(await playViewer(filesOf(true)));
    expect(await viewer.selection()).toEqual({ entityPath: "/world/points", instance: "3" });
  });

  it.each([
    ["describes no such call", true],
    ["does not describe itself", false],
  ])("rejects with UNSUPPORTED for a viewer that %s", async (_, describesItself) => {
    const viewer = await rr.viewer.connectViewer(await playViewer(filesOf(false), describesItself));
    await expect(viewer.selection()).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  it("names the version of a viewer without the call", async () => {
    const viewer = await rr.viewer.connectViewer(await playViewer(filesOf(false)));
    await expect(viewer.selection()).rejects.toThrow("has the version 0.44.0, which has no call for the selection");
  });
});
