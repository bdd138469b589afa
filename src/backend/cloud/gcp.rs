//! Google Cloud: the identity token of the machine's service account.

use super::{Cloud, line};
use crate::client::SingleRequest;
use crate::error::{Error, Kind};
use crate::percent::encode_parameter;
use crate::redacted::Redacted;

/// A token for `audience` from the metadata endpoint, which `GCE_METADATA_HOST` may name.
/// Reference: <https://cloud.google.com/compute/docs/instances/verifying-instance-identity>
pub(crate) async fn identity_token(cloud: &Cloud, audience: &str) -> Result<Redacted, Error> {
    let host = cloud.address("GCE_METADATA_HOST", "metadata.google.internal");
    let path = "computeMetadata/v1/instance/service-accounts/default/identity";
    let url = format!("{host}/{path}?audience={}&format=full", encode_parameter(audience));
    let request = SingleRequest::get(url).header("Metadata-Flavor", "Google");
    let response = cloud.ask_locally(request).await.map_err(|error| {
        error.hint(
            "is this a machine or pod of Google Cloud, with a service account? on GKE that takes Workload Identity",
        )
    })?;
    line(&response).ok_or_else(|| Error::new(Kind::Store, "the metadata endpoint gave no token"))
}
