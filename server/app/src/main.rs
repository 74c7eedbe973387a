//! The one binary.

use clap::Parser;
use std::process::ExitCode;
use tasuki_app::cli::{Command, CommandLine};

fn main() -> ExitCode {
    let line = CommandLine::parse();
    // The picture helper limits itself before it reads a byte: it must not have a runtime's threads.
    if let Command::PictureHelper = line.command {
        return tasuki_app::cli::picture_helper();
    }
    tasuki_app::tls::install_provider();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(tasuki_app::cli::run(line)),
        Err(_) => ExitCode::FAILURE,
    }
}
