//! The week: posts and what was done to them, in the order of the clock, each by somebody signed in on a device who has
//! the room open.

use super::{
    stage::{DemoProblem, Stage},
    story::Post,
};
use crate::usecase::rooms::{
    InRoom, acknowledge::acknowledge, answer_question::answer_question, answer_urgent::answer_urgent,
    change_request::change_request, close_look::drop_look, open_room::open_room, post_message::post_message,
    take_over::take_over,
};
use std::collections::HashMap;
use tasuki_domain::{
    id::{ClientId, MessageId, RoomId},
    info_class::InfoClassId,
    message::{Asking, Contract, Intent, WorkState},
    policy::Caller,
    post::{Mentions, NewPost},
    text::{Body, Note},
    time::{MINUTE, SECOND, Timestamp},
    urgent::UrgentAnswer,
};
use uuid::Uuid;

/// What happens at one instant of the story.
enum Deed {
    Post(Box<Post>),
    Acknowledge { post: usize, by: String },
    TakeOver { post: usize, by: String },
    Work { post: usize, by: String, state: WorkState },
    Urgent { post: usize, by: String, answer: UrgentAnswer },
    Answer { post: usize, by: String, words: String, class: String },
}

impl Stage {
    /// Plays the week up to `now`.
    pub(super) async fn play(&mut self, now: Timestamp) -> Result<(), DemoProblem> {
        let mut deeds = Vec::new();
        for (number, post) in self.story.post.clone().into_iter().enumerate() {
            self.deeds_of(number, post, &mut deeds)?;
        }
        deeds.sort_by_key(|(at, _, _)| *at);
        let mut posted: HashMap<usize, InRoom> = HashMap::new();
        let mut named: HashMap<String, MessageId> = HashMap::new();
        for (at, number, deed) in deeds {
            if at >= now {
                break;
            }
            self.move_to(at);
            if let Deed::Post(post) = deed {
                let wanted = self.post(&post, &named).await?;
                posted.insert(number, wanted);
                if let Some(id) = post.id {
                    named.insert(id, wanted.message);
                }
            } else {
                self.act(deed, &posted).await?;
            }
        }
        Ok(())
    }

    fn deeds_of(
        &self,
        number: usize,
        post: Post,
        deeds: &mut Vec<(Timestamp, usize, Deed)>,
    ) -> Result<(), DemoProblem> {
        let at = self.instant(&post.at)?;
        let mut later = at.plus(7 * MINUTE);
        for by in post.ack.clone() {
            deeds.push((later, number, Deed::Acknowledge { post: number, by }));
            later = later.plus(4 * MINUTE + 13 * SECOND);
        }
        if let Some(by) = post.take.clone() {
            deeds.push((later, number, Deed::TakeOver { post: number, by }));
        }
        if let (Some(state), Some(by)) = (&post.state, post.owner.clone()) {
            let state = WorkState::from_text(state).ok_or_else(|| DemoProblem::Unknown(state.clone()))?;
            let accepted = WorkState::Accepted;
            deeds.push((later, number, Deed::Work { post: number, by: by.clone(), state: accepted }));
            deeds.push((later.plus(90 * MINUTE), number, Deed::Work { post: number, by, state }));
        }
        if let (Some(answer), Some(by)) = (&post.urgent_answer, post.first.clone()) {
            let answer =
                UrgentAnswer::from_text(answer).ok_or_else(|| DemoProblem::Unknown(answer.clone()))?;
            deeds.push((at.plus(40 * SECOND), number, Deed::Urgent { post: number, by, answer }));
        }
        if let (Some(by), Some(when), Some(words)) = (&post.answer_by, &post.answer_at, &post.answer) {
            let answer = Deed::Answer {
                post: number,
                by: by.clone(),
                words: words.clone(),
                class: post.class.clone(),
            };
            deeds.push((self.instant(when)?, number, answer));
        }
        deeds.push((at, number, Deed::Post(Box::new(post))));
        Ok(())
    }

    async fn post(&mut self, post: &Post, named: &HashMap<String, MessageId>) -> Result<InRoom, DemoProblem> {
        let (_, room) =
            *self.rooms.get(&post.patient).ok_or_else(|| DemoProblem::Unknown(post.patient.clone()))?;
        let asking = self.asking(post)?;
        let reply = post.reply.as_ref().and_then(|id| named.get(id)).copied();
        let caller = self.caller(&post.by).await?;
        let new = self.new_post(room, (&post.class, &post.body), asking, reply)?;
        let outcome = self.in_room(&caller, room, post_message(&self.services, &caller, new)).await?;
        Ok(InRoom { room, message: outcome.first().message })
    }

    async fn act(&mut self, deed: Deed, posted: &HashMap<usize, InRoom>) -> Result<(), DemoProblem> {
        let wanted =
            |post: usize| posted.get(&post).copied().ok_or_else(|| DemoProblem::Unknown(post.to_string()));
        match deed {
            Deed::Post(_) => {}
            Deed::Acknowledge { post, by } => {
                let (caller, wanted) = (self.caller(&by).await?, wanted(post)?);
                self.in_room(&caller, wanted.room, acknowledge(&self.services, &caller, wanted)).await?;
            }
            Deed::TakeOver { post, by } => {
                let (caller, wanted) = (self.caller(&by).await?, wanted(post)?);
                self.in_room(&caller, wanted.room, take_over(&self.services, &caller, wanted)).await?;
            }
            Deed::Work { post, by, state } => {
                let (caller, wanted) = (self.caller(&by).await?, wanted(post)?);
                let note = Note::parse("note", "")?;
                let change = change_request(&self.services, &caller, wanted, (state, note));
                self.in_room(&caller, wanted.room, change).await?;
            }
            Deed::Urgent { post, by, answer } => {
                let (caller, wanted) = (self.caller(&by).await?, wanted(post)?);
                self.in_room(&caller, wanted.room, answer_urgent(&self.services, &caller, wanted, answer))
                    .await?;
            }
            Deed::Answer { post, by, words, class } => {
                let (caller, wanted) = (self.caller(&by).await?, wanted(post)?);
                let new =
                    self.new_post(wanted.room, (&class, &words), nothing_asked(), Some(wanted.message))?;
                let answer = answer_question(&self.services, &caller, wanted.message, new);
                self.in_room(&caller, wanted.room, answer).await?;
            }
        }
        Ok(())
    }

    /// Does something in a room that the person has open: opening is the recorded look.
    async fn in_room<T, E: Into<DemoProblem>>(
        &self,
        caller: &Caller,
        room: RoomId,
        deed: impl Future<Output = Result<T, E>>,
    ) -> Result<T, DemoProblem> {
        let opened = open_room(&self.services, caller, room).await?;
        let done = deed.await.map_err(Into::into)?;
        drop_look(&self.services, &opened.look, opened.shown()).await?;
        Ok(done)
    }

    fn new_post(
        &self,
        room: RoomId,
        (class, words): (&str, &str),
        asking: Asking,
        reply_to: Option<MessageId>,
    ) -> Result<NewPost, DemoProblem> {
        Ok(NewPost {
            room,
            client: ClientId::from_uuid(Uuid::now_v7()),
            class: info_class(class)?,
            body: Body::parse("body", words)?,
            asking,
            reply_to,
            mentions: Mentions::default(),
            attachments: Vec::new(),
            written_at: self.services.now(),
            occurred_at: None,
            on_behalf_of: None,
        })
    }

    fn asking(&self, post: &Post) -> Result<Asking, DemoProblem> {
        let intent = post.intent.as_deref().map_or(Some(Intent::Notice), Intent::from_text);
        let contract = post.contract.as_deref().map_or(Some(Contract::ReadOnly), Contract::from_text);
        let unknown = || DemoProblem::Unknown(format!("what is asked at {}", post.at));
        let player = |key: &Option<String>| key.as_deref().map(|key| self.player(key)).transpose();
        Ok(Asking {
            intent: intent.ok_or_else(unknown)?,
            contract: contract.ok_or_else(unknown)?,
            due: post.due.as_deref().map(|due| self.instant(due)).transpose()?,
            owner: player(&post.owner)?.map(|player| player.person),
            first: player(&post.first)?.map(|player| player.post),
            fallback: player(&post.fallback)?.map(|player| player.post),
        })
    }
}

const fn nothing_asked() -> Asking {
    Asking {
        intent: Intent::Notice,
        contract: Contract::ReadOnly,
        due: None,
        owner: None,
        first: None,
        fallback: None,
    }
}

/// The class of a name in the story.
pub(super) fn info_class(name: &str) -> Result<InfoClassId, DemoProblem> {
    Ok(match name {
        "safety" => InfoClassId::SAFETY,
        "general" => InfoClassId::GENERAL,
        "daily_life" => InfoClassId::DAILY_LIFE,
        "vital_signs" => InfoClassId::VITAL_SIGNS,
        "medical" => InfoClassId::MEDICAL,
        "medication" => InfoClassId::MEDICATION,
        "social" => InfoClassId::SOCIAL,
        "sensitive" => InfoClassId::SENSITIVE,
        other => return Err(DemoProblem::Unknown(other.into())),
    })
}
