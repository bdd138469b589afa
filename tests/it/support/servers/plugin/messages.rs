//! The messages of Argo CD's plugin protocol as the tests write them. Names and numbers are those of its plugin.proto.

use std::collections::HashMap;

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct AppStreamRequest {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<Metadata>,
    #[prost(message, optional, tag = "2")]
    pub(crate) file: Option<File>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Metadata {
    #[prost(string, tag = "1")]
    pub(crate) app_name: String,
    #[prost(string, tag = "2")]
    pub(crate) app_rel_path: String,
    #[prost(string, tag = "3")]
    pub(crate) checksum: String,
    #[prost(int64, tag = "4")]
    pub(crate) size: i64,
    #[prost(message, repeated, tag = "5")]
    pub(crate) env: Vec<EnvEntry>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct EnvEntry {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) value: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct File {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) chunk: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ManifestResponse {
    #[prost(string, repeated, tag = "1")]
    pub(crate) manifests: Vec<String>,
    #[prost(string, tag = "2")]
    pub(crate) source_type: String,
}

/// Two answers of two booleans each.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub(crate) struct Booleans {
    #[prost(bool, tag = "1")]
    pub(crate) first: bool,
    #[prost(bool, tag = "2")]
    pub(crate) second: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Parameters {
    #[prost(message, repeated, tag = "1")]
    pub(crate) list: Vec<Announced>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Announced {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) title: String,
    #[prost(string, tag = "7")]
    pub(crate) string: String,
    #[prost(string, repeated, tag = "8")]
    pub(crate) array: Vec<String>,
    #[prost(map = "string, string", tag = "9")]
    pub(crate) map: HashMap<String, String>,
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(crate) struct HealthRequest {
    #[prost(string, tag = "1")]
    pub(crate) service: String,
}

#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub(crate) struct HealthResponse {
    #[prost(int32, tag = "1")]
    pub(crate) status: i32,
}
