//! Reads one Secret through the Kubernetes API, as the pod's service account or a kubeconfig says. Knows no manifest.

use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};
use tokio::time::timeout;

use super::super::credentials::Credentials;
use super::access::{cluster, pod_namespace};
use super::{CONNECT_TIMEOUT, TIMEOUT, credentials, innermost};
use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// The data of the Secret `name`, in the order of its keys: from the cluster that `KUBECONFIG` or `~/.kube/config` name, else from the
/// one that the pod is in.
pub async fn secret(workspace: &Workspace, namespace: &str, name: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let named = format!("`{namespace}:{name}`");
    let reading = async {
        let mut config = cluster(workspace).await.map_err(|cause| no_cluster(&named, &cause))?;
        config.connect_timeout = Some(CONNECT_TIMEOUT);
        config.read_timeout = Some(TIMEOUT);
        let credentials = credentials(&config);
        let failed = |error: kube::Error| redacted(failed(&named, &error), &credentials);
        let client = Client::try_from(config).map_err(failed)?;
        Api::<Secret>::namespaced(client, namespace).get(name).await.map_err(failed)
    };
    let Ok(secret) = timeout(TIMEOUT, reading).await else {
        return Err(Error::new(
            Kind::Store,
            format!("no response from Kubernetes about the Secret {named} within {TIMEOUT:?}"),
        ));
    };
    Ok(secret?.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0)).collect())
}

/// The namespace of a Secret without one: the pod's own, else Argo CD's.
pub(crate) fn default_namespace() -> String {
    pod_namespace().unwrap_or_else(|| "argocd".to_owned())
}

fn no_cluster(named: &str, cause: &str) -> Error {
    Error::new(Kind::Setting, format!("cannot find a Kubernetes cluster to read the Secret {named} from"))
        .cause(cause)
        .hint("in a pod its service account is used, elsewhere a kubeconfig: `KUBECONFIG`, else `~/.kube/config`")
}

/// The error without credentials, which the server's message may hold.
fn redacted(error: Error, credentials: &Credentials) -> Error {
    Error { cause: error.cause.map(|cause| credentials.redact_foreign(&cause, &[])), ..error }
}

/// The meaning of an error of the API.
fn failed(named: &str, error: &kube::Error) -> Error {
    let kube::Error::Api(status) = error else {
        return Error::new(Kind::Store, format!("cannot read the Secret {named} from Kubernetes"))
            .cause(innermost(error));
    };
    let (kind, detail, hint) = match status.code {
        404 => (Kind::Missing, format!("there is no Secret {named}"), "`-s` takes `namespace:name`"),
        403 => (
            Kind::Denied,
            format!("Kubernetes denies reading the Secret {named} (403)"),
            "the service account needs a Role with `get` on this Secret, and a RoleBinding to it",
        ),
        401 => (
            Kind::Denied,
            format!("Kubernetes does not know who asks for the Secret {named} (401)"),
            "the kubeconfig's or the service account's token is wrong or has expired",
        ),
        code => (Kind::Store, format!("Kubernetes answers with status {code} about the Secret {named}"), ""),
    };
    let error = Error::new(kind, detail).cause(status.message.clone());
    if hint.is_empty() { error } else { error.hint(hint) }
}
