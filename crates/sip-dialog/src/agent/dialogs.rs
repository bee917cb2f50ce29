//! All dialogs of a user agent, found by their ids, each with the usages that it has.

use ahash::RandomState;
use hashbrown::HashTable;
use slotmap::SlotMap;
use smallvec::SmallVec;

use super::id::{Call, DialogKey, Notification, Subscription};
use crate::{Dialog, DialogId};

/// A dialog and what goes on in it (RFC 5057).
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) dialog: Dialog,
    pub(crate) call: Option<Call>,
    /// Whether a BYE is under way, which keeps the dialog when the call is over.
    pub(crate) leaving: bool,
    pub(crate) subscriptions: SmallVec<[Subscription; 1]>,
    pub(crate) notifications: SmallVec<[Notification; 1]>,
}

impl Entry {
    pub(crate) fn is_unused(&self) -> bool {
        self.call.is_none()
            && !self.leaving
            && self.subscriptions.is_empty()
            && self.notifications.is_empty()
    }
}

#[derive(Debug)]
pub(crate) struct Dialogs {
    entries: SlotMap<DialogKey, Entry>,
    by_id: HashTable<DialogKey>,
    hash: RandomState,
}

impl Dialogs {
    pub(crate) fn new(hash: RandomState) -> Self {
        Self { entries: SlotMap::with_key(), by_id: HashTable::new(), hash }
    }

    pub(crate) fn insert(&mut self, dialog: Dialog, call: Option<Call>) -> DialogKey {
        let hash = self.hash.hash_one(dialog.id());
        let (subscriptions, notifications) = Default::default();
        let key = self.entries.insert(Entry {
            dialog,
            call,
            leaving: false,
            subscriptions,
            notifications,
        });
        let Self { entries, by_id, hash: state } = self;
        by_id.insert_unique(hash, key, |key| {
            entries.get(*key).map_or(0, |entry| state.hash_one(entry.dialog.id()))
        });
        key
    }

    pub(crate) fn find(&self, id: DialogId<'_>) -> Option<DialogKey> {
        let same = |key: &DialogKey| self.entries.get(*key).is_some_and(|it| it.dialog.id() == id);
        self.by_id.find(self.hash.hash_one(id), same).copied()
    }

    pub(crate) fn get(&self, key: DialogKey) -> Option<&Entry> {
        self.entries.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: DialogKey) -> Option<&mut Entry> {
        self.entries.get_mut(key)
    }

    /// Forgets a dialog that nothing goes on in any more.
    pub(crate) fn let_go(&mut self, key: DialogKey) {
        let Some(entry) = self.entries.get(key).filter(|entry| entry.is_unused()) else { return };
        let hash = self.hash.hash_one(entry.dialog.id());
        if let Ok(found) = self.by_id.find_entry(hash, |it| *it == key) {
            found.remove();
        }
        self.entries.remove(key);
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (DialogKey, &Entry)> {
        self.entries.iter()
    }
}
