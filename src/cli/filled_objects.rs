//! The objects of some manifests with their values, for a comparison with those of somebody else.

use std::sync::Arc;

use super::environment::Environment;
use crate::error::Errors;
use crate::live::{self, Objects};
use crate::pass::Session;
use crate::render::{Options, Survey};
use crate::source::Source;

/// Reads the secrets of `sources` and returns their objects, filled.
pub(super) async fn filled_objects(
    options: Options,
    sources: &[Arc<Source>],
    session: &mut Session,
    environment: &Environment,
    errors: &mut Errors,
) -> Objects {
    let survey = Survey::new(sources, &session.surroundings(sources));
    let drafts = live::drafts(&survey, errors);
    let plan = survey.plan(&options, errors);
    let mut run = session.preview(options, environment);
    let (edits, secrets, options) = run.fill_plan(&plan, errors).await;
    live::objects(drafts, &plan, secrets, options, &edits, errors)
}
