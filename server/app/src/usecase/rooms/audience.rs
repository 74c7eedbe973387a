//! Who will see a post: the people whom it names must be among them.

use tasuki_domain::{
    id::{PersonId, PostId, RoomId},
    info_class::InfoClassId,
    policy::Facts,
    post::NewPost,
    problem::{FieldProblem, FieldRule},
    time::Timestamp,
};

/// The readers of one class in one room, as the facts stand.
pub(super) struct Audience<'a> {
    pub(super) facts: &'a Facts,
    pub(super) room: RoomId,
    pub(super) class: InfoClassId,
    pub(super) now: Timestamp,
}

impl Audience<'_> {
    /// Whether a post may read the class.
    pub(super) fn has_post(&self, post: PostId) -> bool {
        let (Some(post), Some(room)) = (self.facts.post(post), self.facts.room(self.room)) else {
            return false;
        };
        let person = self.facts.person(post.person);
        post.is_live(self.now)
            && person.is_some_and(|person| person.period.contains(self.now))
            && self.facts.within(post, room, self.now).read.contains(self.class)
    }

    /// A post under which a person may read the class.
    pub(super) fn post_of(&self, person: PersonId) -> Option<PostId> {
        let posts = self.facts.posts_of(person, self.now).map(|post| post.post);
        posts.filter(|post| self.has_post(*post)).min()
    }

    /// Checks that everybody whom the post names will see it.
    ///
    /// # Errors
    /// The field that names somebody who will not.
    pub(super) fn check(&self, post: &NewPost) -> Result<(), FieldProblem> {
        let refuse = |field| Err(FieldProblem::new(field, FieldRule::Choice));
        let asking = &post.asking;
        if asking.owner.is_some_and(|owner| self.post_of(owner).is_none()) {
            return refuse("owner");
        }
        if asking.first.is_some_and(|first| !self.has_post(first)) {
            return refuse("first");
        }
        if asking.fallback.is_some_and(|fallback| !self.has_post(fallback)) {
            return refuse("fallback");
        }
        if post.mentions.people.iter().any(|person| self.post_of(*person).is_none()) {
            return refuse("mentions");
        }
        if post.mentions.job_types.is_empty() {
            return Ok(());
        }
        let readers = self.facts.audience(self.room, self.class, self.now);
        let present = |job_type| {
            readers.iter().any(|post| self.facts.post(*post).is_some_and(|post| post.job_type == job_type))
        };
        match post.mentions.job_types.iter().all(|job_type| present(*job_type)) {
            true => Ok(()),
            false => refuse("mentions"),
        }
    }
}
