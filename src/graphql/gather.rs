//! What a request has to read, read when nothing else of it can go on.
//!
//! A loader that waits for some time before it reads makes every level of an answer wait, and one that reads at once reads
//! for the first object what it should read for all. So reading begins when the request itself stands still: then every
//! object of a level has said what it needs, however many they are and however busy the server is.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, poll_fn};
use futures_util::stream::FuturesUnordered;

/// The reading that a request has begun and nobody has gone on with.
#[derive(Clone, Default)]
pub struct Gather(Arc<Mutex<Begun>>);

#[derive(Default)]
struct Begun {
    readings: Vec<BoxFuture<'static, ()>>,
    /// Of the request, while it stands still.
    waker: Option<Waker>,
}

impl Gather {
    /// Takes reading that is to be done.
    pub fn add(&self, reading: BoxFuture<'static, ()>) {
        let mut begun = self.begun();
        begun.readings.push(reading);
        if let Some(waker) = begun.waker.take() {
            waker.wake();
        }
    }

    /// Makes an answer, and reads what it waits for. What is read when the answer is dropped is given up with it.
    pub async fn drive<T>(&self, answer: impl Future<Output = T>) -> T {
        let mut answer = pin!(answer);
        let mut readings = FuturesUnordered::new();
        poll_fn(|context| {
            self.begun().waker = None;
            loop {
                if let Poll::Ready(answer) = answer.as_mut().poll(context) {
                    return Poll::Ready(answer);
                }
                readings.extend(std::mem::take(&mut self.begun().readings));
                while let Poll::Ready(Some(())) = readings.poll_next_unpin(context) {}
                let mut begun = self.begun();
                if begun.readings.is_empty() {
                    // Whatever was read has woken the part of the answer that waits for it.
                    begun.waker = Some(context.waker().clone());
                    return Poll::Pending;
                }
            }
        })
        .await
    }

    fn begun(&self) -> MutexGuard<'_, Begun> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Gather {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gather").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::dataloader::{DataLoader, Loader};
    use futures_util::future::join_all;
    use std::collections::HashMap;
    use std::convert::Infallible;
    use std::time::Duration;

    /// Knows the square of every number, and remembers how many were asked for at a time.
    #[derive(Default)]
    struct Squares(Arc<Mutex<Vec<usize>>>);

    impl Loader<u32> for Squares {
        type Value = u32;
        type Error = Infallible;

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, u32>, Infallible> {
            self.0.lock().expect("a lock").push(keys.len());
            tokio::task::yield_now().await;
            Ok(keys.iter().map(|key| (*key, key * key)).collect())
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_a_level_asks_for_is_read_at_once() {
        let (gather, asked) = (Gather::default(), Arc::new(Mutex::new(Vec::new())));
        let spawn = gather.clone();
        let loader = DataLoader::new(Squares(asked.clone()), move |reading| spawn.add(reading)).delay(Duration::ZERO);
        let level = async |first: u32| {
            let ask = async |key: u32| {
                // Slow to ask: whoever began at once would read one by one.
                std::thread::sleep(Duration::from_micros(200));
                loader.load_one(key).await.expect("it never fails").expect("a number")
            };
            join_all((first..first + 50).map(ask)).await.into_iter().sum::<u32>()
        };
        let answer = async { level(0).await + level(100).await };
        let expected = (0..50).chain(100..150).map(|key| key * key).sum::<u32>();
        assert_eq!(gather.drive(answer).await, expected);
        assert_eq!(*asked.lock().expect("a lock"), [50, 50]);
    }
}
