//! `make bench`: the release server against the limits of this machine. This process generates the load and shares
//! nothing with the server but the loopback network; the limits are measured in the same run, in turns with the
//! server, because machines are noisy and only ratios say something.

mod bench;
mod broadcast;
mod consortium;
mod figures;
mod limits;
mod line;
mod member;
mod premises;
mod process;
mod reference;
mod report;
mod room;
mod storm;

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Measures the release server.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// Seconds of each measurement of a room; twice as many at the steady pace.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Turns of reference and server.
    #[arg(long, default_value_t = 2)]
    turns: usize,
    /// Only the rooms, or only the storm.
    #[arg(long)]
    only: Option<bench::Only>,
}

#[derive(Subcommand)]
enum Part {
    /// The bare reference; started by this program itself.
    Reference {
        /// What it is to do.
        duty: reference::Duty,
        /// Where its certificates and its log go.
        #[arg(long)]
        folder: PathBuf,
    },
}

#[tokio::main]
async fn main() {
    tasuki_app::tls::install_provider();
    let arguments = Arguments::parse();
    match arguments.part {
        Some(Part::Reference { duty, folder }) => reference::serve(duty, &folder).await,
        None => bench::run(arguments.seconds, arguments.turns, arguments.only).await,
    }
}
