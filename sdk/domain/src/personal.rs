//! Personal data: strings that mask themselves in `Debug`, so that no log line and no panic message carries them.
//! Text for people is made from them only through [`privacy`](crate::privacy).

use crate::prelude::*;
use core::fmt;

macro_rules! personal {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the raw value.
            pub fn new(raw: impl Into<String>) -> Self {
                Self(raw.into())
            }

            /// The raw value, for rules, storage and equipment; never for text shown to people.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

/// `Debug` that names the type and nothing in it, for records that carry free text or personal data.
macro_rules! masked {
    ($($name:ty),+ $(,)?) => {$(
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
pub(crate) use masked;

personal! {
    /// A customer's name.
    PersonName,
    /// CPF or CNPJ, digits only.
    Document,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Street, number and complement of an address.
    Street,
    /// The login of a connection.
    Login,
    /// A MAC address, lower-case with colons.
    MacAddress,
    /// The last IP address of a connection.
    IpAddress,
    /// What a customer or technician reported, and other free text about a customer.
    FreeText,
    /// A password.
    Secret,
}

/// A secret that only the installation's key opens.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

masked!(Sealed);

impl Sealed {
    /// As text, two digits a byte: how it is kept among values that are texts.
    pub fn to_text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Read from such a text.
    pub fn of_text(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let byte = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok();
        let hex = !digits.is_empty() && digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
        hex.then(|| digits.chunks(2).map(byte).collect::<Option<Vec<_>>>()).flatten().map(Self)
    }
}

impl Serialize for Sealed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::of_text(&text).ok_or_else(|| serde::de::Error::custom("not a sealed secret"))
    }
}

/// An address; the street is shown to fewer people than district and city (privacy table).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street, number, complement.
    pub street: Street,
    /// District *(bairro)*.
    pub district: String,
    /// City and state.
    pub city: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_comes_back_from_its_text() {
        let sealed = Sealed(vec![0, 10, 255]);
        assert_eq!(sealed.to_text(), "000aff");
        assert_eq!(Sealed::of_text("000aff"), Some(sealed));
        for text in ["", "0", "zz", "+1"] {
            assert_eq!(Sealed::of_text(text), None, "{text}");
        }
    }

    #[test]
    fn debug_never_shows_personal_data() {
        let address =
            Address { street: Street::new("Rua das Flores, 12"), district: "Centro".into(), city: "Lavras".into() };
        let shown = format!("{:?} {:?} {address:?}", PersonName::new("Zilda"), Document::new("11122233344"));
        assert_eq!(
            shown,
            "PersonName(…) Document(…) Address { street: Street(…), district: \"Centro\", city: \"Lavras\" }"
        );
    }
}
