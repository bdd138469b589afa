//! Plan and values → edits. Pure; the errors of gaps that cannot be filled are collected.

mod apart;
mod composition;
mod convert;
mod edits;
mod embedded;
mod insertion;
mod layers;
mod recorded;
mod resolution;
mod resolve;
mod text;
mod typed;
mod wording;

use std::collections::HashSet;

use zeroize::Zeroizing;

use super::ValueSource;
use super::filling::Filling;
use super::gap::Gap;
use super::mask::MaskForm;
use super::misfit::{WRONG_TYPE, is_whole};
use super::plan::{DocumentPlan, Plan};
use crate::budget::Budget;
use crate::error::{Error, Errors};
use crate::manifest::RemoveMissing;
use crate::secret::Outcome;
use crate::source::{Place, Span};
use crate::value::Value;
use crate::yaml::Flaw;
use crate::yaml::edit::{Change, ChangedDocument, edit_all};
use crate::yaml::splice::Edit;
use crate::yaml::tree::{NodeId, Tree};

use apart::MaskedPorts;
use composition::Composition;
use resolution::{Resolution, Resolved};

pub(crate) use convert::is_base64;
pub(crate) use edits::Edits;

/// How many documents are edited and checked together: enough to share the cost of a check, few enough to hold few values at a time.
const AT_ONCE: usize = 16;

/// The result of filling a gap.
enum Filled {
    Set(Value),
    Removed,
    /// A part of it could not be filled, for a reason that is reported.
    Stays,
}

impl Filled {
    fn map(self, change: impl FnOnce(Value) -> Value) -> Self {
        match self {
            Self::Set(value) => Self::Set(change(value)),
            other => other,
        }
    }
}

/// Fills every gap of `plan` with `values`.
pub fn fill(plan: &Plan<'_>, values: ValueSource<'_>, filling: Filling<'_>, errors: &mut Errors) -> Edits {
    let mut edits = Edits::default();
    errors.extend(warnings(plan, values));
    for documents in plan.documents.chunks(AT_ONCE) {
        let changes: Vec<Vec<Change>> =
            documents.iter().map(|planned| changes(planned, values, filling, errors)).collect();
        let changed = documents.iter().zip(&changes).map(|(planned, changes)| ChangedDocument {
            tree: &planned.tree,
            document: planned.span,
            changes,
        });
        let edited = edit_all(&changed.collect::<Vec<_>>());
        for (planned, more) in documents.iter().zip(edited) {
            match more.and_then(|more| within(more, filling.budget)) {
                Ok(more) => edits.add(&planned.source, more),
                Err(Flaw { span, error }) => errors.push(error.at(place(planned, span))),
            }
        }
    }
    edits
}

/// The store's warnings about each secret, at the first placeholder that reads it.
fn warnings(plan: &Plan<'_>, values: ValueSource<'_>) -> Vec<Error> {
    let mut told = HashSet::new();
    let first = plan.accesses.iter().filter(|access| told.insert(&access.id));
    let warned = first.filter_map(|access| match values.outcome(&access.id) {
        Some(Outcome::Found(secret)) => Some((&secret.warnings, &access.place)),
        _ => None,
    });
    warned.flat_map(|(warnings, place)| warnings.iter().map(|warning| warning.clone().at(place.clone()))).collect()
}

fn changes(
    planned: &DocumentPlan<'_>,
    values: ValueSource<'_>,
    filling: Filling<'_>,
    errors: &mut Errors,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut ports = MaskedPorts::default();
    let is_valid = values.form() == Some(MaskForm::Valid);
    for gap in &planned.gaps {
        let node: NodeId = gap.node;
        let filled = fill_gap(gap, &planned.tree, values, filling, errors);
        match filled.map(|value| if is_valid { ports.apart(value, gap, &planned.tree) } else { value }) {
            Filled::Set(value) if is_there(&planned.tree, node, &value) => {}
            Filled::Set(value) => changes.push(Change::Set { node, value }),
            Filled::Removed => changes.push(Change::Remove { node }),
            Filled::Stays => {}
        }
    }
    changes
}

/// The edits of a document, if the run may make as much text.
fn within(edits: Vec<Edit>, budget: &Budget) -> Result<Vec<Edit>, Flaw> {
    for edit in &edits {
        let added = edit.text.len().saturating_sub(edit.span.range().len());
        budget.make(added).map_err(|limit| Flaw { span: edit.span, error: limit.into() })?;
    }
    Ok(edits)
}

/// Whether the scalar has this text already. Markup that stays then keeps even its quotes.
fn is_there(tree: &Tree<'_>, node: NodeId, value: &Value) -> bool {
    matches!(value, Value::Text(text) if tree.text(node) == Some(text.as_str()))
}

fn fill_gap(gap: &Gap, tree: &Tree<'_>, values: ValueSource<'_>, filling: Filling<'_>, errors: &mut Errors) -> Filled {
    let resolutions = resolve::resolve_all(gap, tree, values, filling);
    let missing = resolutions.iter().filter(|resolution| matches!(resolution, Resolution::Missing(_))).count();
    let failed = resolutions.iter().any(|resolution| matches!(resolution, Resolution::Failed(_)));
    let removes = missing > 0 && !failed && gap.resource.annotations.remove_missing != RemoveMissing::No;
    if removes && (missing == resolutions.len() || gap.resource.annotations.remove_missing == RemoveMissing::Partial) {
        return Filled::Removed;
    }
    let mut results = Vec::new();
    for resolution in resolutions {
        match resolution {
            Resolution::Value(resolved) => results.push(Some(resolved)),
            Resolution::Markup => results.push(None),
            Resolution::NotGranted => return Filled::Stays,
            Resolution::Missing(error) if removes => errors.push(partly_missing(error)),
            Resolution::Missing(error) | Resolution::Failed(error) => errors.push(error),
        }
    }
    if missing > 0 || failed || gap.is_misfit {
        return Filled::Stays;
    }
    match put(gap, tree, results, values.form(), filling, errors) {
        Ok(Some(value)) => Filled::Set(value),
        Ok(None) => Filled::Stays,
        Err(error) => {
            errors.push(if error.place.is_some() { error } else { error.at(gap.place_of(0)) });
            Filled::Stays
        }
    }
}

/// The scalar with its values: typed if one value is all of it, otherwise text. A mark for people may be of another type than its field takes.
/// `None` if the values break the text, which is reported.
fn put(
    gap: &Gap,
    tree: &Tree<'_>,
    results: Vec<Option<Resolved>>,
    form: Option<MaskForm>,
    filling: Filling<'_>,
    errors: &mut Errors,
) -> Result<Option<Value>, Error> {
    let shows_marks = form == Some(MaskForm::Marked);
    if is_whole(gap, tree)
        && let [Some(_)] = results.as_slice()
    {
        let value = results.into_iter().flatten().next().map_or(Value::Null, Resolved::into_shown);
        let mark = shows_marks.then(|| value.clone());
        return match (typed::shape(value, gap, filling.budget), mark) {
            (Err(error), Some(mark)) if error.rule == WRONG_TYPE => Ok(Some(mark)),
            (shaped, _) => shaped.map(Some),
        };
    }
    let text = composed(gap, tree, results, form, filling, errors)?;
    if shows_marks { Ok(text.map(Value::Text)) } else { text.map(|text| typed::as_text(text, gap)).transpose() }
}

/// The scalar's text with its values, or with their masks. It is the values that are judged: masks break nothing.
fn composed(
    gap: &Gap,
    tree: &Tree<'_>,
    results: Vec<Option<Resolved>>,
    form: Option<MaskForm>,
    filling: Filling<'_>,
    errors: &mut Errors,
) -> Result<Option<Zeroizing<String>>, Error> {
    let is_masked = results.iter().flatten().any(|resolved| resolved.mask.is_some());
    if is_masked {
        let values = results.iter().map(|resolved| resolved.as_ref().map(|resolved| resolved.value.clone()));
        // What the masks take of the budget is all that a rendering of values takes.
        let filling = Filling { budget: &Budget::default(), ..filling };
        let judged = Composition::new(gap, values.collect(), filling).judged();
        if text::compose(judged, tree, errors)?.is_none() {
            return Ok(None);
        }
    }
    let shown = results.into_iter().map(|resolved| resolved.map(Resolved::into_shown)).collect();
    let composition = Composition::new(gap, shown, filling);
    text::compose(if form.is_none() { composition.judged() } else { composition }, tree, errors)
}

fn partly_missing(error: Error) -> Error {
    error.hint(
        "only a part of this text is missing: `avp.kubernetes.io/remove-missing: \"partial\"` removes it all the same",
    )
}

fn place(planned: &DocumentPlan<'_>, span: Span) -> Place {
    let gap = planned.gaps.iter().find(|gap| planned.tree.node(gap.node).span == span);
    gap.map_or_else(|| Place::new(planned.source.clone(), span), |gap| gap.place_of(0))
}
