//! The way to Vault: name, connection, TLS.

use futures_util::future::BoxFuture;

use super::Patient;
use crate::probe::Verdict;
use crate::words::list;
use crate::{client::Hop, moment};

/// The number of addresses that are named.
const MOST: usize = 4;

pub(super) fn dns(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    Box::pin(async {
        let (client, hop) = (patient.client(), &patient.hop);
        if client.has_socket() {
            return vec![Verdict::NotTried(format!("`{}` is a socket: there is no name to look up", client.address()))];
        }
        let verdict = match client.look_up(hop).await {
            Ok(addresses) => {
                let found = list::few(addresses.iter().map(ToString::to_string), MOST);
                let _ = patient.addresses.set(addresses);
                match hop.host.parse::<std::net::IpAddr>() {
                    Ok(_) => Verdict::NotTried(format!("{} is an address: there is no name to look up", named(hop))),
                    Err(_) => Verdict::Right(format!("{} is {found}", named(hop))),
                }
            }
            Err(error) => Verdict::Wrong(error),
        };
        patient.clean(vec![verdict])
    })
}

pub(super) fn tcp(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    Box::pin(async {
        if patient.client().has_socket() {
            let connected = patient.client().connect_to_socket().await;
            let connected = connected.map(|()| format!("connected to `{}`", patient.client().address()));
            return patient.clean(vec![connected.into()]);
        }
        let addresses = patient.addresses.get().map_or(&[][..], Vec::as_slice);
        let connected = patient.client().connect_to(&patient.hop, addresses).await;
        let connected = connected.map(|address| format!("connected to {} at {address}", named(&patient.hop)));
        patient.clean(vec![connected.into()])
    })
}

pub(super) fn tls(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    Box::pin(async {
        let client = patient.client();
        if !client.has_tls() {
            return vec![Verdict::NotTried(format!("`{}` is without TLS", client.address()))];
        }
        let trusted = |validity: Option<(i64, i64)>| match validity {
            Some((_, last)) => format!("the server's certificate is right, and valid until {}", moment::shown(last)),
            None => "the server's certificate is checked with the next request".to_owned(),
        };
        patient.clean(vec![client.handshake().await.map(trusted).into()])
    })
}

fn named(hop: &Hop) -> String {
    match hop.proxy {
        Some(variable) => format!("the proxy `{}` of `{variable}`", hop.host),
        None => format!("`{}`", hop.host),
    }
}
