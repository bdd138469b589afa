//! Every fault that a run may meet, as a table: what happens, and what a user sees of it. docs/faults.md is the table; this test drives
//! every row, against real servers where they can be made to show it. A row is an entry of a list in one of the modules below.

mod fake;
mod kept;
mod real;

use std::fmt::Write as _;
use std::process::Output;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::support::program::{Program, root};

/// A fault.
pub(crate) struct Fault {
    /// The fault, in the words of the page.
    name: &'static str,
    /// The server that shows it.
    server: &'static str,
    /// What comes of it.
    end: End,
    /// Makes it happen to a run; `None` where a server is missing.
    drive: fn() -> Option<Run>,
}

/// What comes of a fault.
enum End {
    /// The manifest is rendered, perhaps later, or for this reason.
    Rendered(&'static str),
    /// An error in these words, and the way out. Both are parts of what the program writes.
    Error { words: &'static str, fix: &'static str },
}

/// A run with a fault.
pub(crate) struct Run {
    output: Output,
    took: Duration,
    /// What the run must print if it succeeds.
    manifest: String,
    /// What it must not show.
    secrets: Vec<String>,
}

/// All faults.
const TABLES: [&[Fault]; 3] = [real::FAULTS, kept::FAULTS, fake::FAULTS];
/// No run may take longer, whatever its fault: those that wait for something wait less.
const LONGEST: Duration = Duration::from_secs(40);
/// How many faults are driven at once.
const AT_ONCE: usize = 3;

impl Run {
    /// Runs the program, whose output shows `manifest` if the fault passes, and none of `secrets` on stderr.
    fn of(program: Program, manifest: &str, secrets: &[&str]) -> Self {
        let start = Instant::now();
        let output = program.output();
        let secrets = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        Self { output, took: start.elapsed(), manifest: manifest.to_owned(), secrets }
    }
}

impl Fault {
    /// What is wrong with how the program meets the fault, if anything is.
    fn check(&self) -> Option<String> {
        let Run { output, took, manifest, secrets } = (self.drive)()?;
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let (status, printed, parts) = match &self.end {
            End::Rendered(_) => (0, manifest.as_str(), vec![]),
            End::Error { words, fix } => (1, "", vec![*words, *fix]),
        };
        let is_right = output.status.code() == Some(status) && stdout == printed && took < LONGEST;
        let lacks: Vec<_> = parts.into_iter().filter(|part| !stderr.contains(part)).collect();
        let shows: Vec<_> = secrets.iter().filter(|secret| stderr.contains(secret.as_str())).collect();
        (!(is_right && lacks.is_empty() && shows.is_empty())).then(|| {
            format!(
                "{}: {} after {took:?}, lacks {lacks:?}, shows {} secrets\n{stdout}{stderr}",
                self.name,
                output.status,
                shows.len()
            )
        })
    }
}

/// The page, as Markdown.
fn page() -> String {
    let mut page = String::from(
        "# Faults\n\nWhat a run meets between itself and its secrets, and what a user sees of it. A test drives every row (tests/it/faults): \
         against real servers, and against one of the tests' own where a real one cannot be made to show the fault. In each, a run \
         ends within its time, prints the whole manifest or nothing, and shows no secret.\n\n\
         | fault | tried with | what the user sees | exit | what to do |\n|---|---|---|---|---|\n",
    );
    for fault in TABLES.into_iter().flatten() {
        let (seen, exit, fix) = match &fault.end {
            End::Rendered(why) => (format!("the manifest: {why}"), 0, "nothing"),
            End::Error { words, fix } => (format!("*{words}*"), 1, *fix),
        };
        writeln!(page, "| {} | {} | {seen} | {exit} | {fix} |", fault.name, fault.server).expect("a string takes it");
    }
    page
}

#[test]
fn every_fault_ends_as_the_table_says() {
    let left = Mutex::new(TABLES.into_iter().flatten().collect::<Vec<_>>());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(fault) = { left.lock().unwrap().pop() } {
                    wrong.lock().unwrap().extend(fault.check());
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} faults end otherwise:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn the_page_of_faults_is_the_table() {
    let (expected, path) = (page(), root().join("docs/faults.md"));
    let is_same = std::fs::read_to_string(&path).is_ok_and(|page| page == expected);
    if !is_same {
        let printed = root().join("target/faults.md");
        std::fs::write(&printed, expected).expect("it is written");
        panic!("docs/faults.md differs from the table: {} is the page", printed.display());
    }
}
