//! Rules for what people read: both catalogues say the same things with the same values, nothing in them is unused,
//! and the plug-in contract explains itself.

use crate::tree::{File, files, none};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use std::collections::{BTreeMap, BTreeSet};

/// The catalogues, the default language first.
const CATALOGUES: [&str; 2] = ["bots/conversation/locales/pt-BR", "bots/conversation/locales/en"];

/// Beginnings of ids that the conversation composes with a name, and whose names they are.
const COMPOSED: &[(&str, &str)] = &[
    ("channel-is-", "ChannelClass::name"),
    ("entry-", "EntryKind::name"),
    ("field-", "Field::name"),
    ("list-", "TicketList::name"),
    ("notify-", "NotifyLevel::name"),
    ("invalid-", "Problem::name"),
    ("label-", "Visibility::name"),
    ("light-", "LightKind::name"),
    ("note-", "Note::name"),
    ("plugin-risk-", "Risk::name"),
    ("plugin-state-", "PluginState::name"),
    ("precondition-", "Precondition::name"),
    ("priority-", "Priority::name"),
    ("sla-state-", "SlaState::name"),
    ("sla-type-", "SlaType::name"),
    ("state-", "TicketState::name"),
    ("tool-", "Outcome::name"),
    ("unavailable-", "Source::name"),
    ("visibility-now-", "Visibility::name"),
];

/// One message or term: what it asks for and what it refers to.
#[derive(Default)]
struct Message {
    variables: BTreeSet<String>,
    references: BTreeSet<String>,
}

/// Everything one language says, by id; terms with their hyphen.
type Catalogue = BTreeMap<String, Message>;

/// Reads a catalogue; adds to `wrong` what cannot be read and what is said twice.
fn catalogue(folder: &str, wrong: &mut Vec<String>) -> Catalogue {
    let mut all = Catalogue::new();
    for File { path, text } in files(&[folder], "ftl") {
        let resource = parser::parse(text.as_str()).unwrap_or_else(|(resource, faults)| {
            wrong.extend(faults.iter().map(|fault| format!("{path}: byte {}: {}", fault.pos.start, fault.kind)));
            resource
        });
        for entry in &resource.body {
            let (id, patterns) = match entry {
                Entry::Message(message) => {
                    let attributes = message.attributes.iter().map(|attribute| &attribute.value);
                    (message.id.name.to_owned(), message.value.iter().chain(attributes).collect::<Vec<_>>())
                }
                Entry::Term(term) => {
                    let attributes = term.attributes.iter().map(|attribute| &attribute.value);
                    (format!("-{}", term.id.name), [&term.value].into_iter().chain(attributes).collect())
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) | Entry::Junk { .. } => continue,
            };
            let mut message = Message::default();
            patterns.into_iter().for_each(|pattern| message.pattern(pattern));
            if all.insert(id.clone(), message).is_some() {
                wrong.push(format!("{path}: {id} is there twice"));
            }
        }
    }
    all
}

impl Message {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { .. } => {}
                PatternElement::Placeable { expression } => self.expression(expression),
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                variants.iter().for_each(|variant| self.pattern(&variant.value));
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::MessageReference { id, .. } => {
                self.references.insert(id.name.to_owned());
            }
            InlineExpression::TermReference { id, arguments, .. } => {
                self.references.insert(format!("-{}", id.name));
                let positional = arguments.iter().flat_map(|arguments| &arguments.positional);
                let named = arguments.iter().flat_map(|arguments| &arguments.named).map(|argument| &argument.value);
                positional.chain(named).for_each(|argument| self.inline(argument));
            }
            InlineExpression::FunctionReference { arguments, .. } => {
                let named = arguments.named.iter().map(|argument| &argument.value);
                arguments.positional.iter().chain(named).for_each(|argument| self.inline(argument));
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
        }
    }
}

#[test]
fn both_languages_say_the_same() {
    let mut wrong = Vec::new();
    let [first, second] = CATALOGUES.map(|folder| catalogue(folder, &mut wrong));
    for (here, there, missing_in) in [(&first, &second, CATALOGUES[1]), (&second, &first, CATALOGUES[0])] {
        wrong.extend(here.keys().filter(|id| !there.contains_key(*id)).map(|id| format!("{missing_in}: no {id}")));
    }
    for (id, message) in &first {
        if let Some(other) = second.get(id)
            && message.variables != other.variables
        {
            wrong.push(format!("{id}: {:?} in one language, {:?} in the other", message.variables, other.variables));
        }
    }
    if first.is_empty() {
        wrong.push(format!("{}: nothing there", CATALOGUES[0]));
    }
    none("Both catalogues are complete: the same ids with the same variables (R-001).", &wrong);
}

#[test]
fn every_message_is_said_somewhere() {
    let mut code = String::new();
    for file in files(&["bots/conversation/src"], "rs") {
        for (_, line) in file.production() {
            code.push_str(line);
            code.push('\n');
        }
    }
    let mut wrong = Vec::new();
    let messages = catalogue(CATALOGUES[0], &mut wrong);
    let referred: BTreeSet<_> = messages.values().flat_map(|message| &message.references).collect();
    let composed =
        |prefix: &str| [format!("\"{prefix}{{"), format!("\"{prefix}\"")].iter().any(|text| code.contains(text));
    for (prefix, names) in COMPOSED.iter().filter(|(prefix, _)| !composed(prefix)) {
        wrong.push(format!("`{prefix}` ({names}) is not composed any more: strike it from COMPOSED here"));
    }
    for id in messages.keys() {
        let whole = code.contains(&format!("\"{id}\""));
        if !whole && !referred.contains(id) && !COMPOSED.iter().any(|(prefix, _)| id.starts_with(prefix)) {
            wrong.push(format!("{id}: nobody says it; strike it, or list its composed beginning in COMPOSED here"));
        }
    }
    none("Every message is used.", &wrong);
}

/// Words that begin an item of the contract. Fields and cases are excused: their item explains them.
const ITEMS: [&str; 6] = ["interface ", "world ", "record ", "resource ", "enum ", "variant "];

/// Items of the contract that have fields or cases, one a line.
const PARTS: [&str; 4] = ["record ", "variant ", "enum ", "flags "];

#[test]
fn the_contract_explains_itself() {
    let mut silent = Vec::new();
    for File { path, text } in files(&["sdk/wit"], "wit") {
        let (mut above, mut in_parts) = ("", false);
        for (number, line) in text.lines().map(str::trim).enumerate() {
            let function = line.split_once(": ").is_some_and(|(_, kind)| {
                let kind = kind.strip_prefix("static ").unwrap_or(kind);
                kind.strip_prefix("async ").unwrap_or(kind).starts_with("func(")
            });
            let item = function || line.starts_with("constructor(") || ITEMS.iter().any(|word| line.starts_with(word));
            let part = in_parts && !line.is_empty() && !line.starts_with("///") && line != "}";
            in_parts = line != "}" && (in_parts || PARTS.iter().any(|word| line.starts_with(word)));
            if (item || part) && !above.starts_with("///") {
                silent.push(format!("{path}:{}: {line}", number + 1));
            }
            // A gate such as @since stands between an item and its words.
            if !line.is_empty() && !line.starts_with('@') {
                above = line;
            }
        }
    }
    none("Every item of the contract, each field and case of it too, has a `///` line.", &silent);
}
