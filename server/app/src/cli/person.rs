//! `tasuki person …`: people, posts, roles, one-time codes.

use super::{Failure, operator};
use crate::{
    config::Config,
    console::{ConsoleCommand, PeopleCommand},
};
use clap::{Args, Subcommand};
use std::{process::ExitCode, sync::Arc};
use tasuki_domain::{
    defaults,
    id::{PostId, RoleId},
    role::Role,
};

/// 職員の登録・登録コード・停止・所属・役割。 / People: register, one-time codes, disable, posts, roles.
///
/// Works through the running server, or without one directly. Every act goes into the access log with the operating
/// system's user, the machine and the reason. 職員管理 administrators do the same in the page.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Person,
    /// 理由(アクセスログに残ります)。 / Why; goes into the access log.
    #[arg(long, global = true, default_value = "")]
    reason: String,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Person {
    /// 職員の一覧。 / The staff register.
    List {
        /// 法人・事業所の名称かID。 / Name or id of the organization.
        #[arg(long)]
        organization: Option<String>,
    },
    /// 職員を登録します(最初の所属つき)。 / Registers a person with a first post.
    Create {
        /// 法人・事業所の名称かID。 / Name or id of the organization.
        #[arg(long)]
        organization: String,
        /// ログイン名(協議会で一つだけ)。 / Login name, unique over the consortium.
        #[arg(long)]
        login: String,
        /// 氏名。 / Name.
        #[arg(long)]
        name: String,
        /// 読み(かな)。 / Reading in kana.
        #[arg(long, default_value = "")]
        reading: String,
        /// 職種(名称か番号。例: 看護師)。 / Job type, by Japanese word or number.
        #[arg(long, value_parser = job_type)]
        job_type: i16,
    },
    /// 初回ログインの登録コードを出します。 / Issues a one-time code for the first sign-in.
    Code {
        /// ログイン名かID。 / Login name or id.
        person: String,
    },
    /// ログインを再設定します(パスワードとパスキーを無効にし、新しいコードを出します)。 / Voids password and passkeys, issues a new code.
    Reset {
        /// ログイン名かID。 / Login name or id.
        person: String,
    },
    /// 職員を直ちに停止します。開いている接続も切れます。 / Cuts a person off at once.
    Disable {
        /// ログイン名かID。 / Login name or id.
        person: String,
    },
    /// 所属の追加・終了・再確認。 / Posts.
    #[command(subcommand)]
    Post(Post),
    /// 役割の一覧・付与・終了。 / Roles.
    #[command(subcommand)]
    Role(Roles),
}

/// Posts.
#[derive(Debug, Subcommand)]
enum Post {
    /// 所属を追加します。 / Another post.
    Create {
        /// ログイン名かID。 / Login name or id.
        person: String,
        /// 法人・事業所の名称かID。 / Name or id of the organization.
        #[arg(long)]
        organization: String,
        /// 職種(名称か番号)。 / Job type.
        #[arg(long, value_parser = job_type)]
        job_type: i16,
    },
    /// 所属を今終わらせます。 / Ends a post now.
    End {
        /// 所属のID。 / Id of the post.
        post: PostId,
    },
    /// 再設定で保留になった所属を再確認します。 / Confirms a post that a reset elsewhere suspended.
    Reconfirm {
        /// 所属のID。 / Id of the post.
        post: PostId,
    },
}

/// Roles.
#[derive(Debug, Subcommand)]
enum Roles {
    /// 役割の一覧。 / The roles that reach an organization.
    List {
        /// 法人・事業所の名称かID。 / Name or id of the organization.
        #[arg(long)]
        organization: String,
    },
    /// 役割を付与します。職員管理と監査は兼ねられません。 / Gives a role; 職員管理 and 監査 exclude each other.
    Give {
        /// ログイン名かID。 / Login name or id.
        person: String,
        /// 職員管理、システム管理、監査、保守(または英語名)。 / Which role.
        #[arg(value_parser = role)]
        role: Role,
        /// 範囲。省くと協議会全体。 / One organization; the whole consortium when left out.
        #[arg(long)]
        organization: Option<String>,
    },
    /// 役割を終わらせます。 / Takes a role back.
    End {
        /// 役割のID(一覧の右端)。 / Id of the role as held.
        held: RoleId,
    },
}

/// The number of a job type, from its number or Japanese word.
pub(super) fn job_type(text: &str) -> Result<i16, String> {
    let named =
        defaults::JOB_TYPES.iter().find(|(_, japanese, english)| *japanese == text || *english == text);
    named.map(|(id, ..)| id.0).or_else(|| text.parse().ok()).ok_or_else(|| {
        let known: Vec<String> =
            defaults::JOB_TYPES.iter().map(|(id, japanese, _)| format!("{} {japanese}", id.0)).collect();
        format!("one of: {}", known.join(", "))
    })
}

/// A role by its Japanese word or API name.
fn role(text: &str) -> Result<Role, String> {
    let named = Role::ALL.iter().find(|role| role.japanese() == text || role.text() == text);
    named.copied().ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.japanese()).collect();
        format!("one of: {}", known.join(", "))
    })
}

/// Does it.
///
/// # Errors
/// Why it was not done, in words.
pub async fn run(config: Arc<Config>, arguments: Arguments) -> Result<ExitCode, Failure> {
    let (command, looks) = match arguments.command {
        Person::List { organization } => (PeopleCommand::List { organization }, true),
        Person::Create { organization, login, name, reading, job_type } => {
            (PeopleCommand::Create { organization, login, name, reading, job_type }, false)
        }
        Person::Code { person } => (PeopleCommand::Code { person }, false),
        Person::Reset { person } => (PeopleCommand::Reset { person }, false),
        Person::Disable { person } => (PeopleCommand::Disable { person }, false),
        Person::Post(Post::Create { person, organization, job_type }) => {
            (PeopleCommand::Post { person, organization, job_type }, false)
        }
        Person::Post(Post::End { post }) => (PeopleCommand::EndPost { post }, false),
        Person::Post(Post::Reconfirm { post }) => (PeopleCommand::ReconfirmPost { post }, false),
        Person::Role(Roles::List { organization }) => (PeopleCommand::Roles { organization }, true),
        Person::Role(Roles::Give { person, role, organization }) => {
            (PeopleCommand::GiveRole { person, role, organization }, false)
        }
        Person::Role(Roles::End { held }) => (PeopleCommand::EndRole { held }, false),
    };
    operator::tell(config, &arguments.reason, looks, ConsoleCommand::People(command)).await
}
