//! The difference of two texts: hunks of lines with context, and the parts that differ in a line and its replacement.
//! Knows no colour and no file: the caller says which texts they are.

use std::ops::Range;
use std::time::Duration;

use similar::{Algorithm, DiffOp, DiffTag, TextDiff, capture_diff_slices};

/// The unchanged lines that are shown around changed ones.
const CONTEXT: usize = 3;

/// How long to search for the shortest difference. After that, a longer one is taken.
const PATIENCE: Duration = Duration::from_secs(2);

/// The part of two lines that must be equal for the rest to be marked.
const ALIKE: f64 = 0.4;

/// Lines that changed, with the lines around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hunk {
    /// The lines; removed ones come before those that replace them.
    pub lines: Vec<Line>,
}

/// A line of one text or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Whether it is removed, added or unchanged.
    pub sign: Sign,
    /// Its number in the text before, from 1; `None` if it is added.
    pub before: Option<usize>,
    /// Its number in the text after, from 1; `None` if it is removed.
    pub after: Option<usize>,
    /// The line without its break.
    pub text: String,
    /// The bytes of `text` that differ from its counterpart in the other text, in order; empty if the whole line differs.
    pub emphasis: Vec<Range<usize>>,
}

/// Which of the two texts a line is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// It is in both texts.
    Same,
    /// It is in the text before alone.
    Removed,
    /// It is in the text after alone.
    Added,
}

impl Sign {
    /// The first character of the line in a unified diff.
    pub(crate) fn mark(self) -> char {
        match self {
            Self::Same => ' ',
            Self::Removed => '-',
            Self::Added => '+',
        }
    }
}

impl Hunk {
    /// The numbers of its lines in the text before and in the text after. An empty range starts after the line before it.
    pub(crate) fn ranges(&self) -> (Range<usize>, Range<usize>) {
        (range(self.lines.iter().map(|line| line.before)), range(self.lines.iter().map(|line| line.after)))
    }

    /// `@@ -1,7 +1,8 @@`; the two texts begin after `before` and `after` lines of their files.
    pub(crate) fn header(&self, before: usize, after: usize) -> String {
        let part = |range: Range<usize>, above: usize| match range.len() {
            0 => "0,0".to_owned(),
            1 => (range.start + above).to_string(),
            count => format!("{},{count}", range.start + above),
        };
        let (left, right) = self.ranges();
        format!("@@ -{} +{} @@", part(left, before), part(right, after))
    }
}

/// The hunks in which two texts differ; none if they are equal.
pub(crate) fn hunks(before: &str, after: &str) -> Vec<Hunk> {
    let texts = (lines(before), lines(after));
    let diff = TextDiff::configure().timeout(PATIENCE).diff_slices(&texts.0, &texts.1);
    let groups = diff.grouped_ops(CONTEXT);
    groups.iter().map(|ops| Hunk { lines: ops.iter().flat_map(|op| changed(op, &texts)).collect() }).collect()
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

fn range(numbers: impl Iterator<Item = Option<usize>>) -> Range<usize> {
    let mut numbers = numbers.flatten();
    let first = numbers.next();
    let last = numbers.last().or(first);
    first.map_or(0..0, |first| first..last.unwrap_or(first) + 1)
}

/// The lines of one operation that turns one text into the other.
fn changed(op: &DiffOp, texts: &(Vec<&str>, Vec<&str>)) -> Vec<Line> {
    let (old, new) = (op.old_range(), op.new_range());
    if op.tag() == DiffTag::Equal {
        return old.zip(new).map(|(before, after)| same(before, after, texts.0[before])).collect();
    }
    let mut removed: Vec<Line> = old.map(|at| line(Sign::Removed, at, texts.0[at])).collect();
    let mut added: Vec<Line> = new.map(|at| line(Sign::Added, at, texts.1[at])).collect();
    for (removed, added) in removed.iter_mut().zip(&mut added) {
        (removed.emphasis, added.emphasis) = emphasis(&removed.text, &added.text);
    }
    removed.into_iter().chain(added).collect()
}

fn same(before: usize, after: usize, text: &str) -> Line {
    let (before, after) = (Some(before + 1), Some(after + 1));
    Line { sign: Sign::Same, before, after, text: text.to_owned(), emphasis: Vec::new() }
}

fn line(sign: Sign, at: usize, text: &str) -> Line {
    let number = |of: Sign| (sign == of).then_some(at + 1);
    let (before, after) = (number(Sign::Removed), number(Sign::Added));
    Line { sign, before, after, text: text.to_owned(), emphasis: Vec::new() }
}

/// The bytes in which two lines differ; none where too little of them is equal to be worth marking.
fn emphasis(before: &str, after: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (old, new) = (words(before), words(after));
    let ops = capture_diff_slices(Algorithm::Myers, &texts(before, &old), &texts(after, &new));
    let (mut left, mut right, mut equal) = (Vec::new(), Vec::new(), 0);
    for op in ops {
        let (removed, added) = (bytes(&old, op.old_range()), bytes(&new, op.new_range()));
        if op.tag() == DiffTag::Equal {
            equal += before[removed].trim().len();
        } else {
            left.extend((!removed.is_empty()).then_some(removed));
            right.extend((!added.is_empty()).then_some(added));
        }
    }
    let longest = before.trim().len().max(after.trim().len());
    if (equal as f64) < ALIKE * longest as f64 { (Vec::new(), Vec::new()) } else { (left, right) }
}

/// The words of a line, each of which is marked as a whole: letters and digits together, any other character alone.
fn words(line: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut in_word = false;
    for (at, char) in line.char_indices() {
        let end = at + char.len_utf8();
        match words.last_mut().filter(|_| in_word && char.is_alphanumeric()) {
            Some(word) => word.end = end,
            None => words.push(at..end),
        }
        in_word = char.is_alphanumeric();
    }
    words
}

fn texts<'l>(line: &'l str, words: &[Range<usize>]) -> Vec<&'l str> {
    words.iter().map(|word| &line[word.clone()]).collect()
}

/// The bytes of a range of words.
fn bytes(words: &[Range<usize>], some: Range<usize>) -> Range<usize> {
    match words.get(some) {
        Some([first, .., last]) => first.start..last.end,
        Some([one]) => one.clone(),
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(before: &str, after: &str) -> String {
        let line = |line: &Line| format!("{}{}\n", line.sign.mark(), line.text);
        let hunk = |hunk: &Hunk| format!("{}\n{}", hunk.header(0, 0), hunk.lines.iter().map(line).collect::<String>());
        hunks(before, after).iter().map(hunk).collect()
    }

    #[test]
    fn hunks_are_those_of_a_unified_diff() {
        let before: String = (1..=20).map(|number| format!("{number}\n")).collect();
        let after = before.replace("\n2\n", "\nzwei\n").replace("19\n", "");
        let expected = "@@ -1,5 +1,5 @@\n 1\n-2\n+zwei\n 3\n 4\n 5\n@@ -16,5 +16,4 @@\n 16\n 17\n 18\n-19\n 20\n";
        assert_eq!(drawn(&before, &after), expected);
        assert_eq!(drawn("a\n", "a\n"), "");
        assert_eq!(drawn("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(drawn("a\n", ""), "@@ -1 +0,0 @@\n-a\n");
    }

    #[test]
    fn lines_are_numbered_in_their_texts() {
        let [hunk] = &hunks("a\nb\nc\n", "a\nx\ny\nc\n")[..] else { panic!() };
        let numbers: Vec<_> = hunk.lines.iter().map(|line| (line.before, line.after)).collect();
        assert_eq!(
            numbers,
            [(Some(1), Some(1)), (Some(2), None), (None, Some(2)), (None, Some(3)), (Some(3), Some(4))]
        );
        assert_eq!(hunk.header(10, 20), "@@ -11,3 +21,4 @@");
    }

    #[test]
    fn what_differs_in_a_line_is_marked() {
        for (before, after, left, right) in [
            ("image: web:1.2.3", "image: web:1.2.40", vec!["3"], vec!["40"]),
            ("replicas: 1", "replicas: 3", vec!["1"], vec!["3"]),
            ("key: <redacted:aaaa>", "key: <redacted:bbbb>", vec!["aaaa"], vec!["bbbb"]),
            ("a: x", "something: else", vec![], vec![]),
            ("größe: 1 äö", "größe: 1 öä", vec!["äö"], vec!["öä"]),
            ("a: b", "a: b c", vec![], vec![" c"]),
        ] {
            let (old, new) = emphasis(before, after);
            let marked = |text: &str, ranges: Vec<Range<usize>>| -> Vec<String> {
                ranges.into_iter().map(|range| text[range].to_owned()).collect()
            };
            assert_eq!((marked(before, old), marked(after, new)), (own(left), own(right)), "{before} {after}");
        }
    }

    fn own(list: Vec<&str>) -> Vec<String> {
        list.into_iter().map(str::to_owned).collect()
    }
}
