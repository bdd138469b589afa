//! Objects of a cluster: `GET`, and server-side apply as a dry run. Does not interpret the responses.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{APIResource, APIResourceList};
use kube::Client;
use kube::core::params::{GetParams, Patch, PatchParams};
use kube::core::{Request, Status};
use serde_json::value::RawValue;
use tokio::sync::Mutex;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::super::credentials::Credentials;
use super::access::cluster;
use super::{CONNECT_TIMEOUT, TIMEOUT, credentials, innermost};
use crate::error::{Error, Kind};
use crate::percent::{self, encode_path};
use crate::workspace::Workspace;

/// The API server of a cluster, and who asks it.
pub(crate) struct Cluster {
    pub(super) client: Client,
    credentials: Credentials,
    manager: String,
    /// The resources of each apiVersion that was asked for; `None` if the cluster does not have it.
    resources: Mutex<HashMap<String, Option<Arc<Vec<APIResource>>>>>,
}

/// Where an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// The path of its resource, e.g. `/apis/apps/v1/namespaces/web/deployments`.
    path: String,
    /// Its name.
    name: String,
    /// The resource's name, e.g. `deployments`.
    pub resource: String,
    /// The namespace that it is in, if its kind is in one.
    pub namespace: Option<String>,
}

/// The response for an object.
pub(crate) enum ApiResponse {
    /// The object, as JSON.
    Object(Zeroizing<String>),
    /// The server's refusal.
    Refused(ApiRefusal),
}

impl fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(_) => f.write_str("[redacted]"),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

/// A refusal. Its messages may quote values, also of the cluster, and must not be shown.
#[derive(Clone, Default)]
pub(crate) struct ApiRefusal {
    /// The HTTP status.
    pub code: u16,
    /// The reason in one word, e.g. `Invalid`.
    pub reason: String,
    /// The server's message.
    pub message: String,
    /// For each field its path, a reason in one word, and the server's message.
    pub causes: Vec<[String; 3]>,
}

impl fmt::Debug for ApiRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} [redacted]", self.code, self.reason)
    }
}

impl Cluster {
    /// The cluster that `KUBECONFIG` or `~/.kube/config` name, else the pod's own. `manager` is the field manager of dry runs.
    pub(crate) async fn connect(manager: &str, workspace: &Workspace) -> Result<Self, Error> {
        let mut config = cluster(workspace).await.map_err(|cause| no_cluster(&cause))?;
        config.connect_timeout = Some(CONNECT_TIMEOUT);
        config.read_timeout = Some(TIMEOUT);
        let credentials = credentials(&config);
        let client = Client::try_from(config).map_err(|error| no_cluster(&innermost(&error)))?;
        Ok(Self { client, credentials, manager: manager.to_owned(), resources: Mutex::default() })
    }

    /// Where an object is; `None` if its kind is not installed. An object without a namespace is in the kubeconfig's.
    pub(crate) async fn locate(
        &self,
        api_version: &str,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<Location>, Error> {
        let Some(resources) = self.resources(api_version).await? else { return Ok(None) };
        let of_kind = |resource: &&APIResource| resource.kind == kind && !resource.name.contains('/');
        let Some(APIResource { name: resource, namespaced, .. }) = resources.iter().find(of_kind) else {
            return Ok(None);
        };
        let namespace = namespaced.then(|| namespace.unwrap_or(self.client.default_namespace()).to_owned());
        let within = namespace.as_ref().map(|namespace| format!("/namespaces/{}", segment(namespace)));
        let path = format!("{}{}/{resource}", root(api_version), within.unwrap_or_default());
        Ok(Some(Location { path, name: segment(name), resource: resource.clone(), namespace }))
    }

    /// The object as it is in the cluster.
    ///
    /// Path: `/apis/{group}/{version}/namespaces/{namespace}/{resource}/{name}`. Method: GET.
    /// Reference: <https://kubernetes.io/docs/reference/using-api/api-concepts/>
    pub(crate) async fn get(&self, at: &Location) -> Result<ApiResponse, Error> {
        let request = Request::new(&at.path).get(&at.name, &GetParams::default());
        self.answer(self.client.request_text(request.map_err(|error| unbuilt(&error))?)).await
    }

    /// The object as it would be after `object` (JSON) was applied. Nothing is stored.
    ///
    /// Path: as above, with `?dryRun=All&force=true&fieldManager={manager}`. Method: PATCH, `application/apply-patch+yaml`.
    /// Reference: <https://kubernetes.io/docs/reference/using-api/server-side-apply/>
    pub(crate) async fn dry_run(&self, at: &Location, object: &str) -> Result<ApiResponse, Error> {
        let parameters = PatchParams {
            dry_run: true,
            force: true,
            field_manager: Some(self.manager.clone()),
            field_validation: None,
        };
        let body: &RawValue = serde_json::from_str(object)
            .map_err(|error| Error::new(Kind::Bug, "an object is not JSON").cause(error.to_string()))?;
        let request = Request::new(&at.path).patch(&at.name, &parameters, &Patch::Apply(body));
        self.answer(self.client.request_text(request.map_err(|error| unbuilt(&error))?)).await
    }

    async fn answer(&self, request: impl Future<Output = kube::Result<String>>) -> Result<ApiResponse, Error> {
        match self.timed(request).await? {
            Ok(text) => Ok(ApiResponse::Object(Zeroizing::new(text))),
            Err(status) => Ok(ApiResponse::Refused(refusal(status))),
        }
    }

    async fn resources(&self, api_version: &str) -> Result<Option<Arc<Vec<APIResource>>>, Error> {
        let mut known = self.resources.lock().await;
        if let Some(resources) = known.get(api_version) {
            return Ok(resources.clone());
        }
        let version = encode_path(api_version);
        let list = async {
            match api_version.contains('/') {
                true => self.client.list_api_group_resources(&version).await,
                false => self.client.list_core_api_resources(&version).await,
            }
        };
        let resources = match self.timed::<APIResourceList>(list).await? {
            Ok(list) => Some(Arc::new(list.resources)),
            Err(status) if status.code == 404 => None,
            Err(status) => return Err(unlisted(api_version, &status)),
        };
        known.insert(api_version.to_owned(), resources.clone());
        Ok(resources)
    }

    /// The response to a request. A refusal or an error shows no credential.
    pub(super) async fn timed<T>(
        &self,
        request: impl Future<Output = kube::Result<T>>,
    ) -> Result<Result<T, Status>, Error> {
        let clean = |text: String| self.credentials.redact_foreign(&text, &[]);
        match timed(request).await {
            Ok(Ok(answer)) => Ok(Ok(answer)),
            Ok(Err(mut status)) => {
                (status.message, status.reason) = (clean(status.message), clean(status.reason));
                for cause in status.details.iter_mut().flat_map(|details| &mut details.causes) {
                    for text in [&mut cause.field, &mut cause.message, &mut cause.reason] {
                        *text = clean(std::mem::take(text));
                    }
                }
                Ok(Err(*status))
            }
            Err(error) => Err(Error { cause: error.cause.map(clean), ..error }),
        }
    }
}

/// A response, a refusal, or the error that ends the run.
async fn timed<T>(request: impl Future<Output = kube::Result<T>>) -> Result<Result<T, Box<Status>>, Error> {
    let no_answer = || Error::new(Kind::Store, format!("no response from the Kubernetes cluster within {TIMEOUT:?}"));
    match timeout(TIMEOUT, request).await.map_err(|_| no_answer())? {
        Ok(answer) => Ok(Ok(answer)),
        Err(kube::Error::Api(status)) if status.code == 401 => {
            Err(Error::new(Kind::Denied, "the Kubernetes cluster does not know who asks (401)")
                .hint("the kubeconfig's or the service account's token is wrong or has expired"))
        }
        Err(kube::Error::Api(status)) => Ok(Err(status)),
        Err(error) => {
            Err(Error::new(Kind::Store, "cannot ask the Kubernetes cluster").cause(innermost(&error)).hint(WHERE))
        }
    }
}

const WHERE: &str = "the cluster is that of `KUBECONFIG`, else `~/.kube/config`, else the pod's own";

fn no_cluster(cause: &str) -> Error {
    Error::new(Kind::Setting, "cannot find a Kubernetes cluster").cause(cause).hint(WHERE)
}

fn unlisted(api_version: &str, status: &Status) -> Error {
    Error::new(Kind::Store, format!("the Kubernetes cluster does not list `{api_version}` ({})", status.code))
        .cause(status.message.clone())
}

fn unbuilt(error: &impl std::error::Error) -> Error {
    Error::new(Kind::Input, "a request to the Kubernetes cluster cannot be made").cause(innermost(error))
}

fn refusal(status: Status) -> ApiRefusal {
    let causes = status.details.map(|details| details.causes).unwrap_or_default();
    let causes = causes.into_iter().map(|cause| [cause.field, cause.reason, cause.message]).collect();
    ApiRefusal { code: status.code, reason: status.reason, message: status.message, causes }
}

/// Where an apiVersion's resources are.
fn root(api_version: &str) -> String {
    let root = if api_version.contains('/') { "/apis" } else { "/api" };
    format!("{root}/{}", encode_path(api_version))
}

fn segment(text: &str) -> String {
    percent::encode(text.as_bytes()).to_string()
}
