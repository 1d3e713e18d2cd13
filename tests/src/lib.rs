//! What the tests of the workspace share. The tests themselves are in `tests/`, one target per kind.

pub mod fakes;
pub mod plugins;
pub mod postgres;
pub mod program;
pub mod sample;
pub mod watched;
pub mod world;
