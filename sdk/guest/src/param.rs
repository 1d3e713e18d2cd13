//! Parameters as a struct: each field is read by its name in the manifest, with `_` for `-`.

use crate::{Attachment, Equipment, Failure, FailureKind, Instant, Invocation};
use alloc::format;
use alloc::string::String;

/// A type that a parameter of the manifest can be read as.
pub trait Param: Sized {
    /// The value of a parameter, where one of this kind was given.
    fn read(what: &Invocation, name: &str) -> Option<Self>;
}

/// A day: its first moment in the provider's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub Instant);

/// A period: from the first moment, until before the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first moment.
    pub start: Instant,
    /// The first moment behind it.
    pub end: Instant,
}

impl Param for String {
    fn read(what: &Invocation, name: &str) -> Option<Self> {
        what.text(name)
    }
}

impl Param for i64 {
    fn read(what: &Invocation, name: &str) -> Option<Self> {
        what.integer(name)
    }
}

impl Param for f64 {
    fn read(what: &Invocation, name: &str) -> Option<Self> {
        what.decimal(name)
    }
}

impl Param for bool {
    fn read(what: &Invocation, name: &str) -> Option<Self> {
        what.flag(name)
    }
}

impl Param for Date {
    fn read(what: &Invocation, name: &str) -> Option<Self> {
        what.date(name).map(Self)
    }
}

impl Param for Period {
    fn read(what: &Invocation, name: &str) -> Option<Self> {
        what.period(name).map(|(start, end)| Self { start, end })
    }
}

impl Param for Attachment {
    fn read(what: &Invocation, name: &str) -> Option<Self> {
        what.file(name)
    }
}

impl Param for Equipment {
    fn read(what: &Invocation, name: &str) -> Option<Self> {
        what.equipment(name)
    }
}

/// A required parameter that was not given, or not as what the code reads.
pub fn missing(name: &str) -> Failure {
    let message = format!("the parameter `{name}` is missing or of another kind than the code reads");
    Failure { kind: FailureKind::Input, code: "missing-parameter".into(), message }
}

/// The name in the manifest of a field of this name.
pub fn parameter_name(field: &str) -> String {
    field.replace('_', "-")
}

/// A field of a struct of parameters: a [`Param`], or an `Option` of one.
pub trait Field: Sized {
    /// Reads the field; a required one that is missing is a failure.
    fn read(what: &Invocation, name: &str) -> Result<Self, Failure>;
}

impl<T: Param> Field for T {
    fn read(what: &Invocation, name: &str) -> Result<Self, Failure> {
        T::read(what, name).ok_or_else(|| missing(name))
    }
}

impl<T: Param> Field for Option<T> {
    fn read(what: &Invocation, name: &str) -> Result<Self, Failure> {
        Ok(T::read(what, name))
    }
}

/// A struct of parameters. A field of type `Option` may be left out; any other that is missing is a failure.
///
/// Fields are `String` (text and choices), `i64`, `f64`, `bool`, [`Date`], [`Period`], [`Attachment`](crate::Attachment),
/// [`Equipment`](crate::Equipment), or a type of yours with [`Param`].
#[macro_export]
macro_rules! params {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_visibility:vis $field:ident: $kind:ty),* $(,)?
    }) => {
        $(#[$meta])*
        $visibility struct $name { $($(#[$field_meta])* $field_visibility $field: $kind),* }

        impl $name {
            /// Reads the parameters of a call.
            $visibility fn read(what: &$crate::Invocation) -> ::core::result::Result<Self, $crate::Failure> {
                ::core::result::Result::Ok(Self {
                    $($field: $crate::Field::read(what, &$crate::parameter_name(::core::stringify!($field)))?),*
                })
            }
        }
    };
}
