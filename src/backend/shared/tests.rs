//! Readings that wait for one another: one of them asks, and none fails by another's failure.

use super::*;
use futures_util::FutureExt;
use futures_util::future::join;

fn readings(life: Duration) -> Arc<SharedReadings> {
    SharedReadings::new(life, 1 << 20).unwrap()
}

async fn lead(readings: &Arc<SharedReadings>, name: Digest, freshness: Freshness) -> Lead {
    match readings.source(name, freshness).await {
        Source::Lead(lead) => lead,
        _ => panic!("it reads for itself and others"),
    }
}

fn shared(source: Option<Source>) -> Option<Vec<u8>> {
    match source {
        Some(Source::Shared(found)) => Some(found.to_vec()),
        _ => None,
    }
}

#[tokio::test]
async fn one_of_those_under_way_reads_for_all() {
    let readings = readings(Duration::ZERO);
    let name = readings.name(readings.new_reader(), ["a"]);
    let first = lead(&readings, name, Freshness::Recent).await;
    let (source, ()) = join(readings.source(name, Freshness::Recent), async { first.share(b"found") }).await;
    assert_eq!(shared(Some(source)).unwrap(), b"found");
    lead(&readings, name, Freshness::Recent).await; // nothing is kept
}

#[tokio::test]
async fn who_reads_as_somebody_else_or_elsewhere_shares_nothing() {
    let readings = readings(Duration::from_secs(60));
    let (one, other) = (readings.new_reader(), readings.new_reader());
    lead(&readings, readings.name(one, ["", "a"]), Freshness::Recent).await.share(b"found");
    for name in [readings.name(other, ["", "a"]), readings.name(one, ["team", "a"]), readings.name(one, ["", "b"])] {
        lead(&readings, name, Freshness::Recent).await;
    }
}

#[tokio::test]
async fn a_reading_whose_caller_goes_is_taken_over() {
    let readings = readings(Duration::ZERO);
    let name = readings.name(0, ["a"]);
    let first = lead(&readings, name, Freshness::Recent).await;
    let (source, ()) = join(readings.source(name, Freshness::Recent), async { drop(first) }).await;
    assert!(matches!(source, Source::Lead(_)));
}

#[tokio::test]
async fn an_error_is_not_shared() {
    let readings = readings(Duration::from_secs(60));
    let name = readings.name(0, ["a"]);
    let first = lead(&readings, name, Freshness::Recent).await;
    let (source, ()) = join(readings.source(name, Freshness::Recent), async { first.keep_own() }).await;
    assert!(matches!(source, Source::Alone));
}

#[tokio::test]
async fn a_slow_reading_holds_nobody() {
    let readings = readings(Duration::ZERO);
    let name = readings.name(0, ["a"]);
    let slow = lead(&readings, name, Freshness::Recent).await;
    let second = lead(&readings, name, Freshness::Recent).await; // the clock goes on while it waits
    slow.keep_own();
    let third = readings.source(name, Freshness::Recent);
    let (source, ()) = join(third, async { second.share(b"found") }).await;
    assert_eq!(shared(Some(source)).unwrap(), b"found", "the end of the slow one does not concern the second");
}

#[tokio::test]
async fn who_wants_it_new_waits_for_none_and_takes_none_of_the_cache() {
    let readings = readings(Duration::from_secs(60));
    let name = readings.name(0, ["a"]);
    lead(&readings, name, Freshness::Recent).await.share(b"old");
    assert_eq!(shared(readings.source(name, Freshness::Recent).now_or_never()).unwrap(), b"old");
    let new = lead(&readings, name, Freshness::New).await;
    new.share(b"new");
    assert_eq!(shared(readings.source(name, Freshness::Recent).now_or_never()).unwrap(), b"new");
    readings.forget(&name);
    lead(&readings, name, Freshness::Recent).await;
}
