//! AWS: the credentials of this machine. Environment, web identity, container, instance: the first that is there.

use reqwest::Method;

use super::{Cloud, line, member, sts};
use crate::client::{SingleRequest, SingleResponse};
use crate::error::{Error, Kind};
use crate::percent::encode_parameter;
use crate::redacted::Redacted;

pub(crate) use sts::{Credentials, GLOBAL, caller_identity};

/// Where a container's credentials are, below which `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` is.
const CONTAINER: &str = "http://169.254.170.2";
const INSTANCE: &str = "http://169.254.169.254";

/// The credentials of this machine.
/// Reference: <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>
pub(crate) async fn credentials(cloud: &Cloud) -> Result<Credentials, Error> {
    if let Some(credentials) = of_environment(cloud) {
        return Ok(credentials);
    }
    if let Some(credentials) = of_web_identity(cloud).await? {
        return Ok(credentials);
    }
    if let Some(credentials) = of_container(cloud).await? {
        return Ok(credentials);
    }
    of_instance(cloud).await.map_err(|error| {
        error.hint(
            "no AWS credentials: neither `AWS_ACCESS_KEY_ID`, `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_CONTAINER_CREDENTIALS_FULL_URI` nor an \
             instance's role; profiles and programs that print credentials are not asked",
        )
    })
}

fn of_environment(cloud: &Cloud) -> Option<Credentials> {
    Some(Credentials {
        key_id: cloud.variable("AWS_ACCESS_KEY_ID")?.to_owned(),
        secret_key: Redacted::new(cloud.variable("AWS_SECRET_ACCESS_KEY")?),
        session_token: cloud.variable("AWS_SESSION_TOKEN").map(Redacted::new),
    })
}

/// Method: POST, `Action=AssumeRoleWithWebIdentity`, without a signature. Response: XML.
/// Reference: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
async fn of_web_identity(cloud: &Cloud) -> Result<Option<Credentials>, Error> {
    let Some(role) = cloud.variable("AWS_ROLE_ARN") else { return Ok(None) };
    let Some(token) = cloud.file("AWS_WEB_IDENTITY_TOKEN_FILE")? else { return Ok(None) };
    let session = cloud.variable("AWS_ROLE_SESSION_NAME").unwrap_or("vault-render");
    let (role, session, token) = (encode_parameter(role), encode_parameter(session), encode_parameter(token.reveal()));
    let form = format!(
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={role}&RoleSessionName={session}&WebIdentityToken={token}"
    );
    let service = sts::host(cloud.variable("AWS_REGION").unwrap_or(sts::GLOBAL));
    let url = cloud.variable("AWS_ENDPOINT_URL_STS").map_or_else(|| format!("https://{service}/"), str::to_owned);
    let request = SingleRequest { method: Method::POST, url, headers: Vec::new(), form: Some(Redacted::new(form)) };
    let response = cloud.ask(request).await.map_err(|error| {
        error.hint("may the role of `AWS_ROLE_ARN` be assumed by this token (`AWS_WEB_IDENTITY_TOKEN_FILE`)? its trust policy says so")
    })?;
    let text = String::from_utf8_lossy(&response.body);
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0.trim().to_owned())
    };
    complete(element("AccessKeyId"), element("SecretAccessKey"), element("SessionToken")).map(Some)
}

/// Of a task of ECS, or of a pod with EKS Pod Identity.
async fn of_container(cloud: &Cloud) -> Result<Option<Credentials>, Error> {
    let full = cloud.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI").map(str::to_owned);
    let relative = cloud.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map(|path| format!("{CONTAINER}{path}"));
    let Some(url) = relative.or(full) else { return Ok(None) };
    let of_file = cloud.file("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")?;
    let token = of_file.or_else(|| cloud.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(Redacted::new));
    let request = SingleRequest::get(url);
    let request = match token {
        Some(token) => request.header("Authorization", token.reveal()),
        None => request,
    };
    of_json(&cloud.ask_locally(request).await?).map(Some)
}

/// Of an instance's role, by a session (IMDSv2).
async fn of_instance(cloud: &Cloud) -> Result<Credentials, Error> {
    if cloud.variable("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Err(Error::new(Kind::Setting, "`AWS_EC2_METADATA_DISABLED` is set"));
    }
    let host = cloud.address("AWS_EC2_METADATA_SERVICE_ENDPOINT", INSTANCE);
    let session = SingleRequest { method: Method::PUT, ..SingleRequest::get(format!("{host}/latest/api/token")) };
    let session = cloud.ask_locally(session.header("X-aws-ec2-metadata-token-ttl-seconds", "60")).await?;
    let session = line(&session).ok_or_else(incomplete)?;
    let roles = format!("{host}/latest/meta-data/iam/security-credentials/");
    let ask =
        |url: String| cloud.ask_locally(SingleRequest::get(url).header("X-aws-ec2-metadata-token", session.reveal()));
    let role = line(&ask(roles.clone()).await?).ok_or_else(incomplete)?;
    of_json(&ask(format!("{roles}{}", encode_parameter(role.reveal()))).await?)
}

fn of_json(response: &SingleResponse) -> Result<Credentials, Error> {
    complete(member(response, "AccessKeyId"), member(response, "SecretAccessKey"), member(response, "Token"))
}

fn complete(key_id: Option<String>, secret_key: Option<String>, token: Option<String>) -> Result<Credentials, Error> {
    let (key_id, secret_key) = key_id.zip(secret_key).ok_or_else(incomplete)?;
    Ok(Credentials { key_id, secret_key: Redacted::new(secret_key), session_token: token.map(Redacted::new) })
}

fn incomplete() -> Error {
    Error::new(Kind::Store, "the response of AWS holds no credentials")
}
