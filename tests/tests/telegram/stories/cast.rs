//! Who is in the stories, where they are, and what they can do.

/// The protocol of the ticket that is given, in deeds as in transcripts.
pub(crate) const PROTOCOL: &str = "AAAAMM.1";

/// Where a story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scene {
    /// In the private chats of those who act.
    InPrivate,
    /// In a group that an administrator called the staff's.
    AmongStaff,
    /// In a group of which nobody said what it is, so that it counts as a customer's.
    InUnknownGroup,
}

impl Scene {
    pub(crate) const ALL: [Self; 3] = [Self::InPrivate, Self::AmongStaff, Self::InUnknownGroup];

    /// The name of the group.
    pub(crate) fn group(self) -> Option<&'static str> {
        match self {
            Self::InPrivate => None,
            Self::AmongStaff => Some("Campo"),
            Self::InUnknownGroup => Some("Condomínio"),
        }
    }
}

/// Somebody with a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// Supervises, and may do everything.
    Ana,
    /// A technician.
    Teo,
    /// Another.
    Caio,
    /// A neighbour, whom the provider does not know.
    Ze,
}

impl Who {
    pub(crate) const ALL: [Self; 4] = [Self::Ana, Self::Teo, Self::Caio, Self::Ze];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ana => "Ana",
            Self::Teo => "Téo",
            Self::Caio => "Caio",
            Self::Ze => "Zé",
        }
    }

    /// The number as an operator.
    pub(crate) fn operator(self) -> Option<i64> {
        match self {
            Self::Ana => Some(1),
            Self::Teo => Some(2),
            Self::Caio => Some(4),
            Self::Ze => None,
        }
    }
}

/// What somebody does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// Writes.
    Says(&'static str),
    /// Writes as an answer to the newest message of the bot.
    Answers(&'static str),
    /// Presses the newest button whose label begins so.
    Presses(&'static str),
    /// Sends pictures, as one album if they are several, with words.
    Sends(u8, &'static str),
    /// Sends a picture as an answer to the newest message of the bot.
    AnswersWithPicture(&'static str),
    /// Changes the newest message of their own that begins so.
    Changes(&'static str, &'static str),
}

/// Somebody does something where the story is told, or in their private chat.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    pub(crate) who: Who,
    pub(crate) deed: Deed,
    pub(crate) aside: bool,
}

impl Act {
    /// The same in their private chat.
    pub(crate) const fn aside(self) -> Self {
        Self { aside: true, ..self }
    }
}

const fn act(who: Who, deed: Deed) -> Act {
    Act { who, deed, aside: false }
}

pub(crate) const fn ana(deed: Deed) -> Act {
    act(Who::Ana, deed)
}

pub(crate) const fn teo(deed: Deed) -> Act {
    act(Who::Teo, deed)
}

pub(crate) const fn caio(deed: Deed) -> Act {
    act(Who::Caio, deed)
}

pub(crate) const fn ze(deed: Deed) -> Act {
    act(Who::Ze, deed)
}
