//! A reading with parameters: the endpoint is written, as its secret is made or computed for the request.

use super::super::endpoint::{self, Effect};
use super::super::engine::Engine;
use super::super::mount::Mount;
use super::super::outcome::ReadResponse;
use super::super::query::Query;
use super::super::response;
use super::super::session::SessionResponse;
use super::super::{failure, request};
use super::Reading;
use crate::client::{Deadline, Failure, Retry};
use crate::error::{Error, Kind};
use crate::secret::SecretId;
use crate::words::list;

impl Reading<'_> {
    /// Writes the endpoint with the parameters. Nothing is sent to one that could change what Vault holds.
    pub(super) async fn write(&self, deadline: Deadline) -> Result<ReadResponse, Failure> {
        let (id, namespace) = (self.grant.id(), self.namespace());
        let mount = match self.mount(deadline).await? {
            Some(mount) if endpoint::is_written(&mount, &id.path) => mount,
            mount => return Err(takes_no_parameters(id, mount.as_ref())),
        };
        let retry = match endpoint::effect(Some(&mount), &id.path) {
            Effect::Nothing => Retry::Idempotent,
            Effect::Creates => Retry::OnlyIfUnsent,
        };
        let build = |token: &_| request::write(&id.path, &id.parameters, namespace, token);
        let SessionResponse { response, token, token_hint } =
            self.session().send(self.round, build, retry, deadline).await?;
        if failure::is_down(&response) {
            return Err(Failure { error: failure::failed(&response), is_of_server: true });
        }
        let query = Query { path: &id.path, version: None, engine: Some(Engine::V1) };
        Ok(ReadResponse { result: response::read(query, &response), token, token_hint, is_shared: false })
    }
}

/// The error of parameters for a path that is not written.
fn takes_no_parameters(id: &SecretId, mount: Option<&Mount>) -> Failure {
    let SecretId { path, parameters, .. } = id;
    let error = Error::new(Kind::Placeholder, format!("`{path}` takes no parameters"));
    let hint = match (parameters.get("version"), mount) {
        (Some(version), _) if parameters.len() == 1 => {
            format!("a version stands behind the key: `<path:{path}#KEY#{version}>`")
        }
        (_, None) => {
            format!(
                "Vault does not name its mount: is anything mounted at `{}`, and may the login see it?",
                first(path)
            )
        }
        (_, Some(mount)) => {
            format!(
                "its mount `{}` is {}; parameters are for {}",
                mount.path,
                mount.mount_type,
                list::quoted(endpoint::written())
            )
        }
    };
    Failure { error: error.hint(hint), is_of_server: false }
}

fn first(path: &str) -> &str {
    path.split_inclusive('/').next().unwrap_or_default()
}
