//! What a cloud says of this machine, as members of a login's body.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::auth::{Member, Preparation};
use crate::backend::cloud::{Cloud, aws, azure, gcp};
use crate::error::Error;
use crate::moment;
use crate::redacted::Redacted;
use crate::value::json_string;

/// The members that complete a login by a cloud; none where it needs none.
pub(super) async fn members(preparation: &Preparation, cloud: &Cloud) -> Result<Vec<Member>, Error> {
    match preparation {
        Preparation::Aws { server_id, region } => of_aws(cloud, region, server_id.as_deref()).await,
        Preparation::Gcp { audience } => Ok(vec![Member::proof("jwt", gcp::identity_token(cloud, audience).await?)]),
        Preparation::Azure { resource } => {
            let azure::ManagedIdentity { token, machine } = azure::managed_identity(cloud, resource).await?;
            let machine = machine.into_iter().map(|(name, text)| Member::public(name, Redacted::new(text)));
            Ok([Member::proof("jwt", token)].into_iter().chain(machine).collect())
        }
        Preparation::Unwrap { .. } => Ok(Vec::new()),
    }
}

/// The parts of a signed request, which Vault sends to AWS. Only the signature and a session's token prove anything.
async fn of_aws(cloud: &Cloud, region: &str, server_id: Option<&str>) -> Result<Vec<Member>, Error> {
    let credentials = aws::credentials(cloud).await?;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs().cast_signed());
    let request = aws::caller_identity(&credentials, region, server_id, &moment::compact(seconds));
    let mut headers = String::from("{");
    for (index, (name, value)) in request.headers.iter().enumerate() {
        headers.push_str(if index > 0 { "," } else { "" });
        json_string(name, &mut headers);
        headers.push_str(":[");
        json_string(value.reveal(), &mut headers);
        headers.push(']');
    }
    headers.push('}');
    let public = |name, text: &str| Member::public(name, Redacted::new(text));
    Ok(vec![
        public("iam_http_request_method", "POST"),
        public("iam_request_url", &STANDARD.encode(&request.url)),
        public("iam_request_body", &STANDARD.encode(request.body)),
        Member::proof("iam_request_headers", Redacted::new(STANDARD.encode(headers))),
    ])
}
