//! Looks up the addresses of hosts: lookups of the same name at the same time share one result. Knows no request.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::{Mutex, oneshot};
use tokio::time::Instant;

use super::reach::{OutOfReach, Reach};

/// Asks the system, once for all of the thirty-two connections that may begin together: each would start a thread of its own.
#[derive(Clone, Default)]
pub(super) struct Lookup {
    last: Arc<Mutex<Option<LookupResult>>>,
    reach: Reach,
    /// The hosts that are always within reach: the operator's proxies.
    exceptions: Arc<[String]>,
}

/// The result of the last lookup.
struct LookupResult {
    name: String,
    at: Instant,
    addresses: Addresses,
}

type Addresses = Result<Vec<SocketAddr>, Arc<io::Error>>;

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = self.clone();
        Box::pin(async move {
            let name = name.as_str();
            let found = lookup.share(name, async || ask(name).await).await?;
            Ok(Box::new(lookup.within_reach(name, found)?.into_iter()) as Addrs)
        })
    }
}

impl Lookup {
    /// Looks up hosts that may lead to where `reach` says, except for those of `exceptions`.
    pub(super) fn new(reach: Reach, exceptions: Vec<String>) -> Self {
        Self { reach, exceptions: exceptions.into(), ..Self::default() }
    }

    /// The addresses that are within reach: those that the connection goes to, so that no second lookup can say another. An error if none
    /// is.
    fn within_reach(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, OutOfReach> {
        if self.exceptions.iter().any(|host| host == name) {
            return Ok(found);
        }
        let refusal = found.iter().find_map(|address| self.reach.check(address.ip()).err());
        let within: Vec<_> = found.into_iter().filter(|address| self.reach.check(address.ip()).is_ok()).collect();
        refusal.filter(|_| within.is_empty()).map_or(Ok(within), Err)
    }

    /// The result of `ask`, or one that arrived after this call began. Older ones do not count: a server may have moved.
    async fn share(&self, name: &str, ask: impl AsyncFnOnce() -> io::Result<Vec<SocketAddr>>) -> Addresses {
        let now = Instant::now();
        let mut last = self.last.lock().await;
        if let Some(answer) = last.as_ref().filter(|answer| answer.name == name && answer.at > now) {
            return answer.addresses.clone();
        }
        let addresses = ask().await.map_err(Arc::new);
        *last = Some(LookupResult { name: name.to_owned(), at: Instant::now(), addresses: addresses.clone() });
        addresses
    }
}

/// Asks in a thread that nobody waits for: a name server that does not answer must not delay the program's end.
pub(super) async fn ask(name: &str) -> io::Result<Vec<SocketAddr>> {
    let (answer, answered) = oneshot::channel();
    let name = name.to_owned();
    std::thread::Builder::new()
        .spawn(move || answer.send((name.as_str(), 0).to_socket_addrs().map(Iterator::collect)))?;
    answered.await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn who_asks_at_the_same_time_shares_the_answer_and_who_asks_later_does_not() {
        let (lookup, asked) = (Lookup::default(), Cell::new(0));
        let ask = async || {
            asked.set(asked.get() + 1);
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            Ok(vec![([127, 0, 0, 1], asked.get()).into()])
        };
        let found = join_all([lookup.share("a", ask), lookup.share("a", ask), lookup.share("a", ask)]).await;
        assert!(found.iter().all(|found| found.as_ref().unwrap()[0].port() == 1), "{found:?}");
        assert_eq!(lookup.share("a", ask).await.unwrap()[0].port(), 2);
        assert_eq!(lookup.share("b", ask).await.unwrap()[0].port(), 3);
    }

    #[test]
    fn only_addresses_within_reach_are_left() {
        let at = |text: &str| -> SocketAddr { format!("{text}:0").parse().unwrap() };
        let lookup = Lookup::new(Reach::OtherMachines, vec!["proxy".to_owned()]);
        let both = vec![at("127.0.0.1"), at("10.0.0.1")];
        assert_eq!(lookup.within_reach("vault", both.clone()).unwrap(), [at("10.0.0.1")]);
        assert!(lookup.within_reach("vault", vec![at("169.254.169.254")]).is_err());
        assert_eq!(lookup.within_reach("proxy", both.clone()).unwrap(), both);
        assert_eq!(Lookup::default().within_reach("vault", both.clone()).unwrap(), both);
    }

    #[tokio::test]
    async fn a_failure_is_shared_too() {
        let lookup = Lookup::default();
        let fail = async || {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            Err(io::Error::other("no such name"))
        };
        for found in join_all([lookup.share("a", fail), lookup.share("a", fail)]).await {
            assert_eq!(found.unwrap_err().to_string(), "no such name");
        }
    }
}
