//! What the command of a plugin makes its manifests of, and our command for the same. The shapes that teams use are known; every other
//! one is not understood.

use std::collections::HashMap;

use super::remarks::{Manifests, Remarks};
use super::shell::{Command, Joint, Step, has_expansion};
use super::statement::Effect;
use super::{helm, kustomize};

/// A command of a plugin, as far as it is understood.
#[derive(Debug, Default)]
pub(super) struct Generator {
    pub(super) remarks: Remarks,
    /// The settings that stand before the command.
    pub(super) settings: Vec<(usize, String, String)>,
    /// The Secret that `-s` names.
    pub(super) secret: Option<String>,
    config: Option<String>,
    source: Option<Manifests>,
    /// The files that commands have written, each with what is in it.
    written: HashMap<String, Manifests>,
}

/// The predecessor's names.
const PREDECESSOR: [&str; 2] = ["argocd-vault-plugin", "avp"];

/// Reads the pipelines of a script.
pub(super) fn read(steps: &[Step]) -> Generator {
    let mut generator = Generator::default();
    for (number, step) in steps.iter().enumerate() {
        generator.remarks.line = step.line;
        let follows_us = number > 0 && steps[..number].iter().any(|step| step.commands.iter().any(is_predecessor));
        match step.joint {
            Joint::AfterFailure => generator.fallback(step, follows_us),
            _ => generator.step(step),
        }
    }
    if generator.source.is_none() && !generator.remarks.has_stopped {
        generator.remarks.line = 0;
        generator.remark(Effect::NotUnderstood, "the command", "it runs no `argocd-vault-plugin generate`");
    }
    generator
}

fn is_predecessor(command: &Command) -> bool {
    let name = command.words.first().map(|word| word.rsplit('/').next().unwrap_or_default());
    name.is_some_and(|name| PREDECESSOR.contains(&name))
}

impl Generator {
    fn remark(&mut self, effect: Effect, subject: impl Into<String>, text: impl Into<String>) {
        self.remarks.add(effect, subject, text);
    }

    /// Our command for the same; `None` if something in it stops or is not understood.
    pub(super) fn command(&self) -> Option<Vec<String>> {
        let Manifests { is_file, folder, release, words, goes_through_kustomize } =
            self.source.as_ref().filter(|_| !self.remarks.has_stopped)?;
        let verb = if *is_file { "generate" } else { "build" };
        let mut command = vec!["vault-render", verb, if folder.is_empty() { "." } else { folder }, "--strict"];
        let options = [("-s", &self.secret), ("-c", &self.config), ("--release-name", release)];
        command.extend(options.iter().filter_map(|(flag, value)| Some([*flag, value.as_deref()?])).flatten());
        if *goes_through_kustomize {
            command.extend(["--then", "kustomize"]);
        }
        if !words.is_empty() {
            command.push("--");
            command.extend(words.iter().map(String::as_str));
        }
        Some(command.into_iter().map(str::to_owned).collect())
    }

    fn step(&mut self, step: &Step) {
        match &step.commands[..] {
            [command] if is_predecessor(command) => self.predecessor(command, None),
            [source, command] if is_predecessor(command) => {
                let manifests = self.manifests(source);
                self.predecessor(command, manifests);
            }
            [command] => self.alone(command),
            commands => {
                let shown = shown(commands.last().unwrap_or(&commands[0]));
                self.remark(Effect::NotUnderstood, shown, "no known shape has such a pipe");
            }
        }
    }

    /// A command outside of a pipe.
    fn alone(&mut self, command: &Command) {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        match words[..] {
            [] => {
                let settings =
                    command.assignments.iter().map(|(name, value)| (self.remarks.line, name.clone(), value.clone()));
                self.settings.extend(settings.collect::<Vec<_>>());
            }
            ["export", ..] if words[1..].iter().all(|word| word.contains('=')) => {
                let line = self.remarks.line;
                let settings = words[1..].iter().filter_map(|word| word.split_once('='));
                self.settings.extend(settings.map(|(name, value)| (line, name.to_owned(), value.to_owned())));
            }
            ["set", ..] => {
                self.remark(Effect::Changes, shown(command), "is not needed: vault-render prints all or nothing")
            }
            ["helm", "dependency" | "dep" | "dependencies", "build", ..] => {
                self.remark(
                    Effect::Stays,
                    shown(command),
                    "`vault-render build` does it where a Chart.lock names charts",
                );
            }
            ["helm", "dependency" | "dep" | "dependencies", "update" | "up", ..] => self.remark(
                Effect::Changes,
                shown(command),
                "commit the Chart.lock: `vault-render build` fetches what it names, and nothing that it does not",
            ),
            ["helm", "repo", ..] => self.remark(
                Effect::Changes,
                shown(command),
                "is not needed: the chart names its repositories; `AVP_TOOL_HOSTS` lets helm reach them",
            ),
            _ => match (self.manifests(command), &command.output) {
                (Some(manifests), Some(file)) => drop(self.written.insert(bare(file), manifests)),
                (Some(manifests), None) if manifests.goes_through_kustomize => {
                    self.remark(Effect::NotUnderstood, shown(command), "its output goes past argocd-vault-plugin");
                }
                (Some(_), None) => {
                    self.remark(Effect::NotUnderstood, shown(command), "its output goes past argocd-vault-plugin")
                }
                (None, _) => {}
            },
        }
    }

    /// The manifests that a command prints. One that is not understood is remarked.
    fn manifests(&mut self, command: &Command) -> Option<Manifests> {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        match words[..] {
            ["helm", "template", ..] => Some(helm::read(&words[2..], &mut self.remarks)),
            ["kustomize", "build", ..] => Some(self.kustomize(&words[2..])),
            ["kubectl", "kustomize", ..] => Some(self.kustomize(&words[2..])),
            ["jsonnet", ..] => {
                let text = "vault-render runs no jsonnet: pipe it, in an image of your own with a shell (docs/recipes.md, Jsonnet)";
                self.remark(Effect::Stops, shown(command), text);
                None
            }
            [first, ..] if first.starts_with('$') => {
                let text = "the Application names the program to run: vault-render runs none that a tenant chooses";
                self.remark(Effect::Stops, shown(command), text);
                None
            }
            _ => {
                self.remark(Effect::NotUnderstood, shown(command), "no known shape makes its manifests so");
                None
            }
        }
    }

    fn kustomize(&mut self, words: &[&str]) -> Manifests {
        // `helm template > x.yaml && kustomize build`: the chart's output is a resource.
        let chart = self.written.values().find(|manifests| !manifests.goes_through_kustomize).cloned();
        let mut manifests = kustomize::read(words, &mut self.remarks);
        if let Some(chart) = chart {
            let text = "`--then kustomize` gives it the chart's output";
            self.remark(Effect::Changes, "helm's output as a resource of the kustomization", text);
            if !manifests.words.is_empty() {
                self.remark(
                    Effect::Stops,
                    manifests.words.join(" "),
                    "words after `--` are helm's where `--then kustomize` is",
                );
            }
            manifests = Manifests { goes_through_kustomize: true, ..chart };
        }
        manifests
    }

    /// `argocd-vault-plugin generate …`, its input from a pipe if there is one.
    fn predecessor(&mut self, command: &Command, piped: Option<Manifests>) {
        let line = self.remarks.line;
        self.settings.extend(command.assignments.iter().map(|(name, value)| (line, name.clone(), value.clone())));
        let (mut paths, mut verbs) = (Vec::new(), 0);
        let mut words = command.words.iter().skip(1);
        while let Some(word) = words.next() {
            match word.split_once('=').map_or((word.as_str(), None), |(flag, value)| (flag, Some(value.to_owned()))) {
                ("generate", None) => verbs += 1,
                ("-s" | "--secret-name", value) => {
                    let value = value.or_else(|| words.next().cloned()).unwrap_or_default();
                    self.secret(value);
                }
                ("-c" | "--config-path", value) => {
                    let value = value.or_else(|| words.next().cloned()).unwrap_or_default();
                    self.config(value);
                }
                ("--verbose-sensitive-output", _) => {
                    self.remark(
                        Effect::Changes,
                        word,
                        "goes: it has no effect, as messages never show a secret; `-v` tells the steps",
                    );
                }
                ("--disable-token-cache", _) => {
                    self.remark(
                        Effect::Stays,
                        word,
                        "is known: `AVP_DISABLE_TOKEN_CACHE=true` in the sidecar says the same",
                    );
                }
                (flag, _) if flag.starts_with('-') && flag != "-" => {
                    self.remark(Effect::NotUnderstood, word, "is no flag of argocd-vault-plugin 1.18");
                }
                _ => paths.push(word.clone()),
            }
        }
        match (&paths[..], piped) {
            _ if verbs != 1 => self.remark(Effect::NotUnderstood, shown(command), "it is not `generate`"),
            ([path], Some(manifests)) if path == "-" => self.source = Some(manifests),
            ([path], None) if path == "-" && command.words.len() > 1 => {}
            ([path], None) => self.path(path),
            _ => self.remark(Effect::NotUnderstood, shown(command), "it takes one path"),
        }
    }

    fn path(&mut self, path: &str) {
        if let Some(manifests) = self.written.get(&bare(path)).cloned() {
            self.source = Some(manifests);
        } else if has_expansion(path) {
            self.remark(
                Effect::NotUnderstood,
                path,
                "an Application chooses the path: name it in the Application, as its `path`",
            );
        } else {
            let is_file = [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending));
            if !is_file {
                let text = "a chart or a kustomization in the folder is built, not read file by file; files that are no manifests are left out";
                self.remark(Effect::Changes, format!("generate {path}"), text);
            }
            self.source = Some(Manifests { is_file, folder: bare(path), ..Manifests::default() });
        }
    }

    fn secret(&mut self, name: String) {
        if has_expansion(&name) {
            let text = "an Application chooses the Secret with the login, so each may take another's: name it in the definition";
            self.remark(Effect::Stops, format!("-s {name}"), text);
        } else {
            self.remark(
                Effect::Stays,
                format!("-s {name}"),
                "the plugin's account must be able to read that Secret, as before",
            );
            self.secret = Some(name);
        }
    }

    fn config(&mut self, file: String) {
        let effect = if has_expansion(&file) { Effect::NotUnderstood } else { Effect::Stays };
        self.remark(
            effect,
            format!("-c {file}"),
            "a file in the repository is the tenant's: it sends no credential of the operator's elsewhere",
        );
        self.config = Some(file);
    }

    /// `|| …`
    fn fallback(&mut self, step: &Step, follows_us: bool) {
        let command = step.commands.first().map(shown).unwrap_or_default();
        let is_end = step.commands.len() == 1 && step.commands[0].words.first().is_some_and(|word| word == "exit");
        if is_end {
            return self.remark(Effect::Changes, format!("|| {command}"), "is not needed: an error is exit code 1");
        }
        match follows_us {
            true => {
                let text = "ships the placeholders as they are whenever Vault is down or the plugin fails, and the sync is green: take it out at once, \
                            before anything else; ours has none";
                self.remarks.add_first(Effect::Changes, format!("|| {command}"), text);
            }
            false => {
                self.remark(Effect::Changes, format!("|| {command}"), "hides the failure before it: ours has none")
            }
        }
    }
}

/// A command as it may be shown: its words.
pub(super) fn shown(command: &Command) -> String {
    const MOST: usize = 60;
    let text = command.words.join(" ");
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A path without `./` and a final slash.
fn bare(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
    if path == "." { String::new() } else { path.to_owned() }
}
