//! The messages to Argo CD's repo-server that the tests need. Names and numbers are those of its repository.proto.

use std::collections::HashMap;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ManifestRequest {
    #[prost(message, optional, tag = "1")]
    pub(super) repo: Option<Repository>,
    #[prost(string, tag = "2")]
    pub(super) revision: String,
    #[prost(bool, tag = "3")]
    pub(super) no_cache: bool,
    #[prost(string, tag = "4")]
    pub(super) app_label_key: String,
    #[prost(string, tag = "5")]
    pub(super) app_name: String,
    #[prost(string, tag = "8")]
    pub(super) namespace: String,
    #[prost(message, optional, tag = "10")]
    pub(super) application_source: Option<ApplicationSource>,
    #[prost(string, tag = "14")]
    pub(super) kube_version: String,
    #[prost(string, repeated, tag = "15")]
    pub(super) api_versions: Vec<String>,
    #[prost(string, repeated, tag = "24")]
    pub(super) project_source_repos: Vec<String>,
    #[prost(string, tag = "25")]
    pub(super) project_name: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Repository {
    #[prost(string, tag = "1")]
    pub(super) repo: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ApplicationSource {
    #[prost(string, tag = "1")]
    pub(super) repo_url: String,
    #[prost(string, tag = "2")]
    pub(super) path: String,
    #[prost(string, tag = "4")]
    pub(super) target_revision: String,
    #[prost(message, optional, tag = "11")]
    pub(super) plugin: Option<Plugin>,
}

/// `spec.source.plugin` of an Application.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Plugin {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) env: Vec<Variable>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) parameters: Vec<Parameter>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Variable {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) value: String,
}

/// A parameter's value, of one of three forms.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Parameter {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, optional, tag = "3")]
    pub(super) map: Option<Map>,
    #[prost(message, optional, tag = "4")]
    pub(super) array: Option<Array>,
    #[prost(string, optional, tag = "5")]
    pub(crate) string: Option<String>,
}

impl Parameter {
    /// `string:`.
    pub(crate) fn text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), string: Some(text.to_owned()), ..Self::default() }
    }

    /// `array:`.
    pub(crate) fn array(name: &str, items: &[&str]) -> Self {
        let array = Array { array: items.iter().map(|item| (*item).to_owned()).collect() };
        Self { name: name.to_owned(), array: Some(array), ..Self::default() }
    }

    /// `map:`.
    pub(crate) fn map(name: &str, entries: &[(&str, &str)]) -> Self {
        let map = Map { map: entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect() };
        Self { name: name.to_owned(), map: Some(map), ..Self::default() }
    }
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Map {
    #[prost(map = "string, string", tag = "1")]
    pub(crate) map: HashMap<String, String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Array {
    #[prost(string, repeated, tag = "1")]
    pub(crate) array: Vec<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ManifestResponse {
    /// One JSON text for each object.
    #[prost(string, repeated, tag = "1")]
    pub(super) manifests: Vec<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct DetailsRequest {
    #[prost(message, optional, tag = "1")]
    pub(super) repo: Option<Repository>,
    #[prost(message, optional, tag = "2")]
    pub(super) source: Option<ApplicationSource>,
    #[prost(string, tag = "5")]
    pub(super) app_name: String,
    #[prost(bool, tag = "6")]
    pub(super) no_cache: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct DetailsResponse {
    #[prost(message, optional, tag = "6")]
    pub(super) plugin: Option<PluginDetails>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct PluginDetails {
    #[prost(message, repeated, tag = "1")]
    pub(super) parameters: Vec<Announcement>,
}

/// A parameter as Argo CD's UI shows it.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Announcement {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) title: String,
    #[prost(string, tag = "3")]
    pub(crate) tooltip: String,
    #[prost(string, tag = "6")]
    pub(crate) collection_type: String,
    #[prost(string, tag = "7")]
    pub(crate) string: String,
    #[prost(string, repeated, tag = "8")]
    pub(crate) array: Vec<String>,
    #[prost(map = "string, string", tag = "9")]
    pub(crate) map: HashMap<String, String>,
}
