//! `bote serve` as a process, talked to over a model of Telegram that is as strict as Telegram.

mod flow;
mod robust;
mod served;
mod storm;
