//! `tasuki organization …`: employers and their places.

use super::{Failure, operator};
use crate::{
    config::Config,
    console::{ConsoleCommand, ConsortiumCommand},
};
use clap::{Args, Subcommand};
use std::{process::ExitCode, sync::Arc};
use tasuki_domain::{
    id::PlaceId,
    organization::{OrganizationKind, PlaceKind},
};

/// 法人・事業所と場所。 / Organizations and their places.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Organization,
    /// 理由(アクセスログに残ります)。 / Why; goes into the access log.
    #[arg(long, global = true, default_value = "")]
    reason: String,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Organization {
    /// 法人・事業所の一覧。 / Every organization.
    List,
    /// 法人・事業所を登録します。 / Registers one.
    Create {
        /// 名称。 / Name.
        #[arg(long)]
        name: String,
        /// ローマ字。 / Name in Latin letters.
        #[arg(long, default_value = "")]
        romaji: String,
        /// 種別(例: 薬局、pharmacy)。 / What it is.
        #[arg(long, value_parser = kind)]
        kind: OrganizationKind,
        /// 電話番号。 / Telephone.
        #[arg(long, default_value = "")]
        telephone: String,
    },
    /// 法人・事業所を終わらせます(所属・役割・端末・ログインも終わります)。 / Ends one with all that hangs on it.
    End {
        /// 名称かID。 / Name or id.
        organization: String,
    },
    /// 場所の一覧。 / The places of one.
    Places {
        /// 名称かID。 / Name or id.
        organization: String,
    },
    /// 場所を登録します。 / Registers a place.
    CreatePlace {
        /// 名称かID。 / Name or id of the organization.
        #[arg(long)]
        organization: String,
        /// 場所の名称。 / Name of the place.
        #[arg(long)]
        name: String,
        /// 種別(棟、階、居室、事務室・詰所、地区)。 / What it is.
        #[arg(long, value_parser = place_kind)]
        kind: PlaceKind,
        /// 上の場所のID。 / Id of what it lies in.
        #[arg(long)]
        parent: Option<PlaceId>,
    },
    /// 場所を終わらせます。 / Gives a place up.
    EndPlace {
        /// 場所のID。 / Id of the place.
        place: PlaceId,
    },
}

/// A kind of organization by its Japanese word or API name.
pub(super) fn kind(text: &str) -> Result<OrganizationKind, String> {
    let named = OrganizationKind::ALL.iter().find(|kind| kind.japanese() == text || kind.text() == text);
    named.copied().ok_or_else(|| {
        let known: Vec<String> = OrganizationKind::ALL
            .iter()
            .map(|kind| format!("{} ({})", kind.text(), kind.japanese()))
            .collect();
        format!("one of: {}", known.join(", "))
    })
}

fn place_kind(text: &str) -> Result<PlaceKind, String> {
    let named = PlaceKind::ALL.iter().find(|kind| kind.japanese() == text || kind.text() == text);
    named.copied().ok_or_else(|| {
        let known: Vec<String> =
            PlaceKind::ALL.iter().map(|kind| format!("{} ({})", kind.text(), kind.japanese())).collect();
        format!("one of: {}", known.join(", "))
    })
}

/// Does it.
///
/// # Errors
/// Why it was not done, in words.
pub async fn run(config: Arc<Config>, arguments: Arguments) -> Result<ExitCode, Failure> {
    let (command, looks) = match arguments.command {
        Organization::List => (ConsortiumCommand::Organizations {}, true),
        Organization::Create { name, romaji, kind, telephone } => {
            (ConsortiumCommand::CreateOrganization { name, romaji, kind, telephone }, false)
        }
        Organization::End { organization } => (ConsortiumCommand::EndOrganization { organization }, false),
        Organization::Places { organization } => (ConsortiumCommand::Places { organization }, true),
        Organization::CreatePlace { organization, name, kind, parent } => {
            (ConsortiumCommand::CreatePlace { organization, name, kind, parent }, false)
        }
        Organization::EndPlace { place } => (ConsortiumCommand::EndPlace { place }, false),
    };
    operator::tell(config, &arguments.reason, looks, ConsoleCommand::Consortium(command)).await
}
