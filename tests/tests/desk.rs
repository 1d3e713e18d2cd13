//! The desk as people and embedding programs meet it: the real desk and the real conversation, over a store in memory
//! where one is enough and over databases where several act at once.

#[path = "desk/albums.rs"]
mod albums;
#[path = "desk/answers.rs"]
mod answers;
#[path = "desk/binding.rs"]
mod binding;
#[path = "desk/buttons.rs"]
mod buttons;
#[path = "desk/choices.rs"]
mod choices;
#[path = "desk/claims.rs"]
mod claims;
#[path = "desk/comments.rs"]
mod comments;
#[path = "desk/confirming.rs"]
mod confirming;
#[path = "desk/drafts.rs"]
mod drafts;
#[path = "desk/edits.rs"]
mod edits;
#[path = "desk/failures.rs"]
mod failures;
#[path = "desk/finishing.rs"]
mod finishing;
#[path = "desk/form_steps.rs"]
mod form_steps;
#[path = "desk/forms.rs"]
mod forms;
#[path = "desk/groups.rs"]
mod groups;
#[path = "desk/in_place.rs"]
mod in_place;
#[path = "desk/languages.rs"]
mod languages;
#[path = "desk/orders.rs"]
mod orders;
#[path = "desk/passwords.rs"]
mod passwords;
#[path = "desk/passwords_lost.rs"]
mod passwords_lost;
#[path = "desk/permissions.rs"]
mod permissions;
#[path = "desk/plugins.rs"]
mod plugins;
#[path = "desk/plugins_granted.rs"]
mod plugins_granted;
#[path = "desk/plugins_shown.rs"]
mod plugins_shown;
#[path = "desk/privacy.rs"]
mod privacy;
#[path = "desk/robust.rs"]
mod robust;
#[path = "desk/searches.rs"]
mod searches;
#[path = "desk/stories.rs"]
mod stories;
#[path = "desk/strangers.rs"]
mod strangers;
#[path = "desk/tools.rs"]
mod tools;
#[path = "desk/warnings.rs"]
mod warnings;
#[path = "desk/work.rs"]
mod work;

use bote_sdk::actor::Actor;
use bote_sdk::id::OperatorId;
use bote_sdk::operation::{Operation, Order};
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::ticket::Version;
use bote_sdk::timeline::{Comment, Visibility};
use bote_tests::sample;

/// Every permission but some.
fn all_but(without: &[Permission]) -> Permissions {
    Permission::ALL.iter().copied().filter(|permission| !without.contains(permission)).collect()
}

/// An operator with every permission but some, in all companies and in private.
fn actor_without(operator: OperatorId, without: &[Permission]) -> Actor {
    Actor { permissions: all_but(without), ..sample::actor(operator) }
}

/// An order whose confirmation saw this version.
fn confirmed(operation: Operation, version: Version) -> Order {
    Order { confirmed: Some(version), ..Order::from(operation) }
}

/// A private comment.
fn private_comment(text: &str) -> Comment {
    Comment::new(Visibility::Private, text).expect("a short text")
}

/// A public comment.
fn public_comment(text: &str) -> Comment {
    Comment::new(Visibility::Public, text).expect("a short text")
}

/// The one message among those read.
#[track_caller]
fn only(read: &[String]) -> &str {
    match read {
        [only] => only,
        _ => panic!("one message was expected: {read:#?}"),
    }
}
