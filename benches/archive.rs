//! How long a repository of 5,000 files takes that Argo CD sends for one application in it: unpacked in memory, read, and written as far as the
//! application needs it. `cargo bench --bench archive` prints milliseconds, the median of fifty runs and the ends.
#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark prints its figures")]

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use vault_render::internals::input::{Archive, ArchiveLimits, FileModes};

const RUNS: usize = 50;
const FILES: usize = 5_000;
const OF_AN_APPLICATION: usize = 20;
const LIMITS: ArchiveLimits = ArchiveLimits { bytes: 256 << 20, until: None };

fn main() {
    let gzip = repository();
    let folder = Path::new("apps/7");
    let unpack = || Archive::unpack(&gzip, folder, LIMITS).expect("an archive");
    let archive = unpack();
    println!("{FILES} files, {} KiB as Argo CD sends them", gzip.len() >> 10);
    time("unpacked for an application", || drop(unpack()));
    time("its manifests read", || assert_eq!(archive.read(folder, false).0.len(), OF_AN_APPLICATION));
    time("its digest", || assert_ne!(archive.digest(), [0; 32]));
    time("written for a tool", || {
        let around = tempfile::tempdir().expect("a folder");
        archive.write(&around.path().join("repository"), FileModes::Fixed).expect("a repository");
    });
    let mut all = unpack();
    time("all unpacked", || {
        all = unpack();
        all.widen_to_all(&gzip).expect("an archive");
    });
}

fn time(what: &str, work: impl FnMut()) {
    let mut work = work;
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            work();
            begin.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{:6.2} ms  ({:.2} to {:.2})  {what}", times[RUNS / 2], times[0], times[RUNS - 1]);
}

/// Applications of twenty manifests, each of some 2 KiB.
fn repository() -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for number in 0..FILES {
        let mut text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{number}\ndata:\n");
        for line in 0..40 {
            text += &format!("  key{line}: value {} of <path:kv/app#key{line}>\n", (number * 7919 + line * 31) % 9973);
        }
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        let path = format!("apps/{}/{number}.yaml", number / OF_AN_APPLICATION);
        tar.append_data(&mut header, path, text.as_bytes()).expect("it is in memory");
    }
    let mut gzip = tar.into_inner().expect("it is in memory");
    gzip.flush().expect("it is in memory");
    gzip.finish().expect("it is in memory")
}
