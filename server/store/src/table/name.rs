//! Names that stand beside everything: opened once and kept in memory, by id and version.
//!
//! A version never changes, so what is kept is never stale. The names of colleagues, their employers and places are no
//! look of their own: they belong to what is shown, which is recorded already. A [`Witness`] of that record is asked
//! for. The names of patients are not here.

use super::sealed::{self, Versioned};
use crate::{
    error::StoreError,
    look::Revealed,
    store::{Committed, Store},
};
use moka::sync::Cache;
use sqlx::QueryBuilder;
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};
use tasuki_domain::policy::{Act, Facts, Grant};
use tasuki_vault::Slot;
use uuid::Uuid;

/// Proof that what the names are shown with is allowed or recorded.
pub trait Witness: private::Sealed + Sync {}

impl<A: Act> Witness for Revealed<A> {}
impl<A: Act> Witness for Grant<A> {}
impl<T: Sync> Witness for Committed<T> {}

mod private {
    use super::{Act, Committed, Grant, Revealed};

    pub trait Sealed {}
    impl<A: Act> Sealed for Revealed<A> {}
    impl<A: Act> Sealed for Grant<A> {}
    impl<T> Sealed for Committed<T> {}
}

/// Something with versions of a name.
pub(crate) trait Named: Versioned + Send + Sync + 'static {
    /// How it is identified.
    type Id: Copy + Eq + Hash + Send + Sync;
    /// Id, version and sealed facts, up to the list of id and version.
    const SELECT: &'static str;
    /// Table of the versions.
    const TABLE: &'static str;

    fn uuid(id: Self::Id) -> Uuid;
    fn current(facts: &Facts, id: Self::Id) -> Option<i64>;
    fn cache(book: &NameBook) -> &Cache<(Uuid, i64), Arc<Self>>;
}

/// The opened names of this instance; bounded, so that a long life does not gather every version there ever was.
pub(crate) struct NameBook {
    pub(crate) people: Cache<(Uuid, i64), Arc<super::person::PersonName>>,
    pub(crate) organizations: Cache<(Uuid, i64), Arc<super::organization::OrganizationName>>,
    pub(crate) places: Cache<(Uuid, i64), Arc<super::place::PlaceName>>,
}

impl Default for NameBook {
    fn default() -> Self {
        Self { people: Cache::new(50_000), organizations: Cache::new(5_000), places: Cache::new(50_000) }
    }
}

/// Opened names by id and version.
#[derive(Debug)]
pub struct Names<I, N> {
    current: HashMap<I, i64>,
    opened: HashMap<(I, i64), Arc<N>>,
}

impl<I: Copy + Eq + Hash, N> Names<I, N> {
    /// The name in a version, or the current one; `None` when it was not asked for or there is no such thing.
    #[must_use]
    pub fn get(&self, id: I, version: Option<i64>) -> Option<&Arc<N>> {
        let version = version.or_else(|| self.current.get(&id).copied())?;
        self.opened.get(&(id, version))
    }

    /// Every name with its id, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (I, &Arc<N>)> {
        self.opened.iter().map(|((id, _), name)| (*id, name))
    }
}

/// SQLite takes 32766 parameters; each name needs two.
const MOST_AT_ONCE: usize = 5_000;

/// Opens the names that are not yet in memory.
pub(crate) async fn open<N: Named>(
    store: &Store,
    wanted: &[(N::Id, Option<i64>)],
) -> Result<Names<N::Id, N>, StoreError> {
    let facts = store.facts();
    let mut names = Names { current: HashMap::new(), opened: HashMap::with_capacity(wanted.len()) };
    let mut missing: HashSet<(N::Id, i64)> = HashSet::new();
    for (id, version) in wanted {
        if version.is_none() {
            names.current.extend(N::current(&facts, *id).map(|version| (*id, version)));
        }
        let Some(version) = version.or_else(|| names.current.get(id).copied()) else { continue };
        if let Some(name) = N::cache(&store.inner.names).get(&(N::uuid(*id), version)) {
            names.opened.insert((*id, version), name);
        } else {
            missing.insert((*id, version));
        }
    }
    let missing: Vec<_> = missing.into_iter().collect();
    for some in missing.chunks(MOST_AT_ONCE) {
        read::<N>(store, some, &mut names).await?;
    }
    Ok(names)
}

async fn read<N: Named>(
    store: &Store,
    wanted: &[(N::Id, i64)],
    names: &mut Names<N::Id, N>,
) -> Result<(), StoreError> {
    let by_uuid: HashMap<Uuid, N::Id> = wanted.iter().map(|(id, _)| (N::uuid(*id), *id)).collect();
    let mut connection = store.reading().await?;
    let rows: Vec<(Uuid, i64, Vec<u8>)> = on!(&mut connection, c => {
        let mut query = QueryBuilder::new(N::SELECT);
        query.push_values(wanted, |mut row, (id, version)| {
            row.push_bind(N::uuid(*id)).push_bind(*version);
        });
        query.push(")");
        query.build_query_as().fetch_all(&mut **c).await
    })?;
    for (id, version, sealed) in rows {
        let plain = store.open_value(Slot::new(N::TABLE, "facts", id), &sealed)?;
        let name: Arc<N> = Arc::new(sealed::read(&plain, version)?);
        N::cache(&store.inner.names).insert((id, version), name.clone());
        names.opened.extend(by_uuid.get(&id).map(|known| ((*known, version), name)));
    }
    Ok(())
}
