//! What a typed line means: a button by number or label, a file, or words.

use bote_sdk::event::{IncomingFile, What};
use bote_sdk::rendering::Button;
use bote_sdk::text::{fold, words_of};

/// Reads a line. `buttons` are those shown last, in the order they are numbered. Where a password is asked, only the label of
/// a button is one: a password may be a number, or begin with an at sign.
pub(crate) fn read(line: &str, buttons: &[Button], secret: bool) -> What {
    if secret {
        let words = words_of(line);
        let button = buttons.iter().find(|button| !words.is_empty() && words_of(&button.label) == words);
        return button.map_or_else(|| What::Text(line.to_owned()), |button| What::Button(button.payload.clone()));
    }
    if let Some((files, caption)) = files(line) {
        return What::Files { files, caption };
    }
    match button(line, buttons) {
        Some(button) => What::Button(button.payload.clone()),
        None => What::Text(line.to_owned()),
    }
}

/// The button meant by its number, or by its label without signs, case and accents; the part of a label before its first
/// dot is enough.
fn button<'a>(line: &str, buttons: &'a [Button]) -> Option<&'a Button> {
    let typed = line.trim();
    if let Ok(number) = typed.parse::<usize>()
        && let Some(button) = number.checked_sub(1).and_then(|index| buttons.get(index))
    {
        return Some(button);
    }
    let typed = words_of(typed);
    if typed.is_empty() {
        return None;
    }
    let whole = buttons.iter().find(|button| words_of(&button.label) == typed);
    let name = |button: &&Button| button.label.split(" · ").next().is_some_and(|name| words_of(name) == typed);
    whole.or_else(|| buttons.iter().find(name))
}

/// Files are written with an at sign: `@foto.jpg poste caído`, or after the command: `anexar @"minhas fotos/1.jpg"`.
fn files(line: &str) -> Option<(Vec<IncomingFile>, String)> {
    let mut rest = line.trim();
    let mut command = "";
    if let Some((first, behind)) = rest.split_once(char::is_whitespace)
        && ["anexar", "attach"].contains(&fold(first.trim_start_matches('/')).as_str())
    {
        command = first;
        rest = behind.trim_start();
    }
    let mut files = Vec::new();
    while let Some((path, behind)) = path(rest) {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
        let size = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|found| found.len());
        files.push(IncomingFile { name, size, source: absolute(path) });
        rest = behind.trim_start();
    }
    if files.is_empty() {
        return None;
    }
    Some((files, format!("{command} {rest}").trim().to_owned()))
}

/// A path behind an at sign at the beginning, quoted or up to the next space, and what follows.
fn path(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('@')?;
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').filter(|(path, _)| !path.is_empty());
    }
    let (path, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (!path.is_empty()).then_some((path, rest))
}

/// The inbox outlives the folder the program was started in.
fn absolute(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::rendering::ButtonKind;

    fn buttons() -> Vec<Button> {
        let button = |label: &str, payload: &str| Button {
            label: label.into(),
            payload: payload.into(),
            kind: ButtonKind::Press,
        };
        vec![
            button("➕ Abrir", "a"),
            button("🛟 Resgatar e continuar", "b"),
            button("Não", "c"),
            button("Sem conexão · Corretiva", "d"),
        ]
    }

    fn pressed(line: &str) -> Option<String> {
        match read(line, &buttons(), false) {
            What::Button(payload) => Some(payload),
            _ => None,
        }
    }

    #[test]
    fn a_button_is_pressed_by_number_or_label() {
        assert_eq!(pressed("2").as_deref(), Some("b"));
        assert_eq!(pressed(" resgatar E continuar ").as_deref(), Some("b"));
        assert_eq!(pressed("nao").as_deref(), Some("c"));
        assert_eq!(pressed("sem conexao").as_deref(), Some("d"));
        for line in ["0", "5", "1001", "", "resgatar", "-1"] {
            assert_eq!(pressed(line), None, "{line}");
        }
    }

    #[test]
    fn where_a_password_is_asked_only_a_label_is_a_button() {
        for line in ["2", "@foto.jpg", " 1234 "] {
            assert_eq!(read(line, &buttons(), true), What::Text(line.to_owned()));
        }
        assert_eq!(read("não", &buttons(), true), What::Button("c".to_owned()));
    }

    #[test]
    fn an_at_sign_at_the_beginning_or_after_the_command_is_a_file() {
        let read = |line: &str| match read(line, &[], false) {
            What::Files { files, caption } => Some((files.into_iter().map(|f| f.name).collect::<Vec<_>>(), caption)),
            _ => None,
        };
        assert_eq!(read("@foto.jpg poste caído"), Some((vec!["foto.jpg".into()], "poste caído".into())));
        assert_eq!(
            read("anexar @\"a b/1.jpg\" @2.png x"),
            Some((vec!["1.jpg".into(), "2.png".into()], "anexar x".into()))
        );
        for words in ["fale com @ana", "comentar @ana", "@", "@\"\""] {
            assert_eq!(read(words), None, "{words}");
        }
    }
}
