//! The words people type, in Portuguese and English, with or without a slash, in any case, with or without accents.

use crate::words::Words;
use bote_sdk::text::fold;

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Open,
    Mine,
    Queue,
    Show,
    Claim,
    GiveBack,
    Comment,
    Edit,
    Attach,
    Tool,
    Finish,
    History,
    Query,
    Company,
    Language,
    Plugins,
    Channel,
    Cancel,
    Continue,
    Back,
    Help,
}

/// Each command with its words; the first is the one shown in Portuguese, the second in English.
pub(crate) const WORDS: [(Command, &[&str]); 21] = [
    (Command::Open, &["abrir", "open", "novo", "new"]),
    (Command::Mine, &["meus", "mine"]),
    (Command::Queue, &["fila", "queue"]),
    (Command::Show, &["ver", "show"]),
    (Command::Claim, &["resgatar", "claim", "bote"]),
    (Command::GiveBack, &["devolver", "giveback"]),
    (Command::Comment, &["comentar", "comment"]),
    (Command::Edit, &["editar", "edit"]),
    (Command::Attach, &["anexar", "attach"]),
    (Command::Tool, &["ferramenta", "tool", "ferramentas", "tools"]),
    (Command::Finish, &["finalizar", "finish"]),
    (Command::History, &["historico", "history"]),
    (Command::Query, &["consulta", "query"]),
    (Command::Company, &["empresa", "company"]),
    (Command::Language, &["idioma", "language"]),
    (Command::Plugins, &["plugins", "plugin"]),
    (Command::Channel, &["canal", "channel"]),
    (Command::Cancel, &["cancelar", "cancel"]),
    (Command::Continue, &["continuar", "continue"]),
    (Command::Back, &["voltar", "back"]),
    (Command::Help, &["ajuda", "help", "start"]),
];

/// The canonical spelling of a word, if it is one.
pub(crate) fn known(word: &str) -> Option<&'static str> {
    WORDS.iter().flat_map(|(_, words)| words.iter()).find(|known| **known == word).copied()
}

/// The commands with what they do, as a platform's menu shows them: read from the help, which is where both are written.
pub(crate) fn menu(words: Words) -> Vec<(String, String)> {
    let help = words.get("help");
    let described = help.lines().filter_map(|line| line.split_once(" — "));
    let each = described.flat_map(|(heads, does)| {
        heads.split(", ").filter_map(move |head| {
            let word = fold(head.split_whitespace().next()?);
            known(&word).map(|word| (word.to_owned(), does.trim().to_owned()))
        })
    });
    let ask = WORDS.iter().filter(|(command, _)| *command == Command::Help).flat_map(|(_, all)| all.iter());
    let label = words.get("button-help");
    let itself = ask.filter(|word| **word == fold(&label)).map(|word| ((*word).to_owned(), label.clone()));
    each.chain(itself).collect()
}

fn find(word: &str) -> Option<Command> {
    let word = fold(word);
    WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(command, _)| *command)
}

/// A command and the rest of the line. Where free text is expected (`in_text`), only a slash makes a command, or one of the
/// words that steer the dialog standing alone: "abrir a caixa" is a report.
pub(crate) fn parse(line: &str, in_text: bool) -> Option<(Command, &str)> {
    let line = line.trim();
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    if let Some(word) = first.strip_prefix('/') {
        return find(word).map(|command| (command, rest.trim()));
    }
    let command = find(first)?;
    let steers = matches!(command, Command::Cancel | Command::Back | Command::Help | Command::Continue);
    if in_text && !(steers && rest.is_empty()) {
        return None;
    }
    Some((command, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_both_languages_and_any_case() {
        assert_eq!(parse("Abrir", false), Some((Command::Open, "")));
        assert_eq!(parse("/OPEN", false), Some((Command::Open, "")));
        assert_eq!(parse("histórico", false), Some((Command::History, "")));
        assert_eq!(parse(" ver  202610.1 ", false), Some((Command::Show, "202610.1")));
        assert_eq!(parse("abrirei", false), None);
    }

    #[test]
    fn in_free_text_only_a_slash_or_a_lone_steering_word_commands() {
        assert_eq!(parse("abrir a caixa do poste", true), None);
        assert_eq!(parse("cancelar o plano", true), None);
        assert_eq!(parse("cancelar", true), Some((Command::Cancel, "")));
        assert_eq!(parse("/ver 202610.1", true), Some((Command::Show, "202610.1")));
    }

    #[test]
    fn the_menu_has_every_command_of_each_language_once() {
        for language in bote_sdk::dialog::Language::ALL {
            let menu = menu(Words::of(language));
            let commands: Vec<_> = menu.iter().map(|(word, _)| find(word).expect("a command")).collect();
            for (command, _) in WORDS {
                assert_eq!(commands.iter().filter(|one| **one == command).count(), 1, "{command:?} in {menu:?}");
            }
            assert!(menu.iter().all(|(_, does)| !does.is_empty() && does.chars().count() <= 256));
        }
    }

    #[test]
    fn no_word_means_two_commands() {
        let mut words: Vec<_> = WORDS.iter().flat_map(|(_, words)| words.iter()).collect();
        let all = words.len();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}
