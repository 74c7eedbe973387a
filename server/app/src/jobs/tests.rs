use super::*;
use crate::usecase::rooms::tests::house::houses;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tasuki_domain::job_type::JobTypeId;

#[tokio::test]
async fn heads_follow_entries_within_the_promised_second_and_the_last_at_the_stop() {
    for house in houses().await {
        let shutdown = Shutdown::new(Duration::from_secs(1));
        let jobs = Jobs::start(house.services.clone(), &shutdown);
        house.somebody(house.home, JobTypeId::NURSE, "佐藤 花子").await;
        let size = *house.store().log_size().borrow();
        let promised = house.services.config.log.checkpoint_after_entry_ms.milliseconds();
        let started = std::time::Instant::now();
        let signed = async || house.store().log_head().await.unwrap().map_or(0, |head| head.size);
        while signed().await < size {
            assert!(started.elapsed() < promised, "{:?}", started.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        house.somebody(house.home, JobTypeId::NURSE, "鈴木 次郎").await;
        let size = *house.store().log_size().borrow();
        jobs.finish().await;
        assert_eq!(signed().await, size);
    }
}

#[tokio::test]
async fn tasks_run_on_their_interval_and_survive_a_failure() {
    for house in houses().await {
        let shutdown = Shutdown::new(Duration::from_secs(1));
        let mut jobs = Jobs::start(house.services.clone(), &shutdown);
        let calls = Arc::new(AtomicU32::new(0));
        let counted = calls.clone();
        jobs.everywhere("counting", Duration::from_millis(10), move |_| {
            let count = counted.fetch_add(1, Ordering::SeqCst);
            async move { if count == 0 { Err(UseCaseError::Missing) } else { Ok(()) } }
        });
        while calls.load(Ordering::SeqCst) < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        shutdown.begin();
        jobs.finish().await;
        let ended = calls.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(calls.load(Ordering::SeqCst), ended);
    }
}

#[tokio::test]
async fn what_every_instance_does_waits_for_no_leader() {
    for house in houses().await {
        let shutdown = Shutdown::new(Duration::from_secs(1));
        let (mut one, mut two) =
            (Jobs::start(house.services.clone(), &shutdown), Jobs::start(house.services.clone(), &shutdown));
        assert!(leads(&house.services, one.instance).await, "the first one leads");
        let [led, own] = [(); 2].map(|()| Arc::new(AtomicU32::new(0)));
        let count = |calls: &Arc<AtomicU32>| {
            let calls = calls.clone();
            move |_: Services| {
                calls.fetch_add(1, Ordering::SeqCst);
                std::future::ready(Ok(()))
            }
        };
        one.every("nothing", Duration::from_secs(3600), |_| std::future::ready(Ok(())));
        two.every("led", Duration::from_millis(10), count(&led));
        two.everywhere("own", Duration::from_millis(10), count(&own));
        while own.load(Ordering::SeqCst) < 5 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(led.load(Ordering::SeqCst) == 0, house.store().is_shared());
        shutdown.begin();
        one.finish().await;
        two.finish().await;
    }
}

#[tokio::test]
async fn of_two_instances_one_runs_the_tasks() {
    for house in houses().await {
        let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
        assert!(leads(&house.services, one).await);
        assert_eq!(leads(&house.services, two).await, !house.store().is_shared());
    }
}
