// A page with a panel: the element `<rerun-controls>` and its channel.
import "@rerun-ts/controls/element";

document.body.append(document.createElement("rerun-controls"));
