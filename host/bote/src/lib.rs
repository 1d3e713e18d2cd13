//! The parts of bote put together: configuration, wiring, the command line.

pub mod channel;
pub mod clock;
pub mod command;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod operator;
pub mod plugin;
pub mod seal;
pub mod serve;
pub mod wiring;
