//! What concerns the processes that Argo CD's own server starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinHandle;

use super::*;
use crate::support::servers::Working;

#[test]
fn two_processes_in_place_of_one_fill_an_application_and_a_chart() {
    let Some(vault) = vault() else { return };
    let settings = [at(&vault), vec![("AVP_SEPARATE", "true".to_owned())]].concat();
    let Some(argocd) = argocd(Served::ByArgoCd, settings) else { return };
    let repository = Repository::new(CHART.into_iter().chain([("apps/shop/secret.yaml", SECRET)]));
    let manifests = argocd.manifests(&repository, &Application::at("apps/shop")).unwrap();
    assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    let chart = Application::at("chart").parameter(Parameter::array("values-files", &["prod.yaml"]));
    let manifests = argocd.manifests(&repository, &chart).unwrap();
    let secret = manifests.iter().find(|object| object["kind"] == "Secret").unwrap();
    assert_eq!(secret["data"]["password"], "b3Zlci1hcmdv");
}

#[test]
fn a_client_that_gives_up_leaves_no_process() {
    let faults = Faults::script(vec![Response::Silent]);
    let Some(argocd) = argocd(Served::ByArgoCd, at_faults(&faults)) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let asked = argocd.ask(&repository, &Application::at("shop"));
    until("the plugin reads", || !faults.requests().is_empty());
    assert_eq!(argocd.plugins().len(), 1);
    asked.abort();
    until("the plugin is gone", || argocd.plugins().is_empty());
}

/// The kernel releases the lock of a killed run, so that no other run waits for it.
#[test]
fn a_killed_run_gives_its_turn_back() {
    let faults = Faults::start(|number, _| if number == 0 { Response::Silent } else { found() });
    let settings = [at_faults(&faults), vec![("AVP_PARALLEL_RENDERS", "1".to_owned())]].concat();
    let Some(argocd) = argocd(Served::ByArgoCd, settings) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let first = argocd.ask(&repository, &Application::at("shop"));
    until("the first reads", || faults.requests().len() == 1);
    let second = argocd.ask(&repository, &Application::at("shop"));
    until("the second is there", || argocd.plugins().len() == 2);
    assert_eq!(faults.requests().len(), 1);
    first.abort();
    assert_eq!(argocd.wait(second).unwrap()[0]["stringData"]["password"], "over-argo");
}

#[test]
fn two_hundred_calls_at_once_take_turns_and_stay_small() {
    const TURNS: usize = 4;
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let faults = Faults::start(move |_, _| {
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(10));
        now.fetch_sub(1, Ordering::SeqCst);
        found()
    });
    let settings = [at_faults(&faults), vec![("AVP_PARALLEL_RENDERS", TURNS.to_string())]].concat();
    let Some(argocd) = argocd(Served::ByArgoCd, settings) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let asked: Vec<_> = (0..200).map(|_| argocd.ask(&repository, &Application::at("shop"))).collect();
    let mut sizes = Vec::new();
    while !asked.iter().all(JoinHandle::is_finished) {
        sizes.extend(argocd.plugins().iter().filter_map(Working::memory));
        std::thread::sleep(Duration::from_millis(20));
    }
    for asked in asked {
        assert_eq!(argocd.wait(asked).unwrap()[0]["stringData"]["password"], "over-argo");
    }
    assert_eq!(faults.requests().len(), 200);
    assert!((1..=TURNS).contains(&most.load(Ordering::SeqCst)), "{most:?} at once");
    let most = sizes.iter().max().expect("some were seen at work");
    assert!(*most < 15 << 10, "{most} KiB");
}
