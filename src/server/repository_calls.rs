//! The calls that look into a repository and render nothing: whether it is for the plugin, and what can be set.

use std::path::Path;
use std::time::Duration;

use super::call::Call;
use super::discovery::Discovery;
use super::message::{
    EnvEntry, ManifestRequestMetadata, ParameterAnnouncement, ParametersAnnouncementResponse, RepositoryResponse,
};
use super::observed::ObservedCall;
use super::plugin::Plugin;
use super::plugin_file::Parameters;
use super::receipt::Upload;
use crate::error::{Error, Kind};
use crate::input::{Archive, ArchiveLimits};
use crate::tool::{self, Tool};

/// The files of a chart that are looked at.
const VALUES: &str = "values.yaml";

impl Plugin {
    /// Whether an application is for the plugin. The archive is read in any case: its sender waits for that.
    pub(super) async fn match_repository(
        &self,
        upload: &mut Upload,
        timeout: Option<Duration>,
        observed: &ObservedCall,
    ) -> Result<RepositoryResponse, String> {
        let unreceived = |error: Error| failed("match repository error receiving stream", &error);
        let metadata = upload.metadata().await.map_err(unreceived)?;
        let (call, metadata) = self.look(metadata, timeout, observed)?;
        if !self.discovery.is_on() {
            return Ok(RepositoryResponse { is_supported: false, is_discovery_enabled: false });
        }
        let gzip = upload.archive(&metadata, self.archive_bytes).await.map_err(unreceived)?;
        let (discovery, limits) = (self.discovery.clone(), self.limits(&call));
        let found = apart(move || matches(&discovery, &call.folder, &gzip, limits)).await;
        let is_supported = found.map_err(|error| failed("error matching repository", &error))?;
        Ok(RepositoryResponse { is_supported, is_discovery_enabled: true })
    }

    /// The parameters that Argo CD's UI offers to set for an application.
    pub(super) async fn parameters_announcement(
        &self,
        upload: &mut Upload,
        timeout: Option<Duration>,
        observed: &ObservedCall,
    ) -> Result<ParametersAnnouncementResponse, String> {
        let unreceived = |error: Error| failed("parameters announcement error receiving stream", &error);
        let metadata = upload.metadata().await.map_err(unreceived)?;
        let (call, metadata) = self.look(metadata, timeout, observed)?;
        let gzip = upload.archive(&metadata, self.archive_bytes).await.map_err(unreceived)?;
        let (parameters, limits) = (self.parameters.clone(), self.limits(&call));
        let announced = apart(move || announced(parameters, &call, &gzip, limits)).await;
        let list = announced.map_err(|error| failed("failed to get parameters announcement", &error))?;
        Ok(ParametersAnnouncementResponse { parameter_announcements: list })
    }

    /// The call of an upload with these metadata.
    fn look(
        &self,
        mut metadata: ManifestRequestMetadata,
        timeout: Option<Duration>,
        observed: &ObservedCall,
    ) -> Result<(Call, ManifestRequestMetadata), String> {
        let brought = std::mem::take(&mut metadata.env).into_iter().map(|EnvEntry { name, value }| (name, value));
        let call = Call::new(&metadata.app_rel_path, brought, timeout, &self.operator);
        let call = call.map_err(|error| error.in_one_line())?;
        observed.is_for(&call.requester);
        Ok((call, metadata))
    }

    fn limits(&self, call: &Call) -> ArchiveLimits {
        ArchiveLimits { bytes: self.archive_bytes, until: call.deadline() }
    }
}

/// The text of an error, as Argo CD's own server begins it.
fn failed(prefix: &str, error: &Error) -> String {
    format!("{prefix}: {}", error.in_one_line())
}

/// Computes on a thread of its own: unpacking holds up no other call.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let fault = |_| Error::new(Kind::Bug, "vault-render failed").hint("this is a fault of its own: please report it");
    tokio::task::spawn_blocking(work).await.map_err(fault).and_then(|result| result)
}

/// Whether the application in a folder of a repository is for a plugin with this discovery.
fn matches(discovery: &Discovery, folder: &Path, gzip: &[u8], limits: ArchiveLimits) -> Result<bool, Error> {
    let archive = Archive::unpack(gzip, folder, limits)?;
    Ok(match discovery {
        Discovery::Off => false,
        Discovery::Renderable => {
            let tool = Tool::of(|name| archive.exists(&folder.join(name)));
            tool != Tool::Plain || archive.has_manifest(folder)
        }
        Discovery::Path(pattern) => archive.paths_below(folder).iter().any(|path| pattern.is_match(path)),
        Discovery::Text(pattern, parts) => {
            let paths = archive.paths_below(folder).into_iter().filter(|path| pattern.is_match(path));
            let mut texts = paths.filter_map(|path| archive.text(&folder.join(path)));
            texts.any(|text| parts.iter().any(|part| text.contains(part)))
        }
    })
}

/// What can be set for the application of a call: what its chart takes first, then what is the same for every application.
fn announced(
    parameters: Parameters,
    call: &Call,
    gzip: &[u8],
    limits: ArchiveLimits,
) -> Result<Vec<ParameterAnnouncement>, Error> {
    let Parameters { are_of_chart, fixed } = parameters;
    if !are_of_chart {
        return Ok(fixed);
    }
    let archive = Archive::unpack(gzip, &call.folder, limits)?;
    if Tool::of(|name| archive.exists(&call.folder.join(name))) != Tool::Helm {
        return Ok(fixed);
    }
    let values = archive.text(&call.folder.join(VALUES)).unwrap_or_default();
    let of_chart: Vec<ParameterAnnouncement> =
        serde_json::from_str(&tool::announce(&values, &call.variables)).unwrap_or_default();
    Ok(of_chart.into_iter().chain(fixed).collect())
}
