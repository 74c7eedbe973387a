//! Backup room: what can go wrong, each in a sentence for the operator. No text of a backup is ever part of it.

use std::io;

/// Why a backup could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupProblem {
    /// Nobody could open the backup.
    #[error("there is no recovery key to seal the backup to: {0}")]
    NoRecipients(&'static str),
    /// Writing to the folder for backups failed.
    #[error("the backup could not be written")]
    Write(#[source] io::Error),
    /// Reading the backup failed.
    #[error("the backup could not be read")]
    Read(#[source] io::Error),
    /// A file of that name is there already.
    #[error("a backup of this name is there already; nothing is overwritten")]
    Exists,
    /// Another backup is being made.
    #[error("another backup of this house is being made right now")]
    Busy,
    /// Not an age file.
    #[error("this file is not a backup of Tasuki (it is not sealed in the age format)")]
    NotABackup,
    /// Sealed to another recovery key.
    #[error(
        "this recovery key does not open this backup: it was sealed to another one (line 6 of the recovery sheet)"
    )]
    WrongIdentity,
    /// The typed line is not a recovery key.
    #[error(
        "this is not a recovery key: line 6 of the sheet begins with AGE-SECRET-KEY-1 and has a check of its own"
    )]
    Identity,
    /// Cut short, or a bit has flipped.
    #[error("the backup is damaged or cut short: nothing of it is used; take another generation")]
    Damaged,
    /// Written by a later program.
    #[error("the backup was written by a newer version of this program (format {0})")]
    Future(u32),
    /// The manifest was not written by this house.
    #[error("the backup's manifest was not written by the house of this root key: it is not trusted")]
    Foreign,
    /// `pg_dump` or `pg_restore` is not there.
    #[error(
        "{0} is not installed: install Debian's package postgresql-client, of the server's version or newer"
    )]
    NoTool(&'static str),
    /// `pg_dump` or `pg_restore` failed.
    #[error("{tool} failed: {words}")]
    Tool {
        /// Which.
        tool: &'static str,
        /// The first line of what it said.
        words: String,
    },
}
