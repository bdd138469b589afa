//! docs/limits.md against the code: each row has its test, and each figure is that of a constant or of a setting.

use regex::Regex;
use vault_render::internals::budget::LIMITS;

use crate::docs::{has_test, sources, text};

/// The beginning of a row, the file with its constant, and the constant's declaration up to the figure.
const FIGURES: &[(&str, &str, &str)] = &[
    ("levels of a `jsonPath`", "src/modifier/jsonpath/cursor.rs", "const DEEPEST: usize = "),
    ("entries that merge keys", "src/tool/document.rs", "const MOST: usize = "),
    ("files and folders of an input", "src/input/mod.rs", "const ENTRIES: usize = if cfg!(test) { 10_000 } else { "),
    ("the whole of a repository", "src/input/archive/stream.rs", "const TIMES: u64 = "),
    (
        "files, folders and links of a repository",
        "src/input/archive/unpacking.rs",
        "const ENTRIES: usize = if cfg!(test) { 1_000 } else { ",
    ),
    ("folders of a repository", "src/input/archive/path.rs", "const DEPTH: usize = "),
    ("a path in a repository", "src/input/archive/path.rs", "const LONGEST: usize = "),
    ("a file of settings", "src/named_file/mod.rs", "const SETTINGS_LIMIT: u64 = "),
    ("another file that a flag", "src/named_file/mod.rs", "const DATA_LIMIT: u64 = "),
    ("requests of a process at once", "src/backend/vault/round.rs", "const CONCURRENCY: usize = "),
    ("a response", "src/client/http.rs", "const LARGEST_BODY: usize = "),
    ("what a command prints", "src/tool/run.rs", "const MOST: u64 = "),
    ("connections of a command", "src/contain/proxy/mod.rs", "const MOST: usize = "),
    ("the head of a request", "src/contain/proxy/request.rs", "const LONGEST: usize = "),
    ("a line of the audit", "src/audit/line.rs", "const LONGEST_LINE: usize = "),
    ("a comment for a pull request", "src/report/markdown.rs", "const LIMIT: usize = "),
    ("the names that a [reader]", "src/separate/frame.rs", "const LONGEST_HEAD: usize = "),
];

/// The cells of each row: limit, figure, settings, tests.
fn rows(page: &str) -> Vec<[String; 4]> {
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| limit"));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    rows.map(|row| cells(row).try_into().unwrap_or_else(|cells| panic!("four cells, not {cells:?}"))).collect()
}

/// What is between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// An amount as the page writes it: whole MiB and KiB, else the number.
fn amount(number: u64) -> String {
    match number {
        _ if number.is_multiple_of(1 << 20) => format!("{} MiB", number >> 20),
        _ if number.is_multiple_of(1 << 10) && number > 4096 && number < 1 << 16 => format!("{} KiB", number >> 10),
        _ => number.to_string(),
    }
}

/// The number at the start of an expression, `32 << 20` or `1_000_000`.
fn number(expression: &str) -> u64 {
    let pattern = Regex::new(r"^([0-9_]+)(?: << ([0-9]+))?").unwrap();
    let found = pattern.captures(expression).unwrap_or_else(|| panic!("no number: {expression}"));
    let digits: u64 = found[1].replace('_', "").parse().unwrap();
    digits << found.get(2).map_or(0, |shift| shift.as_str().parse().unwrap())
}

#[test]
fn every_limit_has_a_test_and_its_settings_exist() {
    let (page, sources, settings) = (text("docs/limits.md"), sources(), text("docs/settings.md"));
    let rows = rows(&page);
    assert!(rows.len() >= 25, "{} rows", rows.len());
    for [limit, _, names, tests] in &rows {
        assert!(tests.contains('`'), "no test: {limit}");
        for test in quoted(tests) {
            let name = test.rsplit("::").next().unwrap_or_default();
            assert!(has_test(&sources, name), "there is no test `{test}`: {limit}");
        }
        for name in quoted(names).filter(|name| !name.starts_with("limits.")) {
            assert!(settings.contains(&format!("\n## `{name}`\n")), "there is no setting `{name}`: {limit}");
        }
    }
}

#[test]
fn every_figure_is_that_of_the_code() {
    let page = text("docs/limits.md");
    let rows = rows(&page);
    let figure = |limit: &str| {
        let row = rows.iter().find(|row| row[0].starts_with(limit)).unwrap_or_else(|| panic!("no row `{limit}`"));
        row[1].clone()
    };
    for (limit, file, declaration) in FIGURES {
        let source = text(file);
        let (_, expression) = source.split_once(declaration).unwrap_or_else(|| panic!("{file}: no {declaration}"));
        assert!(figure(limit).starts_with(&amount(number(expression))), "{limit}: {}", figure(limit));
    }
    for (limit, most, _) in LIMITS {
        assert!(rows.iter().any(|row| row[1] == amount(most)), "{limit:?}: {}", amount(most));
    }
}

#[test]
fn every_default_is_that_of_its_setting() {
    let settings = text("docs/settings.md");
    for [limit, figure, names, _] in &rows(&text("docs/limits.md")) {
        let Some(name) = quoted(names).next().filter(|name| !name.starts_with("limits.")) else { continue };
        let (_, section) = settings.split_once(&format!("\n## `{name}`\n")).unwrap();
        let section = section.split("\n## ").next().unwrap_or_default();
        let default = section.lines().find_map(|line| quoted(line.strip_prefix("- default: ")?).next());
        let shown = figure.replace(" GiB", "Gi").replace(" MiB", "Mi");
        let is_shown =
            default.filter(|default| *default != "0").map_or(shown.contains("none"), |default| shown.contains(default));
        assert!(is_shown, "{limit}: {figure}, and the default of `{name}` is {default:?}");
    }
}
