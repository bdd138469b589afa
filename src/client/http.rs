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
use super::failure::{AttemptError, Failure, failure, innermost, out_of_reach};
use super::first_request::FirstRequest;
use super::lookup::Lookup;
use super::nodes::{Nodes, is_loopback};
use super::options::ClientOptions;
use super::rate::RateLimit;
use super::redirect::redirect;
use super::replication::ReplicationState;
use super::request::{Method, Request, Response};
use super::retry::{Attempt, Attempts, Patience, Retry, ServerState};
use super::tls::{Verifier, tls};
use crate::budget;
use crate::error::{Error, Kind};
use crate::journal::Journal;
use crate::moment;
use crate::wiped::append;

/// A client of one server. Construction opens nothing: certificates are read for the first request.
pub(crate) struct Client {
    pub(super) options: ClientOptions,
    pub(super) nodes: Nodes,
    connection: OnceLock<Connection>,
    limit: Option<RateLimit>,
    first_request: FirstRequest,
    replication: ReplicationState,
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
/// The same where another node can be asked instead.
const CONNECT_TIMEOUT_OF_NODE: Duration = Duration::from_secs(3);

/// How many requests of this process are under way at once, whoever sends them: many renders at once must not flood a server.
static REQUESTS: Semaphore = Semaphore::const_new(64);

impl Client {
    /// A client with these options. An error if the address is not one.
    pub(crate) fn new(options: ClientOptions) -> Result<Self, Error> {
        let nodes = Nodes::parse(&options.address, &options.words)?;
        check_reach(&nodes, &options)?;
        nodes.urls().iter().for_each(|url| options.credentials.add_password(url.as_str()));
        options.proxies.addresses().for_each(|proxy| options.credentials.add_password(proxy));
        Ok(Self {
            connection: OnceLock::new(),
            limit: options.rate.map(RateLimit::new),
            first_request: FirstRequest::new(nodes.urls().iter().any(|url| url.scheme() == "https")),
            replication: ReplicationState::default(),
            answers: Semaphore::new(permits(budget::Limit::Answers.most() as usize) as usize),
            nodes,
            options,
        })
    }

    /// How long a piece of work may take, its retries included, and the wait for a server that is away.
    pub(crate) fn timeout(&self) -> Duration {
        self.request_timeout().saturating_add(self.options.wait)
    }

    /// How long one request may take.
    fn request_timeout(&self) -> Duration {
        if self.options.timeout.is_zero() { Duration::MAX } else { self.options.timeout }
    }

    /// The credentials of the session: nothing that the server sends may show them.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.options.credentials
    }

    /// The server's address as it may be shown: without user and password.
    pub(crate) fn address(&self) -> String {
        self.nodes.shown()
    }

    /// Whether requests cross the network without TLS.
    pub(crate) fn is_in_clear(&self) -> bool {
        self.nodes.urls().iter().any(|url| url.scheme() == "http" && !is_loopback(url))
    }

    /// The addresses of the server with their paths, without user and password, and in an order of their own.
    pub(crate) fn address_with_path(&self) -> String {
        self.nodes.key()
    }

    /// The output of `work`, unless `deadline` comes first.
    pub(crate) async fn within<T>(&self, deadline: Deadline, work: impl Future<Output = T>) -> Result<T, Failure> {
        timeout_at(deadline.at, work).await.map_err(|_| self.too_late(deadline).into())
    }

    /// Sends `request` until a response counts, at the latest until `deadline`. A response may have any status.
    pub(crate) async fn send(&self, request: &Request, retry: Retry, deadline: Deadline) -> Result<Response, Failure> {
        let ClientOptions { retries, wait, .. } = self.options;
        let mut attempts = Attempts::new(retry, Patience { retries, wait, nodes: self.nodes.count() });
        let first = Instant::now();
        loop {
            let (node, start) = (self.nodes.current(), Instant::now());
            let answer = self.attempt(node, request, deadline).await;
            self.tell(node, request, &answer, start.elapsed());
            let attempt = match &answer {
                Ok(response) => self.attempt_of(response),
                Err(failure) => failure.attempt,
            };
            if attempt.is_of_node() {
                self.nodes.leave(node);
            }
            match attempts.wait(attempt, first.elapsed()) {
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
    fn tell(&self, node: &Url, request: &Request, answer: &Result<Response, AttemptError>, took: Duration) {
        self.journal().tell_timed(took, || {
            let method = if request.method == Method::Get { "GET" } else { "POST" };
            let path = self.credentials().redact(request.parts().0, &[]);
            let end = match answer {
                Ok(response) => response.status.to_string(),
                Err(failure) => failure.error.detail.clone(),
            };
            format!("{method} {}{path}: {end}", self.nodes.show(node))
        });
    }

    /// One attempt, with one redirect at most.
    async fn attempt(&self, node: &Url, request: &Request, deadline: Deadline) -> Result<Response, AttemptError> {
        let connection = self.connection().map_err(|error| AttemptError { attempt: Attempt::Refused, error })?;
        let exchange = async {
            if let Some(limit) = &self.limit {
                limit.turn().await;
            }
            let url = self.url(node, request);
            let _permit = REQUESTS.acquire().await;
            let ahead = self.first_request.turn().await;
            let answer = self.exchange(connection, request, url.clone()).await?;
            drop(ahead);
            match location(&answer) {
                None => self.body(connection, answer).await,
                Some(location) => {
                    let next = redirect(&url, &location, self.nodes.urls(), request, &self.options.words);
                    let next = next.map_err(|error| *error)?;
                    self.body(connection, self.exchange(connection, request, next).await?).await
                }
            }
        };
        let end = after(Instant::now(), self.request_timeout()).min(deadline.at);
        let is_of_run = deadline.is_of_run && end == deadline.at;
        let too_late = |_| Err(self.too_late(Deadline { at: end, is_of_run }));
        timeout_at(end, exchange).await.unwrap_or_else(too_late)
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
        let state = self.options.state_header.and_then(|name| Some((name, self.replication.header()?)));
        if let Some((name, state)) = state {
            builder = builder.header(name, state);
        }
        if let Some(body) = &request.body {
            builder = builder.header("Content-Type", "application/json").body(body.reveal().to_owned());
        }
        builder.send().await.map_err(|error| self.broken(&error, &url, connection))
    }

    /// The whole response, unless it is too large. A large one waits until there is room for its body.
    async fn body(&self, connection: &Connection, mut answer: reqwest::Response) -> Result<Response, AttemptError> {
        let status = answer.status().as_u16();
        let retry_after = header(&answer, "retry-after").and_then(|value| value.parse().ok()).map(Duration::from_secs);
        if let Some(state) = self.options.state_header.and_then(|name| header(&answer, name)) {
            self.replication.learn(state);
        }
        let date = header(&answer, "date").and_then(moment::of_http_date);
        let mut body = Zeroizing::new(Vec::new());
        let url = answer.url().clone();
        let expected = answer.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(LARGEST_BODY);
        let mut permit = None;
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.broken(&error, &url, connection))? {
            if body.len() + chunk.len() > LARGEST_BODY {
                let detail =
                    format!("the response of `{}` is larger than {} MiB", self.nodes.show(&url), LARGEST_BODY >> 20);
                let hint = format!("does {} lead to {} itself?", self.options.words.address, self.options.words.server);
                let error = Error::new(Kind::Store, detail).hint(hint);
                return Err(AttemptError { attempt: Attempt::Hopeless, error });
            }
            if permit.is_none() && body.len() + chunk.len() > SMALL_BODY {
                permit = self.answers.acquire_many(permits(expected.min(LARGEST_BODY))).await.ok();
            }
            append(&mut body, &chunk);
        }
        Ok(Response { status, body, retry_after, date })
    }

    /// The meaning of an error of a request to `url`.
    fn broken(&self, error: &reqwest::Error, url: &Url, connection: &Connection) -> AttemptError {
        failure(error, &self.nodes.show(url), &connection.verifier, &self.options.words)
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
        let timeout = if self.nodes.count() > 1 { CONNECT_TIMEOUT_OF_NODE } else { CONNECT_TIMEOUT };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.config)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeout)
            .dns_resolver(Lookup::new(self.options.reach, self.options.proxies.hosts()))
            .user_agent(concat!("vault-render/", env!("CARGO_PKG_VERSION")))
            .no_proxy(); // none but those of the options
        if let Some(socket) = self.nodes.socket() {
            builder = builder.unix_socket(socket);
        }
        let inner =
            self.proxies().into_iter().fold(builder, reqwest::ClientBuilder::proxy).build().map_err(|error| {
                Error::new(Kind::Setting, "the HTTP client cannot be set up").cause(innermost(&error))
            })?;
        Ok(Connection { inner, verifier: tls.verifier })
    }

    /// The proxies for the nodes. As Go does: `HTTP_PROXY` is never for this machine.
    fn proxies(&self) -> Vec<reqwest::Proxy> {
        let is_here = self.nodes.socket().is_some() || self.nodes.urls().iter().all(is_loopback);
        let proxies = &self.options.proxies;
        if is_here && proxies.setting.is_none() { Vec::new() } else { proxies.to_reqwest() }
    }

    /// The attempt that a response ended.
    fn attempt_of(&self, response: &Response) -> Attempt {
        let state = if response.status < 400 { ServerState::Serving } else { (self.options.state)(response) };
        Attempt::Answered { status: response.status, retry_after: response.retry_after, state }
    }

    fn url(&self, node: &Url, request: &Request) -> Url {
        let mut url = node.clone();
        let (path, query) = request.parts();
        url.set_path(&format!("{}{path}", node.path().trim_end_matches('/')));
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
            let detail = format!("no response from `{address}` within {:?}", self.request_timeout());
            (detail, format!("{} says how long to wait", words.timeout))
        };
        let hint = format!("the server hangs or is far away: {hint}");
        AttemptError { attempt: Attempt::Refused, error: Error::new(Kind::Unavailable, detail).hint(hint) }
    }
}

/// An error if an address leads to where the options do not reach. Names are checked once they are looked up.
fn check_reach(nodes: &Nodes, options: &ClientOptions) -> Result<(), Error> {
    let socket = nodes.socket().map_or(Ok(()), |_| options.reach.check_socket());
    let literal = |url: &Url| url.host_str()?.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let mut literals = nodes.urls().iter().filter(|_| nodes.socket().is_none()).filter_map(literal);
    socket.and_then(|()| literals.try_for_each(|address| options.reach.check(address))).map_err(|refused| {
        let error = out_of_reach(&refused, &nodes.shown(), &options.words);
        Error { kind: Kind::Setting, ..error }
    })
}

/// How many permits a response of `bytes` needs.
fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1 << 10)).unwrap_or(u32::MAX)
}

fn header<'a>(answer: &'a reqwest::Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

/// Where the response redirects to, if it does.
fn location(answer: &reqwest::Response) -> Option<String> {
    let redirects = matches!(answer.status().as_u16(), 301 | 302 | 307 | 308);
    redirects.then(|| header(answer, "location").unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::reach::Reach;
    use super::*;

    fn client(address: &str) -> Result<Client, Error> {
        Client::new(ClientOptions { address: address.to_owned(), ..ClientOptions::default() })
    }

    #[test]
    fn a_tenants_address_is_of_another_machine() {
        for (address, is_allowed) in [
            ("https://vault.example.com", true),
            ("https://10.0.0.1:8200", true),
            ("http://127.0.0.1:8200", false),
            ("http://0x7f.1", false),
            ("https://10.0.0.1,http://[::1]", false),
            ("http://169.254.169.254", false),
            ("unix:///run/agent.sock", false),
        ] {
            let options = ClientOptions { address: address.to_owned(), ..ClientOptions::default() };
            let made = Client::new(ClientOptions { reach: Reach::OtherMachines, ..options });
            assert_eq!(made.is_ok(), is_allowed, "{address}");
            assert!(client(address).is_ok());
        }
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let client = client("https://user:canary@vault.test:8200/base?q=canary").unwrap();
        assert_eq!(client.address(), "https://vault.test:8200");
        let url = client.url(client.nodes.current(), &Request::get("/v1/a%20b?version=1"));
        assert_eq!((url.path(), url.query()), ("/base/v1/a%20b", Some("version=1")));
    }
}
