//! Random manifests in every style that YAML has, with tokens `<T0>`, `<T1>`… in their scalars.

use super::random::Random;

/// A stream; the same seed gives the same one.
pub(super) fn stream(random: &mut Random) -> String {
    let mut writer = Writer { random, out: String::new(), tokens: 0, keys: 0, anchors: Vec::new() };
    writer.stream();
    writer.out
}

struct Writer<'r> {
    random: &'r mut Random,
    out: String,
    tokens: usize,
    keys: usize,
    /// The anchors of the document so far, and whether they are maps.
    anchors: Vec<(String, bool)>,
}

impl Writer<'_> {
    fn stream(&mut self) {
        let documents = [1, 1, 1, 2, 3][self.random.below(5)];
        let json = self.random.chance(15);
        for index in 0..documents {
            self.anchors.clear();
            if json {
                self.json(0);
                let end = if self.random.chance(20) && index + 1 < documents { "" } else { "\n" };
                self.out.push_str(end);
                continue;
            }
            if index > 0 || self.random.chance(20) {
                let marker = self.random.pick(&["---\n", "--- \n", "--- # c\n", "---\t\n", "---#c\n"]);
                // What `---#c` is at the start of a stream is another question.
                let marker = if index == 0 && marker.starts_with("---#") { "---\n" } else { marker };
                self.out.push_str(marker);
            }
            self.document();
            if index + 1 < documents && self.random.chance(5) {
                self.out.push_str("...\n");
            }
        }
        self.line_ends(documents);
    }

    fn line_ends(&mut self, documents: usize) {
        if self.random.chance(12) {
            self.out.truncate(self.out.trim_end_matches('\n').len());
        }
        match self.random.below(12) {
            0 => self.out = self.out.replace('\n', "\r\n"),
            1 if documents == 1 => self.out = self.out.replace('\n', "\r"),
            2 if documents == 1 || !self.out.starts_with('{') => self.out.insert(0, '\u{feff}'),
            _ => {}
        }
    }

    fn document(&mut self) {
        match self.random.below(12) {
            0 => self.list(0),
            1 => {
                self.flow(0);
                self.out.push('\n');
            }
            _ => self.map(0, true),
        }
        if self.random.chance(20) {
            let rest = self.random.pick(&["# end\n", "\n", "\n\n", "  # end\n", "   \n"]);
            self.out.push_str(rest);
        }
    }

    fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// A map whose first entry starts where the text stands, if `started`, else on lines of its own.
    fn map(&mut self, indent: usize, started: bool) {
        let count = 1 + self.random.below(4);
        for index in 0..count {
            if index > 0 || !started {
                self.between(indent);
                self.pad(indent);
            }
            self.entry(indent);
        }
    }

    fn between(&mut self, indent: usize) {
        match self.random.below(14) {
            0 => self.out.push('\n'),
            1 => {
                self.pad(indent);
                self.out.push_str("# a comment\n");
            }
            2 => self.out.push_str("# <T99> at column 0\n"),
            _ => {}
        }
    }

    fn entry(&mut self, indent: usize) {
        if self.random.chance(8)
            && let Some((name, _)) = self.anchors.iter().rev().find(|(_, is_map)| *is_map).cloned()
        {
            self.out.push_str(&format!("<<: *{name}\n"));
            return;
        }
        self.keys += 1;
        let key = format!("k{}", self.keys);
        match self.random.below(20) {
            0 => self.out.push_str(&format!("\"{key}\":")),
            1 => self.out.push_str(&format!("'{key}' :")),
            2 => {
                self.out.push_str(&format!("? {key}\n"));
                self.pad(indent);
                self.out.push(':');
            }
            3 => {
                self.out.push_str("? |-\n");
                self.pad(indent + 2);
                self.out.push_str(&format!("{key}\n"));
                self.pad(indent);
                self.out.push(':');
            }
            _ => self.out.push_str(&format!("{key}:")),
        }
        self.value(indent, true);
    }

    /// What comes after a key's colon or a dash.
    fn value(&mut self, indent: usize, in_map: bool) {
        let deep = indent > 8;
        match self.random.below(if deep { 9 } else { 13 }) {
            0 => self.alias_or_nothing(),
            1..=8 => {
                self.out.push(' ');
                let anchor = self.properties(false);
                if self.random.chance(12) {
                    self.flow(0);
                    self.end_closed();
                } else {
                    self.scalar(indent, in_map);
                }
                self.anchors.extend(anchor.map(|name| (name, false)));
            }
            9 | 10 => self.nested_map(indent, in_map),
            _ => self.nested_list(indent, in_map),
        }
    }

    fn alias_or_nothing(&mut self) {
        if let Some((name, _)) = self.anchors.last().cloned() {
            self.out.push_str(&format!(" *{name}"));
        }
        self.end_line();
    }

    fn properties(&mut self, is_map: bool) -> Option<String> {
        let _ = is_map;
        if !is_map && self.random.chance(4) {
            self.out.push_str("!!str ");
        }
        self.random.chance(10).then(|| {
            self.keys += 1;
            let name = format!("a{}", self.keys);
            self.out.push_str(&format!("&{name} "));
            name
        })
    }

    fn nested_map(&mut self, indent: usize, in_map: bool) {
        if !in_map && self.random.chance(60) {
            self.out.push(' ');
            return self.map(indent + 2, true);
        }
        self.out.push(' ');
        let anchor = self.properties(true);
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.end_line();
        let step = [2, 2, 4, 1][self.random.below(4)];
        self.map(indent + step, false);
        self.anchors.extend(anchor.map(|name| (name, true)));
    }

    fn nested_list(&mut self, indent: usize, in_map: bool) {
        if !in_map {
            self.out.push(' ');
            return self.items(indent + 2, true);
        }
        self.end_line();
        let step = [0, 0, 2, 4][self.random.below(4)];
        self.items(indent + step, false);
    }

    fn list(&mut self, indent: usize) {
        self.items(indent, true);
    }

    fn items(&mut self, indent: usize, started: bool) {
        for index in 0..1 + self.random.below(3) {
            if index > 0 || !started {
                self.between(indent);
                self.pad(indent);
            }
            self.out.push('-');
            self.value(indent, false);
        }
    }

    fn end_line(&mut self) {
        let end = self.random.pick(&["\n", "\n", "\n", "\n", " # c <T98>\n", "  \n", "\t# c\n"]);
        self.out.push_str(end);
    }

    /// Ends the line of a quote or bracket, which a comment may touch.
    fn end_closed(&mut self) {
        if self.random.chance(15) {
            self.out.push_str("#c <T98>");
        }
        self.end_line();
    }

    /// A text with a token, or without.
    fn words(&mut self) -> String {
        if self.random.chance(25) {
            return self.random.pick(&["plain", "some words", "a-b/c.d", "x:y", "it is"]).to_owned();
        }
        let token = format!("<T{}>", self.tokens);
        self.tokens += 1;
        match self.random.below(5) {
            0 => format!("pre {token}"),
            1 => format!("pre{token}post"),
            2 => format!("{token} post"),
            _ => token,
        }
    }

    fn scalar(&mut self, indent: usize, in_map: bool) {
        let inner = indent + if in_map { 1 + self.random.below(3) } else { 2 };
        match self.random.below(12) {
            0 => {
                let other = self.random.pick(&[
                    "12",
                    "1.50",
                    "0x1F",
                    "yes",
                    "~",
                    "2001-01-01",
                    "0777",
                    "1e3",
                    "\"\"",
                    "''",
                    "!!int \"3\"",
                ]);
                self.out.push_str(other);
                self.end_line();
            }
            1..=3 => {
                let words = self.words();
                self.out.push_str(&words);
                if self.random.chance(15) {
                    self.out.push('\n');
                    self.pad(inner);
                    let more = self.random.pick(&["more words", "\tmore", "more\n\n\t \t# c"]);
                    self.out.push_str(more);
                }
                self.end_line();
            }
            4 | 5 => {
                let words = self.words().replace('\'', "''");
                let more = self.more(inner);
                self.out.push_str(&format!("'it''s {words}{more}'"));
                self.end_closed();
            }
            6 | 7 => {
                let words = self.words();
                let words = if self.random.chance(30) { words.replace('<', "\\u003c") } else { words };
                let escape = self.random.pick(&[
                    "",
                    "",
                    "\\t",
                    "\\'",
                    "\\\"",
                    "\\\\",
                    "\\x41",
                    "é",
                    "\\/",
                    "\\n",
                    "\\ud83d\\ude00",
                ]);
                let escape = if matches!(escape, "\\/" | "\\ud83d\\ude00") { "" } else { escape };
                let more = self.more(inner);
                self.out.push_str(&format!("\"{words}{escape}{more}\""));
                self.end_closed();
            }
            _ => self.block(indent, in_map),
        }
    }

    /// The continuation of a quoted scalar, which may stand at any column.
    fn more(&mut self, inner: usize) -> String {
        let pad =
            if self.random.chance(30) { self.random.pick(&["", " ", "\t"]).to_owned() } else { " ".repeat(inner) };
        match self.random.below(8) {
            0 => format!("\n{pad}folded"),
            1 => format!("\n\n{pad}folded"),
            2 => format!(" \n{pad}# no comment"),
            _ => String::new(),
        }
    }

    fn block(&mut self, indent: usize, in_map: bool) {
        let style = self.random.pick(&["|", "|", ">"]);
        let chomp = self.random.pick(&["", "", "-", "+"]);
        let step = if in_map { 1 + self.random.below(4) } else { 2 + self.random.below(3) };
        let explicit = self.random.chance(20);
        let comment = self.random.pick(&["", "", " # c", "#c", "  # | c > "]);
        let digit = if explicit { step.to_string() } else { String::new() };
        let header = if self.random.chance(50) { format!("{digit}{chomp}") } else { format!("{chomp}{digit}") };
        self.out.push_str(&format!("{style}{header}{comment}\n"));
        if self.random.chance(10) && !explicit {
            self.out.push('\n');
        }
        let lines = 1 + self.random.below(4);
        for line in 0..lines {
            self.pad(indent + step);
            if explicit && self.random.chance(40) || line > 0 && self.random.chance(15) {
                self.out.push_str("  ");
            }
            let words = self.words();
            self.out.push_str(&words);
            let end = self.random.pick(&["\n", "\n", "\n", "\n", "\n\n", " \n", "\t\n", " # text\n"]);
            self.out.push_str(end);
        }
        for _ in 0..[0, 0, 0, 1, 2][self.random.below(5)] {
            self.out.push('\n');
        }
    }

    /// A list or map in brackets.
    fn flow(&mut self, depth: usize) {
        let is_map = self.random.chance(50);
        self.out.push(if is_map { '{' } else { '[' });
        let count = self.random.below(4);
        for index in 0..count {
            if index > 0 {
                let comma = self.random.pick(&[", ", ",", " , "]);
                self.out.push_str(comma);
            }
            if is_map {
                self.keys += 1;
                self.out.push_str(&format!("f{}: ", self.keys));
            }
            self.flow_value(depth);
        }
        if count > 0 && self.random.chance(8) {
            self.out.push(',');
        }
        self.out.push(if is_map { '}' } else { ']' });
    }

    fn flow_value(&mut self, depth: usize) {
        let words = self.words();
        match self.random.below(8) {
            0 if depth < 2 => self.flow(depth + 1),
            1 | 2 => self.out.push_str(&format!("'{words}'")),
            3 | 4 => self.out.push_str(&format!("\"{}\"", words.replace('<', "\\x3c"))),
            5 => self.out.push_str("12"),
            _ => self.out.push_str(&words.replace(':', "")),
        }
    }

    fn json(&mut self, depth: usize) {
        let is_map = depth == 0 || self.random.chance(50);
        let (open, close) = if is_map { ('{', '}') } else { ('[', ']') };
        let space = self.random.pick(&["", " ", "\n", "\n\t", "\n    "]);
        self.out.push(open);
        for index in 0..self.random.below(4) {
            if index > 0 {
                self.out.push(',');
            }
            self.out.push_str(space);
            if is_map {
                self.keys += 1;
                let colon = self.random.pick(&[":", ": ", " : "]);
                self.out.push_str(&format!("\"j{}\"{colon}", self.keys));
            }
            self.json_value(depth);
        }
        self.out.push_str(space.trim_end_matches(['\t', ' ']));
        self.out.push(close);
    }

    fn json_value(&mut self, depth: usize) {
        let words = self.words();
        match self.random.below(8) {
            0 | 1 if depth < 3 => self.json(depth + 1),
            2 => {
                let other = self.random.pick(&["12", "-1.50", "true", "null", "1e3", "\"\""]);
                self.out.push_str(other);
            }
            3 => self.out.push_str(&format!("\"{}\"", words.replace('<', "\\u003c").replace('>', "\\u003e"))),
            4 => self.out.push_str(&format!("\"\\/{words}\\ud83d\\ude00\\b\"")),
            _ => self.out.push_str(&format!("\"{words}\"")),
        }
    }
}
