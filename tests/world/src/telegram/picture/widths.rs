//! How wide words are, by a table. A picture is drawn where its fonts are not known; each run of words is then stretched to
//! the width that was counted on, so the table need only be near.

use unicode_width::UnicodeWidthStr as _;

/// How words are written, as far as it changes their width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Plain,
    Bold,
    /// Characters of one width.
    Mono,
}

/// One character of a font of one width.
const MONO: f64 = 0.6;
/// Bold letters are so much wider.
const BOLD: f64 = 1.06;
/// Signs that are drawn as little pictures.
const EMOJI: f64 = 1.28;
/// Arrows, stars and the like.
const SIGN: f64 = 1.0;
/// A letter that no table has.
const LETTER: f64 = 0.556;

/// Thousandths of the font's size, from the space to the tilde: those of Helvetica, which Arial and Liberation Sans have as
/// well.
const ASCII: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, // space to /
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
];

/// Letters with accents are as wide as those without.
const ACCENTED: [(&str, char); 15] = [
    ("ÀÁÂÃÄÅ", 'A'),
    ("Ç", 'C'),
    ("ÈÉÊË", 'E'),
    ("ÌÍÎÏìíîï", 'I'),
    ("Ñ", 'N'),
    ("ÒÓÔÕÖ", 'O'),
    ("ÙÚÛÜ", 'U'),
    ("àáâãäå", 'a'),
    ("ç", 'c'),
    ("èéêë", 'e'),
    ("ñ", 'n'),
    ("òóôõö", 'o'),
    ("ùúûü", 'u'),
    ("·‘’", '.'),
    ("“”ªº", '('),
];

/// Whether fonts do not agree on the width, so that it is drawn by itself in the middle of its place.
pub(super) fn is_sign(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(|first| first >= '\u{2190}')
}

/// The width of one cluster of characters, in parts of the font's size.
pub(super) fn of(cluster: &str, face: Face) -> f64 {
    if is_sign(cluster) {
        let is_emoji = cluster.width() > 1 || cluster.starts_with(|first| first >= '\u{1f300}');
        return if is_emoji { EMOJI } else { SIGN };
    }
    let letter = match cluster.chars().next() {
        None => 0.0,
        Some(_) if face == Face::Mono => MONO,
        Some('…' | '—') => 1.0,
        Some(first) => {
            let plain = ACCENTED.iter().find(|(letters, _)| letters.contains(first)).map_or(first, |(_, plain)| *plain);
            let place = (plain as usize).checked_sub(usize::from(b' '));
            place.and_then(|place| ASCII.get(place)).map_or(LETTER, |width| f64::from(*width) / 1000.0)
        }
    };
    if face == Face::Bold { letter * BOLD } else { letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_as_wide_as_in_the_table() {
        let plain = |cluster| of(cluster, Face::Plain);
        assert_eq!((plain(" "), plain("i"), plain("W"), plain("~")), (0.278, 0.222, 0.944, 0.584));
        assert_eq!((plain("ç"), plain("Ã"), plain("e\u{301}")), (plain("c"), plain("A"), plain("e")));
        assert_eq!((of("i", Face::Mono), of("W", Face::Mono)), (MONO, MONO));
        assert!(of("W", Face::Bold) > plain("W"));
    }

    #[test]
    fn signs_stand_by_themselves() {
        for (cluster, width) in [("🛟", EMOJI), ("🛠", EMOJI), ("⚠️", EMOJI), ("✅", EMOJI), ("◀", SIGN), ("⇄", SIGN)]
        {
            assert!(is_sign(cluster), "{cluster}");
            assert_eq!(of(cluster, Face::Bold), width, "{cluster}");
        }
        assert!(!is_sign("…") && !is_sign("›") && !is_sign("é"));
    }
}
