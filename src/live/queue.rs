//! What waits for one reader: identifiers in the order in which they came, each once, and not too many of them.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use uuid::Uuid;

/// A bounded queue of identifiers. One that waits already is not added again: its reader is going to see it as it is
/// then. When the queue is full its content is given up, and the reader is told that it fell behind.
#[derive(Debug)]
pub struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Notify,
    limit: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    order: VecDeque<Uuid>,
    present: HashSet<Uuid>,
    is_behind: bool,
}

/// The reader was too slow: something is missing between what it read last and what it reads next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind;

impl Queue {
    /// An empty queue for at most `limit` identifiers.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { waiting: Mutex::default(), arrived: Notify::new(), limit }
    }

    /// Adds an identifier that does not wait already.
    pub fn push(&self, id: Uuid) {
        let mut waiting = self.lock();
        if waiting.is_behind || !waiting.present.insert(id) {
            return;
        }
        waiting.order.push_back(id);
        if waiting.order.len() > self.limit {
            waiting.give_up();
        }
        drop(waiting);
        self.arrived.notify_one();
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().order.len()
    }

    /// Gives up whatever waits, as if there had been too much of it.
    pub fn overflow(&self) {
        self.lock().give_up();
        self.arrived.notify_one();
    }

    /// The next identifier, once there is one. Nothing is lost when the future is dropped.
    ///
    /// # Errors
    /// [`Behind`], once; what comes afterwards is complete again.
    pub async fn next(&self) -> Result<Uuid, Behind> {
        self.some(1).await.map(|mut some| some.swap_remove(0))
    }

    /// At least one and at most `most` identifiers, once there are any.
    ///
    /// # Errors
    /// See [`Queue::next`].
    pub async fn some(&self, most: usize) -> Result<Vec<Uuid>, Behind> {
        loop {
            if let Some(taken) = self.lock().take(most) {
                return taken;
            }
            self.arrived.notified().await;
        }
    }

    /// A panic elsewhere cannot leave the queue half-changed.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn give_up(&mut self) {
        *self = Self { is_behind: true, ..Self::default() };
    }

    fn take(&mut self, most: usize) -> Option<Result<Vec<Uuid>, Behind>> {
        if std::mem::take(&mut self.is_behind) {
            return Some(Err(Behind));
        }
        if self.order.is_empty() {
            return None;
        }
        let most = most.min(self.order.len());
        let taken: Vec<_> = self.order.drain(..most).collect();
        for id in &taken {
            self.present.remove(id);
        }
        Some(Ok(taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[tokio::test]
    async fn what_waits_already_is_not_added_again() {
        let queue = Queue::new(10);
        for number in [1, 2, 1, 3, 2] {
            queue.push(id(number));
        }
        assert_eq!(queue.next().await, Ok(id(1)));
        queue.push(id(1));
        assert_eq!(queue.some(9).await, Ok(vec![id(2), id(3), id(1)]));
    }

    #[tokio::test]
    async fn who_falls_behind_is_told_once() {
        let queue = Queue::new(2);
        for number in 1..=5 {
            queue.push(id(number));
        }
        assert_eq!(queue.next().await, Err(Behind));
        queue.push(id(6));
        assert_eq!(queue.next().await, Ok(id(6)));
    }

    #[tokio::test]
    async fn a_reader_is_woken() {
        let queue = std::sync::Arc::new(Queue::new(2));
        let reader = tokio::spawn({
            let queue = queue.clone();
            async move { queue.next().await }
        });
        tokio::task::yield_now().await;
        queue.push(id(7));
        assert_eq!(reader.await.expect("no panic"), Ok(id(7)));
    }
}
