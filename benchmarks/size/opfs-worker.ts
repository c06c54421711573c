import * as worker from "@rerun-ts/web/opfs-worker";

void worker;
