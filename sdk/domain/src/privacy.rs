//! Who sees what: the table of chapter 26 as data, and the only functions that make text for people from
//! personal data. What the table does not allow is hidden.

use crate::actor::ChannelClass;
use crate::personal::*;
use crate::prelude::*;
use crate::timeline::Comment;

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the rows of the table in chapter 26")]
pub enum Datum {
    TicketState,
    Codes,
    CustomerName,
    Document,
    Contact,
    Address,
    Coordinates,
    Login,
    Secret,
    NetworkAddress,
    NetworkState,
    Money,
    Consumption,
    PrivateComment,
    PublicComment,
    ReportAndFiles,
}

/// A cell of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Whole,
    /// In the cell's shortened form: initials, masked digits, district and city, last characters, first 80.
    Shortened,
    /// Only what belongs to the customer who asks.
    Own,
    /// Not at all.
    #[default]
    Hidden,
}

impl Datum {
    /// All rows.
    pub const ALL: [Self; 16] = [
        Self::TicketState,
        Self::Codes,
        Self::CustomerName,
        Self::Document,
        Self::Contact,
        Self::Address,
        Self::Coordinates,
        Self::Login,
        Self::Secret,
        Self::NetworkAddress,
        Self::NetworkState,
        Self::Money,
        Self::Consumption,
        Self::PrivateComment,
        Self::PublicComment,
        Self::ReportAndFiles,
    ];
}

/// The table: a row and a class of channel give a cell.
pub fn shown(datum: Datum, class: ChannelClass) -> Shown {
    use Shown::{Hidden, Own, Shortened, Whole};
    let (private, staff_group, customer) = match datum {
        Datum::TicketState => (Whole, Whole, Shortened),
        Datum::Codes => (Whole, Whole, Hidden),
        Datum::CustomerName => (Whole, Shortened, Own),
        Datum::Document => (Shortened, Hidden, Hidden),
        Datum::Contact | Datum::Coordinates | Datum::NetworkAddress | Datum::Consumption => (Whole, Hidden, Hidden),
        Datum::Address => (Whole, Shortened, Hidden),
        Datum::Login => (Whole, Shortened, Hidden),
        Datum::Secret => (Hidden, Hidden, Hidden),
        Datum::NetworkState => (Whole, Whole, Own),
        Datum::Money => (Whole, Hidden, Own),
        Datum::PrivateComment => (Whole, Hidden, Hidden),
        Datum::PublicComment => (Whole, Shortened, Own),
        Datum::ReportAndFiles => (Whole, Hidden, Own),
    };
    match class {
        ChannelClass::Private => private,
        ChannelClass::StaffGroup => staff_group,
        ChannelClass::Customer => customer,
    }
}

/// Whether a datum that has no shortened form may be shown to staff in this class. Customers see only what is asked for
/// them by name, never through a staff view.
pub fn allows(datum: Datum, class: ChannelClass) -> bool {
    shown(datum, class) == Shown::Whole
}

/// A customer's name: whole, or initials.
pub fn name(name: &PersonName, class: ChannelClass) -> Option<String> {
    shorten(Datum::CustomerName, class, name.expose(), initials)
}

/// A document, with the outer digits masked: `***.456.789-**`.
pub fn document(document: &Document, class: ChannelClass) -> Option<String> {
    shorten(Datum::Document, class, document.expose(), mask_document)
}

/// An address: whole, or district and city.
pub fn address(address: &Address, class: ChannelClass) -> Option<String> {
    let Address { street, district, city } = address;
    match shown(Datum::Address, class) {
        Shown::Whole => Some(format!("{}, {district}, {city}", street.expose())),
        Shown::Shortened => Some(format!("{district}, {city}")),
        Shown::Own | Shown::Hidden => None,
    }
}

/// A login: whole, or its last three characters.
pub fn login(login: &Login, class: ChannelClass) -> Option<String> {
    shorten(Datum::Login, class, login.expose(), |raw| {
        let skipped = raw.chars().count().saturating_sub(3);
        format!("…{}", raw.chars().skip(skipped).collect::<String>())
    })
}

/// An IP address.
pub fn ip(ip: &IpAddress, class: ChannelClass) -> Option<String> {
    allows(Datum::NetworkAddress, class).then(|| ip.expose().to_owned())
}

/// A MAC address.
pub fn mac(mac: &MacAddress, class: ChannelClass) -> Option<String> {
    allows(Datum::NetworkAddress, class).then(|| mac.expose().to_owned())
}

/// The report of a ticket, a reason and other free text of staff.
pub fn report(text: &FreeText, class: ChannelClass) -> Option<String> {
    allows(Datum::ReportAndFiles, class).then(|| text.expose().to_owned())
}

/// Characters of a public comment that a staff group sees.
const COMMENT_GLIMPSE: usize = 80;

/// A comment's text: private ones only in private; public ones shortened and masked in a staff group.
pub fn comment(comment: &Comment, class: ChannelClass) -> Option<String> {
    let datum = match comment {
        Comment::Private(_) => Datum::PrivateComment,
        Comment::Public(_) => Datum::PublicComment,
    };
    shorten(datum, class, comment.text().expose(), |raw| {
        let glimpse: String = mask_numbers(raw).chars().take(COMMENT_GLIMPSE).collect();
        if raw.chars().count() > COMMENT_GLIMPSE { format!("{glimpse}…") } else { glimpse }
    })
}

fn shorten(datum: Datum, class: ChannelClass, raw: &str, short: impl FnOnce(&str) -> String) -> Option<String> {
    match shown(datum, class) {
        Shown::Whole => Some(raw.to_owned()),
        Shown::Shortened => Some(short(raw)),
        Shown::Own | Shown::Hidden => None,
    }
}

fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter(|word| word.chars().count() > 2)
        .filter_map(|word| word.chars().next())
        .map(|initial| format!("{initial}."))
        .collect()
}

fn mask_document(digits: &str) -> String {
    let digits: Vec<char> = digits.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits[from..to].iter().collect::<String>();
    match digits.len() {
        11 => format!("***.{}.{}-**", part(3, 6), part(6, 9)),
        14 => format!("**.***.{}/{}-**", part(5, 8), part(8, 12)),
        _ => "***".to_owned(),
    }
}

/// Masks runs of four digits and more: telephone numbers, documents, amounts, passwords.
fn mask_numbers(text: &str) -> String {
    const LONGEST_LEFT: usize = 3;
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        if run.len() > LONGEST_LEFT {
            out.push_str("•••")
        } else {
            out.push_str(&run)
        }
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Visibility;

    #[test]
    fn v_37_in_a_staff_group_no_document_contact_address_amount_or_private_comment() {
        let group = ChannelClass::StaffGroup;
        for datum in [
            Datum::Document,
            Datum::Contact,
            Datum::NetworkAddress,
            Datum::Money,
            Datum::PrivateComment,
            Datum::Consumption,
            Datum::ReportAndFiles,
            Datum::Secret,
            Datum::Coordinates,
        ] {
            assert_eq!(shown(datum, group), Shown::Hidden, "{datum:?}");
        }
        let secret = Comment::new(Visibility::Private, "segredo").expect("short");
        assert_eq!(comment(&secret, group), None);
        assert_eq!(ip(&IpAddress::new("100.64.1.9"), group), None);
    }

    #[test]
    fn passwords_are_shown_nowhere_and_customers_see_nothing_whole() {
        for class in ChannelClass::ALL {
            assert_eq!(shown(Datum::Secret, *class), Shown::Hidden);
        }
        for datum in Datum::ALL {
            assert!(!allows(datum, ChannelClass::Customer), "{datum:?}");
        }
    }

    #[test]
    fn shortened_forms() {
        let group = ChannelClass::StaffGroup;
        assert_eq!(name(&PersonName::new("Zilda de Souza Exemplo"), group).as_deref(), Some("Z.S.E."));
        assert_eq!(document(&Document::new("12345678901"), ChannelClass::Private).as_deref(), Some("***.456.789-**"));
        assert_eq!(
            document(&Document::new("12345678000195"), ChannelClass::Private).as_deref(),
            Some("**.***.678/0001-**")
        );
        assert_eq!(login(&Login::new("4303ac4e"), group).as_deref(), Some("…c4e"));
        let home = Address { street: Street::new("Rua A, 12"), district: "Centro".into(), city: "Lavras/MG".into() };
        assert_eq!(address(&home, group).as_deref(), Some("Centro, Lavras/MG"));
        let long =
            Comment::new(Visibility::Public, &format!("Ligar 35999990000, casa 12 {}", "a".repeat(80))).expect("fits");
        let glimpse = comment(&long, group).expect("public");
        assert!(glimpse.starts_with("Ligar •••, casa 12 aaa") && glimpse.chars().count() == 81, "{glimpse}");
    }
}
