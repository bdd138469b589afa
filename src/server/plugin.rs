//! The plugin: its answer to each call of Argo CD's, from the call's upload. Knows no HTTP, and renders nothing itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::call::Call;
use super::discovery::Discovery;
use super::generation::Generation;
use super::message::{CheckPluginConfigurationResponse, EnvEntry, ManifestResponse};
use super::observed::{ObservedCall, Observers};
use super::output::Rendered;
use super::plugin_file::Parameters;
use super::receipt::Upload;
use crate::error::Error;
use crate::policy::Requester;
use crate::report::text::{Colour, Findings};
use crate::workspace::Workspace;

/// What all calls have in common.
pub(super) struct Plugin {
    /// How manifests are rendered.
    pub(super) generation: Generation,
    /// How applications are found.
    pub(super) discovery: Discovery,
    /// What Argo CD's UI offers to set.
    pub(super) parameters: Parameters,
    /// The operator's environment.
    pub(super) operator: Workspace,
    /// How many bytes of a repository one call may bring.
    pub(super) archive_bytes: u64,
    /// Where what is seen of calls goes.
    pub(super) observers: Arc<Observers>,
    /// The most bytes of one message.
    pub(super) message_bytes: usize,
}

impl Plugin {
    /// The answer before an archive is sent. Nothing is waited for: Argo CD holds the repository's lock meanwhile.
    pub(super) fn configuration(&self) -> CheckPluginConfigurationResponse {
        CheckPluginConfigurationResponse { is_discovery_configured: self.discovery.is_on(), provide_git_creds: false }
    }

    /// The rendered manifests of an application. The error is the text that Argo CD shows.
    pub(super) async fn generate_manifest(
        &self,
        upload: &mut Upload,
        timeout: Option<Duration>,
        observed: &ObservedCall,
    ) -> Result<ManifestResponse, String> {
        let unreceived = |error: Error| format!("generate manifest error receiving stream: {}", error.in_one_line());
        let mut metadata = upload.metadata().await.map_err(unreceived)?;
        let brought = std::mem::take(&mut metadata.env).into_iter().map(|EnvEntry { name, value }| (name, value));
        let brought: BTreeMap<_, _> = brought.collect();
        observed.is_for(&Requester::of(&brought));
        let call = Call::new(&metadata.app_rel_path, brought, timeout, &self.operator);
        let call = call.map_err(|error| error.in_one_line())?;
        // A call that waits for its turn leaves its archive with the client.
        let generated = self.generation.generate(call, upload.archive(&metadata, self.archive_bytes)).await;
        observed.has_taken(generated.queued, generated.steps);
        let Rendered { objects, findings, readings: (reads, cache_hits) } = generated.rendered.map_err(unreceived)?;
        observed.has_read(reads, cache_hits);
        let Some(manifests) = objects else { return Err(failed(findings)) };
        observed.has_found(findings);
        Ok(ManifestResponse { manifests, source_type: String::new() })
    }
}

/// The text of a failed call, as Argo CD's own server begins it.
fn failed(findings: Vec<Error>) -> String {
    format!("error generating manifests: {}", Findings::text(findings, Colour::None).trim_end())
}
