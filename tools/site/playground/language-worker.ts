// TypeScript for the editor, in a worker: types, completion, and programs as JavaScript.
import { decode } from "@jridgewell/sourcemap-codec";
import { createSystem, createVirtualTypeScriptEnvironment } from "@typescript/vfs";
import { createWorker } from "@valtown/codemirror-ts/worker";
import { expose } from "comlink";
import ts from "../../typescript-6/node_modules/typescript/lib/typescript.js";
import type { CompiledProgram, Problem } from "./compiled-program.ts";

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};

/** TypeScript's own files and the files of the packages, by path. */
async function environment(): Promise<ReturnType<typeof createVirtualTypeScriptEnvironment>> {
  const response = await fetch("types.json");
  const files = new Map(Object.entries((await response.json()) as Record<string, string>));
  // Declared for the TypeScript that this project is compiled with, which has no API.
  const args = [createSystem(files), [], ts, OPTIONS] as unknown;
  return createVirtualTypeScriptEnvironment(...(args as Parameters<typeof createVirtualTypeScriptEnvironment>));
}

/** Turns a program into JavaScript. Errors of types are not problems here: the editor shows them. */
function compile(code: string): CompiledProgram {
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(code, {
    fileName: "main.ts",
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, sourceMap: true },
  });
  const { mappings } = JSON.parse(sourceMapText ?? '{ "mappings": "" }') as { mappings: string };
  const file = ts.createSourceFile("main.js", outputText, ts.ScriptTarget.ES2023);
  const imports = file.statements.flatMap((statement) => {
    const { moduleSpecifier } = statement as ts.ImportDeclaration;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    return [{ start: moduleSpecifier.getStart(file), end: moduleSpecifier.end, name: moduleSpecifier.text }];
  });
  return {
    code: outputText,
    imports,
    lines: decode(mappings).map((segments) => (segments[0]?.[2] ?? -1) + 1),
    problems: (diagnostics ?? []).map(problemOf),
  };
}

function problemOf({ file, start, messageText }: ts.Diagnostic): Problem {
  const line = file === undefined || start === undefined ? undefined : file.getLineAndCharacterOfPosition(start).line;
  return { line: (line ?? 0) + 1, message: ts.flattenDiagnosticMessageText(messageText, "\n") };
}

const worker = { ...createWorker(environment), compile };

/** The functions that the page calls. */
export type LanguageWorker = typeof worker;

expose(worker);
