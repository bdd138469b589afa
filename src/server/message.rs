//! The messages of Argo CD's plugin protocol (`cmpserver/plugin/plugin.proto`) and of gRPC's health protocol. Names and numbers are theirs.

use std::collections::HashMap;

use prost::bytes::Bytes;

/// One message of the stream with which a call begins: the metadata first, then the archive in chunks.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct AppStreamRequest {
    #[prost(oneof = "Part", tags = "1, 2")]
    pub(super) request: Option<Part>,
}

/// What a message of the stream holds.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum Part {
    #[prost(message, tag = "1")]
    Metadata(ManifestRequestMetadata),
    #[prost(message, tag = "2")]
    File(File),
}

/// Whose manifests are wanted, and of what archive.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ManifestRequestMetadata {
    /// The last part of the application's path, not its name.
    #[prost(string, tag = "1")]
    pub(super) app_name: String,
    /// The application's folder, seen from the archive's root.
    #[prost(string, tag = "2")]
    pub(super) app_rel_path: String,
    /// The SHA-256 of the archive, in lower-case hexadecimal digits.
    #[prost(string, tag = "3")]
    pub(super) checksum: String,
    /// The archive's bytes, which Argo CD's own server does not check.
    #[prost(int64, tag = "4")]
    pub(super) size: i64,
    #[prost(message, repeated, tag = "5")]
    pub(super) env: Vec<EnvEntry>,
}

/// A variable of the call.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub(super) struct EnvEntry {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) value: String,
}

/// A tenant's variable may hold a secret.
impl std::fmt::Debug for EnvEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnvEntry").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A chunk of the archive.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct File {
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) chunk: Bytes,
}

/// The rendered manifests: one JSON text an object.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub(super) struct ManifestResponse {
    #[prost(string, repeated, tag = "1")]
    pub(super) manifests: Vec<String>,
    #[prost(string, tag = "2")]
    pub(super) source_type: String,
}

/// Manifests hold secrets.
impl std::fmt::Debug for ManifestResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ManifestResponse").field("count", &self.manifests.len()).finish_non_exhaustive()
    }
}

/// Whether an application is for this plugin.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub(super) struct RepositoryResponse {
    #[prost(bool, tag = "1")]
    pub(super) is_supported: bool,
    #[prost(bool, tag = "2")]
    pub(super) is_discovery_enabled: bool,
}

/// The parameters that Argo CD's UI offers to set.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ParametersAnnouncementResponse {
    #[prost(message, repeated, tag = "1")]
    pub(super) parameter_announcements: Vec<ParameterAnnouncement>,
}

/// One parameter. As JSON it is what a plugin's command prints and its definition holds.
#[derive(Clone, PartialEq, prost::Message, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ParameterAnnouncement {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) title: String,
    #[prost(string, tag = "3")]
    pub(super) tooltip: String,
    #[prost(bool, tag = "4")]
    pub(super) required: bool,
    #[prost(string, tag = "5")]
    pub(super) item_type: String,
    #[prost(string, tag = "6")]
    pub(super) collection_type: String,
    #[prost(string, tag = "7")]
    pub(super) string: String,
    #[prost(string, repeated, tag = "8")]
    pub(super) array: Vec<String>,
    #[prost(map = "string, string", tag = "9")]
    pub(super) map: HashMap<String, String>,
}

/// What the plugin is asked before it gets an archive.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub(super) struct CheckPluginConfigurationResponse {
    #[prost(bool, tag = "1")]
    pub(super) is_discovery_configured: bool,
    #[prost(bool, tag = "2")]
    pub(super) provide_git_creds: bool,
}

/// Asks for the health of a service, or of the whole server if its name is empty.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct HealthCheckRequest {
    #[prost(string, tag = "1")]
    pub(super) service: String,
}

/// The health of a service.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub(super) struct HealthCheckResponse {
    #[prost(enumeration = "ServingStatus", tag = "1")]
    pub(super) status: i32,
}

/// Whether a service is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum ServingStatus {
    Unknown = 0,
    Serving = 1,
    NotServing = 2,
}
