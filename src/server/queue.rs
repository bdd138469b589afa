//! The queue of the calls that want to render: so many at once, and in turn whoever's project renders least. Knows nothing of a call but its project.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The slots in which calls render, and the calls that wait for one.
#[derive(Debug)]
pub(super) struct Queue {
    slots: usize,
    state: Mutex<State>,
}

/// The right to render, until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    queue: Arc<Queue>,
    project: String,
}

#[derive(Debug, Default)]
struct State {
    projects: BTreeMap<String, Line>,
    /// How many calls render.
    working: usize,
    /// How often a slot was given: whose turn was longer ago is the next one.
    turns: u64,
}

/// The calls of one project.
#[derive(Debug, Default)]
struct Line {
    working: usize,
    /// The turn of the project's latest slot.
    turn: u64,
    waiting: VecDeque<Waiting>,
}

/// A call that waits, and how many of its project may render at once.
#[derive(Debug)]
struct Waiting {
    limit: usize,
    slot: oneshot::Sender<Slot>,
}

impl Queue {
    /// A queue for so many slots, at least one.
    pub(super) fn new(slots: usize) -> Arc<Self> {
        Arc::new(Self { slots: slots.max(1), state: Mutex::default() })
    }

    /// Waits for a slot. No more than `limit` calls of the project have one at once. A call that is dropped waits no more.
    pub(super) async fn enter(self: &Arc<Self>, project: &str, limit: Option<u64>) -> Slot {
        let (slot, given) = oneshot::channel();
        let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        self.state().projects.entry(project.to_owned()).or_default().waiting.push_back(Waiting { limit, slot });
        self.give();
        match given.await {
            Ok(slot) => slot,
            // The queue drops nobody who waits.
            Err(_) => std::future::pending().await,
        }
    }

    /// How many calls render, and how many wait.
    pub(super) fn counts(&self) -> (usize, usize) {
        let state = self.state();
        (state.working, state.projects.values().map(Line::still_waiting).sum())
    }

    /// Gives the free slots to those whose turn it is.
    fn give(self: &Arc<Self>) {
        loop {
            let next = self.state().next(self.slots);
            let Some((project, sender)) = next else { return };
            // A slot that nobody takes any more comes back when it is dropped.
            let slot = Slot { queue: self.clone(), project };
            let _unclaimed = sender.send(slot);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes a slot for the next call: of the projects that may render, the one that renders least, then the one whose turn was longest ago.
    fn next(&mut self, slots: usize) -> Option<(String, oneshot::Sender<Slot>)> {
        if self.working >= slots {
            return None;
        }
        self.projects.values_mut().for_each(|line| line.waiting.retain(|call| !call.slot.is_closed()));
        self.projects.retain(|_, line| line.working > 0 || !line.waiting.is_empty());
        let ready = self.projects.iter_mut().filter(|(_, line)| line.is_ready());
        let (project, line) = ready.min_by_key(|(_, line)| (line.working, line.turn))?;
        let call = line.waiting.pop_front()?;
        self.turns += 1;
        self.working += 1;
        (line.working, line.turn) = (line.working + 1, self.turns);
        Some((project.clone(), call.slot))
    }

    fn leave(&mut self, project: &str) {
        self.working = self.working.saturating_sub(1);
        if let Some(line) = self.projects.get_mut(project) {
            line.working = line.working.saturating_sub(1);
        }
    }
}

impl Line {
    /// Whether its first call may have a slot.
    fn is_ready(&self) -> bool {
        self.waiting.front().is_some_and(|call| self.working < call.limit.max(1))
    }

    fn still_waiting(&self) -> usize {
        self.waiting.iter().filter(|call| !call.slot.is_closed()).count()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.queue.state().leave(&self.project);
        self.queue.give();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_project_with_many_calls_does_not_keep_another_one_waiting() {
        let queue = Queue::new(2);
        let mut working = vec![queue.enter("big", None).await, queue.enter("big", None).await];
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        for project in ["big", "big", "big", "small", "small"] {
            let (queue, sender) = (queue.clone(), sender.clone());
            tokio::spawn(async move { sender.send((project, queue.enter(project, None).await)) });
            tokio::task::yield_now().await;
        }
        assert_eq!(queue.counts(), (2, 5));
        let mut names = Vec::new();
        while names.len() < 5 {
            drop(working.remove(0));
            let (name, slot) = order.recv().await.unwrap();
            names.push(name);
            working.push(slot);
        }
        // `small` enters first, and renders with `big` side by side as long as both wait.
        assert_eq!(names, ["small", "big", "small", "big", "big"]);
        drop(working);
        assert_eq!(queue.counts(), (0, 0));
    }

    #[tokio::test]
    async fn who_waits_no_more_is_passed_over() {
        let queue = Queue::new(1);
        let first = queue.enter("a", None).await;
        let mut gone = Box::pin(queue.enter("a", None));
        assert!(gone.as_mut().now_or_never().is_none());
        let mut second = pin!(queue.enter("b", None));
        assert!(second.as_mut().now_or_never().is_none());
        drop(gone);
        assert_eq!(queue.counts(), (1, 1));
        drop(first);
        tokio::time::timeout(Duration::from_secs(30), second).await.unwrap();
    }

    #[tokio::test]
    async fn a_slot_that_was_given_and_not_taken_is_given_again() {
        let queue = Queue::new(1);
        let first = queue.enter("a", None).await;
        let mut gone = Box::pin(queue.enter("a", None));
        assert!(gone.as_mut().now_or_never().is_none());
        drop(first);
        assert_eq!(queue.counts(), (1, 0), "it has a slot, and does not know yet");
        drop(gone);
        assert_eq!(queue.counts(), (0, 0));
    }

    #[tokio::test]
    async fn no_more_calls_of_a_project_render_than_its_policy_allows() {
        let queue = Queue::new(4);
        let _first = queue.enter("a", Some(1)).await;
        let mut second = pin!(queue.enter("a", Some(1)));
        assert!(second.as_mut().now_or_never().is_none());
        let _other = queue.enter("b", Some(1)).await;
        assert_eq!(queue.counts(), (2, 1));
    }
}
