// The entry point `@rerun-ts/core/protobuf`: messages of Rerun's services, for sibling packages with other services.
// It is not part of the public API.
export * from "./gen/rerun/common/v1alpha1/common_pb.ts";
export * from "./gen/rerun/log_msg/v1alpha1/log_msg_pb.ts";
