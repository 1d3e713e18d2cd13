//! The program `bote`.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = bote::command::Arguments::parse();
    match bote::command::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The one place where a fault reaches the person who started the program.
            let causes = error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ");
            anstream::eprintln!("bote: {causes}");
            ExitCode::FAILURE
        }
    }
}
