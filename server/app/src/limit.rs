//! Limit room: how much one device, person, organization or address may ask for. Token buckets (they refill evenly, a
//! burst may be used at once) in a bounded map. It knows ids and numbers only.

use crate::config::Rate;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tasuki_domain::{
    id::{DeviceId, OrganizationId, PersonId},
    time::{MINUTE, SECOND, Timestamp},
};

/// The most buckets that are kept. Full ones are forgotten first: that changes nothing.
const MOST_BUCKETS: usize = 65_536;

/// Too much was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("too many requests")]
pub struct TooMany {
    /// Seconds until another try is worth it; at least 1.
    pub retry_after: u32,
}

/// Whose allowance it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Holder {
    Device(DeviceId),
    Person(PersonId),
    Organization(OrganizationId),
    SignIn(DeviceId),
    Enrolment(IpAddr),
}

/// An allowance: so many in a time, and so many at once.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    /// Microseconds in which one token comes back.
    refill: i64,
    burst: i64,
}

impl Allowance {
    fn new(count: u64, period: i64, burst: u64) -> Self {
        let count = i64::try_from(count).unwrap_or(i64::MAX).max(1);
        Self { refill: (period / count).max(1), burst: i64::try_from(burst).unwrap_or(i64::MAX).max(1) }
    }
}

/// The allowances of everybody. Cheap to clone; clones share them.
#[derive(Clone)]
pub struct Limiter(Arc<Shared>);

struct Shared {
    device: Allowance,
    person: Allowance,
    organization: Allowance,
    sign_in: Allowance,
    enrolment: Allowance,
    /// When each bucket will be full again: one number is all that a bucket needs.
    full_at: Mutex<HashMap<Holder, Timestamp>>,
    most: usize,
}

impl Limiter {
    /// Allowances as configured.
    #[must_use]
    pub fn new(rate: &Rate) -> Self {
        Self::bounded(rate, MOST_BUCKETS)
    }

    fn bounded(rate: &Rate, most: usize) -> Self {
        let minute = |count: u64| Allowance::new(count, MINUTE, count);
        Self(Arc::new(Shared {
            device: Allowance::new(rate.device_per_second.get(), SECOND, rate.device_burst.get()),
            person: Allowance::new(rate.person_per_second.get(), SECOND, rate.person_burst.get()),
            organization: Allowance::new(
                rate.organization_per_second.get(),
                SECOND,
                rate.organization_burst.get(),
            ),
            sign_in: minute(rate.sign_in_per_minute.get()),
            enrolment: minute(rate.enrolment_per_minute.get()),
            full_at: Mutex::default(),
            most,
        }))
    }

    /// One request or frame of a device and its organization.
    ///
    /// # Errors
    /// [`TooMany`]; nothing is taken from either then.
    pub fn device(
        &self,
        device: DeviceId,
        organization: OrganizationId,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        let device = (Holder::Device(device), self.0.device);
        self.take([device, (Holder::Organization(organization), self.0.organization)], now)
    }

    /// One request or frame of a person.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn person(&self, person: PersonId, now: Timestamp) -> Result<(), TooMany> {
        self.take([(Holder::Person(person), self.0.person)], now)
    }

    /// One attempt to sign in on a device.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn sign_in(&self, device: DeviceId, now: Timestamp) -> Result<(), TooMany> {
        self.take([(Holder::SignIn(device), self.0.sign_in)], now)
    }

    /// One attempt to enrol a device from an address.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn enrolment(&self, address: IpAddr, now: Timestamp) -> Result<(), TooMany> {
        self.take([(Holder::Enrolment(address), self.0.enrolment)], now)
    }

    /// Takes one token from each bucket, or from none.
    fn take(
        &self,
        holders: impl IntoIterator<Item = (Holder, Allowance)>,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        let mut buckets = self.0.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::with_capacity(3);
        for (holder, allowance) in holders {
            let full_at = buckets.get(&holder).copied().unwrap_or(now).max(now);
            let after = full_at.plus(allowance.refill);
            let over = after.since(now) - allowance.refill.saturating_mul(allowance.burst);
            if over > 0 {
                let seconds = u32::try_from(over / SECOND).unwrap_or(u32::MAX).saturating_add(1);
                return Err(TooMany { retry_after: seconds });
            }
            taken.push((holder, after));
        }
        buckets.extend(taken);
        if buckets.len() > self.0.most {
            shrink(&mut buckets, self.0.most, now);
        }
        Ok(())
    }
}

/// Forgets full buckets; when that is not enough, those that are nearest to full.
fn shrink(buckets: &mut HashMap<Holder, Timestamp>, most: usize, now: Timestamp) {
    buckets.retain(|_, full_at| *full_at > now);
    if buckets.len() > most {
        let mut times: Vec<Timestamp> = buckets.values().copied().collect();
        times.sort_unstable();
        let limit = times.get(times.len() - most / 2).copied().unwrap_or(now);
        let later = times.iter().filter(|full_at| **full_at > limit).count();
        let mut alike = (most / 2).saturating_sub(later);
        buckets.retain(|_, full_at| {
            let stays = *full_at > limit || (*full_at == limit && alike > 0);
            alike -= usize::from(stays && *full_at == limit);
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp(1_000 * SECOND);

    fn device(number: u128) -> DeviceId {
        DeviceId::from_uuid(Uuid::from_u128(number))
    }

    fn passes(limiter: &Limiter, at: Timestamp) -> usize {
        (0..1_000).take_while(|_| limiter.sign_in(device(1), at).is_ok()).count()
    }

    #[test]
    fn a_burst_passes_and_then_as_much_as_flows_back() {
        let limiter = Limiter::new(&Rate::default());
        assert_eq!(passes(&limiter, NOW), 30);
        assert_eq!(limiter.sign_in(device(1), NOW), Err(TooMany { retry_after: 3 }));
        assert!(limiter.sign_in(device(2), NOW).is_ok());
        assert_eq!(passes(&limiter, NOW.plus(10 * SECOND)), 5);
        assert_eq!(passes(&limiter, NOW.plus(500 * SECOND)), 30);
    }

    #[test]
    fn an_exhausted_device_takes_nothing_from_its_organization() {
        let limiter = Limiter::new(&Rate::default());
        let organization = OrganizationId::from_uuid(Uuid::from_u128(3));
        for number in 0..20 {
            let passed =
                (0..1_000).filter(|_| limiter.device(device(number), organization, NOW).is_ok()).count();
            assert_eq!(passed, 200);
        }
        assert!(limiter.device(device(20), organization, NOW).is_err(), "the organization's own allowance");
        let person = PersonId::from_uuid(Uuid::from_u128(4));
        assert_eq!((0..1_000).filter(|_| limiter.person(person, NOW).is_ok()).count(), 120);
    }

    #[test]
    fn the_map_is_bounded() {
        let limiter = Limiter::bounded(&Rate::default(), 100);
        for number in 0..1_000 {
            let _ = limiter.sign_in(device(number), NOW);
            assert!(limiter.0.full_at.lock().unwrap().len() <= 100);
        }
    }
}
