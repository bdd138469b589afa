//! The words of `helm template` in a definition.

use super::remarks::{Manifests, Remarks};
use super::shell::has_expansion;
use super::statement::Effect;

/// Flags that `vault-render build` gives by itself, from the variable that stands here.
const BY_ITSELF: [(&str, &str); 6] = [
    ("-n", "ARGOCD_APP_NAMESPACE"),
    ("--namespace", "ARGOCD_APP_NAMESPACE"),
    ("--kube-version", "KUBE_VERSION"),
    ("--api-versions", "KUBE_API_VERSIONS"),
    ("-a", "KUBE_API_VERSIONS"),
    ("--release-name", ""),
];

/// Flags without a value.
const SWITCHES: [&str; 10] = [
    "--include-crds",
    "--skip-crds",
    "--skip-tests",
    "--no-hooks",
    "--dependency-update",
    "--debug",
    "--generate-name",
    "--is-upgrade",
    "--skip-schema-validation",
    "--release-name",
];

/// What an Application's variables are to `vault-render build`, by their names in capitals.
const VARIABLES: [(&str, &str); 3] = [
    (
        "HELM_ARGS",
        "`vault-render build` takes it, but for words that run programs, reach the cluster or leave the repository",
    ),
    ("HELM_VALUES", "`vault-render build` takes it as values"),
    ("RELEASE_NAME", "`vault-render build` takes it as the release's name"),
];

/// What `vault-render build` gives to helm, unless a definition has one of these flags.
const ADDITIONS: [(&[&str], &str); 3] = [
    (
        &["--include-crds", "--skip-crds"],
        "`--include-crds`, so that the CRDs of the chart come out as well (`--skip-crds` in `HELM_ARGS` leaves them out)",
    ),
    (&["-n", "--namespace"], "`--namespace` with the Application's"),
    (&["--kube-version"], "`--kube-version` and `--api-versions` with the cluster's"),
];

const OPERATORS: &str = "behind `--` in our command: it is the operator's word";

/// Reads the words behind `helm template`.
pub(super) fn read(words: &[&str], remarks: &mut Remarks) -> Manifests {
    let mut reader = Reader { remarks, manifests: Manifests::default(), operands: Vec::new(), flags: Vec::new() };
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word.split_once('=').filter(|_| word.starts_with("--")) {
            Some((flag, value)) => reader.flag(flag, value, word),
            None if SWITCHES.contains(&word) => reader.switch(word),
            None if word.starts_with('-') && word.len() > 1 => {
                let value = words.next().unwrap_or_default();
                reader.flag(word, value, &format!("{word} {value}"));
            }
            None => reader.operand(word),
        }
    }
    reader.finish()
}

struct Reader<'g> {
    remarks: &'g mut Remarks,
    manifests: Manifests,
    /// The release and the chart.
    operands: Vec<String>,
    /// The flags so far.
    flags: Vec<String>,
}

impl Reader<'_> {
    fn switch(&mut self, word: &str) {
        self.flags.push(word.to_owned());
        match word {
            "--include-crds" => self.stays(word, "`vault-render build` says it by itself"),
            "--release-name" => self.stays(word, "the name is given by itself"),
            "--generate-name" | "--dependency-update" | "--debug" => {
                self.remarks.add(Effect::Changes, word, "goes: see docs/helm.md for the reason");
            }
            _ => self.operators(&[word]),
        }
    }

    fn flag(&mut self, flag: &str, value: &str, whole: &str) {
        self.flags.push(flag.to_owned());
        let own = BY_ITSELF.iter().find(|(name, _)| *name == flag);
        match own {
            Some((_, variable)) if is_variable(value, variable) => {
                self.stays(whole, "`vault-render build` says it by itself")
            }
            _ if value.starts_with("<(") => self.values_of_application(whole, value),
            _ if flag == "--name-template" && !has_expansion(value) => self.release(value),
            _ if flag == "--name-template" => self.release_of_variable(whole, value),
            _ if has_expansion(value) => match variable_text(value) {
                Some(text) => self.stays(whole, text),
                None => self.unclear(whole),
            },
            _ if flag == "--post-renderer" => {
                self.remarks.add(Effect::NotUnderstood, whole, "it changes the manifests after helm");
            }
            _ => self.operators(&[flag, value]),
        }
    }

    /// `-f <(echo "$ARGOCD_ENV_HELM_VALUES")`
    fn values_of_application(&mut self, whole: &str, value: &str) {
        let is_values = value.to_ascii_uppercase().contains("ARGOCD_ENV_HELM_VALUES");
        let is_echo =
            ["<(echo ", "<(printf "].iter().any(|start| value.starts_with(start)) && !value.contains(['|', ';', '&']);
        match is_values && is_echo {
            true => self.stays(whole, VARIABLES[1].1),
            false => self.unclear(whole),
        }
    }

    fn operand(&mut self, word: &str) {
        match variable_text(word).filter(|_| !word.to_ascii_uppercase().contains("RELEASE_NAME")) {
            Some(text) => self.stays(word, text),
            // Words of the Application without Argo CD's prefix, as older definitions have them.
            None if is_parameters(word) => self.stays(word, VARIABLES[0].1),
            None => self.operands.push(word.to_owned()),
        }
    }

    fn finish(mut self) -> Manifests {
        self.additions();
        let operands = std::mem::take(&mut self.operands);
        match &operands[..] {
            [] => {}
            [chart] if !has_expansion(chart) || is_variable(chart, "ARGOCD_APP_NAME") => self.one_operand(chart),
            [release, chart] => {
                self.release_word(release);
                self.chart(chart);
            }
            others => {
                let shown = others.join(" ");
                self.unclear(&shown);
            }
        }
        self.manifests
    }

    /// The flags that `vault-render build` gives beside those of the definition: they may change what comes out.
    fn additions(&mut self) {
        let lacks = |names: &&(&[&str], &str)| !names.0.iter().any(|name| self.flags.iter().any(|flag| flag == name));
        let added: Vec<&str> = ADDITIONS.iter().filter(lacks).map(|(_, text)| *text).collect();
        if !added.is_empty() {
            self.remarks.add(Effect::Changes, "helm template", format!("helm is given more: {}", added.join("; ")));
        }
    }

    /// `helm template .`, whose release helm calls `release-name`, or `helm template $ARGOCD_APP_NAME` in newer shapes.
    fn one_operand(&mut self, word: &str) {
        match is_variable(word, "ARGOCD_APP_NAME") {
            true => self.stays(word, "`vault-render build` says it by itself"),
            false => {
                if !self.remarks.have("--name-template") {
                    let text = "the release was called `release-name`; with vault-render it is the Application's name: names made of it change, \
                                unless the definition has `--release-name release-name`";
                    self.remarks.add(Effect::Changes, format!("helm template {word}"), text);
                }
                self.chart(word);
            }
        }
    }

    fn release_word(&mut self, word: &str) {
        if is_variable(word, "ARGOCD_APP_NAME") {
            self.stays(word, "`vault-render build` says it by itself");
        } else if has_expansion(word) {
            self.release_of_variable(word, word);
        } else {
            self.release(word);
        }
    }

    fn release_of_variable(&mut self, whole: &str, value: &str) {
        if is_variable(value, "ARGOCD_APP_NAME") {
            self.stays(whole, "`vault-render build` says it by itself");
        } else if value.to_ascii_uppercase().contains("ARGOCD_ENV_RELEASE_NAME") {
            self.stays(whole, VARIABLES[2].1);
        } else {
            self.unclear(whole);
        }
    }

    fn release(&mut self, name: &str) {
        self.remarks.add(Effect::Changes, name, "becomes `--release-name` of our command");
        self.manifests.release = Some(name.to_owned());
    }

    fn chart(&mut self, chart: &str) {
        if has_expansion(chart) {
            self.unclear(chart);
        } else if !matches!(chart, "." | "./") {
            if chart.contains("://")
                || !(chart.starts_with('.') || chart.starts_with('/')) && chart.matches('/').count() == 1
            {
                let text = "a chart of a repository: commit a Chart.yaml that depends on it, with its Chart.lock; or a chart in the folder of this name?";
                self.remarks.add(Effect::NotUnderstood, chart, text);
            }
            self.manifests.folder = chart.trim_start_matches("./").trim_end_matches('/').to_owned();
        }
    }

    fn operators(&mut self, words: &[&str]) {
        self.manifests.words.extend(words.iter().filter(|word| !word.is_empty()).map(ToString::to_string));
        self.remarks.add(Effect::Changes, words.join(" ").trim(), OPERATORS);
    }

    fn stays(&mut self, word: &str, text: &str) {
        self.remarks.add(Effect::Stays, word, text);
    }

    fn unclear(&mut self, word: &str) {
        self.remarks.add(Effect::NotUnderstood, word, "no known shape has such words for helm");
    }
}

/// Whether a word is nothing but the value of this variable: `$NAME`, `${NAME}`, `${NAME:-x}`, `${NAME//,/ --api-versions }`.
fn is_variable(word: &str, name: &str) -> bool {
    let inner = word.strip_prefix('$').map(|word| word.trim_start_matches('{').trim_end_matches('}'));
    !name.is_empty() && inner.is_some_and(|inner| inner.split([':', '/']).next() == Some(name))
}

/// What a variable of the Application is to us, if a word is one.
fn variable_text(word: &str) -> Option<&'static str> {
    let capitals = word.to_ascii_uppercase();
    let is_one = word.starts_with('$') && !word.starts_with("$(") && word.matches('$').count() == 1;
    VARIABLES.iter().find(|(name, _)| is_one && capitals.contains(&format!("ARGOCD_ENV_{name}"))).map(|(_, text)| *text)
}

/// `${helm_args}`, `$HELM_ARGS`: the same, without Argo CD's prefix.
fn is_parameters(word: &str) -> bool {
    let name = word.trim_start_matches('$').trim_start_matches('{').trim_end_matches('}');
    word.starts_with('$') && name.eq_ignore_ascii_case("helm_args")
}
