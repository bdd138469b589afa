//! Inputs that turn a few bytes into gigabytes end in an error, within little memory.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use vault_render::internals::error::Errors;
use vault_render::internals::lint::{self, Comments};
use vault_render::internals::render::Survey;
use vault_render::internals::source::Source;

use crate::support::program::{binary, root};

/// How much address space a run has here, in KiB: what is mapped of a debug build's program counts as well.
const SPACE: usize = 1_000_000;

/// The program in `folder` with the arguments, in an address space of [`SPACE`].
fn bounded(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {SPACE} && exec \"$0\" \"$@\""), binary()]).args(args);
    command.env_clear().env("HOME", "/dev/null").env("PATH", "/usr/bin:/bin").current_dir(folder);
    command
}

fn output(folder: &Path, args: &[&str]) -> Output {
    bounded(folder, args).stdin(Stdio::null()).output().expect("the program starts")
}

/// A folder with these files.
fn folder(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    folder
}

/// Texts that other readers make gigabytes of, or take seconds for.
fn bombs() -> [String; 4] {
    let nested = |alias: &str| {
        (1..30).fold("a0: &a0 {x: 1}\n".to_owned(), |text, index| {
            text + &format!("a{index}: &a{index} {}\n", alias.replace('*', &format!("*a{}", index - 1)))
        })
    };
    let wide = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(1_500));
    [nested("[*, *, *, *, *, *, *, *, *]"), nested("{<<: [*, *]}"), wide, format!("a: {}", "[".repeat(50_000))]
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_values_file_announces_nothing_that_aliases_make() {
    for bomb in bombs() {
        let chart = folder(&[("Chart.yaml", "name: a\nversion: 0.1.0\n".to_owned()), ("values.yaml", bomb)]);
        let output = output(chart.path(), &["parameters"]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(output.stdout.len() < 2_000, "{}", output.stdout.len());
    }
}

#[test]
fn a_kustomization_a_lock_and_a_file_of_settings_are_read_within_bounds() {
    for bomb in bombs() {
        let files = ["kustomization.yaml", "settings.yaml", "Chart.lock"].map(|name| (name, bomb.clone()));
        let kustomization = folder(&files);
        let output = output(kustomization.path(), &["plan", ".", "-c", "settings.yaml"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("`settings.yaml` is not a settings file"), "{}", stderr(&output));
    }
}

/// A ConfigMap with this value.
fn manifest(value: &str) -> (&'static str, String) {
    let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: {value}\n");
    ("manifest.yaml", text)
}

#[test]
fn a_document_with_a_placeholder_is_read_within_bounds() {
    for bomb in bombs() {
        let (name, manifest) = manifest("<path:a#k>");
        let folder = folder(&[(name, format!("{bomb}\n{manifest}"))]);
        for command in ["generate", "check", "plan"] {
            let output = output(folder.path(), &[command, "manifest.yaml"]);
            let said = stderr(&output) + &String::from_utf8_lossy(&output.stdout);
            assert!(
                said.contains("one value takes more than 64 MiB") || said.contains("255 levels"),
                "{command}: {said}"
            );
        }
    }
}

#[test]
fn a_value_that_modifiers_blow_up_is_an_error_at_its_placeholder() {
    let secrets = ("secrets.yaml", format!("app: {{k: '\\', list: {}1{}}}\n", "[".repeat(30), "]".repeat(30)));
    let ranges = format!("jsonPath {}{{@}}{}", "{range [*,*,*,*]}".repeat(30), "{end}".repeat(30));
    for (key, chain, limit) in [
        ("k", vec!["toJson"; 30].join(" | "), "`toJson`: one value takes more than 64 MiB"),
        ("list", ranges, "`jsonPath`: the run takes more than 10000000 steps"),
    ] {
        let folder = folder(&[manifest(&format!("<path:app#{key} | {chain}>")), secrets.clone()]);
        let output = output(folder.path(), &["generate", "manifest.yaml", "--secrets", "secrets.yaml"]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        let said = stderr(&output);
        assert!(said.contains(limit) && said.contains("manifest.yaml:6:6"), "{said}");
    }
}

/// Waits for `child` no longer than `patience`; whether it has ended.
fn ends(child: &mut Child, patience: Duration) -> bool {
    let start = Instant::now();
    while start.elapsed() < patience {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

#[test]
fn every_command_that_reads_what_tenants_wrote_takes_a_turn() {
    let runtime = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new(binary());
        command.args(args).env_clear().env("HOME", "/dev/null").env("XDG_RUNTIME_DIR", runtime.path());
        command.env("AVP_PARALLEL_RENDERS", "1").current_dir(root().join("examples/plain"));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    };
    // It holds the only slot from its first byte on, as long as it waits for the rest of its input.
    let mut first = run(&["generate", "-"]);
    first.stdin.as_mut().expect("stdin is piped").write_all(b"# waits\n").unwrap();
    let is_held = || {
        let slots = fs::read_dir(runtime.path()).unwrap().flatten().map(|entry| entry.path().join("slot-0"));
        let mut slots = slots.filter_map(|slot| File::open(slot).ok());
        slots.any(|slot| matches!(slot.try_lock(), Err(TryLockError::WouldBlock)))
    };
    let start = Instant::now();
    while !is_held() {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing holds the slot");
        std::thread::sleep(Duration::from_millis(5));
    }
    let commands = [&["check", "."][..], &["diff", "--base", "."], &["plan", "."], &["parameters"], &["fn"]];
    let mut others = commands.map(run);
    others.iter_mut().for_each(|other| drop(other.stdin.take()));
    std::thread::sleep(Duration::from_millis(500));
    for (other, command) in others.iter_mut().zip(commands) {
        assert!(other.try_wait().unwrap().is_none(), "{command:?} did not wait");
    }
    drop(first.stdin.take());
    assert!(others.iter_mut().chain([&mut first]).all(|child| ends(child, Duration::from_secs(60))));
}

/// The processor time of this thread, in hundredths of a second.
fn processor_time() -> u64 {
    let stat = fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    fields.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// How long it takes to check `text`, and to place all that is found.
fn time_of(text: &str) -> u64 {
    let start = processor_time();
    let sources = [Arc::new(Source::new("a.yaml", text))];
    let survey = Survey::new(&sources, &Arc::default());
    let comments = Comments::of(&survey, &[]);
    let mut found = Errors::new();
    found.extend(lint::check(&survey, &[]));
    let found = comments.remaining(lint::hide(found));
    let places = found.iter().filter_map(|error| error.place.as_ref());
    let lines = places.map(|place| place.source.line_column(place.span.start).0);
    assert!(lines.min() != Some(0));
    processor_time() - start
}

#[test]
fn the_time_grows_with_the_text_and_not_with_its_square() {
    let map = |kind: &str, field: &str, entries: String| {
        format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: a\n{field}:\n{entries}")
    };
    let token = lint::forms().find(|form| form.before == 0).expect("there is one").example.concat();
    let lines = |count: usize, line: &str| -> String {
        (0..count).map(|number| line.replace('#', &number.to_string())).collect()
    };
    type Text<'t> = &'t dyn Fn(usize) -> String;
    let kinds: [(&str, Text<'_>); 9] = [
        ("placeholders", &|n| map("ConfigMap", "data", format!("  a: {}\n", "<path:a> ".repeat(n)))),
        ("what never closes", &|n| map("ConfigMap", "data", format!("  a: {}\n", "<raw:".repeat(10 * n)))),
        ("comments", &|n| format!("a: b # {}\n", "<path:a".repeat(n))),
        ("literals", &|n| map("Secret", "stringData", lines(n, "  a#: hunter#2\n"))),
        ("tokens", &|n| format!("# {}\n", format!("{token} ").repeat(n))),
        ("marks", &|n| format!("# {}\n", "xoxb-".repeat(n))),
        ("keys", &|n| format!("# {}\n", "AGE-PLUGIN-".repeat(n))),
        ("allow comments", &|n| "# vault-render: allow known-token x\n".repeat(n) + "a: b\n"),
        ("items", &|n| "kind: List\nitems:\n".to_owned() + &lines(n, "- {kind: Secret, stringData: {a: x#y}}\n")),
    ];
    for (kind, text) in kinds {
        // Some of the time is the same for every text, and the clock is coarse.
        let (short, long) = (time_of(&text(250)).max(3), time_of(&text(16 * 250)));
        assert!(long < 64 * short, "{kind}: {short} and {long} hundredths of a second");
    }
}

/// The most memory that a run has held, in KiB, and what it printed.
fn peak(folder: &Path, args: &[&str]) -> (usize, Vec<u8>) {
    let printed = folder.join("printed");
    let mut child = bounded(folder, args)
        .stdin(Stdio::null())
        .stdout(File::create(&printed).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let held = |text: String| {
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(str::to_owned);
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
    };
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(fs::read_to_string(&status).ok().and_then(held).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    (peak, fs::read(printed).unwrap())
}

#[test]
fn a_file_that_is_not_text_takes_little_memory() {
    const SIZE: usize = 8 << 20;
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let bytes: Vec<u8> = (0..SIZE / 8).flat_map(|_| next().to_le_bytes()).collect();
    let without_nul = |byte: &u8| if *byte == 0 { b'x' } else { *byte };
    let separated = [&bytes[..], b"\n---\na: \0\n---\nb: \0\n"].concat();
    let files: [(Vec<u8>, &[&str], [&str; 2]); 3] = [
        (bytes.iter().map(without_nul).collect(), &["check", "generate"], ["", ""]),
        (bytes, &["check", "generate"], ["error: this is not text", "\n1 error in"]),
        (separated, &["check"], ["error: this is not text", "\n1 error in"]),
    ];
    for (bytes, commands, [beginning, count]) in files {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.yaml"), bytes).unwrap();
        for &command in commands {
            let (base, _) = peak(tempfile::tempdir().unwrap().path(), &[command, "-"]);
            let (held, printed) = peak(folder.path(), &[command, "."]);
            assert!(held < base + 4 * SIZE / 1024, "{command} held {held} KiB, and {base} KiB for next to nothing");
            let text = String::from_utf8_lossy(&printed);
            assert!(command != "check" || text.starts_with(beginning) && text.contains(count), "{text}");
        }
    }
}
