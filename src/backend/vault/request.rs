//! Vault's requests as values. Pure: `client` sends them.

use std::collections::HashMap;

use zeroize::Zeroizing;

use crate::client::Request;
use crate::percent::encode_path;
use crate::redacted::Redacted;
use crate::secret::Parameters;
use crate::wiped::json;

/// Reads the secret at `path`.
///
/// Path: `/v1/{path}`, on KV version 2 with `?version={version}`. Method: GET.
/// Response: `{"data": …}`, on KV version 2 `{"data": {"data": …, "metadata": …}}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version>
pub(super) fn read(path: &str, version: Option<u64>, namespace: Option<&str>, token: &Redacted) -> Request {
    let query = version.map(|version| format!("?version={version}")).unwrap_or_default();
    authorised(Request::get(format!("/v1/{}{query}", encode_path(path))), namespace, token)
}

/// Asks the endpoint at `path` with `parameters`.
///
/// Path: `/v1/{path}`. Method: POST. Body: `{"name": "value", …}`. Response: `{"data": …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/secret/pki#generate-certificate-and-key>, for one
pub(super) fn write(path: &str, parameters: &Parameters, namespace: Option<&str>, token: &Redacted) -> Request {
    let body = json(parameters);
    authorised(Request::post(format!("/v1/{}", encode_path(path)), Redacted::of(body)), namespace, token)
}

/// Asks for the mount that `path` lies in. Vault responds to every token that may do something below the mount.
///
/// Path: `/v1/sys/internal/ui/mounts/{path}`. Method: GET.
/// Response: `{"data": {"path": "secret/", "type": "kv", "options": {"version": "2"}}}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts#get-single-mount-details>
pub(super) fn mount(path: &str, namespace: Option<&str>, token: &Redacted) -> Request {
    authorised(Request::get(format!("/v1/sys/internal/ui/mounts/{}", encode_path(path))), namespace, token)
}

/// Asks for all mounts that the token may know of.
///
/// Path: `/v1/sys/internal/ui/mounts`. Method: GET. Response: `{"data": {"secret": {"kv/": {"type": "kv", …}}}}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts#get-available-visible-mounts>
pub(super) fn mounts(namespace: Option<&str>, token: &Redacted) -> Request {
    authorised(Request::get("/v1/sys/internal/ui/mounts".to_owned()), namespace, token)
}

/// Lists the names in a folder, that of a KV engine of version 2 below `metadata/`.
///
/// Path: `/v1/{folder}?list=true`. Method: GET. Response: `{"data": {"keys": ["app", "team/"]}}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#list-secrets>
pub(super) fn list(folder: &str, namespace: Option<&str>, token: &Redacted) -> Request {
    authorised(Request::get(format!("/v1/{}?list=true", encode_path(folder))), namespace, token)
}

/// Asks how Vault is. It needs no token, and the response has a status of its own for each state.
///
/// Path: `/v1/sys/health`. Method: GET. Response: `{"initialized": true, "sealed": false, "version": "1.21.0", …}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/system/health>
pub(super) fn health() -> Request {
    with_headers(Request::get("/v1/sys/health".to_owned()), None)
}

/// Asks what a token is.
///
/// Path: `/v1/auth/token/lookup-self`. Method: GET. Response: `{"data": {"policies": […], "ttl": seconds, "num_uses": 0}}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token-self>
pub(super) fn look_up_self(namespace: Option<&str>, token: &Redacted) -> Request {
    authorised(Request::get("/v1/auth/token/lookup-self".to_owned()), namespace, token)
}

/// Asks what a wrapping token holds, without a token of one's own: it does not open it.
///
/// Path: `/v1/sys/wrapping/lookup`. Method: POST. Response: `{"data": {"creation_path": "auth/approle/role/app/secret-id", …}}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/system/wrapping-lookup>
pub(super) fn look_up_wrapping(token: &Redacted, namespace: Option<&str>) -> Request {
    let body = json(&HashMap::from([("token", token.reveal())]));
    with_headers(Request::post("/v1/sys/wrapping/lookup".to_owned(), Redacted::of(body)), namespace)
}

/// Opens a wrapping token, which is its own token for that. It opens once.
///
/// Path: `/v1/sys/wrapping/unwrap`. Method: POST. Response: what was wrapped.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/system/wrapping-unwrap>
pub(super) fn unwrap(token: &Redacted, namespace: Option<&str>) -> Request {
    authorised(Request::post("/v1/sys/wrapping/unwrap".to_owned(), Redacted::new("{}")), namespace, token)
}

/// Asks what the token may do at `paths`.
///
/// Path: `/v1/sys/capabilities-self`. Method: POST. Response: `{"data": {"secret/data/app": ["read"], …}}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/system/capabilities-self>
pub(super) fn capabilities(paths: &[String], namespace: Option<&str>, token: &Redacted) -> Request {
    let body = json(&HashMap::from([("paths", paths)]));
    authorised(Request::post("/v1/sys/capabilities-self".to_owned(), Redacted::of(body)), namespace, token)
}

/// Asks how long a lease lives. The policy `default` allows it for every lease.
///
/// Path: `/v1/sys/leases/lookup`. Method: POST. Response: `{"data": {"id": …, "ttl": seconds, "renewable": true}}`; 400 for one that has ended.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/system/leases#read-lease>
pub(super) fn look_up_lease(id: &str, namespace: Option<&str>, token: &Redacted) -> Request {
    let body = json(&HashMap::from([("lease_id", id)]));
    authorised(Request::post("/v1/sys/leases/lookup", Redacted::of(body)), namespace, token)
}

/// Lets a lease live for `seconds` from now on, as far as its role allows. The policy `default` allows it for every lease.
///
/// Path: `/v1/sys/leases/renew`. Method: POST. Response: `{"lease_id": …, "lease_duration": seconds}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/system/leases#renew-lease>
pub(super) fn renew_lease(id: &str, seconds: u64, namespace: Option<&str>, token: &Redacted) -> Request {
    let body = Zeroizing::new(serde_json::json!({"lease_id": id, "increment": seconds}).to_string());
    authorised(Request::post("/v1/sys/leases/renew", Redacted::of(body)), namespace, token)
}

/// Lets the token live longer.
///
/// Path: `/v1/auth/token/renew-self`. Method: POST. Response: `{"auth": {"lease_duration": seconds, …}}`.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/token#renew-a-token-self>
pub(super) fn renew_self(namespace: Option<&str>, token: &Redacted) -> Request {
    authorised(Request::post("/v1/auth/token/renew-self", Redacted::new("{}")), namespace, token)
}

/// Ends the token, and every lease that it made.
///
/// Path: `/v1/auth/token/revoke-self`. Method: POST. Response: 204, without a body.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/auth/token#revoke-a-token-self>
pub(super) fn revoke_self(namespace: Option<&str>, token: &Redacted) -> Request {
    authorised(Request::post("/v1/auth/token/revoke-self", Redacted::new("{}")), namespace, token)
}

/// Asks for the certificate with this serial number. It needs no token.
///
/// Path: `/v1/{mount}cert/{serial}`. Method: GET. Response: `{"data": {"certificate": …, "revocation_time": 0}}`; 404 where the role keeps none.
/// Reference: <https://developer.hashicorp.com/vault/api-docs/secret/pki#read-certificate>
pub(super) fn certificate(mount: &str, serial: &str, namespace: Option<&str>) -> Request {
    with_headers(Request::get(format!("/v1/{}cert/{}", encode_path(mount), encode_path(serial))), namespace)
}

/// Logs in at `mount`, e.g. `auth/kubernetes`, with `body`; `action` is `login`, or `login/{user}`.
///
/// Path: `/v1/{mount}/{action}`. Method: POST.
/// Response: `{"auth": {"client_token": …, "lease_duration": seconds, "num_uses": 0}}`.
/// Reference: each login's file.
pub(super) fn login(mount: &str, action: &str, body: Redacted, namespace: Option<&str>) -> Request {
    with_headers(Request::post(format!("/v1/{}/{}", encode_path(mount), encode_path(action)), body), namespace)
}

/// Adds the token. An empty one is that of an agent in between, which adds it itself.
fn authorised(request: Request, namespace: Option<&str>, token: &Redacted) -> Request {
    let request = with_headers(request, namespace);
    if token.reveal().is_empty() { request } else { request.header("X-Vault-Token", token.clone()) }
}

/// Adds the namespace, and `X-Vault-Request` for listeners with `require_request_header`.
fn with_headers(request: Request, namespace: Option<&str>) -> Request {
    let request = request.header("X-Vault-Request", Redacted::new("true"));
    match namespace.map(|namespace| namespace.trim_matches('/')).filter(|namespace| !namespace.is_empty()) {
        Some(namespace) => request.header("X-Vault-Namespace", Redacted::new(namespace)),
        None => request,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Method;

    fn headers(request: &Request) -> Vec<(&str, &str)> {
        request.headers.iter().map(|(name, value)| (*name, value.reveal())).collect()
    }

    #[test]
    fn a_reading_names_its_version_and_its_namespace() {
        let token = Redacted::new("t");
        for (version, namespace, path, third) in [
            (None, None, "/v1/secret/data/my%20app", None),
            (Some(3), Some("admin/team-a/"), "/v1/secret/data/my%20app?version=3", Some("admin/team-a")),
            (None, Some("/"), "/v1/secret/data/my%20app", None),
        ] {
            let request = read("secret/data/my app", version, namespace, &token);
            assert_eq!((request.method, request.path.as_str()), (Method::Get, path));
            let mut expected = vec![("X-Vault-Request", "true")];
            expected.extend(third.map(|namespace| ("X-Vault-Namespace", namespace)));
            expected.push(("X-Vault-Token", "t"));
            assert_eq!(headers(&request), expected);
            assert_eq!(request.body, None);
        }
    }

    #[test]
    fn a_mount_is_asked_for_with_the_whole_path() {
        let request = mount("secret/app", None, &Redacted::new("t"));
        assert_eq!(request.path, "/v1/sys/internal/ui/mounts/secret/app");
        assert_eq!(headers(&request), [("X-Vault-Request", "true"), ("X-Vault-Token", "t")]);
    }

    #[test]
    fn a_login_has_a_body_and_no_token() {
        let request = login("auth/userpass", "login/an n", Redacted::new(r#"{"password":"p"}"#), Some("ns"));
        assert_eq!((request.method, request.path.as_str()), (Method::Post, "/v1/auth/userpass/login/an%20n"));
        assert_eq!(headers(&request), [("X-Vault-Request", "true"), ("X-Vault-Namespace", "ns")]);
        assert_eq!(request.body.unwrap().reveal(), r#"{"password":"p"}"#);
    }
}
