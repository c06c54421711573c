import { RerunError, type BlueprintLike } from "@rerun-ts/core";
import { checkOptions, invalidArgument, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { encodeRbl } from "@rerun-ts/core/encode";
import { openRrd } from "../reading/open-rrd.ts";
import type { RecordingChoice } from "../reading/choose-recording.ts";
import type { RrdSource } from "../source/open-source.ts";
import type { Damage } from "../source/frame-reader.ts";
import type { ReadOptions } from "../source/random-access.ts";

/** Options of {@link blueprintToCode}. */
export interface BlueprintCodeOptions extends ReadOptions {
  /** The package for the imports of the code. Default `@rerun-ts/node`. */
  packageName?: "@rerun-ts/node" | "@rerun-ts/web" | undefined;
  /** The name of the exported constant. Default `blueprint`. */
  name?: string | undefined;
  /**
   * The blueprint of the source, if there are several: its id, or a choice of its properties. Default: the only
   * blueprint.
   */
  which?: string | RecordingChoice | undefined;
  /** Receives each part of the source that cannot be read. The code has a comment about it, too. Default: nothing. */
  onDamage?: ((damage: Damage) => void) | undefined;
}

const KNOWN: OptionNames<BlueprintCodeOptions> = { packageName: 1, name: 1, which: 1, onDamage: "function", signal: 1 };
const PACKAGES: readonly unknown[] = ["@rerun-ts/node", "@rerun-ts/web"];
/** Reserved words of modules, and the names that the code itself has. */
const TAKEN =
  /^(?:arguments|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|with|yield|rrb?|preview\d+|Infinity|NaN|Uint8Array)$/;
const APPLICATION = "blueprint";

/**
 * The TypeScript program that makes a layout: a module with the blueprint as its export. The layout comes from the
 * bytes of a `.rbl` or `.rrd` file, such as those of `saveBlueprint` of a viewer in the page, or from a blueprint.
 * Parts without a counterpart in the classes of blueprints, and those that cannot be read, become comments.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, or the source has several blueprints
 * @throws {RerunError} `NOT_FOUND` if the source has no blueprint, or the errors of `openRrd`
 * @throws {RerunError} `UNSUPPORTED` if the layout is too large for code
 *
 * @example
 * const viewer = await rr.viewer.openWebViewer({ element, recording: rec });
 * console.log(await blueprintToCode(await viewer.saveBlueprint(), { packageName: "@rerun-ts/web" }));
 */
export function blueprintToCode(
  source: RrdSource | BlueprintLike,
  options: BlueprintCodeOptions = {},
): Promise<string> {
  return withRerunErrors(async () => {
    checkOptions("blueprintToCode", options, KNOWN);
    const { packageName = "@rerun-ts/node", name = "blueprint", which, onDamage, signal } = options;
    if (!PACKAGES.includes(packageName))
      throw invalidArgument("packageName", '"@rerun-ts/node" or "@rerun-ts/web"', packageName);
    if (typeof name !== "string" || !/^[A-Za-z_$][\w$]*$/.test(name) || TAKEN.test(name))
      throw invalidArgument("name", "a name of JavaScript in ASCII that is neither reserved nor in the code", name);
    const [{ StoredLayout }, { layoutCode }] = await Promise.all([
      import("./stored-layout.ts"),
      import("./layout-code.ts"),
    ]);
    const file = await openRrd(isBlueprint(source) ? encodeRbl(source, APPLICATION) : source, { signal });
    try {
      for (const damage of file.damage) onDamage?.(damage);
      if (file.blueprints.length === 0) throw new RerunError("NOT_FOUND", "the source has no blueprint");
      const choice = typeof which === "string" ? { recordingId: which } : which;
      const reader = file.recording({ ...choice, kind: "blueprint" });
      const code = layoutCode(await StoredLayout.read(reader.chunks({ signal })), packageName, name);
      return file.damage.map(unreadable).join("") + code;
    } finally {
      await file.close();
    }
  });
}

/** A comment without the reason, which may have text of the source. */
function unreadable({ offset, lostBytes }: Damage): string {
  return `// Not in this code: ${lostBytes} bytes of the source at ${offset}, which cannot be read\n`;
}

function isBlueprint(source: unknown): source is BlueprintLike {
  return typeof (source as Partial<BlueprintLike> | undefined | null)?.encodeBlueprint === "function";
}
