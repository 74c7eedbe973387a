//! Making the demonstration: settings, keys, data folder, story, credentials. Nothing of it is real, and its log's
//! origin says so.

use super::{
    credentials::{Credentials, Newcomer, PersonCredentials},
    found::{PACKAGE_PASSWORD, password},
    package,
    stage::{DemoProblem, Stage},
    story::Story,
};
use crate::{
    clock::Clock,
    colleague::AttestationAuthority,
    config::{Config, ConfigProblems, Number, SignIn, UnlockMethod},
    data_lock::DataLock,
    startup::{self, DEMO_ORIGIN},
    usecase::{Services, device_authority},
};
use rand::{rand_core::UnwrapErr, rngs::SysRng};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicI64},
};
use tasuki_domain::{
    defaults,
    time::{DAY, HOUR},
};
use tasuki_store::{Founding, Store};
use tasuki_vault::{Keyring, RootKey, key_file::plain_text};

/// Files of the demonstration, all within one folder.
pub struct DemoFolder(PathBuf);

impl DemoFolder {
    /// The folder, made when it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn at(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder.join("certificates"))?;
        Ok(Self(folder.canonicalize()?))
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.0.join("tasuki.toml")
    }

    /// What programs need to act as the people.
    #[must_use]
    pub fn credentials(&self) -> PathBuf {
        self.0.join("credentials.json")
    }

    /// What the server says of its running.
    #[must_use]
    pub fn server_lines(&self) -> PathBuf {
        self.0.join("server.log")
    }

    /// The port of its door.
    ///
    /// # Errors
    /// When its settings cannot be read.
    pub fn port(&self) -> Result<u16, ConfigProblems> {
        Ok(Config::load(Some(&self.settings()))?.server.listen.port())
    }

    fn certificates(&self) -> PathBuf {
        self.0.join("certificates")
    }

    /// Whether the demonstration was made to its end before.
    #[must_use]
    pub fn is_made(&self) -> bool {
        self.credentials().exists()
    }

    /// Settings for `https://localhost:8443` with everything inside of the folder, over what the operator has set.
    #[must_use]
    pub fn config(&self, mut config: Config) -> Config {
        config.server.listen.set_ip([127, 0, 0, 1].into());
        config.server.enrolment_listen.set_ip([127, 0, 0, 1].into());
        config.server.data_folder = self.0.join("data");
        config.unlock.method = UnlockMethod::KeyFile;
        config.unlock.key_file = self.0.join("root.key");
        config.sign_in.attestation_ca_file = Some(self.0.join("attestation.pem"));
        config.sign_in.enrolment_code_hours = Number::of(72);
        config
    }

    /// Makes the demonstration: the consortium eight days ago, then its week, then the credentials.
    ///
    /// # Errors
    /// [`DemoProblem`]; what was begun is thrown away at the next try.
    pub async fn make(&self, config: Config) -> Result<(), DemoProblem> {
        let served = Config {
            // Whoever tries the demonstration has keys of makers that it does not know (decision 0002).
            sign_in: SignIn { attestation_ca_file: None, ..config.sign_in.clone() },
            ..config.clone()
        };
        self.make_story(config, Story::demonstration().map_err(DemoProblem::other)?).await?;
        let settings = toml::to_string_pretty(&served).map_err(DemoProblem::other)?;
        package::private(&self.settings(), settings.as_bytes())
    }

    /// The same with another story, for tests.
    ///
    /// # Errors
    /// As [`DemoFolder::make`].
    pub async fn make_story(&self, config: Config, story: Story) -> Result<(), DemoProblem> {
        let data = &config.server.data_folder;
        if data.exists() {
            std::fs::remove_dir_all(data).map_err(DemoProblem::other)?;
        }
        let _lock = DataLock::take(data).map_err(DemoProblem::other)?;
        let attestation =
            AttestationAuthority::generate("Tasuki Demo Security Keys").map_err(DemoProblem::other)?;
        package::private(&self.0.join("attestation.pem"), attestation.certificate_pem().as_bytes())?;
        let root = RootKey::generate(&mut UnwrapErr(SysRng));
        package::private(&config.unlock.key_file, plain_text(&root).as_bytes())?;
        let settings = toml::to_string_pretty(&config).map_err(DemoProblem::other)?;
        package::private(&self.settings(), settings.as_bytes())?;
        let now = Clock::system().now();
        let hand = Arc::new(AtomicI64::new(now.plus(-8 * DAY).0));
        let services = self.house(Arc::new(config), root, hand.clone()).await?;
        let mut stage = Stage::new(services.clone(), story, (hand, now), Some(attestation));
        stage.found(&self.certificates()).await?;
        stage.play(now.plus(-HOUR)).await?;
        stage.move_to(now);
        self.write_credentials(&stage).await?;
        services.store.close().await;
        Ok(())
    }

    async fn house(
        &self,
        config: Arc<Config>,
        root: RootKey,
        hand: Arc<AtomicI64>,
    ) -> Result<Services, DemoProblem> {
        let clock = Clock::simulated(hand);
        let name = config.server.name.as_str();
        let founding = Founding { origin: format!("{DEMO_ORIGIN}{name}/tasuki"), rp_id: name.into() };
        let opening = startup::opening(&config, &clock).map_err(DemoProblem::other)?;
        let store =
            Store::found(opening, Keyring::unlock(root), founding).await.map_err(DemoProblem::other)?;
        Services::new(store, clock, config).with_attestation().map_err(DemoProblem::other)
    }

    async fn write_credentials(&self, stage: &Stage) -> Result<(), DemoProblem> {
        let ca = self.0.join("ca.pem");
        let authority = device_authority::authority_pem(&stage.services).await?;
        package::private(&ca, authority.as_bytes())?;
        let server = &stage.services.config.server;
        let url = |port: u16| format!("https://{}:{port}", server.name.as_str());
        let played = stage.story.person.iter().filter(|person| !person.newcomer);
        let people = played.map(|person| self.person(stage, person)).collect::<Result<_, _>>()?;
        let waiting = stage.story.person.iter().filter(|person| person.newcomer);
        let newcomers = waiting.map(|person| self.newcomer(stage, person)).collect::<Result<_, _>>()?;
        let credentials = Credentials {
            url: url(server.listen.port()),
            enrolment_url: url(server.enrolment_listen.port()),
            ca: ca.display().to_string(),
            people,
            newcomers,
        };
        self.keep(&credentials)
    }

    /// What programs need to act as the people.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read_credentials(&self) -> Result<Credentials, DemoProblem> {
        let text = std::fs::read_to_string(self.credentials()).map_err(DemoProblem::other)?;
        serde_json::from_str(&text).map_err(DemoProblem::other)
    }

    /// Writes the credentials; nobody ever reads half of them.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep(&self, credentials: &Credentials) -> Result<(), DemoProblem> {
        let text = serde_json::to_string_pretty(credentials).map_err(DemoProblem::other)?;
        let half = self.0.join("credentials.json.new");
        package::private(&half, text.as_bytes())?;
        std::fs::rename(half, self.credentials()).map_err(DemoProblem::other)
    }

    fn newcomer(&self, stage: &Stage, person: &super::story::Person) -> Result<Newcomer, DemoProblem> {
        let unknown = || DemoProblem::Unknown(person.key.clone());
        Ok(Newcomer {
            key: person.key.clone(),
            person: stage.newcomers.get(&person.key).ok_or_else(unknown)?.as_uuid(),
            login: person.login.clone(),
            name: person.name.clone(),
            organization: employer(stage, person),
            job_type: job_type(person),
            roles: person.roles.iter().map(|role| role.role.clone()).collect(),
            code: None,
            code_until: None,
            device: package::paths(&self.certificates(), &person.device, PACKAGE_PASSWORD),
        })
    }

    fn person(&self, stage: &Stage, person: &super::story::Person) -> Result<PersonCredentials, DemoProblem> {
        let passkey = stage.player(&person.key)?.authenticator.export().into_iter().next();
        Ok(PersonCredentials {
            key: person.key.clone(),
            login: person.login.clone(),
            name: person.name.clone(),
            organization: employer(stage, person),
            job_type: job_type(person),
            roles: person.roles.iter().map(|role| role.role.clone()).collect(),
            password: password(&person.key),
            passkey: passkey.ok_or_else(|| DemoProblem::Unknown(person.key.clone()))?,
            device: package::paths(&self.certificates(), &person.device, PACKAGE_PASSWORD),
        })
    }
}

fn employer(stage: &Stage, person: &super::story::Person) -> String {
    let organization = stage.story.organization.iter().find(|known| known.key == person.organization);
    organization.map(|known| known.name.clone()).unwrap_or_default()
}

fn job_type(person: &super::story::Person) -> String {
    let known = defaults::JOB_TYPES.iter().find(|(id, ..)| id.0 == person.job_type);
    known.map(|(_, japanese, _)| (*japanese).to_owned()).unwrap_or_default()
}
