//! What containment costs a child: the same program started within bounds and without, in turn; and what it takes to leave Git's own
//! folders out of a repository of 10,000 files, once a run. `cargo bench --bench contain` prints milliseconds, medians and the ends.
#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark prints its figures")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use vault_render::internals::contain::{self, Bounds, Limits, Network};
use vault_render::internals::input;

const RUNS: usize = 300;
const FILES: usize = 10_000;

fn main() {
    let repository = tempfile::tempdir().expect("a folder");
    write(repository.path());
    let parts = (0..20).map(|_| timed(|| drop(input::paths_without_git(repository.path())))).collect();
    println!("{}  to leave .git out of {FILES} files", figures(parts));
    let bounds = bounds(repository.path());
    let (mut without, mut within) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        without.push(timed(|| drop(program().spawn().expect("a child").wait())));
        within.push(timed(|| drop(contain::spawn(program(), &bounds).expect("a contained child").wait())));
    }
    println!("{}  a child without bounds", figures(without));
    println!("{}  a child within bounds: {} files and folders, no network", figures(within), count(&bounds));
}

fn program() -> Command {
    Command::new("/bin/true")
}

/// As many as for a chart in a repository of forty folders.
fn bounds(repository: &Path) -> Bounds {
    let execute = ["/bin", "/sbin", "/lib", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local/bin"];
    let limits =
        Limits { memory: Some(1 << 30), processor_time: Some(Duration::from_secs(60)), file_size: Some(1 << 30) };
    Bounds {
        read: input::paths_without_git(repository),
        write: vec![std::env::temp_dir()],
        execute: execute.map(PathBuf::from).to_vec(),
        network: Network::None,
        limits,
    }
}

/// In folders of 250, beside a `.git`.
fn write(repository: &Path) {
    std::fs::create_dir(repository.join(".git")).expect("a folder");
    for number in 0..FILES {
        let folder = repository.join(format!("app-{}", number / 250));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{number}.yaml")), "").expect("a file");
    }
}

fn count(bounds: &Bounds) -> usize {
    bounds.read.len() + bounds.write.len() + bounds.execute.len()
}

fn timed(run: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    run();
    begin.elapsed().as_secs_f64() * 1000.0
}

fn figures(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let (median, least, most) = (times[times.len() / 2], times[0], times[times.len() - 1]);
    format!("{median:5.2} ms  ({least:.2} to {most:.2})")
}
