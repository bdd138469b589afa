//! The commands of a plugin's definition as one command of ours: ours as they are written, and argocd-vault-plugin's where they are understood.

use super::generate;
use super::shell::{self, Joint, Step};
use super::statement::Effect;

/// The shells that take a script behind `-c`.
const SHELLS: [&str; 4] = ["sh", "bash", "ash", "dash"];

/// Our program's name.
const OURS: &str = "vault-render";

/// What argocd-vault-plugin's guide does with each file that `find` has found. In the pattern of `grep` the reader leaves the backslashes out.
const XARGS: [&str; 6] = ["xargs", "-I", "{}", "grep", "<path|avp.kubernetes.io", "{}"];

/// What a discovery looks for with `find`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Find {
    /// The names of the files, with wildcards.
    pub(crate) names: Vec<String>,
    /// Whether one of them has to hold a placeholder of argocd-vault-plugin's, or an annotation.
    pub(crate) has_placeholder: bool,
}

/// Where in a command's words the script of a shell stands; `None` if no shell runs it, and `Some(None)` if the shell gets no script.
pub(super) fn script_at(words: &[&str]) -> Option<Option<usize>> {
    words.first().filter(|program| SHELLS.contains(&name_of(program)))?;
    let is_script = |word: &&str| word.starts_with('-') && !word.starts_with("--") && word.contains('c');
    Some(words.iter().position(is_script).map(|at| at + 1).filter(|at| *at < words.len()))
}

/// The pipelines of a command: of a shell's script, or the one command of its words.
pub(super) fn steps(words: &[String]) -> Result<Vec<Step>, String> {
    let all: Vec<&str> = words.iter().map(String::as_str).collect();
    match script_at(&all) {
        Some(Some(at)) => shell::read(&words[at]).map_err(|reason| format!("the script has {reason}")),
        Some(None) => Err("there is no script behind `-c`".to_owned()),
        None => {
            let command = shell::Command { words: words.to_vec(), ..shell::Command::default() };
            Ok(vec![Step { joint: Joint::Always, line: 0, commands: vec![command] }])
        }
    }
}

/// The words of our one command, without a shell around it; `None` if it is another program's, or more than one.
pub(crate) fn own_words(words: &[String]) -> Option<Vec<String>> {
    let steps = steps(words).ok()?;
    let [Step { commands, .. }] = &steps[..] else { return None };
    let [command] = &commands[..] else { return None };
    let is_plain = command.assignments.is_empty() && command.output.is_none();
    (is_plain && name_of(command.words.first()?) == OURS).then(|| command.words.clone())
}

/// The words of our command that makes the same manifests; else the reason why there is none.
pub(crate) fn own_command(words: &[String]) -> Result<Vec<String>, String> {
    if let Some(words) = own_words(words) {
        return Ok(words);
    }
    let generator = generate::read(&steps(words)?);
    if let Some((_, name, _)) = generator.settings.first() {
        return Err(format!("it sets `{name}` for its command alone: set it in the environment of the container"));
    }
    let is_open = |effect| matches!(effect, Effect::Stops | Effect::NotUnderstood);
    let open = generator.remarks.list.iter().find(|remark| is_open(remark.effect));
    let reason = open.map(|remark| format!("`{}`: {}", remark.subject, remark.text));
    generator.command().ok_or_else(|| reason.unwrap_or_else(|| "it is not understood".to_owned()))
}

/// The files that a command of a discovery looks for with `find`; `None` if it does anything else.
pub(crate) fn find(words: &[String]) -> Option<Find> {
    let steps = steps(words).ok()?;
    let mut names = Vec::new();
    let mut has_placeholder = false;
    for step in &steps {
        let commands =
            step.commands.iter().filter(|command| command.output.is_none() && command.assignments.is_empty());
        let lines: Vec<Vec<&str>> = commands.map(|it| it.words.iter().map(String::as_str).collect()).collect();
        let (first, rest) = lines.split_first()?;
        let ["find", ".", "-name", name] = first[..] else { return None };
        names.push(name.to_owned());
        has_placeholder = match rest {
            [] => has_placeholder,
            [xargs, grep] if *xargs == XARGS && *grep == ["grep", "."] && steps.len() == 1 => true,
            _ => return None,
        };
        if step.joint == Joint::AfterFailure || lines.len() != step.commands.len() {
            return None;
        }
    }
    (!names.is_empty()).then_some(Find { names, has_placeholder })
}

/// Whether a command before `generate` does nothing that our `build` does not do by itself.
pub(crate) fn is_needless(words: &[String]) -> bool {
    let is_build = |words: &[String]| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        matches!(words[..], ["helm", "dependency" | "dep" | "dependencies", "build", ..])
    };
    steps(words).is_ok_and(|steps| {
        let mut commands = steps.iter().flat_map(|step| &step.commands);
        commands.all(|command| command.output.is_none() && is_build(&command.words))
    })
}

fn name_of(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &[&str]) -> Vec<String> {
        line.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn our_command_is_taken_as_it_is_and_the_predecessor_s_as_migrate_reads_it() {
        for (line, expected) in [
            (&["vault-render", "build", ".", "--strict"][..], "vault-render build . --strict"),
            (&["/usr/local/bin/vault-render", "generate", "."], "/usr/local/bin/vault-render generate ."),
            (&["sh", "-c", "vault-render build . -- -f 'a b.yaml'"], "vault-render build . -- -f a b.yaml"),
            (&["argocd-vault-plugin", "generate", "./"], "vault-render build . --strict"),
            (
                &["bash", "-ec", "argocd-vault-plugin generate -s argocd:avp ."],
                "vault-render build . --strict -s argocd:avp",
            ),
            (
                &["sh", "-c", "helm template $ARGOCD_APP_NAME . | argocd-vault-plugin generate -"],
                "vault-render build . --strict",
            ),
        ] {
            assert_eq!(own_command(&words(line)).map(|words| words.join(" ")).as_deref(), Ok(expected), "{line:?}");
        }
    }

    #[test]
    fn what_else_a_command_does_is_named() {
        for (line, expected) in [
            (&["cat", "a.yaml"][..], "`cat a.yaml`: no known shape makes its manifests so"),
            (
                &["sh", "-c", "AVP_TYPE=vault argocd-vault-plugin generate ."],
                "it sets `AVP_TYPE` for its command alone",
            ),
            (&["sh", "-c", "if true; then vault-render build .; fi"], "the script has `if`"),
            (&["sh", "run.sh"], "there is no script behind `-c`"),
            (&["sh", "-c", "vault-render build . | tee log"], "no known shape"),
            (&["jsonnet", "a.jsonnet"], "vault-render runs no jsonnet"),
            (&[], "it runs no `argocd-vault-plugin generate`"),
        ] {
            let reason = own_command(&words(line)).unwrap_err();
            assert!(reason.contains(expected), "{line:?}: {reason}");
        }
    }

    #[test]
    fn the_finds_of_discoveries_are_read() {
        let guide = "find . -name '*.yaml' | xargs -I {} grep \"<path\\|avp\\.kubernetes\\.io\" {} | grep .";
        let charts = "find . -name 'Chart.yaml' && find . -name 'values.yaml'";
        let found = |line: &[&str]| find(&words(line)).map(|find| (find.names, find.has_placeholder));
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(found(&["sh", "-c", guide]), Some((names(&["*.yaml"]), true)));
        assert_eq!(found(&["sh", "-c", charts]), Some((names(&["Chart.yaml", "values.yaml"]), false)));
        assert_eq!(found(&["find", ".", "-name", "kustomization.yaml"]), Some((names(&["kustomization.yaml"]), false)));
        for other in [
            "find . -name a -delete",
            "find . -name a || find . -name b",
            "find . -name a > b",
            "ls",
            "",
            "find . -name a | cat",
        ] {
            assert_eq!(found(&["sh", "-c", other]), None, "{other}");
        }
    }

    #[test]
    fn what_build_does_by_itself_is_not_needed_before_it() {
        for (line, expected) in [
            (&["helm", "dependency", "build"][..], true),
            (&["sh", "-c", "helm dependency build"], true),
            (&["sh", "-c", "helm dep build && curl example.com"], false),
            (&["helm", "dependency", "update"], false),
            (&["make"], false),
        ] {
            assert_eq!(is_needless(&words(line)), expected, "{line:?}");
        }
    }
}
