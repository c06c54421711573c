import { describe, expect, it } from "vitest";
import { importerCommand } from "../../dist/importer/importer-command.js";

const SHIM = String.raw`C:\Program Files\npm\rerun-importer-log.cmd`;

/** The line that the command interpreter of Windows gets. */
function lineOf(...args: string[]): string | undefined {
  return importerCommand(SHIM, args).args.at(-1);
}

describe("the command line of an importer", () => {
  it("passes arguments to a program as they are", () => {
    const args = ["a & b.log", '--application-id="x"', "100%"];
    expect(importerCommand("/bin/rerun-importer-log", args)).toEqual({
      file: "/bin/rerun-importer-log",
      args,
      windowsVerbatimArguments: false,
    });
  });

  it("puts the path and all arguments of a script for cmd.exe into quotes", () => {
    const { args, windowsVerbatimArguments } = importerCommand(SHIM, [
      String.raw`C:\data\a & calc.exe.log`,
      "--recording-id",
      "x|y>z<^(!)",
      "",
    ]);
    expect(windowsVerbatimArguments).toBe(true);
    expect(args.slice(0, -1)).toEqual(["/e:on", "/v:off", "/d", "/s", "/c"]);
    expect(args.at(-1)).toBe(
      String.raw`""C:\Program Files\npm\rerun-importer-log.cmd" "C:\data\a & calc.exe.log" "--recording-id" "x|y>z<^(!)" """`,
    );
    expect(importerCommand(SHIM.replace(".cmd", ".BAT"), []).windowsVerbatimArguments).toBe(true);
  });

  it("doubles the backslashes at the end of an argument, which would escape the quote", () => {
    expect(lineOf("C:\\logs\\", "a\\b")).toBe(`""${SHIM}" "C:\\logs\\\\" "a\\b""`);
  });

  it.for(['a" & calc "', "%PATH%", "a\nb", "a\rb", "a\0b"])("refuses %j, which quotes do not keep", (text) => {
    expect(() => lineOf("a.log", text)).toThrow(
      expect.objectContaining({
        code: "UNSUPPORTED",
        message: expect.stringContaining(`cannot be run with the argument ${JSON.stringify(text)}`) as unknown,
      }),
    );
  });
});
