//! A tool's own process group, for a program that outlives its tools: what a tool leaves behind ends with it. Elsewhere Argo CD, or a
//! terminal, ends the group of all.

use std::io;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process_group, set_child_subreaper, waitid};
use tokio::process::{Child, Command};

/// The group of a tool that was started in one of its own, until this is dropped.
#[derive(Debug)]
pub(super) struct Group(Pid);

/// Makes this process the parent of all that tools leave behind, so that it can see them end. A container's first process is that anyway.
pub(crate) fn adopt_orphans() -> io::Result<()> {
    Ok(set_child_subreaper(Some(getpid()))?)
}

impl Group {
    /// Has a command start in a group of its own.
    pub(super) fn prepare(command: &mut Command) {
        command.process_group(0);
    }

    /// The group that a child leads.
    pub(super) fn of(child: &Child) -> Option<Self> {
        child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).map(Self)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // As long as one of the group is left, its number is nobody else's.
        let is_left = kill_process_group(self.0, Signal::KILL).is_ok();
        let group = self.0;
        if is_left {
            // Nobody else waits for them, and waiting blocks.
            std::thread::spawn(move || while waitid(WaitId::Pgid(Some(group)), WaitIdOptions::EXITED).is_ok() {});
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process::Stdio;
    use std::time::Duration;

    use tokio::io::{AsyncBufReadExt, BufReader};

    use super::*;

    #[tokio::test]
    async fn what_a_tool_leaves_behind_ends_with_it_and_is_no_zombie() {
        adopt_orphans().unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "sleep 600 & echo $!; exec 1>&-; wait"]).stdout(Stdio::piped()).kill_on_drop(true);
        Group::prepare(&mut command);
        let mut child = command.spawn().unwrap();
        let group = Group::of(&child).unwrap();
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next_line().await.unwrap().unwrap();
        let left = PathBuf::from("/proc").join(line);
        assert!(left.exists());
        drop((child, group));
        tokio::time::timeout(Duration::from_secs(30), async {
            while left.exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .expect("it has ended, and somebody has waited for it");
    }
}
