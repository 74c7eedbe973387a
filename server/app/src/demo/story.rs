//! The story as written: consortium, patients, a week of posts. Read from the files beside this one.

use serde::Deserialize;

/// Everything that the demonstration begins with.
#[derive(Clone, Debug, Deserialize)]
pub struct Story {
    /// Employers with their places.
    pub organization: Vec<Organization>,
    /// Devices.
    pub device: Vec<Device>,
    /// People.
    pub person: Vec<Person>,
    /// Patients.
    #[serde(default)]
    pub patient: Vec<Patient>,
    /// Posts of the past week.
    #[serde(default)]
    pub post: Vec<Post>,
}

/// An employer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Name within the story.
    pub key: String,
    /// What it is.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its name in Latin letters, which no password may contain.
    pub romaji: String,
    /// Its telephone.
    pub telephone: String,
    /// Its places, in the order of the round.
    pub places: Vec<Place>,
}

/// A place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Name within the story.
    pub key: String,
    /// What it is.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// A device.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Name within the story.
    pub key: String,
    /// Whose.
    pub organization: String,
    /// Where it stands.
    pub place: Option<String>,
    /// What it is.
    pub kind: String,
    /// What its sticker says.
    pub label: String,
}

/// A person with one post.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name within the story.
    pub key: String,
    /// Login name.
    pub login: String,
    /// Name.
    pub name: String,
    /// Reading in kana.
    pub reading: String,
    /// Employer.
    pub organization: String,
    /// Where the post is.
    pub place: Option<String>,
    /// As what.
    pub job_type: i16,
    /// On which device this person signs in.
    pub device: String,
    /// What this person administers.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Registered, but has never signed in: whoever tries the demonstration takes this part.
    #[serde(default)]
    pub newcomer: bool,
}

/// A role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Which.
    pub role: String,
    /// For which organization; none is the consortium.
    pub organization: Option<String>,
}

/// A patient.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patient {
    /// Name within the story.
    pub key: String,
    /// Name.
    pub name: String,
    /// Reading in kana.
    pub reading: String,
    /// `female` or `male`.
    pub sex: String,
    /// Date of birth, `yyyy-mm-dd`.
    pub birth: String,
    /// Responsible organization.
    pub organization: String,
    /// Where the patient lives.
    pub place: String,
    /// Room number or area.
    pub room: String,
    /// Allergies.
    #[serde(default)]
    pub allergies: String,
    /// Care level.
    pub care_level: String,
    /// Do not attempt resuscitation.
    #[serde(default)]
    pub dnar: bool,
    /// Infections.
    #[serde(default)]
    pub infections: String,
    /// Risk of falling.
    #[serde(default)]
    pub fall_risk: String,
    /// People whose posts are in the care team.
    pub team: Vec<String>,
    /// The floor whose care workers, with the home's nurses, are in the care team as staff.
    pub floor: Option<String>,
}

/// A post of the past week with what was done to it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Post {
    /// Name within the story, for replies.
    pub id: Option<String>,
    /// In whose room.
    pub patient: String,
    /// By whom.
    pub by: String,
    /// `days hh:mm` from today, in Tokyo.
    pub at: String,
    /// What it is for; 気づき when left out.
    pub intent: Option<String>,
    /// Information class.
    pub class: String,
    /// What it asks; 読むだけ when left out.
    pub contract: Option<String>,
    /// By when, as `at`.
    pub due: Option<String>,
    /// Who is to do it.
    pub owner: Option<String>,
    /// Whom すぐ rings first.
    pub first: Option<String>,
    /// Whom it rings next.
    pub fallback: Option<String>,
    /// The post that it replies to.
    pub reply: Option<String>,
    /// The words.
    pub body: String,
    /// Who said 了解.
    pub ack: Vec<String>,
    /// Who took the 申し送り over.
    pub take: Option<String>,
    /// State of the request in the end.
    pub state: Option<String>,
    /// What the person who was rung first said.
    pub urgent_answer: Option<String>,
    /// Who answered the question.
    pub answer_by: Option<String>,
    /// When, as `at`.
    pub answer_at: Option<String>,
    /// With which words.
    pub answer: Option<String>,
}

impl Story {
    /// The story of the demonstration.
    ///
    /// # Errors
    /// When a file of the story is not of its form; a test reads them all.
    pub fn demonstration() -> Result<Self, toml::de::Error> {
        let files = [
            include_str!("story/consortium.toml"),
            include_str!("story/patients.toml"),
            include_str!("story/week.toml"),
        ];
        toml::from_str(&files.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_is_as_large_as_promised() {
        let story = Story::demonstration().unwrap();
        assert!(story.organization.len() >= 4);
        assert!(story.person.len() >= 14);
        let mut job_types: Vec<i16> = story.person.iter().map(|person| person.job_type).collect();
        job_types.sort_unstable();
        job_types.dedup();
        assert!(job_types.len() >= 8, "{job_types:?}");
        let mut roles: Vec<&str> = story
            .person
            .iter()
            .flat_map(|person| person.roles.iter().map(|role| role.role.as_str()))
            .collect();
        roles.sort_unstable();
        roles.dedup();
        assert_eq!(roles.len(), 4);
        assert_eq!(story.patient.len(), 24);
        let mut rooms: Vec<&str> = story.post.iter().map(|post| post.patient.as_str()).collect();
        rooms.sort_unstable();
        rooms.dedup();
        assert_eq!(rooms.len(), 10);
    }
}
