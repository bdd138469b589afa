//! Where a mask goes: a field, and how much of its text. From there comes the form of the mask.

use super::choice::{BOOLS, Members, Seed};
use super::class::{Class, QUANTITY};
use super::facets::{bounds, candidates, fits, of_format};
use super::form::Form;
use super::place::{self, Siblings};
use super::scalar::{Scalar, Type};
use crate::manifest::{self, Field, FieldType, Known, Step};
use crate::render::gap::Gap;
use crate::render::resource_context::ResourceContext;

/// How much of a scalar a placeholder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Extent {
    /// All of it.
    Whole,
    /// A part of its text.
    Part,
    /// A part that stands for a value in the JSON of its text, outside of strings.
    JsonValue,
}

/// The field that a mask is for.
#[derive(Clone, Debug)]
pub(in crate::render) struct Site<'f> {
    gap: &'f Gap,
    resource: &'f ResourceContext,
    /// The steps from the resource to the field.
    steps: Vec<Step<'f>>,
    extent: Extent,
    /// The map in which the field stands, where its text is known.
    siblings: Option<Siblings<'f>>,
}

impl<'f> Site<'f> {
    /// The field of a gap, or a part of it; `siblings` stand beside it.
    pub(in crate::render) fn of(gap: &'f Gap, extent: Extent, siblings: Option<Siblings<'f>>) -> Self {
        Self { gap, resource: &gap.resource, steps: gap.field.steps.clone(), extent, siblings }
    }

    /// The site of a member of the value that this one is for.
    pub(super) fn below(&self, step: Step<'f>) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { steps, extent: Extent::Whole, siblings: None, ..*self }
    }

    /// Its path, as people write it.
    pub(super) fn path(&self) -> String {
        Field { steps: self.steps.clone() }.to_string()
    }

    /// The members of the enum or bool that it takes.
    pub(super) fn members(&self, class: Class) -> Option<Members<'f>> {
        match (self.wanted(class), self.known()) {
            (Some(Form::OneOf(members)), _) => Some(members),
            (None, Some(Known::Scalar(_, facets))) if !facets.members.is_empty() => {
                Some(Members::Known(&facets.members))
            }
            _ => (class == Class::Bool).then_some(BOOLS),
        }
    }

    /// Whether a member's text has to be in base64 here already.
    pub(super) fn is_encoded_member(&self) -> bool {
        self.steps.len() > self.gap.field.steps.len() && self.field_type() == FieldType::Base64
    }

    /// The text of the mask of a value, and its form.
    pub(super) fn mask(&self, scalar: &Scalar, seed: &Seed<'_>) -> (String, Form<'f>) {
        let form = self.form(scalar);
        let Some(Known::Scalar(_, facets)) = self.known().filter(|_| self.extent == Extent::Whole) else {
            return (form.text(seed), form);
        };
        let mut candidates = std::iter::once(form).chain(candidates(scalar.own_form()));
        let first = candidates.find(|form| fits(facets, &form.text(seed))).unwrap_or(form);
        (first.text(seed), first)
    }

    fn form(&self, scalar: &Scalar) -> Form<'f> {
        let form = match self.extent {
            Extent::Whole => place::in_order(self.whole(scalar), &self.steps, self.siblings.as_ref()),
            Extent::Part => self.part(scalar.class),
            Extent::JsonValue => json_value(scalar.class),
        };
        if scalar.may_be(form) { form } else { scalar.fallback() }
    }

    fn wanted(&self, class: Class) -> Option<Form<'static>> {
        let want = place::want(&self.resource.id.kind, &self.steps);
        want.map(|want| want.form(class, self.siblings.as_ref()))
    }

    fn known(&self) -> Option<Known<'f>> {
        self.resource.known(&self.steps)
    }

    fn field_type(&self) -> FieldType {
        if self.steps.len() == self.gap.field.steps.len() {
            self.gap.field_type
        } else {
            self.resource.field_type(&self.steps)
        }
    }

    fn whole(&self, scalar: &Scalar) -> Form<'f> {
        let known = self.known();
        match (self.wanted(scalar.class), self.field_type(), known) {
            (Some(form), ..) => form,
            (None, FieldType::Anything | FieldType::List | FieldType::Map, _) => scalar.own_form(),
            (None, _, Some(Known::Scalar(kind, facets))) => match kind {
                _ if !facets.members.is_empty() => Form::OneOf(Members::Known(&facets.members)),
                manifest::Scalar::String => of_format(facets).unwrap_or_else(|| self.string(scalar)),
                manifest::Scalar::Base64 => content(scalar.class),
                manifest::Scalar::Integer(_) | manifest::Scalar::Number => bounds(facets),
                manifest::Scalar::Boolean => Form::Bool,
                manifest::Scalar::IntOrString if scalar.class == Class::Integer => bounds(facets),
                manifest::Scalar::IntOrString => scalar.own_form(),
                manifest::Scalar::Quantity => QUANTITY,
            },
            (None, ..) => any_text(scalar.class),
        }
    }

    /// The form in a field for text. What is in code of the API server's own kinds, no schema knows: there the value shows what fits.
    fn string(&self, scalar: &Scalar) -> Form<'static> {
        let group = &self.resource.id.group;
        let is_built_in = !group.contains('.') || group.ends_with(".k8s.io");
        if is_built_in { scalar.own_form() } else { any_text(scalar.class) }
    }

    /// The form of a part of the text that the field takes.
    fn part(&self, class: Class) -> Form<'static> {
        let is_number = matches!(class, Class::Integer | Class::Unknown);
        match self.wanted(class) {
            None | Some(Form::Mark | Form::JsonObject | Form::JsonList | Form::Json(_)) => Form::Mark,
            Some(Form::PortName) => Form::PortName,
            Some(Form::Url) if class == Class::Integer => Form::Integer(1, 65_535),
            Some(Form::Integer(..) | Form::Quantity(..) | Form::Percent | Form::Duration) if is_number => DIGIT,
            Some(Form::Cron | Form::Ipv4 | Form::Cidr4 | Form::ServiceIp) if is_number => DIGIT,
            Some(_) => Form::Name,
        }
    }
}

/// A number that is valid in any part of a date, an address or a quantity.
const DIGIT: Form<'static> = Form::Integer(1, 6);

/// The form of what base64 holds: the API server looks into that of certificates.
fn content(class: Class) -> Form<'static> {
    match class {
        Class::Like(Form::Pem(pem) | Form::EncodedPem(pem)) => Form::Pem(pem),
        class => any_text(class),
    }
}

/// The form where any text fits.
fn any_text(class: Class) -> Form<'static> {
    class.json().unwrap_or(Form::Mark)
}

fn json_value(class: Class) -> Form<'static> {
    match class {
        Class::Bool => Form::Bool,
        Class::Integer | Class::Fraction => Form::INTEGER,
        class => any_text(class),
    }
}

impl Scalar {
    /// Whether a value of this type and class may have a mask of a form. If not, the API server refuses the value too, and the mark leads to
    /// the same error.
    fn may_be(&self, form: Form<'_>) -> bool {
        let is_number = matches!(self.class, Class::Integer | Class::Fraction | Class::Unknown);
        match form {
            Form::Integer(..) => is_number,
            Form::Bool => matches!(self.class, Class::Bool | Class::Unknown),
            _ => !matches!(self.is, Type::Bytes),
        }
    }

    /// The form of the value itself, for a field of which nothing is known.
    fn own_form(&self) -> Form<'static> {
        match (self.is, self.class) {
            (Type::Text, Class::Like(form)) => form,
            _ => self.fallback(),
        }
    }

    /// The form that keeps the type of the value and nothing else.
    fn fallback(&self) -> Form<'static> {
        match self.is {
            Type::Text | Type::Bytes => Form::Mark,
            Type::Number => Form::INTEGER,
            Type::Bool => Form::Bool,
        }
    }
}
