//! Probes: the questions that `doctor` asks about a set-up, each a row of a table with the questions that must be answered first, and
//! the examination that asks them within its time. Knows no setting and no store.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use crate::error::{Error, Kind, Level};

/// A question, as help and documentation show it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    /// Its name: one lower-case word.
    pub name: &'static str,
    /// What it asks, in one line.
    pub doc: &'static str,
    /// The questions whose answers must be right before this one is asked.
    pub needs: &'static [&'static str],
}

/// A question with the function that answers it: a row of a table.
pub(crate) struct Probe<C: 'static> {
    /// The question.
    pub question: Question,
    /// Finds the answer: a verdict for each thing that was looked at, at least one.
    pub ask: Ask<C>,
}

/// How a probe finds its answer.
pub(crate) type Ask<C> = for<'c> fn(&'c C) -> BoxFuture<'c, Vec<Verdict>>;

/// The answer of a probe about one thing.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there are a few dozen in a process")]
pub(crate) enum Verdict {
    /// All is well: what was found.
    Right(String),
    /// Something is wrong, or by the level of the finding only risky; its hint is the fix.
    Wrong(Error),
    /// Nobody looked: the reason.
    NotTried(String),
}

/// A verdict, and the question that it answers.
#[derive(Clone, Debug)]
pub(crate) struct Diagnosis {
    /// The question's name.
    pub question: &'static str,
    /// The answer.
    pub verdict: Verdict,
}

/// The questions that were asked so far, and the time that is left.
#[derive(Debug)]
pub(crate) struct Examination {
    deadline: Instant,
    /// How long one question may take.
    patience: Duration,
    diagnoses: Vec<Diagnosis>,
    /// The questions that must not be built upon, each with the one that went wrong first.
    failed: BTreeMap<&'static str, &'static str>,
}

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(4);

impl Examination {
    /// An examination that ends at `deadline`.
    pub(crate) fn new(deadline: Instant) -> Self {
        Self { deadline, patience: PATIENCE, diagnoses: Vec::new(), failed: BTreeMap::new() }
    }

    /// Asks the questions of a table in its order. What depends on a wrong answer is not asked.
    pub(crate) async fn run<C>(&mut self, probes: &'static [Probe<C>], context: &C) {
        for Probe { question, ask } in probes {
            match self.obstacle(question) {
                Some(cause) => {
                    self.failed.insert(question.name, cause);
                    self.push(question.name, Verdict::NotTried(format!("because of `{cause}`")));
                }
                None => self.ask(question.name, ask(context)).await,
            }
        }
    }

    /// Notes the answer of a question that is asked elsewhere than in a table.
    pub(crate) async fn ask(&mut self, name: &'static str, answer: impl Future<Output = Vec<Verdict>>) {
        let end = self.deadline.min(Instant::now() + self.patience);
        for verdict in timeout_at(end, answer).await.unwrap_or_else(|_| vec![Verdict::Wrong(late(name))]) {
            self.push(name, verdict);
        }
    }

    /// Notes that none of these questions is asked.
    pub(crate) fn skip<C>(&mut self, probes: &'static [Probe<C>], reason: &str) {
        for Probe { question, .. } in probes {
            self.push(question.name, Verdict::NotTried(reason.to_owned()));
        }
    }

    /// Adds a verdict.
    pub(crate) fn push(&mut self, question: &'static str, verdict: Verdict) {
        if verdict.is_error() {
            self.failed.insert(question, question);
        }
        self.diagnoses.push(Diagnosis { question, verdict });
    }

    /// The first of these questions whose answer is wrong.
    pub(crate) fn first_failed(&self, names: &[&str]) -> Option<&'static str> {
        names.iter().find_map(|name| self.failed.get(name).copied())
    }

    /// Adds what another examination has found.
    pub(crate) fn extend(&mut self, other: Self) {
        self.failed.extend(other.failed);
        self.diagnoses.extend(other.diagnoses);
    }

    /// All verdicts, in the order of their questions.
    pub(crate) fn into_diagnoses(self) -> Vec<Diagnosis> {
        self.diagnoses
    }

    fn obstacle(&self, question: &Question) -> Option<&'static str> {
        self.first_failed(question.needs)
    }
}

fn late(name: &str) -> Error {
    let detail = format!("`{name}` was not answered within {} s, or the time of `doctor` was up", PATIENCE.as_secs());
    Error::new(Kind::Store, detail)
        .hint("what is asked here hangs, or is far away: a run waits longer, and hangs as well")
}

impl Verdict {
    /// Whether nothing may build on it.
    pub(crate) fn is_error(&self) -> bool {
        matches!(self, Self::Wrong(finding) if finding.level == Level::Error)
    }
}

impl From<Result<String, Error>> for Verdict {
    fn from(result: Result<String, Error>) -> Self {
        match result {
            Ok(text) => Self::Right(text),
            Err(error) => Self::Wrong(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(_: &()) -> BoxFuture<'_, Vec<Verdict>> {
        Box::pin(async { vec![Verdict::Right("fine".to_owned())] })
    }

    fn wrong(_: &()) -> BoxFuture<'_, Vec<Verdict>> {
        Box::pin(async { vec![Verdict::Right("one".to_owned()), Verdict::Wrong(Error::new(Kind::Store, "broken"))] })
    }

    fn hangs(_: &()) -> BoxFuture<'_, Vec<Verdict>> {
        Box::pin(std::future::pending())
    }

    const fn probe(name: &'static str, needs: &'static [&'static str], ask: Ask<()>) -> Probe<()> {
        Probe { question: Question { name, doc: "", needs }, ask }
    }

    fn told(diagnoses: &[Diagnosis]) -> Vec<String> {
        let verdict = |verdict: &Verdict| match verdict {
            Verdict::Right(text) => format!("right {text}"),
            Verdict::Wrong(error) => format!("wrong {error}"),
            Verdict::NotTried(reason) => format!("not tried {reason}"),
        };
        diagnoses.iter().map(|one| format!("{}: {}", one.question, verdict(&one.verdict))).collect()
    }

    #[tokio::test]
    async fn what_builds_on_a_wrong_answer_is_not_asked() {
        static PROBES: &[Probe<()>] = &[
            probe("a", &[], right),
            probe("b", &["a"], wrong),
            probe("c", &["b"], hangs),
            probe("d", &["c"], hangs),
            probe("e", &["a"], right),
        ];
        let mut examination = Examination::new(Instant::now() + Duration::from_secs(9));
        examination.run(PROBES, &()).await;
        let expected = [
            "a: right fine",
            "b: right one",
            "b: wrong broken",
            "c: not tried because of `b`",
            "d: not tried because of `b`",
            "e: right fine",
        ];
        assert_eq!(told(&examination.into_diagnoses()), expected);
    }

    #[tokio::test]
    async fn all_questions_together_have_an_end() {
        static PROBES: &[Probe<()>] =
            &[probe("a", &[], hangs), probe("b", &[], hangs), probe("c", &[], hangs), probe("d", &[], hangs)];
        let (start, time) = (Instant::now(), Duration::from_millis(100));
        let mut examination = Examination::new(start + time);
        examination.patience = time * 2 / 3;
        examination.run(PROBES, &()).await;
        assert!(start.elapsed() >= time && start.elapsed() < time * 10, "{:?}", start.elapsed());
        assert!(told(&examination.into_diagnoses()).iter().all(|line| line.contains("was not answered")));
    }
}
