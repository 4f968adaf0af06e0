//! Where in a JSON text a path such as `pages[0].questions[1].text` leads. It touches nothing but its arguments.
//!
//! The reader of definitions keeps no positions, because a visitor would pay for them; here the text is passed over once
//! more. It is known to be JSON, and where it is not, some line is still better than none.

/// The line, from 1, where the key or item that `path` names stands; where there is none, that of what should hold it.
pub(crate) fn line(text: &str, path: &str) -> usize {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    reader.space();
    let mut found = reader.at;
    for step in steps(path) {
        match reader.enter(&step) {
            Some(at) => found = at,
            None => break,
        }
    }
    text.as_bytes().iter().take(found).filter(|&&b| b == b'\n').count() + 1
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    path.split(['.', '[']).filter(|part| !part.is_empty()).map(|part| match part.strip_suffix(']') {
        Some(index) => Step::Index(index.parse().unwrap_or(usize::MAX)),
        None => Step::Key(part),
    })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Goes to the value of a step, and says where the step stands.
    fn enter(&mut self, step: &Step<'_>) -> Option<usize> {
        let object = match (self.peek()?, step) {
            (b'{', Step::Key(_)) => true,
            (b'[', Step::Index(_)) => false,
            _ => return None,
        };
        self.at += 1;
        let mut index = 0;
        loop {
            self.space();
            let start = self.at;
            if matches!(self.peek()?, b'}' | b']') {
                return None;
            }
            let mut here = matches!(step, Step::Index(wanted) if *wanted == index);
            if object {
                self.value();
                let key = self.bytes.get(start + 1..self.at.saturating_sub(1))?;
                here = matches!(step, Step::Key(wanted) if wanted.as_bytes() == key);
                self.space();
                self.at += 1; // the colon
                self.space();
            }
            if here {
                return Some(start);
            }
            self.value();
            self.space();
            if self.peek()? != b',' {
                return None;
            }
            self.at += 1;
            index += 1;
        }
    }

    /// Passes a value.
    fn value(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.peek() {
                None => return,
                Some(b'"') => self.string(),
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                Some(b'}' | b']') => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                Some(b',' | b':' | b' ' | b'\t' | b'\n' | b'\r') if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                Some(_) => {
                    while !matches!(
                        self.peek(),
                        None | Some(b',' | b':' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')
                    ) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.at += 1;
        loop {
            match self.peek() {
                None => return,
                Some(b'\\') => self.at += 2,
                Some(b'"') => {
                    self.at += 1;
                    return;
                }
                Some(_) => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    const TEXT: &str = "{\n  \"id\": \"a\\\"}\",\n  \"pages\": [\n    {\"x\": [1, 2]},\n    {\n      \"questions\": [\n        {\"id\": \"q\",\n         \"text\": {\"en\": \"b\",\n                  \"de\": \"c\"}}\n      ]\n    }\n  ]\n}";

    #[test]
    fn a_path_leads_to_the_line_of_its_key_or_item() {
        for (path, at) in [
            ("", 1),
            ("id", 2),
            ("pages", 3),
            ("pages[0]", 4),
            ("pages[0].x[1]", 4),
            ("pages[1]", 5),
            ("pages[1].questions[0].id", 7),
            ("pages[1].questions[0].text", 8),
            ("pages[1].questions[0].text.de", 9),
        ] {
            assert_eq!(line(TEXT, path), at, "{path}");
        }
    }

    #[test]
    fn what_is_missing_leads_to_what_should_hold_it() {
        for (path, at) in [
            ("purpose.decision", 1),
            ("pages[7].questions", 3),
            ("pages[1].questions[0].help", 7),
            ("id.x", 2),
        ] {
            assert_eq!(line(TEXT, path), at, "{path}");
        }
    }

    #[test]
    fn a_text_that_breaks_off_has_a_line_all_the_same() {
        for end in 0..TEXT.len() {
            let text = &TEXT[..end];
            assert!(line(text, "pages[1].questions[0].text.de") <= text.lines().count().max(1) + 1, "{end}");
        }
    }
}
