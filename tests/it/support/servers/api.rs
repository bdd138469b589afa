//! The tests' own calls to the servers: JSON over HTTP with a bearer token. Vault takes one as well as Kubernetes.

use std::sync::Once;
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::Value;

use super::Identity;

/// A server's address and a token for it.
#[derive(Clone)]
pub(crate) struct Api {
    client: Client,
    base: String,
    token: Option<String>,
}

/// What came back; `body` is null where it is not JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Api {
    /// `base` as in `https://127.0.0.1:8200/v1`, and every host name is this machine; `ca` as PEM.
    pub(crate) fn new(base: &str, ca: Option<&str>, identity: Option<&Identity>) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Somebody in this process may have been first, with the same one.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let url = reqwest::Url::parse(base).expect("a URL");
        let here = ([127, 0, 0, 1], url.port().expect("a port")).into();
        let mut client = Client::builder().resolve(url.host_str().expect("a host"), here).no_proxy();
        client = client.timeout(Duration::from_secs(120)).tls_certs_only([]);
        if let Some(ca) = ca {
            client = client.tls_certs_only([reqwest::Certificate::from_pem(ca.as_bytes()).expect("PEM")]);
        }
        if let Some(identity) = identity {
            let pem = format!("{}{}", identity.certificate, identity.key);
            client = client.identity(reqwest::Identity::from_pem(pem.as_bytes()).expect("PEM"));
        }
        Self { client: client.build().expect("a client"), base: base.to_owned(), token: None }
    }

    /// The API of this server, with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PUT, path, Some(body))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(body))
    }

    /// Vault's response to a POST, wrapped for a minute.
    pub(crate) fn post_wrapped(&self, path: &str) -> Answer {
        let request = self.client.post(format!("{}/{path}", self.base)).header("X-Vault-Wrap-TTL", "60s").body("{}");
        let request = request.header("X-Vault-Token", self.token.as_deref().unwrap_or_default());
        read(request.send().unwrap_or_else(|error| panic!("{path}: {error}"))).expect("an answer")
    }

    /// An object in YAML, as a dry run: what the server would say of it.
    pub(crate) fn try_out(&self, path: &str, yaml: String) -> Answer {
        let request = self.client.post(format!("{}/{path}?dryRun=All", self.base)).body(yaml);
        let request = request.header("Content-Type", "application/yaml").header("Accept", "application/json");
        let request = request.bearer_auth(self.token.as_deref().unwrap_or_default());
        read(request.send().unwrap_or_else(|error| panic!("{path}: {error}"))).expect("an answer")
    }

    /// Server-side apply in the name of `manager`.
    pub(crate) fn apply(&self, path: &str, manager: &str, object: &Value) -> Answer {
        let url = format!("{}/{path}?fieldManager={manager}&force=true", self.base);
        let request = self.client.patch(url).header("Content-Type", "application/apply-patch+yaml");
        let request = request.bearer_auth(self.token.as_deref().unwrap_or_default()).body(object.to_string());
        read(request.send().unwrap_or_else(|error| panic!("{path}: {error}"))).expect("an answer")
    }

    /// Whatever comes of it.
    pub(crate) fn delete(&self, path: &str) {
        let _ = self.try_call(Method::DELETE, path, None);
    }

    fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.try_call(method.clone(), path, body)
            .unwrap_or_else(|error| panic!("{method} {}/{path}: {error}", self.base))
    }

    /// For servers that may not answer yet.
    pub(crate) fn try_get(&self, path: &str) -> Option<Answer> {
        self.try_call(Method::GET, path, None).ok()
    }

    fn try_call(&self, method: Method, path: &str, body: Option<&Value>) -> reqwest::Result<Answer> {
        let mut request = self.client.request(method, format!("{}/{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        read(request.send()?)
    }
}

fn read(response: reqwest::blocking::Response) -> reqwest::Result<Answer> {
    let status = response.status().as_u16();
    let text = response.text()?;
    Ok(Answer { status, body: serde_json::from_str(&text).unwrap_or_default(), text })
}

impl Answer {
    /// The body of a call that has to succeed.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self.body
    }
}
