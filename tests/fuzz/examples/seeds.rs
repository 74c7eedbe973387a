//! Writes the seeds that are made, not found: `cargo run --example seeds` in `tests/fuzz`.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let log = tasuki_fuzz::TrueLog::write();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/log_verify");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("true-export"), &log.export)?;
    fs::write(folder.join("head"), &log.head)?;
    for (number, leaf) in log.leaves.iter().take(2).enumerate() {
        fs::write(folder.join(format!("entry-{number}")), leaf)?;
    }
    Ok(())
}
