//! Azure: the token of a managed identity, and which machine it is.

use super::{Cloud, member};
use crate::client::{SingleRequest, SingleResponse};
use crate::error::{Error, Kind};
use crate::percent::encode_parameter;
use crate::redacted::Redacted;
use crate::value::Value;

/// A managed identity.
pub(crate) struct ManagedIdentity {
    /// Its token.
    pub(crate) token: Redacted,
    /// The machine, as Vault's method calls its parts.
    pub(crate) machine: Vec<(&'static str, String)>,
}

/// The parts of a machine: Vault's name, and the metadata endpoint's.
const PARTS: [(&str, &str); 4] = [
    ("subscription_id", "subscriptionId"),
    ("resource_group_name", "resourceGroupName"),
    ("vm_name", "name"),
    ("vmss_name", "vmScaleSetName"),
];

/// The identity from the metadata endpoint, which `AZURE_POD_IDENTITY_AUTHORITY_HOST` may name; `AZURE_CLIENT_ID` chooses among several.
/// Reference: <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>
pub(crate) async fn managed_identity(cloud: &Cloud, resource: &str) -> Result<ManagedIdentity, Error> {
    let host = cloud.address("AZURE_POD_IDENTITY_AUTHORITY_HOST", "169.254.169.254");
    let client = cloud.variable("AZURE_CLIENT_ID").map(|id| format!("&client_id={}", encode_parameter(id)));
    let query = format!("api-version=2018-02-01&resource={}{}", encode_parameter(resource), client.unwrap_or_default());
    let response = ask(cloud, format!("{host}/metadata/identity/oauth2/token?{query}")).await.map_err(|error| {
        error.hint("is this a machine of Azure with a managed identity? `AZURE_CLIENT_ID` chooses one of several")
    })?;
    let token = member(&response, "access_token").map(Redacted::new);
    let token = token.ok_or_else(|| Error::new(Kind::Store, "the metadata endpoint gave no token"))?;
    // A role may ask for no machine: what this one is matters only if it can be had.
    let instance = ask(cloud, format!("{host}/metadata/instance?api-version=2021-02-01")).await.ok();
    Ok(ManagedIdentity { token, machine: instance.map(|response| parts(&response)).unwrap_or_default() })
}

async fn ask(cloud: &Cloud, url: String) -> Result<SingleResponse, Error> {
    cloud.ask_locally(SingleRequest::get(url).header("Metadata", "true")).await
}

/// A machine of a scale set is known by the set.
fn parts(instance: &SingleResponse) -> Vec<(&'static str, String)> {
    let body = Value::from_json(&instance.body).ok();
    let compute = body.as_ref().and_then(|body| body.get("compute"));
    let text = |name: &str| match compute?.get(name)? {
        Value::Text(text) if !text.is_empty() => Some(text.to_string()),
        _ => None,
    };
    let found: Vec<_> = PARTS.iter().filter_map(|(name, theirs)| Some((*name, text(theirs)?))).collect();
    let is_of_set = found.iter().any(|(name, _)| *name == "vmss_name");
    found.into_iter().filter(|(name, _)| !(is_of_set && *name == "vm_name")).collect()
}
