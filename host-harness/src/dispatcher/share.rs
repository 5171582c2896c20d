//! How the workers are shared between connections. Pure arithmetic.

/// How many events a connection may claim now.
///
/// One worker stays free for each other connection, so that one whose calls hang never keeps the others
/// waiting. Of the workers that are free, those that have not had their turn yet share alike.
pub(super) fn allowance(
    workers: usize,
    connections: usize,
    in_work_here: usize,
    in_work_everywhere: usize,
    turns_left: usize,
) -> usize {
    let most_here = workers.saturating_sub(connections.saturating_sub(1)).max(1);
    let free = workers.saturating_sub(in_work_everywhere);
    let share = free.div_ceil(turns_left.max(1));
    share.min(most_here.saturating_sub(in_work_here))
}

#[cfg(test)]
mod tests {
    use super::allowance;

    #[test]
    fn a_connection_alone_has_all_workers() {
        assert_eq!(allowance(8, 1, 0, 0, 1), 8);
        assert_eq!(allowance(8, 1, 6, 6, 1), 2);
        assert_eq!(allowance(8, 1, 8, 8, 1), 0);
    }

    #[test]
    fn free_workers_are_shared_alike() {
        assert_eq!(allowance(8, 2, 0, 0, 2), 4);
        assert_eq!(allowance(8, 2, 0, 4, 1), 4, "the last in turn has what is left");
        assert_eq!(allowance(8, 3, 0, 0, 3), 3);
    }

    #[test]
    fn one_worker_stays_for_each_other_connection() {
        assert_eq!(allowance(8, 2, 0, 0, 1), 7);
        assert_eq!(allowance(8, 2, 7, 7, 1), 0);
        assert_eq!(allowance(8, 2, 0, 7, 2), 1, "the other one has the worker that was kept for it");
    }

    #[test]
    fn fewer_workers_than_connections_still_serve_each_in_turn() {
        assert_eq!(allowance(1, 3, 0, 0, 3), 1);
        assert_eq!(allowance(1, 3, 0, 1, 2), 0);
    }
}
