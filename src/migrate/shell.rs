//! Reads a shell script, as far as plugin definitions use the shell: commands, pipes, `&&`, `||`, `;`, redirections, quotes. Runs nothing. What
//! is more than that is an error: it is never guessed.

/// A pipeline, and how it follows the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) joint: Joint,
    /// The line of the script in which it begins, from 0.
    pub(super) line: usize,
    pub(super) commands: Vec<Command>,
}

/// How a pipeline follows the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Joint {
    /// `;`, a line break, or nothing is before it.
    #[default]
    Always,
    /// `&&`
    AfterSuccess,
    /// `||`
    AfterFailure,
}

/// A command of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// The variables that are set for it alone, or from here on if it has no words.
    pub(super) assignments: Vec<(String, String)>,
    /// Its words without quotes; variables as they are written.
    pub(super) words: Vec<String>,
    /// The file that takes its output.
    pub(super) output: Option<String>,
}

/// Words with which the shell begins something that is not read.
const RESERVED: [&str; 12] =
    ["if", "for", "while", "until", "case", "function", "select", "{", "!", "[[", "eval", "source"];

/// The pipelines of a script; the error says what is not read.
pub(super) fn read(script: &str) -> Result<Vec<Step>, String> {
    let mut reader =
        Reader { rest: script, line: 0, start: 0, steps: Vec::new(), joint: Joint::Always, commands: Vec::new() };
    while reader.read_part()? {}
    reader.end_step(Joint::Always)?;
    Ok(reader.steps)
}

/// Whether a word takes the value of a variable, or the output of a command.
pub(super) fn has_expansion(word: &str) -> bool {
    word.contains(['$', '`']) || word.contains("<(")
}

struct Reader<'s> {
    rest: &'s str,
    line: usize,
    /// The line in which the pipeline at hand began.
    start: usize,
    steps: Vec<Step>,
    joint: Joint,
    commands: Vec<Command>,
}

impl Reader<'_> {
    /// Reads a word or an operator. Returns whether there was one.
    fn read_part(&mut self) -> Result<bool, String> {
        self.skip_blanks();
        let Some(first) = self.rest.chars().next() else { return Ok(false) };
        match first {
            '\n' => {
                // After an operator the command goes on in the next line.
                if !self.is_open() {
                    self.end_step(Joint::Always)?;
                }
                self.take(1);
            }
            ';' if self.rest.starts_with(";;") => return Err("`;;`".to_owned()),
            ';' => {
                self.take(1);
                self.end_step(Joint::Always)?;
            }
            '&' if self.rest.starts_with("&&") => self.operator(2, Joint::AfterSuccess)?,
            '|' if self.rest.starts_with("||") => self.operator(2, Joint::AfterFailure)?,
            '&' => return Err("`&`".to_owned()),
            '|' if self.rest.starts_with("|&") => return Err("`|&`".to_owned()),
            '|' => {
                self.take(1);
                self.command()?;
                self.commands.push(Command::default());
            }
            '(' | ')' => return Err("a subshell in parentheses".to_owned()),
            '>' | '<' if !self.rest.starts_with("<(") => self.redirect("")?,
            _ => self.word()?,
        }
        Ok(true)
    }

    fn skip_blanks(&mut self) {
        loop {
            let trimmed = self.rest.trim_start_matches([' ', '\t', '\r']);
            self.rest = trimmed;
            if trimmed.starts_with("\\\n") {
                self.take(2);
            } else if trimmed.starts_with('#') {
                let end = trimmed.find('\n').unwrap_or(trimmed.len());
                self.take(end);
            } else {
                return;
            }
        }
    }

    /// Takes bytes, and counts the lines in them.
    fn take(&mut self, bytes: usize) -> String {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken.to_owned()
    }

    /// Whether an operator waits for a command.
    fn is_open(&self) -> bool {
        match self.commands.last() {
            None => self.joint != Joint::Always,
            Some(last) => *last == Command::default(),
        }
    }

    fn operator(&mut self, bytes: usize, joint: Joint) -> Result<(), String> {
        self.command()?;
        self.take(bytes);
        self.end_step(joint)
    }

    /// The command at hand; an error if an operator has none before it.
    fn command(&mut self) -> Result<&mut Command, String> {
        match self.commands.last_mut() {
            Some(command) if *command != Command::default() => Ok(command),
            _ => Err("an operator without a command before it".to_owned()),
        }
    }

    fn end_step(&mut self, next: Joint) -> Result<(), String> {
        if !self.commands.is_empty() {
            self.command()?;
            let commands = std::mem::take(&mut self.commands);
            self.steps.push(Step { joint: self.joint, line: self.start, commands });
        }
        self.joint = next;
        Ok(())
    }

    fn current(&mut self) -> &mut Command {
        if self.commands.is_empty() {
            self.start = self.line;
            self.commands.push(Command::default());
        }
        let last = self.commands.len() - 1;
        &mut self.commands[last]
    }

    fn word(&mut self) -> Result<(), String> {
        self.current();
        let word = self.text()?;
        if matches!(word.as_str(), "1" | "2") && self.rest.starts_with('>') {
            return self.redirect(&word);
        }
        let command = self.current();
        let is_first = command.words.is_empty();
        if is_first && RESERVED.contains(&word.as_str()) {
            return Err(format!("`{word}`"));
        }
        match word.split_once('=').filter(|(name, _)| is_first && is_name(name)) {
            Some((name, value)) => command.assignments.push((name.to_owned(), value.to_owned())),
            None => command.words.push(word),
        }
        Ok(())
    }

    /// `> FILE`. Messages may go wherever they go.
    fn redirect(&mut self, number: &str) -> Result<(), String> {
        if self.rest.starts_with('<') || self.rest.starts_with(">>") {
            return Err("a redirection other than `>`".to_owned());
        }
        self.take(1);
        if self.rest.starts_with("&2") || self.rest.starts_with("&1") {
            self.take(2);
            return if number == "2" { Ok(()) } else { Err("`>&2`".to_owned()) };
        }
        self.skip_blanks();
        let file = self.text()?;
        if number != "2" {
            self.current().output = Some(file);
        }
        Ok(())
    }

    /// A word without its quotes.
    fn text(&mut self) -> Result<String, String> {
        let mut text = String::new();
        while let Some(first) = self.rest.chars().next() {
            match first {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | ')' => break,
                '>' => break,
                '(' => return Err("a function or a subshell".to_owned()),
                '<' if self.rest.starts_with("<(") => text += &self.enclosed(2, '(', ')')?,
                '<' => break,
                '`' => return Err("backticks".to_owned()),
                '$' if self.rest.starts_with("$(") => text += &self.enclosed(2, '(', ')')?,
                '$' if self.rest.starts_with("${") => text += &self.enclosed(2, '{', '}')?,
                '\'' => text += &self.single()?,
                '"' => text += &self.double()?,
                '\\' => {
                    self.take(1);
                    text += &self.next_char()?;
                }
                _ => text += &self.next_char()?,
            }
        }
        Ok(text)
    }

    fn next_char(&mut self) -> Result<String, String> {
        let char = self.rest.chars().next().ok_or("a script that ends too early")?;
        Ok(self.take(char.len_utf8()))
    }

    fn single(&mut self) -> Result<String, String> {
        self.take(1);
        let end = self.rest.find('\'').ok_or("a quote without its end")?;
        let text = self.take(end);
        self.take(1);
        Ok(text)
    }

    fn double(&mut self) -> Result<String, String> {
        self.take(1);
        let mut text = String::new();
        loop {
            match self.rest.chars().next().ok_or("a quote without its end")? {
                '"' => {
                    self.take(1);
                    return Ok(text);
                }
                '`' => return Err("backticks".to_owned()),
                '$' if self.rest.starts_with("$(") => text += &self.enclosed(2, '(', ')')?,
                '$' if self.rest.starts_with("${") => text += &self.enclosed(2, '{', '}')?,
                '\\' => {
                    self.take(1);
                    text += &self.next_char()?;
                }
                _ => text += &self.next_char()?,
            }
        }
    }

    /// What stands in brackets, with them, as it is written.
    fn enclosed(&mut self, opening: usize, open: char, close: char) -> Result<String, String> {
        let mut depth = 0_usize;
        for (at, char) in self.rest.char_indices().skip(opening - 1) {
            if char == open {
                depth += 1;
            } else if char == close {
                depth -= 1;
                if depth == 0 {
                    return Ok(self.take(at + close.len_utf8()));
                }
            }
        }
        Err(format!("`{open}` without its end"))
    }
}

/// Whether a text can be a variable's name.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|char: char| char.is_ascii_digit())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each pipeline as `joint line: command | command`, words between commas.
    fn shown(script: &str) -> Result<Vec<String>, String> {
        let command = |command: &Command| {
            let assignments = command.assignments.iter().map(|(name, value)| format!("{name}={value}"));
            let output = command.output.iter().map(|file| format!(">{file}"));
            assignments.chain(command.words.iter().cloned()).chain(output).collect::<Vec<_>>().join(",")
        };
        let step = |step: &Step| {
            let joint = match step.joint {
                Joint::Always => ";",
                Joint::AfterSuccess => "&&",
                Joint::AfterFailure => "||",
            };
            format!("{joint}{} {}", step.line, step.commands.iter().map(command).collect::<Vec<_>>().join(" | "))
        };
        read(script).map(|steps| steps.iter().map(step).collect())
    }

    #[test]
    fn scripts_of_definitions_are_read() {
        for (script, expected) in [
            ("", &[][..]),
            ("a b|c -", &[";0 a,b | c,-"]),
            ("a > all.yaml && b all.yaml || c; d", &[";0 a,>all.yaml", "&&0 b,all.yaml", "||0 c", ";0 d"]),
            ("a |\n  b\n\n# no\nc \\\n d # e", &[";0 a | b", ";4 c,d"]),
            ("A=b C='d e' f \"g $H\" ${I:-j k} 'l|m' n\\ o", &[";0 A=b,C=d e,f,g $H,${I:-j k},l|m,n o"]),
            ("h -f <(echo \"$V\") .", &[";0 h,-f,<(echo \"$V\"),."]),
            ("a 2>&1 2>/dev/null | b", &[";0 a | b"]),
            ("A=b; c=d e", &[";0 A=b", ";0 c=d,e"]),
            ("a &&\nb", &[";0 a", "&&1 b"]),
            ("$A | b", &[";0 $A | b"]),
        ] {
            assert_eq!(
                shown(script).as_deref(),
                Ok(&expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
                "{script}"
            );
        }
    }

    #[test]
    fn what_is_more_than_that_is_not_guessed() {
        for script in [
            "if a; then b; fi",
            "for a in b; do c; done",
            "a & b",
            "(a; b)",
            "a `b`",
            "a <<EOF",
            "a >> b",
            "f() { a; }",
            "a |",
            "| a",
            "a 'b",
            "a \"b",
            "a ${b",
            "case a in b) c;; esac",
            "a && && b",
            "eval a",
            "a < b",
            "{ a; }",
        ] {
            assert!(shown(script).is_err(), "{script}: {:?}", shown(script));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_script_is_too_odd(script in "[a-z$(){}<>|&;'\"`\\\\ \n#=é]{0,40}") {
            let _ = read(&script);
        }
    }
}
