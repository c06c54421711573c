import { HEADER, Imports, docBlock, exportLine } from "./code.ts";
import { GapError } from "./gaps.ts";
import type { Definitions, GeneratedFile, ViewDefinition } from "./model.ts";
import { camelCase, constantName, fileName, shortName } from "./names.ts";

/** The module of `packages/blueprint/src/properties` that defines each property, by the short name of its archetype. */
const MODULES: Readonly<Record<string, string>> = {
  AudioPlayback: "data",
  Background: "spatial",
  DataframeQuery: "data",
  EyeControls3D: "spatial",
  ForceCenter: "graph",
  ForceCollisionRadius: "graph",
  ForceLink: "graph",
  ForceManyBody: "graph",
  ForcePosition: "graph",
  GraphBackground: "graph",
  LineGrid3D: "spatial",
  MapBackground: "map",
  MapZoom: "map",
  PlotBackground: "plot",
  PlotInteraction: "plot",
  PlotLegend: "plot",
  ScalarAxis: "plot",
  SpatialInformation: "spatial",
  TensorScalarMapping: "tensor",
  TensorSliceSelection: "tensor",
  TensorViewFit: "tensor",
  TextDocumentFormat: "text",
  TextLogColumns: "text",
  TextLogFormat: "text",
  TextLogRows: "text",
  TimeAxis: "plot",
  VisibleTimeRanges: "time-ranges",
  VisualBounds2D: "spatial",
};

/** The parameters that all views have; the base class declares them. */
const COMMON = new Set(["origin", "contents", "name", "visible", "titlebar", "defaults", "overrides"]);

/** A property of a view: the parameter of Rerun's class, and the archetype in which it is stored. */
export interface ViewProperty {
  readonly parameter: string;
  readonly archetype: string;
}

/** The file of a view's class. Throws if its parameters and its properties do not belong together. */
export function viewFile(view: ViewDefinition, { docs }: Definitions): GeneratedFile {
  const { pythonClass, classIdentifier } = view;
  const imports = new Imports();
  const doc = docs.view(classIdentifier);
  const properties = propertiesOf(view);
  imports.use("../view.ts", "View", "type ViewKind", "type ViewOptions");
  for (const { archetype } of properties) {
    const module = MODULES[archetype];
    if (module === undefined) throw noProperty(archetype);
    imports.use(`../properties/${module}.ts`, lowerFirst(archetype), `type ${archetype}Like`);
  }
  const constant = constantName(pythonClass);
  const options = properties.map(({ parameter, archetype }) => {
    const text = docBlock(doc.parameter(parameter), [], "  ");
    return `${text}\n  ${camelCase(parameter)}?: ${archetype}Like | undefined;\n`;
  });
  const kinds = properties.map(
    ({ parameter, archetype }) => `    ${camelCase(parameter)}: ${lowerFirst(archetype)},\n`,
  );
  const examples = doc.examples.flatMap((lines) => ["", "@example", ...lines]);
  const content = `${HEADER}${imports.toString()}
/** Options of {@link ${pythonClass}}. */
export interface ${pythonClass}Options extends ViewOptions {
${options.join("")}}

const ${constant}: ViewKind = {
  classIdentifier: "${classIdentifier}",
  properties: {
${kinds.join("")}  },
};

${docBlock(doc.summary, examples)}
export class ${pythonClass} extends View {
  constructor(options?: ${pythonClass}Options) {
    super(options, ${constant});
  }
}
`;
  return { name: fileName(pythonClass), content };
}

function noProperty(archetype: string): GapError {
  return new GapError([
    {
      file: "tools/codegen/view-files.ts",
      problem: `packages/blueprint/src/properties has no ${archetype}`,
      todo: "write the property in packages/blueprint/src/properties, and name its module in MODULES",
    },
  ]);
}

/** The list of all classes of views, with their options. */
export function viewsIndex(views: readonly ViewDefinition[]): string {
  const lines = views.map(({ pythonClass }) =>
    exportLine([pythonClass, `type ${pythonClass}Options`], `./${fileName(pythonClass)}.ts`),
  );
  return `${HEADER}${lines.join("\n")}\n`;
}

/** The properties of a view: Rerun lists parameters and archetypes in the same order. */
export function propertiesOf({ pythonClass, parameters, propertyArchetypes }: ViewDefinition): ViewProperty[] {
  const own = parameters.filter((parameter) => !COMMON.has(parameter));
  if (own.length !== propertyArchetypes.length) {
    throw new GapError([
      {
        file: "tools/codegen/view-files.ts",
        problem: `${pythonClass} has the parameters ${own.join(", ")}, but as properties ${propertyArchetypes.join(", ")}`,
        todo: "say in propertiesOf which parameter is which property",
      },
    ]);
  }
  return own.map((parameter, index) => ({ parameter, archetype: shortName(propertyArchetypes[index] as string) }));
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
