//! `bote serve` as a process, talked to over a model of Telegram that is as strict as Telegram, and over a server that is not ours.

mod complaints;
mod flow;
mod foreign;
mod fuzz;
mod groups;
mod inline;
mod pictures;
mod robust;
mod served;
mod stories;
mod storm;
