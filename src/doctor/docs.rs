//! docs/doctor.md, printed from the tables of questions.

use super::QUESTIONS;
use crate::backend::BACKENDS;
use crate::probe::Question;

/// The page, as Markdown.
pub(crate) fn docs() -> String {
    let general: Vec<Question> = QUESTIONS.iter().map(|probe| probe.question).collect();
    let mut page = HEAD.to_owned() + &table("every set-up", &general);
    for store in BACKENDS {
        page += &table(&format!("`AVP_TYPE={}`", store.name()), &(store.examiner.questions)());
    }
    page + TAIL
}

/// The questions about one thing.
fn table(about: &str, questions: &[Question]) -> String {
    let row = |question: &Question| {
        let needs: Vec<String> = question.needs.iter().map(|name| format!("`{name}`")).collect();
        format!("| `{}` | {} | {} |\n", question.name, question.doc, needs.join(", "))
    };
    let rows: String = questions.iter().map(row).collect();
    format!("\n## Questions about {about}\n\n| check | what is asked | after |\n|---|---|---|\n{rows}")
}

const HEAD: &str = "\
<!-- Printed from the tables in src/doctor/ and of the stores by `just docs`. -->
# What is wrong with my set-up: `vault-render doctor`

`vault-render doctor` asks, from the bottom up, what a run needs: settings, files, tools, the way to Vault, Vault's state, the login, its
policies. With PATHs it also asks whether the login may read each secret that those manifests need. Each line is `ok`, `wrong` with the
fix below it, or `not tried` with the reason. Nothing is asked that builds on a wrong answer, so the first `wrong` is where to begin.

```sh
vault-render doctor                        # the set-up, up to the login's policies
vault-render doctor manifests/             # and whether it may read what they need
vault-render doctor manifests/ --format json
kubectl exec -n argocd deploy/argocd-repo-server -c vault-render -- vault-render doctor
```

In the sidecar it takes the sidecar's own environment. If the plugin's command has `-s` or `-c`, `doctor` needs the same.

It exits with 0 if nothing is wrong, 1 if something is, and 2 if it could not run; it takes ten seconds at most.

What it does, and what it leaves alone:

- It reads no secret. What the login may read is asked with `sys/capabilities-self`, which the policy `default` allows; the mount of each
  path with `sys/internal/ui/mounts`.
- It logs in once, past the tokens that are kept, and keeps none. With `approle` that takes one use of a secret id whose uses are limited,
  and with a token whose uses are limited, each question takes one. The line says so.
- It speaks to the operator's address only. An address that a tenant chose is not asked. Charts are built without any network, so one
  whose dependencies must be fetched is `not tried`.
";

const TAIL: &str = "
The clocks may be a minute apart. Of a Kubernetes service-account token and of `VAULT_CLIENT_CERT` the times are read, too.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_the_tables_print() {
        let page = include_str!("../../docs/doctor.md");
        assert!(page == docs(), "docs/doctor.md differs from the tables: `just docs` prints it anew");
    }
}
