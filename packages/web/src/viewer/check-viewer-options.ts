import { checkObject, checkOptions, invalidArgument } from "@rerun-ts/core/checks";

/** The values of options that have few. The viewer itself ignores others, or prints a line about them. */
const VALUES = {
  theme: ["dark", "light", "system"],
  renderBackend: ["webgpu", "webgl"],
  videoDecoder: ["auto", "prefer_software", "prefer_hardware"],
} as const;
const STATES = ["hidden", "collapsed", "expanded"];
const PANELS = { top: 1, blueprint: 1, selection: 1, time: 1 };

/** The options whose values are checked. */
interface CheckedOptions extends Partial<Record<keyof typeof VALUES, string | undefined>> {
  readonly width?: string | undefined;
  readonly height?: string | undefined;
  readonly manifestUrl?: string | undefined;
  readonly memoryLimit?: string | undefined;
  readonly fallbackToken?: string | undefined;
  readonly panels?: Partial<Record<keyof typeof PANELS, string>> | undefined;
  readonly login?: { readonly signedInUrl: string; readonly signedOutUrl: string } | undefined;
}

/** Checks the values of options before a viewer is started with them. @throws {TypeError} */
export function checkViewerOptions(options: CheckedOptions): void {
  const { width, height, manifestUrl, memoryLimit, fallbackToken, panels, login } = options;
  for (const [name, values] of Object.entries(VALUES)) checkOneOf(name, options[name as keyof typeof VALUES], values);
  for (const [name, size] of Object.entries({ width, height }))
    if (size !== undefined && !CSS.supports(name, size))
      throw invalidArgument(name, 'a CSS size such as "400px"', size);
  checkStrings({ manifestUrl, memoryLimit, fallbackToken });
  if (panels !== undefined) {
    checkObject(panels, "panels");
    checkOptions<object>("panels", panels, PANELS);
    for (const [name, state] of Object.entries(panels)) checkOneOf(`panels.${name}`, state, STATES);
  }
  if (login !== undefined) {
    checkObject(login, "login");
    checkStrings({ "login.signedInUrl": login.signedInUrl, "login.signedOutUrl": login.signedOutUrl });
  }
}

function checkStrings(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && typeof value !== "string") throw invalidArgument(name, "a string", value);
}

function checkOneOf(name: string, value: unknown, values: readonly string[]): void {
  if (value === undefined || values.includes(value as string)) return;
  throw invalidArgument(name, `one of ${values.map((known) => JSON.stringify(known)).join(", ")}`, value);
}
