//! Values of the last good reading, which stand in while Vault is unavailable.

use std::time::Duration;

use super::super::kept::{LastGood, last_good};
use super::Reading;
use crate::client::{Allowance, Deadline};
use crate::error::{Error, Kind};
use crate::keep::{Entry, EntryName, Keep};
use crate::moment;
use crate::secret::{Outcome, Provenance, Secret, SecretId};

/// How long the keep is asked after the time of the run is up.
const PATIENCE: Duration = Duration::from_secs(2);

impl Reading<'_> {
    /// `outcome`, or what the last good reading gave where Vault is unavailable. A good outcome is noted for the next time, and one that says
    /// that there is nothing for this login is noted as well: no outage brings a removed secret back.
    pub(super) async fn or_last_good(&self, outcome: Outcome, LastGood { keep, life }: &LastGood) -> Outcome {
        let Some(configured) = self.batch.configured(|| self.session().configured().ok()) else { return outcome };
        let id = self.grant.id();
        match &outcome {
            Outcome::Found(secret) => {
                let entry = last_good::entry(secret, id, self.namespace(), keep.now(), *life);
                self.batch.note(self.last_good_name(configured, id), entry);
                outcome
            }
            // A login that is refused says nothing of the secret: Vault refuses it as well where it cannot ask whoever knows.
            Outcome::NoPath(_) | Outcome::NoVersion(_) | Outcome::Denied(_) | Outcome::Refused(_)
                if self.round.check().is_ok() =>
            {
                self.batch.note(self.last_good_name(configured, id), None);
                outcome
            }
            Outcome::Failed(error) if error.kind == Kind::Unavailable => {
                let found = self.batch.last_good(async |ids| self.load(keep, configured, ids).await).await;
                match found.get(id).and_then(|entry| Some((entry, last_good::secret(entry, keep.now(), *life)?))) {
                    Some((entry, secret)) => {
                        let read = moment::of_system(entry.made);
                        Outcome::Found(Secret { provenance: Provenance::LastGood, ..secret }).warned([stands_in(
                            id,
                            &moment::shown(read),
                            error,
                        )])
                    }
                    None => outcome,
                }
            }
            _ => outcome,
        }
    }

    /// Keeps what the readings of the batch have noted. A keep that is away loses it, and the next run notes it again.
    pub(super) async fn keep_notes(&self, LastGood { keep, .. }: &LastGood) {
        let (good, gone) = self.batch.take_notes();
        let kept = match good.is_empty() {
            true => Ok(()),
            false => keep.store_all(good.iter().map(|(name, entry)| (name, entry)), soon()).await,
        };
        let removed = if gone.is_empty() { Ok(()) } else { keep.remove_all(&gone, soon()).await };
        for trouble in [kept, removed].into_iter().filter_map(Result::err) {
            self.round.warn(trouble.into_warning());
        }
    }

    fn last_good_name(&self, configured: &[String], id: &SecretId) -> EntryName {
        last_good::name(&self.session().client().address_with_path(), self.namespace_of(id), configured, id)
    }

    /// The entries of `ids`, as far as there are any.
    async fn load(&self, keep: &Keep, configured: &[String], ids: &[SecretId]) -> Vec<Option<Entry>> {
        let names: Vec<EntryName> = ids.iter().map(|id| self.last_good_name(configured, id)).collect();
        match keep.load_all(&names, soon()).await {
            Ok(entries) => entries,
            Err(trouble) => {
                self.round.warn(trouble.into_warning());
                Vec::new()
            }
        }
    }
}

/// A deadline of its own: the time of the run may be up.
fn soon() -> Deadline {
    Allowance::new(PATIENCE).deadline(PATIENCE)
}

fn stands_in(id: &SecretId, read: &str, error: &Error) -> Error {
    let detail = format!("the value of `{}` is of {read}, as Vault is unavailable", id.written_path());
    let cause = error.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
    Error::warning(Kind::Store, detail)
        .cause(format!("{}{cause}", error.detail))
        .hint("render again once Vault is back, in Argo CD by a hard refresh: it takes this rendering for a good one")
}
