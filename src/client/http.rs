//! Sends requests to one server: proxy, timeout, rate limit, retries, one redirect, bounded bodies. Does not interpret responses.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Url;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};
use zeroize::Zeroizing;

use super::allowance::{Deadline, after};
use super::credentials::Credentials;
use super::failure::{AttemptError, Failure, failure, innermost};
use super::first_request::FirstRequest;
use super::lookup::Lookup;
use super::options::{ClientOptions, ServerWords};
use super::rate::RateLimit;
use super::request::{Method, Request, Response};
use super::retry::{Attempt, Attempts, Retry};
use super::tls::{Verifier, tls};
use crate::budget;
use crate::error::{Error, Kind};
use crate::journal::Journal;
use crate::moment;

/// A client of one server. Construction opens nothing: certificates are read for the first request.
pub(crate) struct Client {
    pub(super) options: ClientOptions,
    pub(super) address: Url,
    connection: OnceLock<Connection>,
    limit: Option<RateLimit>,
    first_request: FirstRequest,
    /// A permit for each KiB of the large responses that are read at the same time.
    answers: Semaphore,
}

/// The connection pool, made by the first request.
struct Connection {
    inner: reqwest::Client,
    verifier: Arc<Verifier>,
}

const LARGEST_BODY: usize = 32 << 20;
/// A response of at most this size does not wait for a permit.
const SMALL_BODY: usize = 64 << 10;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl Client {
    /// A client with these options. An error if the address is not one.
    pub(crate) fn new(options: ClientOptions) -> Result<Self, Error> {
        let address = parse(&options.address, &options.words)?;
        options.credentials.add_password(address.as_str());
        options.proxies.addresses().for_each(|proxy| options.credentials.add_password(proxy));
        Ok(Self {
            connection: OnceLock::new(),
            limit: options.rate.map(RateLimit::new),
            first_request: FirstRequest::new(address.scheme() == "https"),
            answers: Semaphore::new(permits(budget::Limit::Answers.most() as usize) as usize),
            address,
            options,
        })
    }

    /// How long a piece of work may take, its retries included.
    pub(crate) fn timeout(&self) -> Duration {
        if self.options.timeout.is_zero() { Duration::MAX } else { self.options.timeout }
    }

    /// The credentials of the session: nothing that the server sends may show them.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.options.credentials
    }

    /// The server's address as it may be shown: without user and password.
    pub(crate) fn address(&self) -> String {
        shown(&self.address)
    }

    /// Whether requests cross the network without TLS.
    pub(crate) fn is_in_clear(&self) -> bool {
        self.address.scheme() == "http" && !is_loopback(&self.address)
    }

    /// The server's address with its path, without user and password: two paths may lead to two servers.
    pub(crate) fn address_with_path(&self) -> String {
        format!("{}{}", self.address(), self.address.path().trim_end_matches('/'))
    }

    /// The output of `work`, unless `deadline` comes first.
    pub(crate) async fn within<T>(&self, deadline: Deadline, work: impl Future<Output = T>) -> Result<T, Failure> {
        timeout_at(deadline.at, work).await.map_err(|_| self.too_late(deadline).into())
    }

    /// Sends `request` until a response counts, at the latest until `deadline`. A response may have any status.
    pub(crate) async fn send(&self, request: &Request, retry: Retry, deadline: Deadline) -> Result<Response, Failure> {
        let mut attempts = Attempts::new(retry, self.options.retries);
        loop {
            let start = Instant::now();
            let answer = self.attempt(request, deadline).await;
            self.tell(request, &answer, start.elapsed());
            let wait = attempts.wait(match &answer {
                Ok(response) => self.attempt_of(response),
                Err(failure) => failure.attempt,
            });
            match wait {
                Some(wait) if after(Instant::now(), wait) < deadline.at => sleep(wait).await,
                _ => return answer.map_err(Failure::from),
            }
        }
    }

    /// Where the client tells what it does.
    pub(crate) fn journal(&self) -> &Journal {
        &self.options.journal
    }

    /// Tells a request and how it ended. Headers, bodies and parameters are left out.
    fn tell(&self, request: &Request, answer: &Result<Response, AttemptError>, took: Duration) {
        self.journal().tell_timed(took, || {
            let method = if request.method == Method::Get { "GET" } else { "POST" };
            let path = self.credentials().redact(request.parts().0, &[]);
            let end = match answer {
                Ok(response) => response.status.to_string(),
                Err(failure) => failure.error.detail.clone(),
            };
            format!("{method} {}{path}: {end}", self.address())
        });
    }

    /// One attempt, with one redirect at most.
    async fn attempt(&self, request: &Request, deadline: Deadline) -> Result<Response, AttemptError> {
        let connection = self.connection().map_err(|error| AttemptError { attempt: Attempt::Refused, error })?;
        let exchange = async {
            if let Some(limit) = &self.limit {
                limit.turn().await;
            }
            let url = self.url(request);
            let ahead = self.first_request.turn().await;
            let answer = self.exchange(connection, request, url.clone()).await?;
            drop(ahead);
            match location(&answer) {
                None => self.body(connection, answer).await,
                Some(location) => {
                    let next = redirect(&url, &location, request, &self.options.words).map_err(|error| *error)?;
                    self.body(connection, self.exchange(connection, request, next).await?).await
                }
            }
        };
        timeout_at(deadline.at, exchange).await.unwrap_or_else(|_| Err(self.too_late(deadline)))
    }

    async fn exchange(
        &self,
        connection: &Connection,
        request: &Request,
        url: Url,
    ) -> Result<reqwest::Response, AttemptError> {
        let mut builder = match request.method {
            Method::Get => connection.inner.get(url.clone()),
            Method::Post => connection.inner.post(url.clone()),
        };
        for (name, value) in &request.headers {
            builder = builder.header(*name, value.reveal());
        }
        if let Some(body) = &request.body {
            builder = builder.header("Content-Type", "application/json").body(body.reveal().to_owned());
        }
        builder.send().await.map_err(|error| failure(&error, &url, &connection.verifier, &self.options.words))
    }

    /// The whole response, unless it is too large. A large one waits until there is room for its body.
    async fn body(&self, connection: &Connection, mut answer: reqwest::Response) -> Result<Response, AttemptError> {
        let status = answer.status().as_u16();
        let retry_after = header(&answer, "retry-after").and_then(|value| value.parse().ok()).map(Duration::from_secs);
        let date = header(&answer, "date").and_then(moment::of_http_date);
        let mut body = Zeroizing::new(Vec::new());
        let url = answer.url().clone();
        let expected = answer.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(LARGEST_BODY);
        let mut permit = None;
        while let Some(chunk) =
            answer.chunk().await.map_err(|error| failure(&error, &url, &connection.verifier, &self.options.words))?
        {
            if body.len() + chunk.len() > LARGEST_BODY {
                let detail = format!("the response of `{}` is larger than {} MiB", shown(&url), LARGEST_BODY >> 20);
                return Err(AttemptError { attempt: Attempt::Hopeless, error: Error::new(Kind::Store, detail) });
            }
            if permit.is_none() && body.len() + chunk.len() > SMALL_BODY {
                permit = self.answers.acquire_many(permits(expected.min(LARGEST_BODY))).await.ok();
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, body, retry_after, date })
    }

    fn connection(&self) -> Result<&Connection, Error> {
        match self.connection.get() {
            Some(connection) => Ok(connection),
            // A failure is not kept: the next run may find the certificates readable.
            None => self.connect().map(|connection| self.connection.get_or_init(|| connection)),
        }
    }

    fn connect(&self) -> Result<Connection, Error> {
        let options = (self.options.tls)()?;
        if let Some(identity) = &options.identity {
            self.options.credentials.add_key(&String::from_utf8_lossy(&identity.key));
        }
        let tls = tls(options, &self.options.words)?;
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.config)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .dns_resolver(Lookup::default())
            .user_agent(concat!("vault-render/", env!("CARGO_PKG_VERSION")))
            .no_proxy(); // none but those of the options
        // As Go does: HTTP_PROXY is never for this machine.
        let proxies = if is_loopback(&self.address) { Vec::new() } else { self.options.proxies.to_reqwest() };
        let inner =
            proxies.into_iter().fold(builder, reqwest::ClientBuilder::proxy).build().map_err(|error| {
                Error::new(Kind::Setting, "the HTTP client cannot be set up").cause(innermost(&error))
            })?;
        Ok(Connection { inner, verifier: tls.verifier })
    }

    /// The attempt that a response ended.
    fn attempt_of(&self, response: &Response) -> Attempt {
        let has_waited = response.status == 500 && (self.options.has_waited)(&response.body);
        Attempt::Answered { status: response.status, retry_after: response.retry_after, has_waited }
    }

    fn url(&self, request: &Request) -> Url {
        let mut url = self.address.clone();
        let (path, query) = request.parts();
        url.set_path(&format!("{}{path}", self.address.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    /// The error after `deadline`.
    fn too_late(&self, deadline: Deadline) -> AttemptError {
        let (address, words) = (self.address(), &self.options.words);
        let (detail, hint) = if deadline.is_of_run {
            let detail = format!("no response from `{address}` within the time that a run has for its secrets");
            (detail, format!("{} says how long all readings of a run may take", words.run_timeout))
        } else {
            let detail = format!("no response from `{address}` within {:?}", self.timeout());
            (detail, format!("{} says how long to wait", words.timeout))
        };
        let hint = format!("the server hangs or is far away: {hint}");
        AttemptError { attempt: Attempt::Refused, error: Error::new(Kind::Store, detail).hint(hint) }
    }
}

/// How many permits a response of `bytes` needs.
fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1 << 10)).unwrap_or(u32::MAX)
}

fn parse(address: &str, words: &ServerWords) -> Result<Url, Error> {
    let hint = "an address looks like `https://example.com:8200`";
    let wrong = |detail: &str| Error::new(Kind::Setting, format!("{} {detail}", words.address)).hint(hint);
    match Url::parse(address.trim()) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
            Err(wrong("does not begin with `https://` or `http://`"))
        }
        Ok(mut url) => {
            url.set_query(None);
            url.set_fragment(None);
            Ok(url)
        }
        Err(error) => Err(wrong("is not an address").cause(error.to_string())),
    }
}

/// An address without user, password, path and query.
pub(super) fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn header<'a>(answer: &'a reqwest::Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

/// Where the response redirects to, if it does.
fn location(answer: &reqwest::Response) -> Option<String> {
    let redirects = matches!(answer.status().as_u16(), 301 | 302 | 307 | 308);
    redirects.then(|| header(answer, "location").unwrap_or_default().to_owned())
}

/// The address of a redirect, by which a standby node names the active one. The credential goes with it: so only to the host of the
/// address, only over TLS, and only for the same request.
fn redirect(from: &Url, location: &str, request: &Request, words: &ServerWords) -> Result<Url, Box<AttemptError>> {
    let ServerWords { server, address, redirect_hint, .. } = words;
    let refuse = |why: String, hint: String| {
        let error = Error::new(Kind::Store, format!("`{}` redirects {why}", shown(from))).hint(hint);
        Box::new(AttemptError { attempt: Attempt::Refused, error })
    };
    let itself = || format!("{address} must be {server} itself{redirect_hint}");
    let to = from.join(location).map_err(|_| refuse("to nowhere".to_owned(), itself()))?;
    let (path, query) = request.parts();
    if !(to.path().ends_with(path) && to.query() == query) {
        return Err(refuse(format!("to another page, of `{}`: it is not {server}", shown(&to)), itself()));
    }
    if (from.scheme(), to.scheme()) != ("https", "https") {
        return Err(refuse(format!("to `{}`, and credentials are sent over TLS only", shown(&to)), itself()));
    }
    if from.host() != to.host() {
        let why = format!("to `{}`, and credentials are sent only to the host of {address}", shown(&to));
        return Err(refuse(why, format!("set {address} to the active node, or to a load balancer that finds it")));
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Result<Client, Error> {
        Client::new(ClientOptions { address: address.to_owned(), ..ClientOptions::default() })
    }

    #[test]
    fn a_redirect_leads_to_the_same_request_on_the_same_host_over_tls() {
        for (from, to, followed) in [
            ("https://one:8200/v1/a/data/b?version=3", "https://ONE:8201/v1/a/data/b?version=3", true),
            ("https://one:8200/v1/a/data/b?version=3", "https://one/vault/v1/a/data/b?version=3", true),
            ("https://one:8200/v1/a/data/b?version=3", "https://two:8200/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "//two:8200/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "https://one.two/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "https://one@two/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "https://two:8200/v1/a/data/b", false),
            ("https://one:8200/v1/a/data/b?version=3", "https://sso/login?next=/v1/a/data/b?version=3#x", false),
            ("https://one:8200/v1/a/data/b?version=3", "http://two:8200/v1/a/data/b?version=3", false),
            ("http://one:8200/v1/a/data/b?version=3", "https://one:8200/v1/a/data/b?version=3", false),
            ("http://one:8200/v1/a/data/b?version=3", "http://two:8200/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "", true),
        ] {
            let to = redirect(
                &Url::parse(from).unwrap(),
                to,
                &Request::get("/v1/a/data/b?version=3"),
                &ServerWords::default(),
            );
            assert_eq!(to.is_ok(), followed, "{from}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let client = client("https://user:canary@vault.test:8200/base?q=canary").unwrap();
        assert_eq!(client.address(), "https://vault.test:8200");
        let url = client.url(&Request::get("/v1/a%20b?version=1"));
        assert_eq!((url.path(), url.query()), ("/base/v1/a%20b", Some("version=1")));
    }

    #[test]
    fn what_is_no_address_is_a_wrong_setting() {
        for address in ["vault:8200", "127.0.0.1:8200", "ftp://vault", "https://", ""] {
            let error = client(address).err().expect(address);
            assert_eq!(error.kind, Kind::Setting, "{address}");
        }
    }

    #[test]
    fn this_machine_needs_no_proxy() {
        for (address, loopback) in [
            ("http://127.0.0.1:8200", true),
            ("http://127.8.8.8", true),
            ("http://[::1]:8200", true),
            ("http://localhost", true),
            ("http://vault", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), loopback, "{address}");
        }
    }
}
