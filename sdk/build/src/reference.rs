//! The authors' reference, made from the contract itself: every item with its documentation, in the order of the file.

use std::fmt::Write as _;

/// The reference page of a contract, as Markdown.
pub fn reference(wit: &str) -> String {
    let mut page = Page { out: String::new(), docs: Vec::new(), inside: Vec::new(), is_behind_a_type: false };
    for line in wit.lines().map(str::trim) {
        page.line(line);
    }
    page.out
}

/// Lines that only hold the file together.
const OF_THE_FILE: [&str; 4] = ["use ", "import ", "export ", "include "];

struct Page {
    out: String,
    /// The documentation that waits for its item.
    docs: Vec<String>,
    /// What is open: interfaces, and resources, records and enums in them.
    inside: Vec<String>,
    /// Whether a type of the open interface stands above: what comes next is none of its items.
    is_behind_a_type: bool,
}

impl Page {
    fn line(&mut self, line: &str) {
        if let Some(doc) = line.strip_prefix("///") {
            self.docs.push(doc.trim().to_owned());
        } else if line == "}" {
            self.inside.pop();
            self.is_behind_a_type = self.inside.len() == 1;
        } else if line.is_empty() || OF_THE_FILE.iter().any(|start| line.starts_with(start)) {
            self.docs.clear();
        } else {
            self.item(line);
        }
    }

    fn item(&mut self, line: &str) {
        let docs = std::mem::take(&mut self.docs);
        let words = docs.join(" ").replace("  ", "\n\n");
        let opens = line.ends_with('{');
        let name = line.trim_end_matches('{').trim();
        if let ([interface], false) = (&self.inside[..], opens)
            && self.is_behind_a_type
        {
            self.is_behind_a_type = false;
            let interface = interface.trim_start_matches("interface ");
            // Writing to a string does not fail.
            _ = writeln!(self.out, "\n### Functions of `{interface}`\n");
        }
        // Writing to a string does not fail.
        _ = match (self.inside.len(), opens) {
            (0, false) => writeln!(self.out, "# `{}`\n\n{words}\n", name.trim_end_matches(';')),
            (0, true) => writeln!(self.out, "\n## {name}\n\n{words}\n"),
            (_, true) => writeln!(self.out, "\n### `{name}`\n\n{words}\n"),
            (_, false) => writeln!(
                self.out,
                "- `{}`{}{words}",
                name.trim_end_matches([';', ',']),
                if words.is_empty() { "" } else { " — " }
            ),
        };
        if opens {
            self.inside.push(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a heading of their own they would stand among the fields of the record before them.
    #[test]
    fn functions_behind_a_type_are_those_of_the_interface() {
        let wit = "interface store {\n    /// The oldest.\n    oldest: func() -> entry;\n    /// Kept.\n    record entry {\n        /// What.\n        value: u32,\n    }\n\n    /// Reads.\n    get: func() -> entry;\n    /// Writes.\n    set: func();\n}\n\ninterface other {\n    /// Else.\n    go: func();\n}\n";
        let page = reference(wit);
        let expected = "\n## interface store\n\n\n\n- `oldest: func() -> entry` — The oldest.\n\n### `record entry`\n\nKept.\n\n\
            - `value: u32` — What.\n\n### Functions of `store`\n\n- `get: func() -> entry` — Reads.\n- `set: func()` — Writes.\n\n\
            ## interface other\n\n\n\n- `go: func()` — Else.\n";
        assert_eq!(page, expected);
    }

    #[test]
    fn every_item_stands_with_its_words() {
        let wit = "/// The contract.\npackage a:b@1.0.0;\n\n/// What is there.\ninterface things {\n    /// A thing.\n    resource thing {\n        /// Its name.\n        name: func() -> string;\n    }\n}\n";
        let page = reference(wit);
        for part in [
            "# `package a:b@1.0.0`\n\nThe contract.",
            "\n## interface things\n\nWhat is there.",
            "### `resource thing`\n\nA thing.",
            "- `name: func() -> string` — Its name.",
        ] {
            assert!(page.contains(part), "{part} is missing in:\n{page}");
        }
    }
}
