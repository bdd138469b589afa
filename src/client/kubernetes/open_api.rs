//! The OpenAPI documents of a cluster, one for each version of a group. Does not interpret them.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use kube::core::params::GetParams;
use kube::core::{Request, Status};
use serde::Deserialize;

use super::Cluster;
use crate::error::{Error, Kind};

/// How many documents are read at once.
const TOGETHER: usize = 8;

/// How many documents are read of one cluster.
const MOST: usize = 1_000;

/// What `/openapi/v3` answers.
#[derive(Deserialize)]
struct Index {
    /// The address of each version's document, by the version's own path: `apis/apps/v1`.
    paths: BTreeMap<String, Document>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "serverRelativeURL")]
    address: String,
}

impl Cluster {
    /// The OpenAPI documents of the versions of groups that `is_wanted`, in JSON. A cluster older than 1.24 has one for all.
    ///
    /// Path: `/openapi/v3`, and the addresses that it lists; else `/openapi/v2`. Method: GET.
    /// Reference: <https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3>
    pub(crate) async fn open_api(&self, is_wanted: impl Fn(&str, &str) -> bool) -> Result<Vec<String>, Error> {
        let index = match self.document("/openapi/v3").await? {
            Ok(index) => index,
            Err(status) if status.code == 404 => return Ok(vec![self.whole("/openapi/v2").await?]),
            Err(status) => return Err(refused(&status)),
        };
        let Index { paths } = serde_json::from_str(&index).map_err(|error| {
            Error::new(Kind::Store, "the Kubernetes cluster's list of schemas cannot be read").cause(error.to_string())
        })?;
        let wanted = paths.into_iter().filter(|(path, _)| {
            let version = path.strip_prefix("apis/").and_then(|version| version.split_once('/'));
            version.is_some_and(|(group, version)| is_wanted(group, version))
        });
        let documents = wanted.take(MOST).map(|(_, document)| async move { self.whole(&document.address).await });
        stream::iter(documents).buffered(TOGETHER).try_collect().await
    }

    async fn whole(&self, path: &str) -> Result<String, Error> {
        self.document(path).await?.map_err(|status| refused(&status))
    }

    async fn document(&self, path: &str) -> Result<Result<String, Status>, Error> {
        let mut request =
            Request::new("/openapi").get("v3", &GetParams::default()).map_err(|error| bad_address(&error))?;
        *request.uri_mut() = path.parse().map_err(|error| bad_address(&error))?;
        self.timed(self.client.request_text(request)).await
    }
}

fn bad_address(error: &dyn std::error::Error) -> Error {
    Error::new(Kind::Store, "the Kubernetes cluster names an address that is not one").cause(error.to_string())
}

fn refused(status: &Status) -> Error {
    let code = status.code;
    let error = match code {
        403 => Error::new(Kind::Denied, "the Kubernetes cluster denies reading its schemas (403)").hint(
            "they need the right to `get` the path `/openapi/*`, which the ClusterRole `system:discovery` gives; or name files with `--schema`",
        ),
        _ => Error::new(Kind::Store, format!("the Kubernetes cluster answers with status {code} about its schemas")),
    };
    error.cause(status.message.clone())
}
