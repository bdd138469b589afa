//! What a run does, step by step, for whoever follows it: settings in effect, logins, requests, and how long they take. A step never
//! holds a value.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Where the steps are told. Without a follower no step's text is made.
#[derive(Clone, Default)]
pub struct Journal(Option<Arc<Follower>>);

/// Who follows a run.
type Follower = dyn Fn(&str) + Send + Sync;

impl Journal {
    /// Tells `follower` each step.
    pub fn new(follower: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(follower)))
    }

    /// Tells a step.
    pub(crate) fn tell(&self, step: impl FnOnce() -> String) {
        if let Some(follower) = &self.0 {
            follower(&step());
        }
    }

    /// Tells a step that took a while.
    pub(crate) fn tell_timed(&self, took: Duration, step: impl FnOnce() -> String) {
        self.tell(|| format!("{}, {:.3} s", step(), took.as_secs_f64()));
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Journal({})", if self.0.is_some() { "followed" } else { "not followed" })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn steps_are_told_with_their_seconds() {
        let steps = Arc::new(Mutex::new(Vec::new()));
        let told = steps.clone();
        let journal = Journal::new(move |step| told.lock().unwrap().push(step.to_owned()));
        journal.tell_timed(Duration::from_millis(1234), || "GET x: 200".to_owned());
        Journal::default().tell(|| unreachable!("nobody follows"));
        assert_eq!(*steps.lock().unwrap(), ["GET x: 200, 1.234 s"]);
    }
}
