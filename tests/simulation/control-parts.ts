// The parts of controls that are simulated, as one program: see build.ts and controls.test.ts.
export { button, number, openControls } from "../../packages/controls/src/index.ts";
export { PanelClient } from "../../packages/controls/src/panel/client/panel-client.ts";
export { ControlConnection } from "../../packages/node/src/relay/controls/control-connection.ts";
export { ControlHub } from "../../packages/node/src/relay/controls/control-hub.ts";
