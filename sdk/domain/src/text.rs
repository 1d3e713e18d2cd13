//! Limits of free text, in one place: trimmed, counted in characters, without control characters.

use crate::prelude::*;
use crate::refusal::{Field, Problem, Refusal};

/// Longest report and comment, in characters.
pub const LONG_TEXT: usize = 4000;
/// Longest description of an attachment, in characters.
pub const DESCRIPTION: usize = 200;
/// Longest search text, in characters: longer than any name, short enough for an index scan.
pub const SEARCH: usize = 120;
/// Longest file name kept, in characters.
pub const FILE_NAME: usize = 120;

/// Text that people typed, trimmed, between 1 and `limit` characters. Line breaks and tabs stay; other control
/// characters are refused, because terminals and chat networks act on them.
pub fn required(field: Field, raw: &str, limit: usize) -> Result<String, Refusal> {
    match optional(field, raw, limit)? {
        Some(text) => Ok(text),
        None => Err(Refusal::invalid(field, Problem::Missing)),
    }
}

/// As [`required`], but nothing typed is `None`.
pub fn optional(field: Field, raw: &str, limit: usize) -> Result<Option<String>, Refusal> {
    let text = raw.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Refusal::invalid(field, Problem::ControlCharacters));
    }
    if text.chars().count() > limit {
        return Err(Refusal::invalid(field, Problem::TooLong { limit: limit as u32 }));
    }
    Ok(Some(text.to_owned()))
}

/// Lower-case text without accents, so that `conexao` finds `Conexão`. Covers the letters of Portuguese.
pub fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            other => other,
        })
        .collect()
}

/// The folded words of a text: what lies between anything that is neither letter nor digit.
pub fn words_of(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_bounded() {
        assert_eq!(required(Field::Report, "  sem sinal \n", 10), Ok("sem sinal".into()));
        assert_eq!(required(Field::Report, " \n ", 10), Err(Refusal::invalid(Field::Report, Problem::Missing)));
        assert_eq!(
            required(Field::Report, &"é".repeat(11), 10),
            Err(Refusal::invalid(Field::Report, Problem::TooLong { limit: 10 }))
        );
        assert_eq!(required(Field::Report, &"🛟".repeat(10), 10), Ok("🛟".repeat(10)));
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(
            required(Field::Comment, "a\u{1b}[2Jb", 10),
            Err(Refusal::invalid(Field::Comment, Problem::ControlCharacters))
        );
        assert_eq!(required(Field::Comment, "a\nb", 10), Ok("a\nb".into()));
    }

    #[test]
    fn folding_ignores_case_and_accents() {
        assert_eq!(fold("Conexão ÀÉÎÕÜ Ç"), "conexao aeiou c");
    }
}
